"""Downtime by cause, and who it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haplan.pages import duration_text
from haplan.plots.style import GREY, INK, axes, colours, plain

if TYPE_CHECKING:
    from haplan.figures import Cause, Service
    from matplotlib.axes import Axes

__all__ = ["downtime", "importance"]

MINUTE = 60.0
YEAR = 365.25 * 86400.0
OTHERS = "all others"


def named(cause: Cause) -> str:
    """A cause in a few words."""
    words = [cause.subject, cause.mode.replace("_", " ")] if cause.subject else [cause.mode]
    if cause.kind in ("node", "domain", "drain", "switchover", "failover"):
        words = [cause.kind if cause.kind != "domain" else "zone", *words]
    return " ".join(word for word in words if word)


def _largest(services: Sequence[Service], most: int) -> list[str]:
    sums: dict[str, float] = {}
    for service in services:
        for cause in service.causes:
            sums[named(cause)] = sums.get(named(cause), 0.0) + cause.unavailability
    return sorted(sums, key=lambda name: (-sums[name], name))[:most]


def downtime(services: Sequence[Service], targets: Mapping[str, float], ax: Axes | None, most: int) -> Axes:
    """One bar per service, divided by cause.

    Parameters
    ----------
    targets : mapping
        Service to the unavailability that its objective allows.
    """
    ax = axes(ax, 1.6 + 0.55 * len(services) + 0.18 * most)
    shown = _largest(services, most)
    paint = {**colours(shown), OTHERS: GREY}
    rows = list(reversed(services))
    for row, service in enumerate(rows):
        left = 0.0
        parts = {name: 0.0 for name in [*shown, OTHERS]}
        for cause in service.causes:
            name = named(cause) if named(cause) in paint else OTHERS
            parts[name] += cause.downtime_seconds_per_year / MINUTE
        for name, minutes in parts.items():
            ax.barh(row, minutes, left=left, height=0.62, color=paint[name], edgecolor="white", linewidth=0.6)
            left += minutes
        ax.annotate(
            duration_text(service.downtime_seconds_per_year),
            (left, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=INK,
        )
        if service.name in targets:
            allowed = targets[service.name] * YEAR / MINUTE
            ax.plot([allowed, allowed], [row - 0.4, row + 0.4], color=INK, linewidth=2)
    _legend(ax, {name: paint[name] for name in [*shown, OTHERS]}, bool(targets))
    ax.set_yticks(range(len(rows)), [service.name for service in rows])
    ax.set_xlabel("downtime [min a year]")
    ax.margins(x=0.14)
    ax.set_xlim(left=0.0)
    return plain(ax)


def _legend(ax: Axes, paint: Mapping[str, str], with_targets: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Patch | Line2D] = [Patch(facecolor=colour, label=name) for name, colour in paint.items()]
    if with_targets:
        handles.append(Line2D([], [], color=INK, linewidth=2, label="what the objective allows"))
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=3, frameon=False)


def importance(service: Service, ax: Axes | None, most: int) -> Axes:
    """Which parts a service's downtime rests on: criticality, largest above."""
    chosen = sorted(service.importance, key=lambda one: (-one.criticality, one.subject, one.mode))[:most]
    ax = axes(ax, 1.0 + 0.32 * len(chosen))
    rows = list(reversed(chosen))
    names = [" ".join(word for word in (one.kind, one.subject, one.mode) if word) for one in rows]
    ax.barh(range(len(rows)), [100.0 * one.criticality for one in rows], height=0.62, color=colours(["x"])["x"])
    ax.set_yticks(range(len(rows)), names)
    ax.set_xlabel(f"criticality: share of {service.name}'s unavailability that would go with it [%]")
    return plain(ax)
