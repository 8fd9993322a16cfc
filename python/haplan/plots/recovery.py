"""How long recoveries take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from haplan.plots.style import INK, PALETTE, axes, plain

if TYPE_CHECKING:
    from haplan.figures import Recovery
    from haplan.reports import LossDrill
    from matplotlib.axes import Axes

__all__ = ["curves", "recoveries"]

STYLES = ("-", "--", ":", "-.")


def recoveries(found: Sequence[Recovery], ax: Axes | None) -> Axes:
    """From the median to 99.9 %, with the worst case and the objective, one row per failure mode."""
    rows = [one for one in reversed(found) if one.quantiles_seconds.p999.value > 0.0]
    ax = axes(ax, 1.4 + 0.3 * len(rows))
    for row, one in enumerate(rows):
        quantiles = one.quantiles_seconds
        ax.plot([quantiles.p50.value, quantiles.p999.value], [row, row], color=PALETTE[0], linewidth=5, alpha=0.35)
        ax.plot(quantiles.p50.value, row, "o", color=PALETTE[0])
        ax.plot(quantiles.p99.value, row, "|", color=PALETTE[0], markersize=11, markeredgewidth=2)
        if one.worst_seconds is not None and math.isfinite(one.worst_seconds):
            ax.plot(one.worst_seconds, row, "D", color=PALETTE[5], markersize=5)
        if one.target_seconds is not None:
            ax.plot([one.target_seconds] * 2, [row - 0.4, row + 0.4], color=INK, linewidth=2)
    ax.set_yticks(range(len(rows)), [f"{one.component} {one.mode}" for one in rows])
    ax.set_xscale("log")
    _times(ax)
    ax.set_xlabel("recovered after")
    _legend(ax)
    return plain(ax)


def _legend(ax: Axes) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker="o", linestyle="", color=PALETTE[0], label="median"),
        Line2D([], [], linewidth=5, alpha=0.35, color=PALETTE[0], label="to 99.9 %"),
        Line2D([], [], marker="|", linestyle="", markersize=11, markeredgewidth=2, color=PALETTE[0], label="99 %"),
        Line2D([], [], marker="D", linestyle="", markersize=5, color=PALETTE[5], label="worst case"),
        Line2D([], [], color=INK, linewidth=2, label="objective"),
    ]
    ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, frameon=False)


def _times(ax: Axes) -> None:
    """Ticks that a person would choose: seconds, minutes, hours."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    low, high = ax.get_xlim()
    ticks = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 12 * 3600, 86400, 7 * 86400)
    room = math.log(high / low) / 16.0  # a sixteenth of the axis per tick
    shown: list[float] = []
    for tick in (one for one in ticks if low <= one <= high):
        if not shown or math.log(tick / shown[-1]) >= room:
            shown.append(tick)
    ax.xaxis.set_major_locator(FixedLocator(shown))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: _tick(seconds)))


def _tick(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def curves(losses: Sequence[LossDrill], service: str, ax: Axes | None, most: int) -> Axes:
    """P(the service is up again) over the time since a loss; equal curves are one."""
    groups: dict[tuple[tuple[float, float], ...], list[str]] = {}
    for loss in losses:
        drilled = loss.services[service]
        if drilled.seconds_until_up > 0.0 and len(drilled.curve) > 1:
            points = tuple((one.seconds, one.up) for one in drilled.curve)
            groups.setdefault(points, []).append(f"{loss.kind} {loss.subject}")
    longest = sorted(groups, key=lambda points: (-points[-1][0], groups[points]))[:most]
    ax = axes(ax, 3.6 + 0.2 * len(longest))
    for i, points in enumerate(longest):
        seconds = [max(one, 1e-9) for one, _ in points]
        style = STYLES[(i // len(PALETTE)) % len(STYLES)]
        ax.plot(seconds, [up for _, up in points], style, color=PALETTE[i % len(PALETTE)], label=_label(groups[points]))
    ax.set_xscale("log")
    starts = [points[1][0] for points in longest]
    ax.set_xlim(left=max(0.1, min(starts, default=1.0) / 2))
    _times(ax)
    ax.set_ylim(-0.02, 1.02)
    ax.set_ylabel(f"P({service} is up again)")
    ax.set_xlabel("time since the loss")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False)
    return plain(ax)


def _label(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more alike"
