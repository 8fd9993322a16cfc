"""What results are made of: frozen records with units in their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from haplan._maps import Frozen
from haplan.rows import Named, Rows

__all__ = [
    "Autoscale",
    "Bound",
    "Cause",
    "ComponentPlan",
    "Criteria",
    "CutEvent",
    "CutSet",
    "CutSets",
    "Estimate",
    "Importance",
    "LevelFigures",
    "Loss",
    "NodeLoss",
    "Objective",
    "Quantiles",
    "Recovery",
    "RecoveryStep",
    "Service",
    "Setting",
    "Window",
    "WindowShare",
    "WorstRecovery",
]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with what is proved of it.

    Attributes
    ----------
    value, lower, upper : float
        The true value lies between ``lower`` and ``upper``; in the unit that the name of the figure says, else a probability.
    method : str
        ``"exact"`` (the interval is rounding), ``"bounded"`` or ``"simulated"`` (a confidence interval).
    """

    value: float
    lower: float
    upper: float
    method: str
    in_tables: ClassVar[bool] = True

    def __float__(self) -> float:
        return self.value


@dataclass(frozen=True, slots=True)
class Cause:
    """A part of a service's downtime.

    Attributes
    ----------
    kind, subject, mode : str
        What fails: for example ``replica``, ``api``, ``crash``.
    unavailability : float
        Its share of the service's unavailability; shares add up.
    downtime_seconds_per_year : float
        The same in seconds a year of 365.25 days.
    share_of_downtime : float
        The same relative to the whole.
    outages_per_year : float
        How often it takes the service down.
    """

    kind: str
    subject: str
    mode: str
    unavailability: float
    downtime_seconds_per_year: float
    share_of_downtime: float
    outages_per_year: float


@dataclass(frozen=True, slots=True)
class NodeLoss:
    """What the sudden loss of a node does to a service, at worst.

    Attributes
    ----------
    node : str
    seconds_until_up : float
        [s]; infinite: not before the node is back.
    seconds_until_avoided : float
        [s] until no request goes to what was lost.
    failed_share_of_requests : float
        Until then.
    decided_by : str
        The component that takes longest.
    is_mean, already_down : bool
        Whether the time is a mean; whether the service lacked what it needs before.
    """

    node: str
    seconds_until_up: float
    seconds_until_avoided: float
    failed_share_of_requests: float
    decided_by: str
    is_mean: bool
    already_down: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """The same for the loss of a replica, a primary, a zone and so on (``kind``, ``subject``)."""

    kind: str
    subject: str
    seconds_until_up: float
    seconds_until_avoided: float
    failed_share_of_requests: float
    decided_by: str
    is_mean: bool
    already_down: bool


@dataclass(frozen=True, slots=True)
class Importance:
    """How much one element matters to a service.

    Attributes
    ----------
    unavailability : float
        Of the element.
    birnbaum : float
        Change of the service's unavailability by that of the element.
    criticality : float
        ``unavailability * birnbaum`` relative to the service's unavailability.
    risk_achievement_worth, risk_reduction_worth : float
        By what factor the service's unavailability grows when the element is always down, and shrinks when never.
    fussell_vesely : Estimate or None
        P(a minimal cut set with the element has happened, given that the service is down).
    """

    kind: str
    subject: str
    mode: str
    unavailability: float
    birnbaum: float
    criticality: float
    risk_achievement_worth: float
    risk_reduction_worth: float
    fussell_vesely: Estimate | None = None


@dataclass(frozen=True, slots=True)
class CutEvent:
    """One event of a cut set."""

    kind: str
    subject: str
    mode: str
    node: str | None = None
    within_seconds: float | None = None

    def __str__(self) -> str:
        words = [word for word in (self.kind, self.subject, self.mode) if word]
        return " ".join(words) + (f" on {self.node}" if self.node else "")


