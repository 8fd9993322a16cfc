"""Words in and beside axes, as large and as long as their room lets them be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from haplan.plots.frame import READABLE, SCALES, SMALL, Room
from haplan.plots.words import FEWEST, LINE, fitted, width, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation, Text

__all__ = ["Columns", "Ends", "Inscribed", "Labels", "Least", "Rows", "ticks"]

BESIDE = 0.42  # of a picture's width, at most, for names beside the axes
BELOW = 0.5  # of its height, for names below them
SMALLEST = 5.0  # points
LINES = 3  # of an axis' label
APART = 4.0  # points between a bar and the words at its end


def points(size: Any) -> float:
    """Of letters whose size may be a word, such as "medium"."""
    from matplotlib.font_manager import FontProperties

    return float(FontProperties(size=size).get_size_in_points())


class Scaled:
    """A size of letters times a scale; a size set by somebody else is the new one to scale."""

    def __init__(self) -> None:
        self._nominal = 0.0
        self._given: float | None = None

    def scale(self, now: float, scale: float, least: float = 0.0) -> float:
        """What to set where ``now`` is set, and not less than that while others are still readable; all [points]."""
        if self._given is None or abs(now - self._given) > 1e-6:
            self._nominal = now
        self._given = max(self._nominal * scale, min(self._nominal, least * min(1.0, scale / SMALL)))
        return self._given


def ticks(axis: Any) -> float:
    """Size of the numbers or names along an axis [points]."""
    from matplotlib import rcParams

    known = axis.get_tick_params().get("labelsize")
    usual = rcParams["xtick.labelsize"] if axis.axis_name == "x" else rcParams["ytick.labelsize"]
    return points(known if known is not None else usual)


class Labels:
    """Of both axes, in lines, and the size of what stands along them; comes before rows and columns, which go by it."""

    def __init__(self, beside: Axes | None = None) -> None:
        """Of the axes, or of others that are as high as they are and stand beside them."""
        self._beside = beside
        self._whole = ["", ""]
        self._shown = ["", ""]
        self._scaled = (Scaled(), Scaled())
        self._ticks = (Scaled(), Scaled())

    def fit(self, ax: Axes, room: Room) -> bool:
        """Breaks and scales them."""
        readable = True
        ax = self._beside or ax
        for i, (axis, length) in enumerate(((ax.xaxis, room.width), (ax.yaxis, room.height))):
            along = self._ticks[i].scale(ticks(axis), room.scale)
            if abs(along - ticks(axis)) > 1e-6:
                axis.set_tick_params(labelsize=along)
            label = axis.label
            size = self._scaled[i].scale(points(label.get_fontsize()), room.scale)
            label.set_fontsize(size)
            if label.get_text() != self._shown[i]:
                self._whole[i] = label.get_text()
            lines = wrapped(self._whole[i], size, length)
            self._shown[i] = "\n".join(lines)
            label.set_text(self._shown[i])
            readable = readable and len(lines) <= LINES and " ".join(lines) == " ".join(self._whole[i].split())
        return readable


class Least:
    """So many letters' sizes of width and height that the drawing needs."""

    def __init__(self, width: float, height: float) -> None:
        self._width = width
        self._height = height

    def fit(self, ax: Axes, room: Room) -> bool:
        """Whether they are there."""
        size = 10.0 * room.scale
        return room.width >= self._width * size and room.height >= self._height * size


class Names:
    """The formatter's function of an axis with a name at 0, 1, 2 ..."""

    def __init__(self, names: Sequence[str]) -> None:
        self.whole = list(names)
        self.shown = list(names)

    def __call__(self, value: float, position: int | None = None) -> str:
        """The name at a place."""
        at = int(value)
        return self.shown[at] if 0 <= at < len(self.shown) else ""


class Rows:
    """A name beside each row, at y = 0.5 and so on (``middle``), or at whole numbers."""

    def __init__(self, ax: Axes, names: Sequence[str], middle: float = 0.0) -> None:
        self._names = Names(names)
        self._formatter = _named(ax.yaxis, self._names, middle)

    def fit(self, ax: Axes, room: Room) -> bool:
        """Shortens them; whether they are whole, and rows as high as letters."""
        size = ticks(ax.yaxis)
        if ax.yaxis.get_major_formatter() is not self._formatter:
            return True
        self._names.shown = fitted(self._names.whole, size, BESIDE * room.whole_width)
        rows = max(1, len(self._names.whole))
        fits = max((width(one, size) for one in self._names.shown), default=0.0) <= BESIDE * room.whole_width
        return room.accepts(self._names.shown, self._names.whole) and fits and room.height / rows >= LINE * size


