"""How long recoveries take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from haplan.plots.frame import frame
from haplan.plots.legend import LegendBelow
from haplan.plots.letters import Labels, Least, Rows
from haplan.plots.style import INK, PALETTE, axes, plain
from haplan.plots.ticks import time_axis
from haplan.plots.words import short

if TYPE_CHECKING:
    from haplan.drilled import LossDrill
    from haplan.figures import Recovery
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["curves", "recoveries"]

STYLES = ("-", "--", ":", "-.")
ALIKE = 0.02  # curves are one that are nowhere further apart, but for twice this share of the time

Curve = tuple[tuple[float, float], ...]


def recoveries(found: Sequence[Recovery], ax: Axes | None, most: int) -> Axes:
    """From the median to 99.9 %, with the worst case and the objective, one row per failure mode."""
    timed = [one for one in found if one.quantiles_seconds.p999.value > 0.0]
    if not timed:
        raise ValueError("no replica has a recovery that takes time")
    slowest = sorted(timed, key=lambda one: -one.quantiles_seconds.p999.value)[:most]
    rows = [one for one in reversed(timed) if one in slowest]
    ax = axes(ax, 1.2 + 0.28 * len(rows))
    for row, one in enumerate(rows):
        quantiles = one.quantiles_seconds
        ax.plot([quantiles.p50.value, quantiles.p999.value], [row, row], color=PALETTE[0], linewidth=5, alpha=0.35)
        ax.plot(quantiles.p50.value, row, "o", color=PALETTE[0])
        ax.plot(quantiles.p99.value, row, "|", color=PALETTE[0], markersize=11, markeredgewidth=2)
        if one.worst_seconds is not None and math.isfinite(one.worst_seconds):
            ax.plot(one.worst_seconds, row, "D", color=PALETTE[5], markersize=5)
        if one.target_seconds is not None:
            ax.plot([one.target_seconds] * 2, [row - 0.4, row + 0.4], color=INK, linewidth=2)
    beside = Rows(ax, [short(f"{one.component} {one.mode}") for one in rows])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    time_axis(ax)
    left_out = f" (the {len(rows)} slowest of {len(timed)})" if len(rows) < len(timed) else ""
    ax.set_xlabel("recovered after" + left_out)
    handles = _handles(any(one.target_seconds is not None for one in rows))
    return frame(plain(ax), [Labels(), beside, Least(10, 3)], LegendBelow(ax, handles, above=True))


def _handles(with_targets: bool) -> list[Artist]:
    """Of the legend."""
    from matplotlib.lines import Line2D

    handles: list[Artist] = [
        Line2D([], [], marker="o", linestyle="", color=PALETTE[0], label="median"),
        Line2D([], [], linewidth=5, alpha=0.35, color=PALETTE[0], label="to 99.9 %"),
        Line2D([], [], marker="|", linestyle="", markersize=11, markeredgewidth=2, color=PALETTE[0], label="99 %"),
        Line2D([], [], marker="D", linestyle="", markersize=5, color=PALETTE[5], label="worst case"),
    ]
    if with_targets:
        handles.append(Line2D([], [], color=INK, linewidth=2, label="objective"))
    return handles


def curves(losses: Sequence[LossDrill], service: str, ax: Axes | None, most: int) -> Axes:
    """P(the service is up again) over the time since a loss; curves that nobody could tell apart are one."""
    groups: dict[Curve, list[str]] = {}
    for loss in losses:
        points = curve_of(loss, service)
        if points:
            kept = next((one for one in groups if alike(one, points)), points)
            groups.setdefault(kept, []).append(f"{loss.kind} {loss.subject}")
    if not groups:
        raise ValueError(f"no loss takes {service} down for a time that is known")
    longest = sorted(groups, key=lambda points: (-points[-1][0], groups[points]))[:most]
    ax = axes(ax, 3.2 + 0.13 * len(longest))
    for i, points in enumerate(longest):
        seconds = [max(one, 1e-9) for one, _ in points]
        style = STYLES[(i // len(PALETTE)) % len(STYLES)]
        ax.plot(seconds, [up for _, up in points], style, color=PALETTE[i % len(PALETTE)], label=_label(groups[points]))
    time_axis(ax)
    starts = [points[1][0] for points in longest]
    ax.set_xlim(left=max(0.1, min(starts, default=1.0) / 2))
    ax.set_ylim(-0.02, 1.03)
    ax.set_ylabel("P(up again)")
    left_out = f" (the {len(longest)} slowest of {len(groups)} kinds)" if len(longest) < len(groups) else ""
    ax.set_xlabel(f"time since the loss, for {short(service)}{left_out}")
    return frame(plain(ax), [Labels(), Least(12, 6)], LegendBelow(ax, ax.get_legend_handles_labels()[0]))


def curve_of(loss: LossDrill, service: str) -> Curve:
    """(seconds, probability) of a service that a loss takes down for a time; else nothing."""
    drilled = loss.services[service]
    if drilled.seconds_until_up <= 0.0 or len(drilled.curve) < 2:
        return ()
    return tuple((one.seconds, one.up) for one in drilled.curve)


def alike(a: Curve, b: Curve) -> bool:
    """Whether the eye could not tell two curves apart."""
    import numpy

    times = numpy.array(sorted({seconds for seconds, _ in (*a, *b)}))

    def up(curve: Curve, at: Any) -> Any:
        return numpy.interp(at, [seconds for seconds, _ in curve], [share for _, share in curve])

    late, soon = times * (1.0 - 2.0 * ALIKE), times * (1.0 + 2.0 * ALIKE)
    return bool(numpy.all(up(b, late) - ALIKE <= up(a, times)) and numpy.all(up(a, times) <= up(b, soon) + ALIKE))


def _label(names: Sequence[str]) -> str:
    return short(names[0]) if len(names) == 1 else f"{short(names[0])} and {len(names) - 1} more alike"
