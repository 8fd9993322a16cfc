"""What ``evaluate`` and ``solve`` answer."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from haplan._maps import Frozen
from haplan import _core, _reading, pages
from haplan.answers import Changes, Infeasibility, Proof, SourceShare, Spending
from haplan.draws import Uncertainty
from haplan.figures import (
    Bound,
    ComponentPlan,
    Criteria,
    Estimate,
    Objective,
    Recovery,
    Service,
    Setting,
    WindowShare,
)
from haplan.plots import EvaluationPlots
from haplan.rows import Named, Rows

if TYPE_CHECKING:
    from haplan.spec import Spec

__all__ = ["Evaluation", "Files", "Plan", "Result"]

R = TypeVar("R", bound="Result")
T = TypeVar("T")


class Result:
    """An answer of the engine: immutable, comparable, picklable.

    Two results are equal when their JSON is. ``str(result)`` is the page that the command line shows.
    """

    def __init__(self, forms: Mapping[str, Any], spec: Spec | None = None) -> None:
        object.__setattr__(self, "_forms", Frozen(dict(forms)))
        object.__setattr__(self, "_spec", spec)

    _forms: Mapping[str, Any]
    _spec: Spec | None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a result cannot be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a result cannot be changed: {name}")

    def to_json(self) -> str:
        """The result as the command line writes it with ``-o json``, byte for byte."""
        return str(self._forms["json"])

    def to_text(self) -> str:
        """The page that the command line shows."""
        return str(self._forms["text"])

    @functools.cached_property
    def data(self) -> Mapping[str, Any]:
        """All of the JSON, read-only: what has no attribute of its own is found here."""
        frozen: Mapping[str, Any] = _reading.frozen(json.loads(self.to_json()))
        return frozen

    def to_dict(self) -> dict[str, Any]:
        """The same as plain dictionaries and lists."""
        plain: dict[str, Any] = json.loads(self.to_json())
        return plain

    @property
    def spec(self) -> Spec | None:
        """What was asked about."""
        return self._spec

    @property
    def system(self) -> str:
        """Name of the system."""
        return str(self.data["system"])

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Result) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self._forms), self._spec)

    def __copy__(self: R) -> R:
        return self

    def __deepcopy__(self: R, memo: object) -> R:
        return self

    def __str__(self) -> str:
        return self.to_text()


class Files:
    """Files that a plan becomes: a mapping from names to texts, with what they cannot carry.

    Attributes
    ----------
    files : mapping
        Name to text.
    unsupported : tuple of (component, path, reason)
        Decisions that have to be made by hand.
    notes : tuple of str
    """

    __slots__ = ("files", "notes", "unsupported")

    def __init__(self, forms: Mapping[str, Any]) -> None:
        object.__setattr__(self, "files", Frozen(dict(forms["files"])))
        object.__setattr__(self, "unsupported", tuple(forms["unsupported"]))
        object.__setattr__(self, "notes", tuple(forms["notes"]))

    files: Mapping[str, str]
    unsupported: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"rendered files cannot be changed: {name}")

    def _key(self) -> tuple[Any, ...]:
        return tuple(self.files.items()), self.unsupported, self.notes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Files) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        forms = {"files": dict(self.files), "unsupported": self.unsupported, "notes": self.notes}
        return Files, (forms,)

    def __repr__(self) -> str:
        return f"<files {', '.join(self.files)}>"


class Evaluation(Result):
    """Figures of one deployment."""

    @property
    def status(self) -> str:
        """``"evaluated"``; of a plan ``"optimal"``, ``"feasible"``, ``"infeasible"`` or ``"undecided"``."""
        return str(self.data["status"])

    @functools.cached_property
    def services(self) -> Named[Service]:
        """Every service by name."""
        return _services(self.data["services"])

    @functools.cached_property
    def objectives(self) -> Rows[Objective]:
        """How every objective stands."""
        return _objectives(self.data.get("objectives", ()))

    @property
    def met(self) -> bool:
        """Whether every objective is met."""
        return all(one.met for one in self.objectives)

    @property
    def headroom(self) -> bool:
        """Whether the pods of any one lost node fit on the others."""
        return bool(self.data.get("headroom", False))

    @functools.cached_property
    def components(self) -> Named[ComponentPlan]:
        """The settings of every component; empty where there is no plan."""
        return _components(self.data.get("plan", {}))

    @functools.cached_property
    def placement(self) -> Mapping[str, tuple[str, ...]]:
        """Nodes in use to the components on them, one entry per replica at the largest level of load."""
        return _placement(self.components)

    @property
    def toleration_seconds(self) -> float | None:
        """How long pods stay on a node that does not answer [s]; None where there is no plan."""
        found = self.data.get("plan", {}).get("cluster", {}).get("tolerationSeconds")
        return None if found is None else float(found)

    @functools.cached_property
    def recoveries(self) -> Rows[Recovery]:
        """How replicas come back from their own failures."""
        return Rows(Recovery, (_reading.record(Recovery, one) for one in self.data.get("recoveries", ())))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences, most important first."""
        return tuple(self.data["warnings"])

    @functools.cached_property
    def defaults(self) -> Rows[Setting]:
        """Values that the specification does not name and the figures rest on."""
        return Rows(Setting, (_reading.record(Setting, one) for one in self.data["defaults"]))

    @functools.cached_property
    def uncertainty(self) -> Uncertainty | None:
        """What the uncertain inputs do to the figures; None when nothing was drawn."""
        return self._part(Uncertainty, "uncertainty")

    @functools.cached_property
    def sources(self) -> Mapping[str, Named[SourceShare]]:
        """Service to what its downtime rests on, by kind of source; empty where the specification names none."""
        found = self.data.get("sources", {})
        return Frozen({name: _reading.value(Named[SourceShare], parts) for name, parts in found.items()})

    @functools.cached_property
    def spending(self) -> Spending | None:
        """Money and budgets; None where the specification has neither."""
        return self._part(Spending, "spending")

    @property
    def headroom_in_every_order(self) -> bool | None:
        """Whether the headroom is there in whatever order pods arrive; None: not known."""
        found: bool | None = self.data.get("headroomInEveryOrder")
        return found

    @property
    def figures_of(self) -> str | None:
        """Whose figures these are: ``"plan"``, ``"closestAttempt"`` or ``"startingPoint"``; None without figures."""
        found: str | None = self.data.get("figuresOf")
        return found

    @property
    def work(self) -> Mapping[str, int]:
        """What the answer took, counted: search nodes, evaluations and so on, as the JSON names them."""
        found: Mapping[str, int] = self.data["work"]
        return found

    def _part(self, kind: type[T], name: str) -> T | None:
        found = self.data.get(name)
        return None if found is None else _reading.record(kind, found)

    def downtime_in_window(
        self, downtimes_seconds: Iterable[float], *, window_seconds: float = 30 * 86400.0
    ) -> Mapping[str, Rows[WindowShare]]:
        """How the downtime of one window is distributed, by service (approximate).

        Parameters
        ----------
        downtimes_seconds : iterable of float
            [s], at least 0.
        window_seconds : float
            Length of the window [s].

        Returns
        -------
        mapping of str to Rows of WindowShare
            One row per downtime: the share of windows that lose at most so much.

        Raises
        ------
        ValueError
            When the figures are of no deployment that could be evaluated again.
        """
        if self._spec is None or ("plan" not in self.data and self.status != "evaluated"):
            raise ValueError("there is no plan whose downtime could be asked for")
        spec = self._spec.with_plan(self) if self.components else self._spec
        times = [float(one) for one in downtimes_seconds]
        found = _core.window(spec._handle, float(window_seconds), times)
        rows = {name: [WindowShare(t, Estimate(*one)) for t, one in zip(times, shares)] for name, shares in found.items()}
        return Frozen({name: Rows(WindowShare, shares) for name, shares in rows.items()})

    def values(self) -> Files:
        """Helm values, one file per release of the specification."""
        return Files(self._forms["values"])

    def patch(self) -> Files:
        """A Kustomize directory with what charts cannot carry."""
        return Files(self._forms["patch"])

    @property
    def plot(self) -> EvaluationPlots:
        """Pictures, on matplotlib's Axes."""
        return EvaluationPlots(self)

    def _repr_html_(self) -> str:
        return pages.evaluation_page(self)

    def manifests(self) -> Files:
        """Objects that stand beside workloads: disruption budgets and autoscalers."""
        return Files(self._forms["manifests"])

    def alerts(self) -> Files:
        """Rules for Prometheus and an OpenSLO document that watch the objectives."""
        return Files(self._forms["alerts"])

    def __repr__(self) -> str:
        met = f"{sum(one.met for one in self.objectives)} of {len(self.objectives)} objectives met"
        return f"<{type(self).__name__} of {self.system}: {self.status}, {met if self.services else 'without figures'}>"


