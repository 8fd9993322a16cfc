"""Batches: one deployment with many values of numbers of its specification."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy
import numpy.typing

from haplan._maps import Frozen
from haplan import _core
from haplan.errors import SpecError, diagnostics_of
from haplan.plots import SweepPlots
from haplan.spec import Spec, load
from haplan.verbs import Progress, SpecLike, _threads

if TYPE_CHECKING:
    import pandas

__all__ = ["FIGURES", "Sweep", "sweep"]

Array = numpy.typing.NDArray[numpy.float64]

FIGURES: tuple[str, ...] = tuple(
    re.sub("([A-Z])", lambda found: "_" + found.group().lower(), name) for name in _core.followed_figures
)
"""What can be asked for: ``unavailability``, ``outages_per_year``, ``mean_outage_seconds``, ..."""

_JSON_NAMES = dict(zip(FIGURES, _core.followed_figures))


class Sweep:
    """Figures at many points. Immutable; arrays are read-only.

    Attributes
    ----------
    values : mapping
        Path to the values that were given, as an array of the common shape.
    services : mapping
        Service to figure to array: ``sweep.services["shop"]["unavailability"]``.
    failed : int
        Points that have no figures (there NaN), because the values make no sense together.
    why : str
        The reason at the first of them, or empty.
    """

    __slots__ = ("failed", "services", "values", "why")

    values: Mapping[str, Array]
    services: Mapping[str, Mapping[str, Array]]
    failed: int
    why: str

    def __init__(
        self,
        values: Mapping[str, Array],
        services: Mapping[str, Mapping[str, Array]],
        failed: int = 0,
        why: str = "",
    ) -> None:
        fix = object.__setattr__
        fix(self, "values", Frozen({path: _locked(array) for path, array in values.items()}))
        kept = {
            service: Frozen({name: _locked(array) for name, array in figures.items()})
            for service, figures in services.items()
        }
        fix(self, "services", Frozen(kept))
        fix(self, "failed", failed)
        fix(self, "why", why)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a sweep cannot be changed: {name}")

    @property
    def plot(self) -> SweepPlots:
        """Pictures, on matplotlib's Axes."""
        return SweepPlots(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """The common shape of all arrays."""
        return next(iter(self.values.values())).shape

    def __getitem__(self, service: str) -> Mapping[str, Array]:
        return self.services[service]

    def _columns(self) -> dict[str, Array]:
        columns = {path: array.ravel() for path, array in self.values.items()}
        for service, figures in self.services.items():
            columns.update({f"{service}.{name}": array.ravel() for name, array in figures.items()})
        return columns

    def to_dict(self) -> dict[str, list[float]]:
        """One row per point, by columns; values in base units [s, 1/s or 1], figures in the unit that their name says."""
        return {name: array.tolist() for name, array in self._columns().items()}

    def to_pandas(self) -> pandas.DataFrame:
        """One row per point: the values by path, then ``service.figure``."""
        import pandas

        return pandas.DataFrame(self._columns())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The same by the Arrow C stream protocol."""
        columns = self.to_dict()
        return _core.arrow_stream(list(columns), ["float"] * len(columns), list(columns.values()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sweep) or (self.failed, self.why) != (other.failed, other.why):
            return False
        mine, others = self._columns(), other._columns()
        same = list(mine) == list(others) and self.shape == other.shape
        return same and all(numpy.array_equal(mine[name], others[name], equal_nan=True) for name in mine)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        services = {service: dict(figures) for service, figures in self.services.items()}
        return Sweep, (dict(self.values), services, self.failed, self.why)

    def __repr__(self) -> str:
        return f"<Sweep of {', '.join(self.values)}: {' x '.join(map(str, self.shape))} points, {self.failed} failed>"


def _locked(array: Array) -> Array:
    locked = numpy.array(array, dtype=numpy.float64)
    locked.flags.writeable = False
    return locked


def sweep(
    spec: SpecLike,
    values: Mapping[str, numpy.typing.ArrayLike],
    *,
    figures: Sequence[str] = ("unavailability",),
    threads: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Evaluate a deployment at many values of numbers of its specification.

    Every point is, to the last bit, what ``spec.with_values({path: ...}).evaluate()`` gives.

    Parameters
    ----------
    spec : Spec, path, str or dict
    values : mapping
        Path under ``spec`` to an array; arrays are broadcast against each other, as NumPy does. In base units: durations
        in seconds, rates per second, shares and probabilities in [0, 1], counts as they are.
    figures : sequence of str
        Of :data:`FIGURES`.
    threads : int, optional
        By default as many as there are processors. Results never depend on it.
    progress : callable, optional
        See :data:`haplan.verbs.Progress`.

    Returns
    -------
    Sweep

    Raises
    ------
    SpecError
        When the specification has a mistake with the values of the first point.

    Examples
    --------
    >>> surface = haplan.sweep(spec, {
    ...     "components.web.failures.crash.mtbf": numpy.geomspace(1, 100, 1000)[:, None] * 86400,
    ...     "components.web.start": numpy.linspace(1, 300, 1000),
    ... })
    >>> surface["shop"]["unavailability"].shape
    (1000, 1000)
    """
    known: Spec = spec if isinstance(spec, Spec) else load(spec)
    unknown = [name for name in figures if name not in FIGURES]
    if unknown or not figures:
        raise ValueError(f"figures are some of {', '.join(FIGURES)}")
    if not values:
        raise ValueError("values has at least one path")
    arrays = numpy.broadcast_arrays(*(numpy.asarray(array, dtype=numpy.float64) for array in values.values()))
    given = dict(zip(values, arrays))
    for path, array in given.items():
        if not array.size or not numpy.all(numpy.isfinite(array)) or numpy.any(array < 0):
            raise ValueError(f"{path}: values are finite numbers, at least 0, and at least one")
    numbers = []
    for path, array in given.items():
        distinct, at = numpy.unique(array, return_inverse=True)
        numbers.append((path, distinct, at.reshape(-1).astype(numpy.uint32)))
    names = [_JSON_NAMES[name] for name in figures]
    told, rows, printed = _core.sweep(known._handle, numbers, names, _threads(threads), progress)
    if told is None:
        raise SpecError(printed, diagnostics_of(rows))
    services, found, failed, why = told
    shape = arrays[0].shape
    return Sweep(
        given,
        {
            service: {name: found[s, f].reshape(shape) for f, name in enumerate(figures)}
            for s, service in enumerate(services)
        },
        failed,
        why,
    )
