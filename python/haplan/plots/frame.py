"""Keeps a picture within the rectangle of its axes, whatever size that has when it is drawn.

Sizes of letters, lines of labels, columns of a legend and what is left for the drawing itself depend on the room there is. That is
known only when the figure is drawn: layouts, windows and ``savefig`` change it after the picture was made. So a frame is the locator
of its axes, which matplotlib asks for the axes' place before it draws or measures them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from haplan.plots.legend import LegendBelow
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox, BboxBase

__all__ = ["Frame", "Part", "Room", "frame"]

# What the letters of rcParams are multiplied by: the first that leaves enough for the drawing.
SCALES = (1.0, 0.92, 0.85, 0.78, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1)
READABLE = 0.7  # of these: from here on names are rather shortened than made smaller
SMALL = 0.5  # from here on they may become alike
DRAWING = (0.4, 0.3)  # of the height, which readable letters and smaller ones leave to the drawing itself
ROUNDS = 8
FREE = 3  # of these, in which what the axes leave beside them may shrink again
CLOSE = 0.25  # pixels
LEAST = 0.1  # of the rectangle, which the axes keep


@dataclass(frozen=True, slots=True)
class Room:
    """What there is to fill.

    Attributes
    ----------
    width, height : float
        Of the axes, without what stands beside them [points].
    whole_width, whole_height : float
        Of the rectangle that the picture keeps to [points].
    scale : float
        Of letters.
    """

    width: float
    height: float
    whole_width: float
    whole_height: float
    scale: float

    def accepts(self, shown: Sequence[str], whole: Sequence[str]) -> bool:
        """Whether names are shown as they should be where letters have this size: whole, then still different."""
        if list(shown) == list(whole):
            return True
        return self.scale <= SMALL or (self.scale <= READABLE and len(set(shown)) == len(set(whole)))


class Part(Protocol):
    """Something that fills its part of a picture."""

    def fit(self, ax: Axes, room: Room) -> bool:
        """Chooses what depends on the room; whether it is readable."""
        ...


def frame(ax: Axes, parts: Sequence[Part], legend: LegendBelow | None = None) -> Axes:
    """Has the axes fit themselves, their parts and their legend into their rectangle whenever they are drawn."""
    before = ax.get_axes_locator()
    outer = before._outer if isinstance(before, Frame) else before
    ax.set_axes_locator(Frame(ax, parts, legend, outer))
    return ax


class Frame:
    """A locator of axes."""

    def __init__(self, ax: Axes, parts: Sequence[Part], legend: LegendBelow | None, outer: Any) -> None:
        self._ax = ax
        self._parts = list(parts)
        self._legend = legend
        self._outer = outer
        self._drawn = [*ax.patches, *ax.lines, *ax.collections]
        self._place: Bbox | None = None
        self._chosen: tuple[tuple[object, ...], int] | None = None
        self._busy = False

    def __call__(self, ax: Any, renderer: Any) -> Bbox:
        """The place of the axes in their figure, such that all of the picture lies in their rectangle."""
        if self._place is not None and (self._busy or renderer is None):
            return self._place
        whole: Bbox = self._outer(ax, renderer) if self._outer is not None else ax.get_position(original=True)
        if all(one.axes is None for one in self._drawn):
            return whole  # the axes were cleared for something else
        self._busy = True
        try:
            self._choose(whole, renderer)
        finally:
            self._busy = False
        assert self._place is not None
        return self._place

    def _choose(self, whole: Bbox, renderer: Any) -> None:
        """Fits the picture with the largest letters that are readable, or the smallest."""
        box = whole.transformed(self._ax.figure.transSubfigure)
        inches = (box.width / self._ax.figure.dpi, box.height / self._ax.figure.dpi)
        words = [one.get_text() for one in (self._ax.title, self._ax.xaxis.label, self._ax.yaxis.label)]
        now = (*(round(one, 2) for one in inches), self._ax.get_legend() is None, *(" ".join(one.split()) for one in words))
        if self._chosen is not None and self._chosen[0] == now and self._try(whole, SCALES[self._chosen[1]], renderer):
            return  # layouts ask many times
        low, high = 0, len(SCALES) - 1
        if self._try(whole, SCALES[0], renderer):
            high = 0
        else:
            low = 1
            while low < high:
                middle = (low + high) // 2
                low, high = (low, middle) if self._try(whole, SCALES[middle], renderer) else (middle + 1, high)
            self._try(whole, SCALES[low], renderer)
        self._chosen = now, low

    def get_subplotspec(self) -> Any:
        """Of the axes, for layouts."""
        return self._ax.get_subplotspec()

    def _try(self, whole: Bbox, scale: float, renderer: Any) -> bool:
        """Fits the picture with letters of this scale; whether it is readable."""
        from matplotlib.transforms import Bbox

        ax = self._ax
        to_pixels = ax.figure.transSubfigure
        points = 72.0 / ax.figure.dpi
        outer = inner = whole.transformed(to_pixels)
        readable = True
        for turn in range(ROUNDS):
            self._place = inner.transformed(to_pixels.inverted())
            ax.apply_aspect(self._place)
            room = Room(inner.width * points, inner.height * points, outer.width * points, outer.height * points, scale)
            readable = all([part.fit(ax, room) for part in self._parts])
            around = self._around(ax, renderer)
            if self._legend is not None:
                readable = self._legend.fit(ax, room, outer, renderer) and readable
                around = self._legend.beside(ax, around)
            # What stands beside the axes moves with them.
            left, bottom = max(0.0, inner.x0 - around.x0), max(0.0, inner.y0 - around.y0)
            right, top = max(0.0, around.x1 - inner.x1), max(0.0, around.y1 - inner.y1)
            width = max(outer.width - left - right, LEAST * outer.width)
            height = max(outer.height - bottom - top, LEAST * outer.height)
            before, inner = inner, Bbox.from_bounds(outer.x0 + left, outer.y0 + bottom, width, height)
            if turn >= FREE:  # a label that needs another line, or not, by the width it is given
                inner = Bbox.intersection(before, inner) or before
            if abs(inner.get_points() - before.get_points()).max() < CLOSE:
                break
        self._place = inner.transformed(to_pixels.inverted())
        ax.apply_aspect(self._place)
        enough = 0.0 if scale <= SMALL else DRAWING[scale <= READABLE] * outer.height
        return readable and inner.height >= enough

    def _around(self, ax: Axes, renderer: Any) -> BboxBase:
        """The axes and all that belongs to them, but for the legend, which has a place of its own [pixels]."""
        legend = ax.get_legend()
        if legend is None or self._legend is None:
            return ax.get_tightbbox(renderer) or ax.bbox
        kept = legend.get_in_layout()
        legend.set_in_layout(False)
        try:
            return ax.get_tightbbox(renderer) or ax.bbox
        finally:
            legend.set_in_layout(kept)