class Columns:
    """A name below each column, upright or, where that does not fit, turned."""

    def __init__(self, ax: Axes, names: Sequence[str], *, turn: bool) -> None:
        self._names = Names(names)
        self._formatter = _named(ax.xaxis, self._names, 0.5)
        self._turn = turn

    def fit(self, ax: Axes, room: Room) -> bool:
        """Turns and shortens them; whether they are whole, and columns as wide as letters."""
        size = ticks(ax.xaxis)
        if ax.xaxis.get_major_formatter() is not self._formatter:
            return True
        names = self._names.whole
        column = room.width / max(1, len(names))
        longest = max((width(name, size) for name in names), default=0.0)
        turned = self._turn and longest > 0.95 * column
        length = BELOW * room.whole_height if turned else 0.95 * column
        ax.tick_params(axis="x", labelrotation=90.0 if turned else 0.0)
        self._names.shown = fitted(names, size, length)
        fits = max((width(one, size) for one in self._names.shown), default=0.0) <= length
        return room.accepts(self._names.shown, names) and fits and (not turned or column >= LINE * size)


def _named(axis: Any, names: Names, middle: float) -> Any:
    """Puts names on an axis; gives the formatter."""
    from matplotlib.ticker import FixedLocator, FuncFormatter

    axis.set_major_locator(FixedLocator([at + middle for at in range(len(names.whole))]))
    axis.set_major_formatter(FuncFormatter(names))
    return axis.get_major_formatter()


class Inscribed:
    """Words in boxes, of one size."""

    def __init__(self, texts: Sequence[Text], width: float, height: float) -> None:
        """Their boxes' width and height in units of the data."""
        self._texts = list(texts)
        self._whole = [one.get_text() for one in texts]
        self._width = width
        self._height = height

    def fit(self, ax: Axes, room: Room) -> bool:
        """Chooses size and length; this part scales by itself."""
        if not self._texts:
            return True
        low, high = ax.get_xlim()
        across = 0.94 * self._width * room.width / abs(high - low)
        low, high = ax.get_ylim()
        up = self._height * room.height / abs(high - low)
        nominal = points("medium")
        shown, size = self._whole, nominal
        for scale, cut in [*((one, False) for one in SCALES if one > SMALL), *((one, True) for one in SCALES if one <= READABLE)]:
            size = scale * nominal
            shown = fitted(self._whole, size, across, FEWEST if scale > SMALL else FEWEST // 2) if cut else self._whole
            if max(width(one, size) for one in shown) <= across and LINE * size <= up:
                break
        for text, words in zip(self._texts, shown):
            text.set_text(words)
            text.set_fontsize(size)
        return True


class Ends:
    """Words at the ends of bars, for which the axis grows."""

    def __init__(self, left: Sequence[Annotation], right: Sequence[Annotation], span: tuple[float, float], *, pinned: bool) -> None:
        """Annotations whose ``xy`` is the end of a bar; what else the axis shows; whether it begins there."""
        self._sides = (list(left), list(right))
        self._span = span
        self._pinned = pinned
        self._scaled = Scaled()
        self._given: tuple[float, float] | None = None

    def fit(self, ax: Axes, room: Room) -> bool:
        """Chooses the axis' limits, unless somebody else did."""
        every = [*self._sides[0], *self._sides[1]]
        size = points(every[0].get_fontsize()) if every else 0.0
        size = self._scaled.scale(size, room.scale, SMALLEST)
        for one in every:
            one.set_fontsize(size)
        if self._given is not None and ax.get_xlim() != self._given:
            return True
        low, high = self._span
        readable = False
        for _ in range(40):
            unit = (high - low) / room.width  # of the axis per point

            def reach(one: Annotation, unit: float = unit) -> float:
                return (APART + 0.4 * size + width(one.get_text(), size)) * unit

            begin = min([self._span[0], *(one.xy[0] - reach(one) for one in self._sides[0])])
            end = max([self._span[1], *(one.xy[0] + reach(one) for one in self._sides[1])])
            if self._pinned:
                begin = self._span[0]
            if end - begin > 4.0 * (self._span[1] - self._span[0]):
                break  # the words take more than the bars
            readable = abs(end - high) + abs(begin - low) < 1e-3 * (end - begin)
            low, high = begin, end
            if readable:
                break
        ax.set_xlim(low, high)
        self._given = ax.get_xlim()
        return readable
