"""Specifications: read from files, texts or dictionaries, with the diagnostics of the command line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Union

from haplan._maps import Frozen
from haplan import _core
from haplan.errors import Diagnostic, SpecError, diagnostics_of
from haplan.plots import SpecPlots
from haplan.results import Evaluation, Plan
from haplan.rows import Rows
from haplan.spelling import json_text, spelled

if TYPE_CHECKING:
    from haplan.reports import Drill, Explanation, Simulation
    from haplan.verbs import SimulateOptions, SolveOptions
    from typing_extensions import Unpack

__all__ = ["Decision", "Dependency", "Layer", "Spec", "load"]

Layer = Union[str, "os.PathLike[str]", Mapping[str, Any], "Readable"]
"""A path, a text of YAML or JSON (anything with a line break), a dictionary, or an open file."""


class Readable(Protocol):
    """An open file of text or of bytes; it is read to its end."""

    def read(self) -> str | bytes:
        """All that is left of it."""
        ...


PlanLike = Union[Layer, Plan, Evaluation]


@dataclass(frozen=True, slots=True)
class Decision:
    """A setting that the specification leaves open.

    Attributes
    ----------
    path : str
        Under ``spec``, for example ``components.api.replicas``.
    values : tuple of float
        Ascending; durations in seconds [s], shares as they are written.
    standard : float or None
        The default of Kubernetes, of the controller or of the catalogue, in the unit of the values.
    """

    path: str
    values: tuple[float, ...]
    standard: float | None


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something that needs something else.

    Attributes
    ----------
    kind : str
        Of the source: ``"service"``, or the component's type.
    source, target : str
        The target is a component.
    alternative : bool
        Another one would do, too.
    """

    kind: str
    source: str
    target: str
    alternative: bool


