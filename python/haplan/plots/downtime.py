"""Downtime by cause, and who it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from haplan.pages import duration_text
from haplan.plots.frame import frame
from haplan.plots.legend import LegendBelow
from haplan.plots.letters import Ends, Labels, Least, Rows
from haplan.plots.style import GREY, INK, axes, colours, plain, time_unit
from haplan.plots.words import short

if TYPE_CHECKING:
    from haplan.figures import Cause, Importance, Service
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

__all__ = ["downtime", "importance"]

YEAR = 365.25 * 86400.0
OTHERS = "all others"
SELF_EVIDENT = ("replica", "common_cause", "domain", "external", "vertex", "link")


def named(part: Cause | Importance) -> str:
    """A cause, or a part, in a few words: its kind where the rest does not say it."""
    kind = "" if part.kind in SELF_EVIDENT and part.subject else part.kind
    return " ".join(word.replace("_", " ") for word in (kind, part.subject, part.mode) if word)


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
    ax = axes(ax, 1.5 + 0.55 * len(services) + 0.08 * most)
    shown = _largest(services, most)
    paint = {**colours(shown), OTHERS: GREY}
    longest = max((one.downtime_seconds_per_year for one in services), default=0.0)
    unit, size = time_unit(max([longest, *(share * YEAR for share in targets.values())]))
    drawn: set[str] = set()
    ends: list[Annotation] = []
    rows = list(reversed(services))
    for row, service in enumerate(rows):
        left = 0.0
        parts = {name: 0.0 for name in [*shown, OTHERS]}
        for cause in service.causes:
            name = named(cause) if named(cause) in paint else OTHERS
            parts[name] += cause.downtime_seconds_per_year / size
        for name, length in parts.items():
            if length > 0.0:
                ax.barh(row, length, left=left, height=0.62, color=paint[name], edgecolor="white", linewidth=0.6)
                drawn.add(name)
            left += length
        if service.name in targets:
            allowed = targets[service.name] * YEAR / size
            ax.plot([allowed, allowed], [row - 0.4, row + 0.4], color=INK, linewidth=2)
        behind = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
        words = duration_text(service.downtime_seconds_per_year)
        ends.append(ax.annotate(words, (left, row), xytext=(4, 0), textcoords="offset points", va="center", color=INK, bbox=behind))
    handles = _handles({name: paint[name] for name in [*shown, OTHERS] if name in drawn}, bool(targets))
    beside = Rows(ax, [short(service.name) for service in rows])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlabel(f"downtime [{unit} a year]")
    furthest = max([longest, *(share * YEAR for share in targets.values())]) / size
    right = Ends([], ends, (0.0, 1.05 * furthest if furthest > 0.0 else 1.0), pinned=True)
    return frame(plain(ax), [Labels(), beside, right, Least(10, 3)], LegendBelow(ax, handles))


def _handles(paint: Mapping[str, str], with_targets: bool) -> list[Artist]:
    """Of the legend."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Artist] = [Patch(facecolor=colour, label=short(name)) for name, colour in paint.items()]
    if with_targets:
        handles.append(Line2D([], [], color=INK, linewidth=2, label="what the objective allows"))
    return handles


def importance(service: Service, ax: Axes | None, most: int) -> Axes:
    """Which parts a service's downtime rests on: what would go without their failures, largest above."""
    ranked = sorted(service.importance, key=lambda one: (-one.risk_reduction_worth, one.subject, one.mode))
    chosen = [one for one in ranked if one.risk_reduction_worth > 1.0][:most]
    if not chosen:
        raise ValueError(f"no part that can fail takes {service.name} down")
    ax = axes(ax, 1.05 + 0.32 * len(chosen))
    rows = list(reversed(chosen))
    ax.barh(range(len(rows)), [100.0 * (1.0 - 1.0 / one.risk_reduction_worth) for one in rows], height=0.62, color=colours(["x"])["x"])
    beside = Rows(ax, [short(named(one)) for one in rows])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlabel(f"share of the downtime of {short(service.name)} that would go if it never failed [%]")
    return frame(plain(ax), [Labels(), beside, Least(10, 2)])
