"""Markov chains in continuous time, with proved errors; they know no cluster.

>>> import numpy, haplan.chains
>>> chain = haplan.chains.Chain(numpy.array([[0, 1e-3], [0.1, 0]]))  # one machine: fails, is repaired
>>> chain.long_run_mean([0, 1]).value                                # share of time in state 1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

import numpy
import numpy.typing

from haplan import _core
from haplan.figures import Estimate
from haplan.rows import Rows

if TYPE_CHECKING:
    import scipy.sparse

__all__ = ["Chain", "Phase", "PhaseFit", "fit_phases"]

Array = numpy.typing.NDArray[numpy.float64]
Start = Union[int, numpy.typing.ArrayLike]


class Chain:
    """A continuous-time Markov chain. Immutable.

    Parameters
    ----------
    rates : array_like or SciPy sparse array or matrix, shape (n, n)
        Entry (i, j) is the rate from state i to state j [1/s]. The diagonal is 0, or what makes rows sum to 0: a generator.

    Notes
    -----
    Wherever ``initial`` is asked for, a number is the state that the chain starts in; an array is a distribution over
    the states. ``t`` is a time [s]; ``relative`` and ``absolute`` bound half the width of the interval, relative to the value and in its unit:
    whichever is met first will do. Intervals are proved, truncation and rounding included.
    """

    __slots__ = ("_chain",)
    _chain: _core.Chain

    def __init__(self, rates: numpy.typing.ArrayLike | scipy.sparse.sparray | scipy.sparse.spmatrix) -> None:
        shape, sources, targets, values = _entries(rates)
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ValueError("rates is a square matrix")
        kept = sources != targets
        _check_diagonal(shape[0], sources, targets, values, kept)
        kept &= values != 0
        chain = _core.Chain(shape[0], sources[kept], targets[kept], values[kept])
        object.__setattr__(self, "_chain", chain)

    @classmethod
    def from_edges(cls, states: int, edges: Sequence[tuple[int, int, float]]) -> Chain:
        """The chain with these edges (from, to, rate [1/s]); parallel ones add up."""
        made = cls.__new__(cls)
        table = numpy.asarray(edges, dtype=numpy.float64)
        if table.size and (table.ndim != 2 or table.shape[1] != 3):
            raise ValueError("edges are triples: from, to, rate")
        table = table.reshape(-1, 3)
        states = _count(states)
        sources, targets = _states(table[:, 0], states), _states(table[:, 1], states)
        object.__setattr__(made, "_chain", _core.Chain(states, sources, targets, numpy.ascontiguousarray(table[:, 2])))
        return made

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a chain cannot be changed: {name}")

    @property
    def state_count(self) -> int:
        """Number of states."""
        return self._chain.state_count

    @property
    def transition_count(self) -> int:
        """Number of transitions with a rate above 0."""
        return self._chain.transition_count

    def to_scipy(self) -> scipy.sparse.csr_array:
        """The generator [1/s] as a sparse array; rows sum to 0."""
        import scipy.sparse

        sources, targets, rates = self._chain.arrays()
        n = self.state_count
        exits = numpy.zeros(n)
        numpy.add.at(exits, sources, rates)
        states = numpy.arange(n)
        rows, columns = numpy.concatenate([sources, states]), numpy.concatenate([targets, states])
        entries = (numpy.concatenate([rates, -exits]), (rows, columns))
        return scipy.sparse.csr_array(scipy.sparse.coo_array(entries, shape=(n, n)))

    def _key(self) -> tuple[Any, ...]:
        return (self.state_count, *(array.tobytes() for array in self._chain.arrays()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chain) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        sources, targets, rates = self._chain.arrays()
        edges = [*zip(sources.tolist(), targets.tolist(), rates.tolist())]
        return Chain.from_edges, (self.state_count, edges)

    def __copy__(self) -> Chain:
        return self

    def __deepcopy__(self, memo: object) -> Chain:
        return self

    def __repr__(self) -> str:
        return f"<Chain of {self.state_count} states and {self.transition_count} transitions>"

    def _start(self, initial: Start) -> Array:
        if numpy.ndim(initial) == 0:
            start = numpy.zeros(self.state_count)
            start[_states(initial, self.state_count)] = 1.0
            return start
        return _real(initial, "initial")

    def _flags(self, states: numpy.typing.ArrayLike) -> numpy.typing.NDArray[numpy.bool_]:
        given = numpy.asarray(states)
        if given.dtype == numpy.bool_:
            return given
        named = _states(given.reshape(-1), self.state_count)
        if len(numpy.unique(named)) < len(named):
            raise ValueError("a state is named twice; one flag a state is an array of True and False")
        flags = numpy.zeros(self.state_count, dtype=numpy.bool_)
        flags[named] = True
        return flags

    def _accuracy(self, relative: float, absolute: float) -> tuple[float, float]:
        if not (relative >= 0.0 and absolute >= 0.0):
            raise ValueError("relative and absolute are at least 0")
        return float(relative), float(absolute)

    def steady_state(self) -> Array:
        """Long-run probability of every state; transient ones have 0.

        Returns
        -------
        ndarray, shape (n,)
            Every entry with full relative accuracy: elimination without subtractions.

        Raises
        ------
        HaplanError
            ``not_unique`` when the chain can end in several sets of states.

        Notes
        -----
        The cost is n^3; :meth:`long_run_mean` is for large chains.
        """
        return self._chain.steady_state()

    def long_run_mean(
        self,
        reward: numpy.typing.ArrayLike,
        initial: Start | None = None,
        *,
        absolute: float = 1e-10,
        relative: float = 0.0,
    ) -> Estimate:
        """Long-run mean of a reward per state; of 0 and 1, the share of time in the states with 1.

        Parameters
        ----------
        reward : array_like, shape (n,)
        initial : optional
            Needed where the chain can end in several sets of states.
        absolute, relative : float
            Half the width of the interval; whichever is met first will do.

        Returns
        -------
        Estimate
            In the unit of the reward.
        """
        start = None if initial is None else self._start(initial)
        relative, absolute = self._accuracy(relative, absolute)
        return Estimate(*self._chain.long_run_mean(_row(reward), start, absolute, relative))

    def distribution_at(self, t: float, initial: Start, *, absolute: float = 1e-9) -> tuple[Array, float]:
        """Probability of every state after ``t`` seconds, and the sum of the absolute errors."""
        return self._chain.distribution_at(self._start(initial), t, self._accuracy(0.0, absolute)[1])

    def reward_at(
        self, t: float, initial: Start, reward: numpy.typing.ArrayLike, *, relative: float = 1e-9, absolute: float = 0.0
    ) -> Estimate:
        """Expected reward after ``t`` seconds, in the unit of the reward."""
        return Estimate(*self._chain.reward_at(self._start(initial), _row(reward), t, *self._accuracy(relative, absolute)))

    def accumulated_reward(
        self, t: float, initial: Start, reward: numpy.typing.ArrayLike, *, relative: float = 1e-9, absolute: float = 0.0
    ) -> Estimate:
        """Expected integral of the reward over ``t`` seconds; of 0 and 1, the expected time in states [s]."""
        return Estimate(*self._chain.accumulated_reward(self._start(initial), _row(reward), t, *self._accuracy(relative, absolute)))

    def reached_within(
        self, t: float, initial: Start, target: numpy.typing.ArrayLike, *, relative: float = 1e-9, absolute: float = 0.0
    ) -> Estimate:
        """P(a target state is reached within ``t`` seconds); ``target`` are states, or one flag a state."""
        return Estimate(
            *self._chain.reached_within(self._start(initial), self._flags(target), t, *self._accuracy(relative, absolute))
        )

    def not_reached_within(
        self, t: float, initial: Start, target: numpy.typing.ArrayLike, *, relative: float = 1e-9, absolute: float = 0.0
    ) -> Estimate:
        """P(no target state is reached within ``t`` seconds), with its own relative accuracy."""
        return Estimate(
            *self._chain.not_reached_within(
                self._start(initial), self._flags(target), t, *self._accuracy(relative, absolute)
            )
        )

    def mean_first_passage(self, initial: Start, target: numpy.typing.ArrayLike) -> Estimate:
        """Expected time [s] until a target state is reached first."""
        return Estimate(*self._chain.mean_first_passage(self._start(initial), self._flags(target)))

    def down_share_at_least(
        self,
        shares: numpy.typing.ArrayLike,
        t: float,
        initial: Start,
        down: numpy.typing.ArrayLike,
        *,
        relative: float = 1e-9,
        absolute: float = 0.0,
    ) -> Rows[Estimate]:
        """P(at least so much of the interval of ``t`` seconds is spent in ``down`` states), for each share in [0, 1]."""
        return self._shares(self._chain.down_share_at_least, shares, t, initial, down, relative, absolute)

    def down_share_less(
        self,
        shares: numpy.typing.ArrayLike,
        t: float,
        initial: Start,
        down: numpy.typing.ArrayLike,
        *,
        relative: float = 1e-9,
        absolute: float = 0.0,
    ) -> Rows[Estimate]:
        """The complement, with its own relative accuracy."""
        return self._shares(self._chain.down_share_less, shares, t, initial, down, relative, absolute)

    def _shares(
        self,
        figure: Callable[..., list[Any]],
        shares: numpy.typing.ArrayLike,
        t: float,
        initial: Start,
        down: numpy.typing.ArrayLike,
        relative: float,
        absolute: float,
    ) -> Rows[Estimate]:
        accuracy = self._accuracy(relative, absolute)
        found = figure(self._start(initial), self._flags(down), _row(shares), t, *accuracy)
        return Rows(Estimate, (Estimate(*one) for one in found))


def _real(values: Any, what: str) -> Array:
    """As numbers; not silently without their imaginary parts or their mask."""
    if numpy.iscomplexobj(values) or numpy.ma.is_masked(values):
        raise ValueError(f"{what}: numbers are real, and all of them are given")
    return numpy.asarray(values, dtype=numpy.float64)


def _row(values: numpy.typing.ArrayLike) -> Array:
    return numpy.atleast_1d(_real(values, "values"))


def _count(states: int) -> int:
    if int(states) != states or states < 0:
        raise ValueError("the number of states is an integer that is at least 0")
    return int(states)


def _states(given: Any, states: int) -> numpy.typing.NDArray[numpy.int64]:
    """Numbers of states, checked."""
    numbers = _real(given, "states")
    if not numpy.all((numbers >= 0) & (numbers < states) & (numbers == numpy.floor(numbers))):
        raise IndexError(f"a state is an integer from 0 to {states - 1}")
    return numbers.astype(numpy.int64)


def _check_diagonal(n: int, sources: Any, targets: Any, values: Array, off: Any) -> None:
    """It may be left out, else it is that of a generator: what was meant as something else is told."""
    diagonal = numpy.bincount(sources[~off], weights=values[~off], minlength=n)
    if not numpy.any(diagonal):
        return
    exits = numpy.bincount(sources[off], weights=values[off], minlength=n)
    if not numpy.allclose(diagonal, -exits, rtol=1e-6, atol=1e-12 * float(numpy.max(numpy.abs(exits), initial=0.0))):
        raise ValueError("the diagonal is neither 0 nor that of a generator, whose rows sum to 0")


def _entries(rates: Any) -> tuple[tuple[int, ...], Any, Any, Array]:
    if hasattr(rates, "tocoo"):
        entries = rates.tocoo()
        return (
            tuple(entries.shape),
            entries.row.astype(numpy.int64),
            entries.col.astype(numpy.int64),
            _real(entries.data, "rates"),
        )
    dense = _real(rates, "rates")
    if dense.ndim != 2:
        raise ValueError("rates is a square matrix")
    sources, targets = numpy.nonzero(dense)
    return dense.shape, sources.astype(numpy.int64), targets.astype(numpy.int64), dense[sources, targets]


@dataclass(frozen=True, slots=True)
class Phase:
    """One exponential phase of a delay.

    Attributes
    ----------
    enter : float
        Probability that the delay begins here.
    rate : float
        Of leaving [1/s].
    next : int
        The phase that follows; the number of phases when the delay is over.
    """

    enter: float
    rate: float
    next: int


@dataclass(frozen=True, slots=True)
class PhaseFit:
    """A delay as exponential phases.

    Attributes
    ----------
    phases : Rows of Phase
    variance_matched : bool
        The mean always is.
    cdf_distance : Estimate
        Greatest difference of the two distribution functions.
    mean_distance : Estimate
        Integral of that difference [s].
    """

    phases: Rows[Phase]
    variance_matched: bool
    cdf_distance: Estimate
    mean_distance: Estimate


def fit_phases(law: str, a: float, b: float = 0.0, *, most_phases: int = 32) -> PhaseFit:
    """A delay that is not exponential as phases, so that a chain can contain it.

    Parameters
    ----------
    law : {"fixed", "uniform", "lognormal"}
    a, b : float
        The time [s]; the two ends [s]; the mean [s] and sigma of the logarithm.
    most_phases : int
        At most 1000.
    """
    phases, matched, cdf, mean = _core.fit_phases(law, a, b, most_phases)
    return PhaseFit(Rows(Phase, (Phase(*one) for one in phases)), matched, Estimate(*cdf), Estimate(*mean))
