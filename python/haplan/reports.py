"""What ``drill``, ``simulate``, ``calibrate`` and ``why`` answer."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from haplan._maps import Frozen
from haplan import _core, _reading, pages
from haplan.drilled import LossDrill, Scenario
from haplan.figures import ComponentPlan, Estimate
from haplan.plots import DrillPlots, FrontPlots
from haplan.results import Files, Result
from haplan.rows import Named, Rows

__all__ = [
    "Calibration",
    "Drill",
    "Explanation",
    "Front",
    "FrontPoint",
    "Simulation",
    "SimulatedFigure",
    "Verification",
]


class Drill(Result):
    """Every single loss, and every what-if of the specification."""

    def chaos(self, namespace: str = "default") -> Files:
        """One Chaos Mesh experiment for every loss, with what haplan expects in annotations."""
        if self.spec is None:
            raise ValueError("this drill does not know its specification")
        return Files(_core.chaos(self.spec._handle, namespace))

    @functools.cached_property
    def losses(self) -> Rows[LossDrill]:
        """Every single loss."""
        return Rows(LossDrill, (_reading.record(LossDrill, one) for one in self.data["losses"]))

    @functools.cached_property
    def scenarios(self) -> Named[Scenario]:
        """Every what-if by name."""
        return Named(Scenario, {one["name"]: _reading.record(Scenario, one) for one in self.data["scenarios"]})

    @property
    def survived(self) -> bool:
        """Whether every objective survives every loss and what-if."""
        return bool(self.data["survived"])

    @property
    def headroom(self) -> bool:
        """Whether the pods of any one lost node fit on the others."""
        return bool(self.data["headroom"])

    @property
    def plot(self) -> DrillPlots:
        """Pictures, on matplotlib's Axes."""
        return DrillPlots(self)

    def _repr_html_(self) -> str:
        return pages.drill_page(self)

    def __repr__(self) -> str:
        verdict = "survived" if self.survived else "not survived"
        return f"<Drill of {self.system}: {len(self.losses)} losses, {len(self.scenarios)} scenarios, {verdict}>"


@dataclass(frozen=True, slots=True)
class SimulatedFigure:
    """A simulated figure beside the computed one.

    Attributes
    ----------
    value, lower, upper : float
        With a confidence interval, in the unit that the name of the figure says, else a share of time or of requests.
    known : bool
        False: too few events for an interval.
    method : str
        How the interval was made.
    analytic : Estimate or None
        What ``evaluate`` says.
    agrees : bool or None
        Whether the two intervals meet.
    """

    name: str
    value: float
    lower: float
    upper: float
    known: bool
    method: str
    analytic: Estimate | None = None
    agrees: bool | None = None
    in_tables: ClassVar[bool] = True


class Simulation(Result):
    """A deployment played event by event."""

    @functools.cached_property
    def services(self) -> Mapping[str, Named[SimulatedFigure]]:
        """Service to figures by name: ``simulation.services["shop"]["unavailability"]``."""
        return Frozen(
            {
                name: Named(
                    SimulatedFigure,
                    {
                        figure: _reading.record(SimulatedFigure, one, name=figure)
                        for figure, one in service.items()
                        if isinstance(one, Mapping) and "known" in one
                    },
                )
                for name, service in self.data["services"].items()
            }
        )

    @property
    def status(self) -> str:
        """``"reached"`` when every target is as precise as asked for."""
        return str(self.data["status"])

    @property
    def precision(self) -> float:
        """Relative half width of the widest target."""
        return _reading.number(self.data, "precision")

    @property
    def simulated_seconds(self) -> float:
        """Over all replications, without warming up [s]."""
        return float(self.data["simulatedSeconds"])

    @property
    def events(self) -> int:
        """Events played."""
        return int(self.data["events"])

    @property
    def seed(self) -> int:
        """Of the random numbers."""
        return int(self.data["seed"])

    @property
    def confidence(self) -> float:
        """Of every interval, in (0, 1)."""
        return float(self.data["confidence"])

    @property
    def method(self) -> str:
        """``"direct"`` or ``"biasing"``."""
        return str(self.data["method"])

    @property
    def replications(self) -> int:
        """Independent runs."""
        return int(self.data["replications"])

    @property
    def window_seconds(self) -> float:
        """Length of the windows in which downtime was counted [s]."""
        return float(self.data["windowSeconds"])

    @property
    def assumptions(self) -> Mapping[str, bool]:
        """Assumption of the model to whether it was made."""
        found: Mapping[str, bool] = self.data["assumptions"]
        return found

    def _repr_html_(self) -> str:
        return pages.simulation_page(self)

    def __repr__(self) -> str:
        return f"<Simulation of {self.system}: {self.status}, {self.events} events>"


