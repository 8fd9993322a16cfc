"""How long recoveries take, as distributions.

>>> from haplan.delays import fixed, lognormal, uniform
>>> recovery = uniform(0, 10) + fixed(3) + lognormal(mean=20, sigma=1)   # detect, stop, start
>>> recovery.mean, recovery.quantile(0.99).value, recovery.above(60).value
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, overload

import numpy
import numpy.typing

from haplan import _core
from haplan.figures import Estimate

__all__ = ["Delay", "exponential", "fixed", "lognormal", "mixture", "uniform"]

Array = numpy.typing.NDArray[numpy.float64]
Stage = tuple[str, float, float]
Part = tuple[float, tuple[Stage, ...]]


class Delay:
    """A time [s] that is a sum of independent stages, or one of several such sums by chance. Immutable.

    ``a + b`` is the sum of two independent times.
    """

    __slots__ = ("_law", "_parts")
    _parts: tuple[Part, ...]
    _law: _core.Delay

    def __init__(self, parts: Iterable[Part]) -> None:
        kept = tuple((float(p), tuple((law, float(a), float(b)) for law, a, b in stages)) for p, stages in parts)
        if not (abs(sum(p for p, _ in kept) - 1.0) <= 1e-9 and all(p >= 0 for p, _ in kept)):
            raise ValueError("probabilities are at least 0 and sum to 1")
        for _, stages in kept:
            for stage in stages:
                _check(stage)
        object.__setattr__(self, "_parts", kept)
        object.__setattr__(self, "_law", _core.Delay([(p, list(stages)) for p, stages in kept]))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a delay cannot be changed: {name}")

    @property
    def parts(self) -> tuple[Part, ...]:
        """(probability, stages) of each possibility; a stage is (law, a, b) as the functions below take them."""
        return self._parts

    @property
    def mean(self) -> float:
        """[s]"""
        return self._law.mean

    @property
    def least(self) -> float:
        """The shortest that is possible [s]."""
        return self._law.least

    @property
    def worst(self) -> float:
        """The longest that is possible [s]; infinite with an exponential or lognormal stage."""
        return self._law.worst

    @property
    def exact(self) -> bool:
        """Whether the distribution function is exact but for rounding; else it is a proved interval."""
        return self._law.exact

    @overload
    def at_most(self, t: float) -> Estimate: ...
    @overload
    def at_most(self, t: Array) -> Array: ...
    def at_most(self, t: float | Array) -> Estimate | Array:
        """P(T <= t): with its interval for a number [s], values alone for an array."""
        return _answer(self._law.at_most(_flat(t)), t, self.exact)

    @overload
    def above(self, t: float) -> Estimate: ...
    @overload
    def above(self, t: Array) -> Array: ...
    def above(self, t: float | Array) -> Estimate | Array:
        """P(T > t), computed for itself: small ones keep their digits."""
        return _answer(self._law.above(_flat(t)), t, self.exact)

    @overload
    def quantile(self, p: float) -> Estimate: ...
    @overload
    def quantile(self, p: Array) -> Array: ...
    def quantile(self, p: float | Array) -> Estimate | Array:
        """The earliest t [s] with P(T <= t) >= p, for p in (0, 1)."""
        shares = _flat(p)
        if not numpy.all((shares > 0) & (shares < 1)):
            raise ValueError("a share lies between 0 and 1, without these")
        return _answer(self._law.quantile(shares), p, self.exact)

    def __add__(self, other: Delay) -> Delay:
        if not isinstance(other, Delay):
            return NotImplemented
        return Delay((p * q, a + b) for p, a in self._parts for q, b in other._parts)

    def __radd__(self, other: int) -> Delay:
        """``sum()`` begins with 0."""
        return self if other == 0 else NotImplemented

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Delay) and self._parts == other._parts

    def __hash__(self) -> int:
        return hash(self._parts)

    def __reduce__(self) -> tuple[Any, ...]:
        return Delay, (self._parts,)

    def __copy__(self) -> Delay:
        return self

    def __deepcopy__(self, memo: object) -> Delay:
        return self

    def __repr__(self) -> str:
        return f"<Delay of mean {self.mean:.6g} s, {self.least:.6g} to {self.worst:.6g} s>"


def _check(stage: Stage) -> None:
    law, a, b = stage
    if not (a >= 0.0 and b >= 0.0 and numpy.isfinite(a) and numpy.isfinite(b)):
        raise ValueError(f"{law}: numbers are finite and at least 0")
    if law == "uniform" and b < a:
        raise ValueError("uniform: the second end is not before the first")


def _flat(numbers: float | Array) -> Array:
    flat = numpy.asarray(numbers, dtype=numpy.float64).reshape(-1)
    if numpy.any(numpy.isnan(flat)):
        raise ValueError("not a number")
    return flat


def _answer(found: tuple[Array, Array, Array], asked: float | Array, exact: bool) -> Estimate | Array:
    value, lower, upper = found
    if numpy.ndim(asked) == 0:
        return Estimate(float(value[0]), float(lower[0]), float(upper[0]), "exact" if exact else "bounded")
    return value.reshape(numpy.shape(asked))


def fixed(time: float) -> Delay:
    """Always the same [s]."""
    return Delay([(1.0, (("fixed", time, 0.0),))])


def uniform(low: float, high: float) -> Delay:
    """Anything between two times [s] with equal probability."""
    return Delay([(1.0, (("uniform", low, high),))])


def exponential(mean: float) -> Delay:
    """Memoryless, with this mean [s]."""
    return Delay([(1.0, (("exponential", mean, 0.0),))])


def lognormal(mean: float, sigma: float) -> Delay:
    """Lognormal with this mean [s] and this standard deviation of the logarithm."""
    return Delay([(1.0, (("lognormal", mean, sigma),))])


def mixture(parts: Iterable[tuple[float, Delay]]) -> Delay:
    """One of several times, each with its probability."""
    return Delay((p * q, stages) for p, delay in parts for q, stages in delay.parts)
