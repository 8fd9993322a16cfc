"""How the downtime of one window, a month for example, is distributed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from haplan.pages import duration_text
from haplan.plots.frame import frame
from haplan.plots.legend import LegendBelow
from haplan.plots.letters import Labels, Least
from haplan.plots.style import axes, colours, plain
from haplan.plots.ticks import time_axis
from haplan.plots.words import listed

if TYPE_CHECKING:
    from haplan.figures import WindowShare
    from matplotlib.axes import Axes

__all__ = ["Distribution", "window"]

STYLES: tuple[Literal["-", "--", "-.", ":"], ...] = ("-", "--", "-.", ":")
MARKERS = "os^Dv<>P"


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is drawn of one service: the length of its window, what its objective allows in it, and the mean [s]."""

    window_seconds: float
    allowed_seconds: float | None
    mean_seconds: float
    shares: Sequence[WindowShare]


def window(found: Mapping[str, Distribution], ax: Axes | None) -> Axes:
    """The share of windows that lose at most so much time; a point is where the objective's allowance ends."""
    from matplotlib.lines import Line2D

    lines: dict[tuple[float | None, ...], list[str]] = {}
    for name, one in found.items():
        line = tuple(float(f"{share.kept.value:.4g}") for share in one.shares)
        lines.setdefault((one.window_seconds, one.allowed_seconds, *line), []).append(name)
    ax = axes(ax, 3.7)
    handles = []
    for i, (names, colour) in enumerate(zip(lines.values(), colours([str(i) for i in range(len(lines))]).values())):
        one = found[names[0]]
        style, marker = STYLES[i % len(STYLES)], MARKERS[i % len(MARKERS)]
        label = f"{listed(names)}, {length(one.window_seconds)}"
        ax.plot([share.downtime_seconds for share in one.shares], [share.kept.value for share in one.shares], style, color=colour)
        if one.allowed_seconds is not None:
            kept = [share.kept.value for share in one.shares if share.downtime_seconds == one.allowed_seconds]
            ax.plot([one.allowed_seconds] * 2, [0.0, kept[0]], ":", color=colour, linewidth=1.2)
            ax.plot(one.allowed_seconds, kept[0], marker, color=colour, markersize=8)
            label += f": {percent(kept[0])} kept"
        shown = marker if one.allowed_seconds is not None else ""
        handles.append(Line2D([], [], linestyle=style, color=colour, marker=shown, label=label))
    time_axis(ax)
    shares = [share for one in found.values() for share in one.shares]
    ax.set_xlim(min(share.downtime_seconds for share in shares), max(share.downtime_seconds for share in shares))
    ax.set_ylim(0.0, 1.03)
    ax.set_ylabel("share of windows")
    marked = any(one.allowed_seconds is not None for one in found.values())
    ax.set_xlabel("downtime within the window at most (approximate)" + "; the mark: what the objective allows" * marked)
    return frame(plain(ax), [Labels(), Least(12, 6)], LegendBelow(ax, handles))


def length(seconds: float) -> str:
    """Of a window, in days where it has whole ones."""
    return f"{seconds / 86400.0:g} d" if seconds % 86400.0 == 0.0 else duration_text(seconds)


def percent(share: float) -> str:
    """Three digits; of what is nearly all, two of what is missing."""
    missing = 1.0 - share
    if share < 1e-4:
        return "0 %" if share == 0.0 else "less than 0.01 %"
    if missing >= 0.01 or missing <= 0.0:
        return f"{100.0 * share:.3g} %"
    return f"{100.0 * share:.{max(1, 1 - _exponent(100.0 * missing))}f} %"


def _exponent(value: float) -> int:
    import math

    return math.floor(math.log10(value))
