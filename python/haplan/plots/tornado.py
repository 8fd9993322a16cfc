"""What each uncertain number does to a figure, by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy

from haplan.pages import duration_text, significant
from haplan.plots.frame import frame
from haplan.plots.legend import LegendBelow
from haplan.plots.letters import Ends, Labels, Least, Rows
from haplan.plots.style import INK, PALETTE, axes, plain, time_unit
from haplan.plots.ticks import number_text
from haplan.plots.words import short

if TYPE_CHECKING:
    from haplan.draws import UncertainInput
    from haplan.spec import Spec
    from haplan.sweeps import Sweep
    from matplotlib.axes import Axes
    from matplotlib.contour import QuadContourSet
    from matplotlib.text import Annotation

__all__ = ["Swing", "surface", "swings", "tornado"]

YEAR = 365.25 * 86400.0

Swing = tuple[str, float, float, float, float]
"""Name, low and high of the number, unavailability with each."""


def swings(spec: Spec, service: str, inputs: Sequence[UncertainInput]) -> list[Swing]:
    """Every input at both of its ends, the others as written; the widest first."""
    from haplan.sweeps import sweep

    if not inputs:
        return []
    # Two points for each: all as written but one.
    values = {one.name: numpy.full(2 * len(inputs), float(one.value)) for one in inputs}
    for i, one in enumerate(inputs):
        values[one.name][2 * i : 2 * i + 2] = one.low, one.high
    at = sweep(spec, values)[service]["unavailability"]
    found = [
        (one.name, float(one.low), float(one.high), float(at[2 * i]), float(at[2 * i + 1]))
        for i, one in enumerate(inputs)
    ]
    return sorted(found, key=lambda swing: (-abs(swing[4] - swing[3]), swing[0]))


def tornado(found: Sequence[Swing], units: Mapping[str, str], written: float, ax: Axes | None, service: str) -> Axes:
    """One bar per input, from the figure at its low to that at its high end."""
    from matplotlib.patches import Patch

    rows = list(reversed(found))
    ax = axes(ax, 1.6 + 0.34 * len(rows))
    unit, size = time_unit(max([written, *(max(swing[3:]) for swing in rows)]) * YEAR)
    scale = YEAR / size
    sides: tuple[list[Annotation], list[Annotation]] = ([], [])
    for row, (name, low, high, at_low, at_high) in enumerate(rows):
        ends = ((at_low, low, PALETTE[0]), (at_high, high, PALETTE[1]))
        for at, _, colour in ends:
            ax.barh(row, (at - written) * scale, left=written * scale, height=0.6, color=colour)
        # Where both ends are on one side, the nearer one's words stand on the other.
        for right, (at, value, _) in enumerate(sorted(ends, key=lambda end: end[0])):
            words = ax.annotate(
                _value(value, units.get(name, "")),
                ((max if right else min)(at, written) * scale, row),
                xytext=(4 if right else -4, 0),
                textcoords="offset points",
                ha="left" if right else "right",
                va="center",
                fontsize=8,
                color=INK,
            )
            sides[right].append(words)
    ax.axvline(written * scale, color=INK, linewidth=1)
    beside = Rows(ax, [short(name, 44) for name, *_ in rows])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlabel(f"downtime of {short(service)} [{unit} a year]")
    handles = [Patch(facecolor=PALETTE[0], label="number at its low end"), Patch(facecolor=PALETTE[1], label="at its high end")]
    reached = [written * scale, *(one * scale for swing in rows for one in swing[3:])]
    span = (min(reached), max(reached) if max(reached) > min(reached) else min(reached) + 1.0)
    few = Ends(*sides, span, pinned=False)
    return frame(plain(ax), [Labels(), beside, few, Least(10, 3)], LegendBelow(ax, handles))


def _value(value: float, unit: str) -> str:
    if unit == "s":
        return duration_text(value)
    if unit in ("", "1"):
        return f"{100.0 * value:.4g} %" if value <= 1.0 else significant(value)
    return f"{significant(value)} {unit}"


def surface(swept: Sweep, service: str, figure: str, ax: Axes | None) -> Axes:
    """A figure over two numbers as filled contours, or over one as a line."""
    axes_of = _grid(swept)
    values = swept[service][figure]
    ax = axes(ax, 4.2, 7.5)
    shown, label = values, figure.replace("_", " ")
    if figure == "unavailability":
        unit, size = time_unit(float(numpy.nanmax(values, initial=0.0)) * YEAR)
        shown, label = values * YEAR / size, f"downtime [{unit} a year]"
    names = list(axes_of)
    if len(names) == 1:
        ax.plot(axes_of[names[0]], numpy.ravel(shown), color=PALETTE[0])
        ax.set_xlabel(short(names[0], 60))
        ax.set_ylabel(f"{short(service, 20)}: {label}")
        return frame(plain(ax), [Labels(), Least(10, 6)])
    (y_name, y), (x_name, x) = axes_of.items()
    from matplotlib.ticker import FuncFormatter

    contours = _contours(ax, x, y, shown.reshape(len(y), len(x)))
    bar = ax.figure.colorbar(contours, cax=ax.inset_axes((1.03, 0.0, 0.04, 1.0)), label=f"{short(service, 20)}: {label}")
    bar.ax.yaxis.set_major_formatter(FuncFormatter(number_text))
    ax.set_xlabel(short(x_name, 60))
    ax.set_ylabel(short(y_name, 40))
    for values_of, scale in ((x, ax.set_xscale), (y, ax.set_yscale)):
        if values_of.min() > 0 and values_of.max() > 100 * values_of.min():
            scale("log")
    return frame(plain(ax), [Labels(), Labels(bar.ax), Least(10, 6)])


def _contours(ax: Axes, x: Any, y: Any, z: Any) -> QuadContourSet:
    """Twelve levels, in equal ratios where the figure goes over more than a power of ten."""
    finite = z[numpy.isfinite(z)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low > 0.0 and high > 10.0 * low:
        from matplotlib.colors import LogNorm

        contours = ax.contourf(x, y, z, levels=numpy.geomspace(low, high, 13), norm=LogNorm(low, high), cmap="cividis")
    else:
        contours = ax.contourf(x, y, z, levels=12, cmap="cividis")
    return contours


def _grid(swept: Sweep) -> dict[str, Any]:
    """The numbers that vary, each along its own dimension."""
    if not 1 <= len(swept.shape) <= 2 or len(swept.values) != len(swept.shape):
        raise ValueError("a picture needs one number along each of one or two dimensions")
    lines: dict[int, tuple[str, Any]] = {}
    for path, array in swept.values.items():
        for dimension in range(array.ndim):
            first = array[tuple(slice(None) if d == dimension else slice(0, 1) for d in range(array.ndim))]
            if dimension not in lines and numpy.array_equal(numpy.broadcast_to(first, array.shape), array):
                lines[dimension] = (path, first.reshape(-1))
                break
    if len(lines) != len(swept.shape):
        raise ValueError("a picture needs a grid: one number along each dimension")
    return {path: line for _, (path, line) in sorted(lines.items(), key=lambda one: one[0])}
