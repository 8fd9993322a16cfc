"""Colours, axes, words and legends that all pictures share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["GREY", "INK", "PALETTE", "axes", "colours", "dark", "legend_below", "listed", "plain", "short", "time_axis", "time_unit"]

# The eight colours of Okabe and Ito, which people with any kind of colour vision tell apart; black is kept for lines.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
GREY = "#BBBBBB"
INK = "#222222"
NOTEBOOK = 9.0  # inches of a notebook's column
LETTER = 0.62  # width of a letter, relative to the size of the font


def axes(ax: Axes | None, height: float, width: float = NOTEBOOK) -> Axes:
    """The axes given, or new ones of this size [inches]."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    _, made = pyplot.subplots(figsize=(width, height), layout="constrained")
    return made


def width_of(ax: Axes) -> float:
    """Of its figure [inches]."""
    figure = ax.get_figure(root=True)
    return float(figure.get_size_inches()[0]) if figure is not None else NOTEBOOK


def colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name, in their order; the palette begins anew where it ends."""
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(names)}


def dark(colour: str) -> bool:
    """Whether white letters are easier to read on it than black ones."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def plain(ax: Axes) -> Axes:
    """Takes away what carries no information."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=3, color=INK)
    return ax


def short(words: str, most: int = 34) -> str:
    """The words with their middle left out where they are longer than so many letters."""
    if len(words) <= most:
        return words
    tail = (most - 1) // 2
    return words[: most - 1 - tail] + "\u2026" + words[-tail:]


def listed(names: Sequence[str]) -> str:
    """At most three names, and how many more there are."""
    shown = ", ".join(short(name, 24) for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def legend_columns(ax: Axes, handles: Sequence[Artist]) -> int:
    """As many as make one line if it fits the axes, else rows of equal length, about."""
    room = width_of(ax) * 72.0 / 10.0  # in letters' heights
    widths = [LETTER * len(str(one.get_label())) + 4.0 for one in handles]
    if sum(widths) <= room:
        return max(1, len(handles))
    columns = max(1, min(int(room / max(widths)), 6))
    rows = -(-len(handles) // columns)
    return -(-len(handles) // rows)


def legend_below(ax: Axes, handles: Sequence[Artist], *, lines: float = 3.8) -> None:
    """A legend so many lines of text below the axes."""
    ax.legend(
        handles=list(handles),
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        borderaxespad=lines,
        ncols=legend_columns(ax, handles),
        frameon=False,
    )


def time_unit(seconds: float) -> tuple[str, float]:
    """The unit in which an axis up to so many seconds is easy to read, and its length [s]."""
    if seconds < 120.0:
        return "s", 1.0
    if seconds <= 10 * 3600.0:
        return "min", 60.0
    return ("h", 3600.0) if seconds <= 10 * 86400.0 else ("d", 86400.0)


_SHORT = (0.001, 0.01, 0.1, 0.5)
_DAYS = tuple(86400 * n for n in (1, 3, 7, 30, 90, 365, 3650))
TICKS = (*_SHORT, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 12 * 3600, *_DAYS)
_FEW = (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50)
_HOURS = tuple(3600 * n for n in (1, 1.5, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 36))
FINE_TICKS = (*_SHORT, *_FEW, *(60 * n for n in _FEW), *_HOURS, *(86400 * n for n in (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)))


def time_axis(ax: Axes) -> None:
    """Makes x logarithmic, with ticks that a person would choose: seconds, minutes, hours, days."""
    import math

    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    low, high = ax.get_xlim()
    room = math.log(high / low) / 16.0  # a sixteenth of the axis per tick
    shown: list[float] = []
    for ticks in (TICKS, FINE_TICKS):
        if len(shown) < 4:
            shown = []
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
    return f"{1000 * seconds:g} ms" if seconds < 0.1 else f"{seconds:g} s"