@dataclass(frozen=True, slots=True)
class CutSet:
    """Events that together, and none of them less, take a service down."""

    events: tuple[CutEvent, ...]
    probability: float
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CutSets:
    """The most probable minimal cut sets; all others together have a probability of at most ``remainder_at_most``."""

    sets: Rows[CutSet]
    remainder_at_most: float


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """A service at one level of load."""

    name: str
    share: float
    unavailability: float | None = None
    response_time_seconds: float | None = None
    saturated: bool | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Downtime within a window of time (approximate).

    Attributes
    ----------
    window_seconds : float
        Length of the window [s].
    mean_downtime_seconds : float
        [s]
    kept_probability : Estimate
        That the downtime stays within the objective's budget.
    downtime_seconds_percentile_99 : Estimate
        [s]
    """

    window_seconds: float
    mean_downtime_seconds: float
    kept_probability: Estimate
    downtime_seconds_percentile_99: Estimate
    approximate: bool = True


@dataclass(frozen=True, slots=True)
class WindowShare:
    """How many windows lose at most so much time (approximate).

    Attributes
    ----------
    downtime_seconds : float
        [s] within one window.
    kept : Estimate
        Share of the windows in which the downtime is at most that.
    """

    downtime_seconds: float
    kept: Estimate


@dataclass(frozen=True, slots=True)
class WorstRecovery:
    """The slowest automatic recovery of a service: of which component, from which failure, in how many seconds."""

    component: str
    mode: str
    worst_seconds: float


@dataclass(frozen=True, slots=True)
class Service:
    """Every figure of one service.

    Attributes
    ----------
    unavailability : Estimate
        Long-run share of time in which the service is down.
    availability : str
        The complement, for reading.
    downtime_seconds_per_year, downtime_seconds_per_30_days : float
        [s]
    independent_unavailability : float
        What 1 - prod(1 - A) gives, as if every replica failed by itself.
    independent_error_minutes_per_year : float
        How far that is off [min a year].
    guaranteed, values_only : Estimate or None
        In the worst placement that the scheduler may choose under all written rules; under those of the values alone.
    outages_per_year, mean_outage_seconds : float
        [1/a], [s]
    causes : Rows of Cause
        Largest first; they add up.
    node_losses, losses : Rows
        Every single loss.
    error_ratio : float
        Share of requests that fail.
    worst_response_time_seconds, data_loss_seconds : float
        [s]
    levels : Named of LevelFigures
    window : Window or None
    importance : Rows of Importance
    minimal_cut_sets : CutSets or None
    met : bool or None
        Whether every objective of the service is; None without one.
    """

    name: str
    unavailability: Estimate
    availability: str
    downtime_seconds_per_year: float
    downtime_seconds_per_30_days: float
    independent_unavailability: float
    independent_error_minutes_per_year: float
    outages_per_year: float
    mean_outage_seconds: float
    error_ratio: float
    worst_response_time_seconds: float
    data_loss_seconds: float
    causes: Rows[Cause]
    node_losses: Rows[NodeLoss]
    losses: Rows[Loss]
    levels: Named[LevelFigures]
    guaranteed: Estimate | None = None
    values_only: Estimate | None = None
    recovery: WorstRecovery | None = None
    window: Window | None = None
    importance: Rows[Importance] = field(default_factory=lambda: Rows(Importance))
    minimal_cut_sets: CutSets | None = None
    met: bool | None = None

    @property
    def cut_sets(self) -> Rows[CutSet]:
        """The minimal cut sets, most probable first."""
        return self.minimal_cut_sets.sets if self.minimal_cut_sets else Rows(CutSet)


@dataclass(frozen=True, slots=True)
class Objective:
    """How one objective stands.

    Attributes
    ----------
    service, objective : str
        For example ``chat`` and ``availability``.
    target, actual : float
        In ``unit``: ``"Unavailability"``, ``"Ratio"``, ``"MissProbability"`` or ``"Seconds"``; smaller is better.
    met : bool
    decided_by : str
        What decides it, or empty.
    """

    service: str
    objective: str
    target: float
    actual: float
    unit: str
    met: bool
    decided_by: str
    in_unit: ClassVar[tuple[str, ...]] = ("target", "actual")


@dataclass(frozen=True, slots=True)
class Autoscale:
    """A HorizontalPodAutoscaler."""

    min: int
    max: int
    target_utilization_percentage: float = field(metadata={"json": "targetCPUUtilizationPercentage"})
    in_tables: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ComponentPlan:
    """Every setting of one component.

    Attributes
    ----------
    replicas : int or None
        None where ``autoscale`` says how many.
    autoscale : Autoscale or None
    nodes : tuple of str
        One entry per replica at the largest level of load.
    probes : mapping
        ``probes["liveness"]["periodSeconds"]`` and so on, as Kubernetes names them.
    failover : mapping
        Settings of the controller, as it names them.
    variants : mapping
        Replicas by variant, where there are several.
    """

    name: str
    replicas: int | None = None
    autoscale: Autoscale | None = None
    nodes: tuple[str, ...] = ()
    probes: Mapping[str, Mapping[str, Any]] = field(default_factory=Frozen)
    failover: Mapping[str, Any] = field(default_factory=Frozen)
    variants: Mapping[str, Any] = field(default_factory=Frozen)


@dataclass(frozen=True, slots=True)
class RecoveryStep:
    """One step of a recovery [s]."""

    name: str
    least_seconds: float
    mean_seconds: float
    worst_seconds: float

    def __str__(self) -> str:
        return f"{self.name} {self.mean_seconds:.3g} s"


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Percentiles [s]."""

    p50: Estimate
    p90: Estimate
    p99: Estimate
    p999: Estimate
    in_tables: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Recovery:
    """How a replica comes back from one of its own failures.

    Attributes
    ----------
    component, mode : str
    steps : tuple of RecoveryStep
        Detect, stop, start and so on.
    mean_seconds : float
    quantiles_seconds : Quantiles
    worst_seconds : float or None
        [s]; None without a bound.
    per_year : float or None
        How often, all replicas together.
    target_seconds, within_target : float or None
        The objective, and the probability to keep it.
    """

    component: str
    mode: str
    steps: tuple[RecoveryStep, ...]
    mean_seconds: float
    quantiles_seconds: Quantiles
    worst_seconds: float | None = None
    per_year: float | None = None
    target_seconds: float | None = None
    within_target: float | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that the specification does not name, and where it is from."""

    path: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the preference compares, in this order.

    Attributes
    ----------
    peak_replicas : int
        At the largest level of load.
    mean_replicas : float
        Over the levels of load.
    cpu_millicores : int
        Requested at peak [1/1000 CPU].
    memory_bytes : float
        Requested at peak [B].
    probe_checks_per_second : float
        [1/s]
    sum_of_unavailability : float
        Over the services.
    largest_unavailability : float or None
        Over the services with objectives, where that is what is asked for.
    """

    peak_replicas: int
    mean_replicas: float
    cpu_millicores: int
    memory_bytes: float
    probe_checks_per_second: float
    sum_of_unavailability: float
    largest_unavailability: float | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """What the search has proved: no plan has fewer replicas at peak.

    Attributes
    ----------
    peak_replicas_at_least : float
    proved : bool
        Whether the plan is proved to be the best.
    gap_replicas : float or None
        Between the plan and the bound; None without a plan.
    largest_unavailability_at_least : float or None
        Where that is what is asked for.
    """

    peak_replicas_at_least: float
    proved: bool
    gap_replicas: float | None = None
    largest_unavailability_at_least: float | None = None