class Plan(Evaluation):
    """The best plan, or what is known of it.

    After an interrupt ``services`` can be empty, because figures take longer than an interrupt may wait; then
    ``plan.spec.with_plan(plan).evaluate()`` computes them.
    """

    def _repr_html_(self) -> str:
        return pages.plan_page(self)

    @property
    def has_plan(self) -> bool:
        """Whether a plan was found; else the figures are those of the closest attempt, or of the start."""
        return "plan" in self.data

    @property
    def optimal(self) -> bool:
        """Whether the plan is proved to be the best by the preference."""
        return self.status == "optimal"

    @property
    def stopped_by(self) -> str | None:
        """What ended the search before its proof, or the explanation of an infeasible spec: ``"interrupt"``,
        ``"workLimit"`` or ``"timeLimit"``; None: nothing."""
        found: str | None = self.data.get("stoppedBy")
        return found

    @functools.cached_property
    def criteria(self) -> Criteria | None:
        """What the preference compares."""
        return self._part(Criteria, "criteria")

    @functools.cached_property
    def bound(self) -> Bound:
        """What is proved of the number of replicas."""
        return _reading.record(Bound, self.data["bound"])

    @property
    def binding(self) -> tuple[str, ...]:
        """What keeps the plan from being smaller."""
        return tuple(self.data.get("binding", ()))

    @property
    def unproved(self) -> tuple[str, ...]:
        """What of a plan that is not proved to be the best is not."""
        found = self.data.get("unproved", ())
        return (found,) if isinstance(found, str) else tuple(found)

    @functools.cached_property
    def infeasibility(self) -> Infeasibility | None:
        """Why there is no plan; None where there may be one."""
        return self._part(Infeasibility, "infeasibility")

    @functools.cached_property
    def changes(self) -> Changes | None:
        """How it differs from the plan that runs, where changes were limited."""
        return self._part(Changes, "changes")

    @functools.cached_property
    def proof(self) -> Proof | None:
        """What became of the certificate, where it was asked for."""
        return self._part(Proof, "certificate")

    @property
    def certificate(self) -> str | None:
        """The lines that prove the claim, where they were asked for; ``haplan.verify`` checks them."""
        found: str | None = self._forms.get("certificate")
        return found

    @functools.cached_property
    def before(self) -> Named[Service]:
        """The services of the deployment that the search started from."""
        return _services(self.data.get("before", Frozen()).get("services", Frozen()))

    @functools.cached_property
    def components_before(self) -> Named[ComponentPlan]:
        """The settings that the search started from."""
        return _components(self.data.get("before", Frozen()).get("plan", Frozen()))


def _services(found: Mapping[str, Any]) -> Named[Service]:
    return Named(Service, {name: _reading.record(Service, one, name=name) for name, one in found.items()})


def _objectives(found: Any) -> Rows[Objective]:
    return Rows(Objective, (_reading.record(Objective, one) for one in found))


def _components(plan: Mapping[str, Any]) -> Named[ComponentPlan]:
    found = plan.get("components", {})
    return Named(ComponentPlan, {name: _reading.record(ComponentPlan, one, name=name) for name, one in found.items()})


def _placement(components: Mapping[str, ComponentPlan]) -> Mapping[str, tuple[str, ...]]:
    nodes: dict[str, list[str]] = {}
    for component in components.values():
        for node in component.nodes:
            nodes.setdefault(node, []).append(component.name)
    return Frozen({node: tuple(nodes[node]) for node in sorted(nodes)})
