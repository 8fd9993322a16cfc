"""The price of availability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haplan.plots.style import axes, colours, plain

if TYPE_CHECKING:
    from haplan.reports import FrontPoint
    from matplotlib.axes import Axes

__all__ = ["pareto"]

MINUTES = 365.25 * 24 * 60


def pareto(points: Sequence[FrontPoint], targets: Mapping[str, float], ax: Axes | None) -> Axes:
    """One step line per service; filled points are proved; a dotted line is what the objective allows."""
    ax = axes(ax, 4.0)
    replicas = [one.replicas for one in points]
    for name, colour in colours(list(targets)).items():
        minutes = [one.services[name].downtime_seconds_per_year / 60 for one in points]
        ax.step(replicas, minutes, where="post", color=colour, label=name)
        for one, at in zip(points, minutes):
            ax.plot(one.replicas, at, "o", color=colour, markerfacecolor=colour if one.proved else "white")
        ax.axhline(targets[name] * MINUTES, color=colour, linestyle=":")
    ax.set_yscale("log")
    ax.set_xticks(sorted(set(replicas)))
    ax.set_xlabel("replicas at peak")
    ax.set_ylabel("guaranteed downtime [min a year]")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=max(1, len(targets)), frameon=False)
    return plain(ax)