@dataclass(frozen=True, slots=True)
class CalibratedMode:
    """What was learnt of one way to fail.

    Attributes
    ----------
    name, mode, kind, path : str
        Of what; ``path`` is where the specification has it.
    events : int
    exposure_seconds : float
        [s] in which a failure would have been seen.
    mtbf_seconds, mtbf_low_seconds, mtbf_high_seconds : float
        The inverse of the mean rate, and of the ends of its interval [s].
    repair_seconds, repair_low_seconds, repair_high_seconds : float or None
        Median of the mean repair time, and the ends of its interval [s].
    prior_share : float or None
        How much of the rate is from the prior, in [0, 1].
    units : float or None
        Replicas or nodes that were observed, on average.
    written : bool
        Whether the rate stands in the layer.
    details : mapping
        All of it, as in the JSON.
    """

    name: str
    mode: str
    kind: str
    path: str
    events: int
    exposure_seconds: float
    mtbf_seconds: float
    mtbf_low_seconds: float
    mtbf_high_seconds: float
    repair_seconds: float | None = None
    repair_low_seconds: float | None = None
    repair_high_seconds: float | None = None
    prior_share: float | None = None
    units: float | None = None
    written: bool = True
    details: Mapping[str, Any] = field(default_factory=Frozen)


class Calibration(Result):
    """Failure rates and repair times from what was observed."""

    @property
    def system(self) -> str:
        """Name of what was observed."""
        return str(self.data["reference"])

    @functools.cached_property
    def modes(self) -> Rows[CalibratedMode]:
        """Every way to fail that was observed."""
        return Rows(CalibratedMode, (_calibrated(one) for one in self.data["modes"]))

    @property
    def level(self) -> float:
        """Probability of the intervals, in (0, 1)."""
        return float(self.data["level"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the numbers do not show."""
        return tuple(self.data["warnings"])

    def to_yaml(self) -> str:
        """A layer for the specification: ``spec.with_layer(calibration.to_yaml())``."""
        return str(self._forms["yaml"])

    def _repr_html_(self) -> str:
        return pages.calibration_page(self)

    def __repr__(self) -> str:
        return f"<Calibration from {self.system}: {len(self.modes)} modes>"


def _calibrated(found: Mapping[str, Any]) -> CalibratedMode:
    rate = found["rate"]
    repair = found.get("repair") or {}
    ends = {"repair_seconds": "medianSeconds", "repair_low_seconds": "lowSeconds", "repair_high_seconds": "highSeconds"}
    mean = {name: _reading.number(repair["mean"], key) for name, key in ends.items() if "mean" in repair}
    return CalibratedMode(
        name=found["name"],
        mode=found["mode"],
        kind=found["kind"],
        path=found["path"],
        events=found["events"],
        exposure_seconds=found["exposureSeconds"],
        mtbf_seconds=_reading.number(rate, "mtbfSeconds"),
        mtbf_low_seconds=_reading.number(rate, "mtbfLowSeconds"),
        mtbf_high_seconds=_reading.number(rate, "mtbfHighSeconds"),
        **mean,
        prior_share=found["rate"].get("priorShare"),
        units=found.get("units"),
        written=found["written"],
        details=found,
    )


@dataclass(frozen=True, slots=True)
class FrontService:
    """A service at one point of a front."""

    name: str
    guaranteed_unavailability: float
    downtime_seconds_per_year: float
    availability: str


@dataclass(frozen=True, slots=True)
class FrontPoint:
    """A plan that is not beaten in both replicas and availability.

    Attributes
    ----------
    replicas : int
        At peak.
    margin : float
        The least over the services of the downtime that the target allows over the guaranteed one; below 1 a target is missed.
    margin_at_most : float
        The same by the figure of the placement.
    proved : bool
        Whether nothing better is proved with so many replicas.
    meets_targets : bool
    services : Named of FrontService
    components : Named of ComponentPlan
    """

    replicas: int
    mean_replicas: float
    cpu_millicores: int
    memory_bytes: float
    margin: float
    margin_at_most: float
    proved: bool
    meets_targets: bool
    services: Named[FrontService]
    components: Named[ComponentPlan] = field(default_factory=lambda: Named(ComponentPlan, {}))


class Front(Result):
    """Replicas against availability."""

    @functools.cached_property
    def points(self) -> Rows[FrontPoint]:
        """Fewest replicas first."""
        return Rows(FrontPoint, (_point(one) for one in self.data["points"]))

    @property
    def complete(self) -> bool:
        """Whether no search was ended by a limit."""
        return bool(self.data["complete"])

    @functools.cached_property
    def target(self) -> FrontPoint | None:
        """Where availability is maximised: the smallest plan that meets every target, which need not be one of the points."""
        return _point(self.data["target"]) if "target" in self.data else None

    @property
    def targets(self) -> Mapping[str, float]:
        """Service to the unavailability that its objective allows."""
        found: Mapping[str, float] = self.data["targets"]
        return found

    @property
    def plot(self) -> FrontPlots:
        """Pictures, on matplotlib's Axes."""
        return FrontPlots(self)

    def _repr_html_(self) -> str:
        return pages.front_page(self)

    def __repr__(self) -> str:
        return f"<Front of {self.system}: {len(self.points)} points>"


def _point(found: Mapping[str, Any]) -> FrontPoint:
    components = _reading.value(Named[ComponentPlan], found.get("plan", {}).get("components", {}))
    return _reading.record(FrontPoint, found, components=components)


class Verification(Result):
    """What the check of a certificate found."""

    @property
    def rejected(self) -> str | None:
        """Why it proves nothing, or None."""
        found: str | None = self.data.get("reason")
        return found

    @property
    def accepted(self) -> bool:
        """Whether every line stands, and they leave nothing open."""
        return bool(self.data["accepted"]) and self.complete

    @property
    def complete(self) -> bool:
        """Whether no box is open."""
        return bool(self.data.get("complete", False))

    @property
    def boxes(self) -> int:
        """How many there are."""
        return int(self.data.get("boxes", 0))

    @property
    def open_boxes(self) -> int:
        """How many of them prove nothing."""
        return int(self.data.get("openBoxes", 0))

    @property
    def proves(self) -> str:
        """A sentence; empty where it proves nothing."""
        return str(self.data.get("proves") or "")

    def __repr__(self) -> str:
        return f"<Verification of {self.system}: {'accepted' if self.accepted else self.rejected or 'incomplete'}>"


class Explanation(Result):
    """Where a figure or a setting comes from."""

    @property
    def path(self) -> str:
        """In its full form."""
        return str(self.data["path"])

    @property
    def value(self) -> Any:
        """That of the result, to the last digit."""
        return self.data.get("value")

    @property
    def unit(self) -> str:
        """Of the value; empty: none."""
        return str(self.data.get("unit") or "")

    @property
    def estimate(self) -> Estimate | None:
        """What is proved of the value, where it is computed."""
        found = self.data.get("estimate")
        return None if found is None else _reading.record(Estimate, found)

    @property
    def title(self) -> str:
        """What is explained."""
        return str(self.data.get("title") or "")

    @property
    def formula(self) -> str:
        """How it comes about, in one line."""
        return str(self.data.get("formula") or "")

    @property
    def source(self) -> str:
        """Where the model page and the code have it."""
        return str(self.data.get("source") or "")

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on its accuracy and meaning."""
        return tuple(self.data.get("notes") or ())

    @property
    def definition(self) -> str:
        """What it means."""
        return str(self.data.get("definition", ""))

    @property
    def workings(self) -> Mapping[str, Any]:
        """The parts that it is a sum or product of, as in the JSON."""
        found: Mapping[str, Any] = self.data.get("workings", Frozen({}))
        return found

    @property
    def next(self) -> tuple[str, ...]:
        """Paths worth asking next."""
        return tuple(self.data.get("next", ()))

    def _repr_html_(self) -> str:
        return pages.explanation_page(self)

    def __repr__(self) -> str:
        return f"<{self.path} = {self.value}>"
