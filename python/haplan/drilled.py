"""What a drill is made of: losses, what-ifs, and what becomes of every service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from haplan.rows import Named, Rows

__all__ = ["Capacity", "CurvePoint", "DrilledService", "LossDrill", "Scenario", "ScenarioService", "Survival"]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """P(the service is up again) so many seconds after a loss."""

    seconds: float
    up: float


@dataclass(frozen=True, slots=True)
class Survival:
    """How one objective stands after a loss.

    Attributes
    ----------
    objective : str
        For example ``"availability"``.
    target, actual : float
        In ``unit``: ``"Unavailability"``, ``"Ratio"``, ``"MissProbability"`` or ``"Seconds"``; smaller is better.
    unit : str
    survives : bool
    decided_by : str
    """

    objective: str
    target: float
    actual: float
    unit: str
    survives: bool
    decided_by: str
    in_unit: ClassVar[tuple[str, ...]] = ("target", "actual")


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is left of a component at a level of load.

    Attributes
    ----------
    component, level : str
    replicas, serving, left, need : int
        Before; serving after; on nodes that are left; needed.
    """

    component: str
    level: str
    replicas: int
    serving: int
    left: int
    need: int


@dataclass(frozen=True, slots=True)
class LossQuantiles:
    """Percentiles of the time until a service is up again [s]; infinite: not before what was lost is back."""

    p50: float
    p90: float
    p99: float
    p999: float
    in_tables: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class DrilledService:
    """What one loss does to one service.

    Attributes
    ----------
    seconds_until_up : float
        [s]; infinite: not before what was lost is back.
    seconds_until_up_quantiles : LossQuantiles
        [s]
    seconds_until_avoided : float
        [s] until no request goes to what was lost.
    failed_share_of_requests : float
        Until then.
    data_loss_seconds : float
        [s] of writes.
    decided_by : str
        The component that takes longest.
    is_mean, already_down : bool
        Whether the time is a mean; whether the service lacked what it needs before.
    curve, checkpoints : Rows of CurvePoint
        Recovery over time; the same at the times that objectives name.
    response_time_seconds : float or None
        [s] with what is left; None: saturated.
    up_within_target : float or None
        P(up again within the objective's time).
    objectives : Rows of Survival
    capacity : Rows of Capacity
        Of every component that loses replicas.
    """

    name: str
    seconds_until_up: float
    seconds_until_up_quantiles: LossQuantiles
    seconds_until_avoided: float
    failed_share_of_requests: float
    data_loss_seconds: float
    decided_by: str
    is_mean: bool
    already_down: bool
    curve: Rows[CurvePoint]
    checkpoints: Rows[CurvePoint]
    objectives: Rows[Survival]
    capacity: Rows[Capacity]
    response_time_seconds: float | None = None
    up_within_target: float | None = None

    @property
    def survives(self) -> bool:
        """Whether every objective does."""
        return all(one.survives for one in self.objectives)


@dataclass(frozen=True, slots=True)
class LossDrill:
    """One single loss: a node, zone, replica, primary, external service, ...

    Attributes
    ----------
    kind, subject : str
    equal : int
        How many equal losses this one stands for.
    services : Named of DrilledService
    down_for_good : bool
        Whether what was lost does not come back.
    """

    kind: str
    subject: str
    equal: int
    services: Named[DrilledService]
    down_for_good: bool = False


@dataclass(frozen=True, slots=True)
class ScenarioService:
    """One service in a what-if.

    Attributes
    ----------
    unavailability : float
        Long-run share of time, should the what-if last.
    availability : str
        The complement, for reading.
    objectives : Rows of Survival
    """

    name: str
    unavailability: float
    availability: str
    objectives: Rows[Survival]

    @property
    def survives(self) -> bool:
        """Whether every objective does."""
        return all(one.survives for one in self.objectives)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A what-if of the specification, ``spec.scenarios``.

    Attributes
    ----------
    name : str
    problem : str or None
        Why it has no figures.
    lost_nodes, short_of : tuple of str
        Nodes that are down in it; components without enough replicas.
    services : Named of ScenarioService
        Figures in the what-if, as of ``evaluate`` with that scenario.
    loss : Named of DrilledService or None
        What happens when its nodes are lost at once; None: it takes none down.
    """

    name: str
    problem: str | None
    lost_nodes: tuple[str, ...]
    short_of: tuple[str, ...]
    services: Named[ScenarioService]
    loss: Named[DrilledService] | None = None

    @property
    def survives(self) -> bool:
        """Whether it has figures, and every objective survives."""
        lost = self.loss is None or all(one.survives for one in self.loss.values())
        return self.problem is None and lost and all(one.survives for one in self.services.values())
