"""Colours, axes and units that all pictures share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GREY", "INK", "NOTEBOOK", "PALETTE", "axes", "colours", "dark", "plain", "time_unit"]

# The eight colours of Okabe and Ito, which people with any kind of colour vision tell apart; black is kept for lines.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
GREY = "#BBBBBB"
INK = "#222222"
NOTEBOOK = 9.0  # inches of a notebook's column


def axes(ax: Axes | None, height: float, width: float = NOTEBOOK) -> Axes:
    """The axes given, or new ones of this size [inches]."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    _, made = pyplot.subplots(figsize=(width, height), layout="constrained")
    return made


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


def time_unit(seconds: float) -> tuple[str, float]:
    """The unit in which an axis up to so many seconds is easy to read, and its length [s]."""
    if seconds < 120.0:
        return "s", 1.0
    if seconds <= 10 * 3600.0:
        return "min", 60.0
    return ("h", 3600.0) if seconds <= 10 * 86400.0 else ("d", 86400.0)
