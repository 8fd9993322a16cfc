"""Places of ticks whose labels stand apart, however long the axis is when it is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from haplan.plots.letters import ticks
from haplan.plots.words import LINE, width
from matplotlib.ticker import Locator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["count_axis", "decimal_axis", "time_axis"]

APART = 1.2  # of a letter's size, between labels
ENOUGH, MOST = 4, 12  # ticks

_SHORT = (0.001, 0.01, 0.1, 0.5)
_DAYS = tuple(86400 * n for n in (1, 3, 7, 30, 90, 365, 3650))
ROUND = (*_SHORT, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 12 * 3600, *_DAYS)
_FEW = (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50)
_HOURS = tuple(3600 * n for n in (1, 1.5, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 36))
FINE = (*_SHORT, *_FEW, *(60 * n for n in _FEW), *_HOURS, *(86400 * n for n in (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)))


class _Spaced(Locator):
    """Chooses ticks by the length of the axis in letters."""

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Those between two ends."""
        raise NotImplementedError

    def __call__(self) -> Sequence[float]:
        axis: Any = self.axis
        low, high = sorted(axis.get_view_interval())
        return self.tick_values(low, high)

    def _length(self) -> float:
        """Of the axis [points]."""
        axis: Any = self.axis
        box = axis.axes.bbox
        return float(72.0 / axis.axes.figure.dpi * (box.width if axis.axis_name == "x" else box.height))


class _Times(_Spaced):
    """Seconds, minutes, hours and days that a person would choose."""

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Of the round ones what fits, or of finer ones where that is little."""
        if not 0.0 < vmin < vmax:
            return []
        size = ticks(self.axis)
        unit = self._length() / math.log(vmax / vmin)
        shown: list[float] = []
        for steps in (ROUND, FINE):
            found: list[float] = []
            free = -math.inf  # points from the left end
            for tick in (float(one) for one in steps if vmin <= one <= vmax):
                at, half = unit * math.log(tick / vmin), width(time_text(tick), size) / 2.0
                if at - half >= free:
                    found.append(tick)
                    free = at + half + APART * size
            if len(shown) < ENOUGH and len(found) > len(shown):
                shown = found
        return shown if len(shown) > 1 else _even(vmin, vmax)


class _Counts(_Spaced):
    """Every whole number that there is, or every second, third ..."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = sorted(set(numbers))

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """As many as fit, at equal steps of their order."""
        size = ticks(self.axis)
        unit = self._length() / max(vmax - vmin, 1e-9)
        shown = [one for one in self._numbers if vmin <= one <= vmax]
        for step in range(1, max(2, len(shown))):
            some = shown[::step]
            if all((b - a) * unit >= width(str(b), size) + APART * size for a, b in zip(some, some[1:])):
                return some
        return shown[:1]


class _Decimals(_Spaced):
    """1, 2, 5 and so on times powers of ten."""

    STEPS = ((1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """The most of them whose labels stand apart; at most a dozen."""
        if not 0.0 < vmin < vmax:
            return []
        unit = self._length() / math.log(vmax / vmin)
        size = ticks(self.axis)
        powers = range(math.floor(math.log10(vmin)), math.ceil(math.log10(vmax)) + 1)
        decades = [10.0**power for power in powers]
        for steps in self.STEPS:
            found = [one for one in (float(f"{step * decade:.3g}") for decade in decades for step in steps) if vmin <= one <= vmax]
            apart = (unit * math.log(b / a) >= LINE * size for a, b in zip(found, found[1:]))
            if len(found) <= MOST and all(apart):
                return found if len(found) > 1 else _even(vmin, vmax)
        every = -(-len(decades) // max(1, int(self._length() / (2.0 * LINE * size))))
        return [one for one in decades[::every] if vmin <= one <= vmax]


def _even(low: float, high: float) -> Sequence[float]:
    """Few ticks between two ends that have hardly a round number between them."""
    from matplotlib.ticker import MaxNLocator

    return [one for one in [float(tick) for tick in MaxNLocator(2).tick_values(low, high)] if low <= one <= high]


def time_axis(ax: Axes) -> None:
    """Makes x logarithmic, with ticks that a person would choose: seconds, minutes, hours, days."""
    ax.set_xscale("log")
    _put(ax.xaxis, _Times(), time_text)


def count_axis(ax: Axes, numbers: Sequence[int]) -> None:
    """Puts ticks of x at these whole numbers, or some of them."""
    ax.xaxis.set_major_locator(_Counts(numbers))


def decimal_axis(ax: Axes) -> None:
    """Makes y logarithmic, with numbers that need no exponent to be read."""
    ax.set_yscale("log")
    _put(ax.yaxis, _Decimals(), number_text)


def _put(axis: Any, locator: Locator, text: Any) -> None:
    from matplotlib.ticker import FuncFormatter, NullLocator

    axis.set_major_locator(locator)
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(text))


def time_text(seconds: float, position: int | None = None) -> str:
    """Of a tick: ``30 s``, ``5 min``, ``12 h``, ``7 d``."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{1000 * seconds:g} ms" if seconds < 0.1 else f"{seconds:g} s"


def number_text(value: float, position: int | None = None) -> str:
    """Of a tick, without an exponent where that is readable."""
    return f"{value:.4g}"
