"""The price of availability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haplan.plots.frame import frame
from haplan.plots.legend import LegendBelow
from haplan.plots.letters import Labels, Least
from haplan.plots.style import INK, axes, colours, plain, time_unit
from haplan.plots.ticks import count_axis, decimal_axis
from haplan.plots.words import listed

if TYPE_CHECKING:
    from haplan.reports import FrontPoint
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["pareto"]

YEAR = 365.25 * 86400.0
MARKERS = "os^Dv<>P"


def pareto(points: Sequence[FrontPoint], targets: Mapping[str, float], ax: Axes | None) -> Axes:
    """One step line per service; filled points are proved; a dotted line is what an objective of availability allows.

    Services whose lines are the same share one.
    """
    if not points:
        raise ValueError("the front has no points")
    ax = axes(ax, 4.0)
    replicas = [one.replicas for one in points]
    lines: dict[tuple[float, ...], list[str]] = {}
    for name in targets:
        seconds = tuple(float(f"{one.services[name].downtime_seconds_per_year:.6g}") for one in points)
        lines.setdefault((*seconds, targets[name] * YEAR), []).append(name)
    asked = any(target < 1.0 for target in targets.values())
    longest = max(max(line[:-1]) for line in lines)
    unit, size = time_unit(max([longest, *(target * YEAR for target in targets.values() if target < 1.0)]))
    paint = colours([str(i) for i in range(len(lines))])
    for i, (line, names) in enumerate(lines.items()):
        colour, marker = paint[str(i)], MARKERS[i % len(MARKERS)]
        values, allowed = [one / size for one in line[:-1]], line[-1]
        ax.step(replicas, values, where="post", color=colour)
        for one, value in zip(points, values):
            ax.plot(one.replicas, value, marker, color=colour, markerfacecolor=colour if one.proved else "white")
        if allowed < YEAR:
            ax.axhline(allowed / size, color=colour, linestyle=":", linewidth=1.6)
        lines[line] = names
    decimal_axis(ax)
    count_axis(ax, replicas)
    ax.set_xlabel("replicas at peak")
    ax.set_ylabel(f"guaranteed downtime [{unit} a year]")
    handles = _handles([listed(names) for names in lines.values()], list(paint.values()), points, asked)
    return frame(plain(ax), [Labels(), Least(8, 6)], LegendBelow(ax, handles))


def _handles(names: Sequence[str], paint: Sequence[str], points: Sequence[FrontPoint], asked: bool) -> list[Artist]:
    """Of the legend."""
    from matplotlib.lines import Line2D

    handles: list[Artist] = [
        Line2D([], [], color=colour, marker=MARKERS[i % len(MARKERS)], label=name)
        for i, (name, colour) in enumerate(zip(names, paint))
    ]
    if asked:
        handles.append(Line2D([], [], color=INK, linestyle=":", linewidth=1.6, label="what the objective allows"))
    if not all(one.proved for one in points):
        handles.append(Line2D([], [], color=INK, linestyle="", marker="o", markerfacecolor="white", label="not proved"))
    return handles