class Spec:
    """A valid specification. Immutable; equal when what it was read from is; pickled as that.

    Made by :func:`load`.
    """

    __slots__ = ("_handle", "_plan", "_profiles", "_scenario", "_sets", "_sources", "_warnings")

    _sources: tuple[tuple[str, bytes], ...]
    _sets: tuple[str, ...]
    _scenario: str | None
    _plan: tuple[str, bytes] | None
    _profiles: tuple[tuple[str, bytes], ...]
    _handle: _core.Spec
    _warnings: tuple[Diagnostic, ...]

    def __init__(
        self,
        sources: Iterable[tuple[str, bytes]],
        sets: Iterable[str] = (),
        scenario: str | None = None,
        plan: tuple[str, bytes] | None = None,
        profiles: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        fix = object.__setattr__
        fix(self, "_sources", tuple(sources))
        fix(self, "_sets", tuple(sets))
        fix(self, "_scenario", scenario)
        fix(self, "_plan", plan)
        fix(self, "_profiles", tuple(profiles))
        handle, rows, printed = _core.load(list(self._sources), list(self._sets), scenario, plan, list(self._profiles))
        found = diagnostics_of(rows)
        if handle is None:
            raise SpecError(printed, found)
        fix(self, "_handle", handle)
        fix(self, "_warnings", found)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a specification cannot be changed: {name}; with_values() gives a changed one")

    def _key(self) -> tuple[Any, ...]:
        return self._sources, self._sets, self._scenario, self._plan, self._profiles

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spec) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        return Spec, self._key()

    def __copy__(self) -> Spec:
        return self

    def __deepcopy__(self, memo: object) -> Spec:
        return self

    def __repr__(self) -> str:
        size = f"{len(self.components)} components, {len(self.nodes)} nodes, {len(self.services)} services"
        return f"<Spec {self.name}: {size}, {len(self.decisions)} open settings>"

    @property
    def name(self) -> str:
        """``metadata.name``."""
        return self._handle.name

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the components."""
        return self._handle.components

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the nodes."""
        return self._handle.nodes

    @property
    def services(self) -> tuple[str, ...]:
        """Names of the services."""
        return self._handle.services

    @property
    def types(self) -> Mapping[str, str]:
        """Component to type."""
        components, _ = self._handle.graph
        return Frozen({name: kind for name, kind, _ in components})

    @property
    def dependencies(self) -> Rows[Dependency]:
        """What needs what."""
        components, services = self._handle.graph
        found = [("service", name, needed) for name, needed in services]
        found += [(kind, name, needed) for name, kind, needed in components]
        return Rows(Dependency, (Dependency(kind, name, *one) for kind, name, needed in found for one in needed))

    @property
    def decisions(self) -> Rows[Decision]:
        """What the specification leaves open."""
        return Rows(Decision, (Decision(*row) for row in self._handle.decisions))

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is odd, but valid."""
        return self._warnings

    @property
    def plot(self) -> SpecPlots:
        """Pictures, on matplotlib's Axes."""
        return SpecPlots(self)

    def with_values(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> Spec:
        """The same with other values, as ``--set`` writes them.

        Parameters
        ----------
        values : mapping
            Path under ``spec`` to value. A text is YAML (``"30d"``, ``"99.9%"``, ``"1..4"``); a
            ``datetime.timedelta`` is a duration; other numbers stand as they are; None takes away.

        Returns
        -------
        Spec

        Raises
        ------
        SpecError
        """
        given = {**(values or {}), **more}
        sets = [f"{path}={spelled(value)}" for path, value in given.items()]
        return Spec(self._sources, [*self._sets, *sets], self._scenario, self._plan, self._profiles)

    def with_layer(self, layer: Layer) -> Spec:
        """The same with one more layer over it: maps are merged, lists replaced, null takes away."""
        return Spec([*self._sources, _source(layer, "<layer>")], self._sets, self._scenario, self._plan, self._profiles)

    def with_scenario(self, name: str | None) -> Spec:
        """The same in one of its what-ifs."""
        return Spec(self._sources, self._sets, name, self._plan, self._profiles)

    def with_plan(self, plan: PlanLike | None) -> Spec:
        """The same with its open settings as a plan has them: a result of :func:`solve`, or a file of one."""
        written = None if plan is None else _plan_source(plan)
        return Spec(self._sources, self._sets, self._scenario, written, self._profiles)

    def evaluate(
        self,
        *,
        draws: int | None = None,
        seed: int = 1,
        quantiles: Sequence[float] | None = None,
        threads: int | None = None,
    ) -> Evaluation:
        """See :func:`haplan.evaluate`."""
        from haplan.verbs import evaluate

        return evaluate(self, draws=draws, seed=seed, quantiles=quantiles, threads=threads)

    def solve(self, **options: Unpack[SolveOptions]) -> Plan:
        """See :func:`haplan.solve`."""
        from haplan.verbs import solve

        return solve(self, **options)

    def drill(self) -> Drill:
        """See :func:`haplan.drill`."""
        from haplan.verbs import drill

        return drill(self)

    def simulate(self, **options: Unpack[SimulateOptions]) -> Simulation:
        """See :func:`haplan.simulate`."""
        from haplan.verbs import simulate

        return simulate(self, **options)

    def why(self, path: str) -> Explanation:
        """See :func:`haplan.why`."""
        from haplan.verbs import why

        return why(self, path)


def load(
    *layers: Layer,
    sets: Mapping[str, Any] | None = None,
    scenario: str | None = None,
    plan: PlanLike | None = None,
    profiles: Sequence[Layer] = (),
) -> Spec:
    """Read a specification.

    Parameters
    ----------
    *layers : path, str, dict or file
        One or more, merged in this order: maps by key, lists replaced, null takes away. A text with a line break is
        YAML or JSON itself, any other text a path; an open file is read.
    sets : mapping, optional
        Path under ``spec`` to value, over all layers; see :meth:`Spec.with_values`.
    scenario : str, optional
        Name of a what-if under ``spec.scenarios``.
    plan : optional
        What settles the open settings: a result of :func:`haplan.solve`, a file or a dictionary.
    profiles : sequence of the same, optional
        Chart profiles of your own, beside the built-in ones; what is rendered for their charts goes by them.

    Returns
    -------
    Spec

    Raises
    ------
    SpecError
        With every mistake at once, each with its place, reason and suggestion.
    OSError
        When a file cannot be read.

    Examples
    --------
    >>> spec = haplan.load("specs/examples/dify.yaml", sets={"components.api.replicas": 4})
    """
    if not layers:
        raise TypeError("load() takes at least one layer")
    written = [f"{path}={spelled(value)}" for path, value in (sets or {}).items()]
    sources = [_source(layer, "<dict>" if i == 0 else f"<dict {i + 1}>") for i, layer in enumerate(layers)]
    own = [_source(one, "<profile>") for one in profiles]
    return Spec(sources, written, scenario, None if plan is None else _plan_source(plan), own)


def _source(layer: Layer, name: str) -> tuple[str, bytes]:
    if isinstance(layer, Mapping):
        return name, (json_text(layer, 0) + "\n").encode()
    if isinstance(layer, str) and "\n" in layer:
        return "<text>", layer.encode()
    if not isinstance(layer, (str, os.PathLike)):
        content = layer.read()
        named = getattr(layer, "name", None)
        return os.fspath(named) if isinstance(named, (str, os.PathLike)) else "<file>", content.encode() if isinstance(content, str) else content
    path = os.fspath(layer)
    with open(path, "rb") as file:
        return path, file.read()


def _plan_source(plan: PlanLike) -> tuple[str, bytes]:
    if isinstance(plan, Evaluation):
        return "<plan>", plan.to_json().encode()
    return _source(plan, "<plan>")
