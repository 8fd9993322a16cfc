"""A legend as wide as its picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from haplan.plots.frame import Room
from haplan.plots.words import fitted, width

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.transforms import Bbox, BboxBase

__all__ = ["LegendBelow"]

# Relative to the size of its letters.
HANDLE = 2.0  # width of a line or a patch
BESIDE = 0.8  # from there to its words
BETWEEN = 2.0  # columns
AWAY = 0.6  # from the axes and what belongs to them
MOST_COLUMNS = 6


class LegendBelow:
    """Below its axes (or above), in as few lines as fit the picture; left alone once somebody replaced or removed it."""

    def __init__(self, ax: Axes, handles: Sequence[Artist], *, above: bool = False) -> None:
        self._handles = list(handles)
        self._labels = [str(one.get_label()) for one in handles]
        self._above = above
        self._made = self._make(ax, self._labels, len(self._labels), None)
        self._size = float(self._made.prop.get_size_in_points())  # of its letters, as rcParams has it
        self._now: tuple[object, ...] = ()
        self._ends = (0.0, 0.0)  # its bottom and top [pixels]

    def _make(self, ax: Axes, labels: Sequence[str], columns: int, size: float | None) -> Legend:
        return ax.legend(
            handles=self._handles,
            labels=list(labels),
            loc="lower center" if self._above else "upper center",
            borderaxespad=0.0,
            borderpad=0.0,
            ncols=columns,
            fontsize=size,
            frameon=False,
        )

    def fit(self, ax: Axes, room: Room, outer: Bbox, renderer: Any) -> bool:
        """Chooses columns and its place between the sides of a rectangle [pixels]; whether all words are whole."""
        if ax.get_legend() is not self._made or not self._made.get_visible():
            return True
        size = self._size * room.scale
        aside = (HANDLE + BESIDE) * size
        labels = fitted(self._labels, size, room.whole_width - aside)
        columns = _columns([aside + width(one, size) for one in labels], BETWEEN * size, room.whole_width)
        now = (tuple(labels), columns, size)
        if now != self._now:
            self._now = now
            self._made = self._make(ax, labels, columns, size)
        # In the middle of the axes, or as near as it gets.
        box, own = ax.bbox, self._made.get_window_extent(renderer)
        middle = (box.x0 + box.x1) / 2.0
        middle = max(min(middle, outer.x1 - own.width / 2.0), outer.x0 + own.width / 2.0)
        away = AWAY * size * ax.figure.dpi / 72.0
        edge = box.y1 + away if self._above else self._bottom(ax, renderer) - away
        self._made.set_bbox_to_anchor(((middle - box.x0) / box.width, (edge - box.y0) / box.height), ax.transAxes)
        self._ends = (edge, edge + own.height) if self._above else (edge - own.height, edge)
        return room.accepts(labels, self._labels)

    def beside(self, ax: Axes, around: BboxBase) -> BboxBase:
        """A box [pixels] and the legend below or above it."""
        from matplotlib.transforms import Bbox

        if ax.get_legend() is not self._made or not self._made.get_visible():
            return around
        low, high = self._ends
        return Bbox.from_extents(around.x0, min(around.y0, low), around.x1, max(around.y1, high))

    def _bottom(self, ax: Axes, renderer: Any) -> float:
        """Of the axes with numbers and label [pixels]."""
        below = ax.xaxis.get_tightbbox(renderer) if ax.axison else None
        return float(ax.bbox.y0 if below is None else min(ax.bbox.y0, below.y0))


def _columns(widths: Sequence[float], between: float, room: float) -> int:
    """How many columns make the fewest lines, of about equal length."""
    import numpy

    def total(columns: int) -> float:
        parts = [part for part in numpy.array_split(numpy.array(widths), columns) if len(part)]
        return float(sum(part.max() for part in parts) + between * (len(parts) - 1))

    for lines in range(1, len(widths) + 1):
        columns = -(-len(widths) // lines)
        if total(columns) <= room and (columns <= MOST_COLUMNS or lines == 1):
            return columns
    return 1
