"""What a search says of its answer besides the plan: why there is none, what is proved, what is spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from haplan.figures import Cause
from haplan.rows import Named, Rows

__all__ = ["Achievable", "BudgetUse", "Changes", "Infeasibility", "Proof", "Relief", "SourceShare", "Spending"]


@dataclass(frozen=True, slots=True)
class Achievable:
    """The best that can be had of one objective.

    Attributes
    ----------
    service, objective : str
    target, actual, bound : float
        Asked for, the best that was found, and the proved limit of it, in ``unit``: ``"Unavailability"``, ``"Ratio"``,
        ``"MissProbability"`` or ``"Seconds"``; smaller is better.
    unit : str
    met : bool
        Whether the best found meets the target.
    decided_by : str
    exact : bool
        Whether the best found is proved to be the best.
    out_of_reach : bool
        Whether it is proved that nothing meets the target.
    """

    service: str
    objective: str
    target: float
    actual: float
    bound: float
    unit: str
    met: bool
    decided_by: str
    exact: bool
    out_of_reach: bool
    in_unit: ClassVar[tuple[str, ...]] = ("target", "actual", "bound")


@dataclass(frozen=True, slots=True)
class Relief:
    """A change of the specification with which there is a plan; it was made and solved.

    Attributes
    ----------
    kind : str
        ``"vendor"``, ``"target"``, ``"nodes"``, ...
    change : str
        A sentence.
    peak_replicas : int
        Of the plan that it leads to.
    proved_minimal : bool
    """

    kind: str
    change: str
    peak_replicas: int
    proved_minimal: bool


@dataclass(frozen=True, slots=True)
class Infeasibility:
    """Why there is no plan.

    Attributes
    ----------
    reason : str
    service : str or None
        Whose allowance the causes break.
    causes : Rows of Cause
        What alone, or together, breaks it.
    causes_unavoidable : bool
        Whether no decision could take them away.
    conflict : tuple of int
        Rows of ``best`` that cannot be met together.
    best : Rows of Achievable
        The best of each objective by itself.
    would_help : tuple of str
        Sentences.
    reliefs : Rows of Relief
        Those that were made and solved.
    """

    reason: str
    service: str | None
    causes: Rows[Cause]
    causes_unavoidable: bool
    conflict: tuple[int, ...]
    best: Rows[Achievable]
    would_help: tuple[str, ...]
    reliefs: Rows[Relief]


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of the certificate that was asked for.

    Attributes
    ----------
    proves : str
        A sentence.
    complete : bool
        Whether no box is open.
    boxes, open_boxes : int
    bytes : int
        Of all lines.
    checked : bool
        Whether every line was read back and held against the model.
    """

    proves: str
    complete: bool
    boxes: int
    open_boxes: int
    bytes: int
    checked: bool


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """What a plan takes of one budget, in the unit of the budget."""

    name: str
    limit: float
    used: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Spending:
    """Money and budgets.

    Attributes
    ----------
    budgets : Named of BudgetUse
    cost_per_month, mean_cost_per_month : float or None
        At the largest level of load, and on average, in the currency of the prices; None without prices.
    """

    budgets: Named[BudgetUse]
    cost_per_month: float | None = None
    mean_cost_per_month: float | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """How a plan within so many changes differs from the one that runs.

    Attributes
    ----------
    most : int
        Allowed.
    made : tuple of str
        Sentences.
    """

    most: int
    made: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceShare:
    """How much of a service's downtime rests on numbers from one kind of source.

    Attributes
    ----------
    name : str
        ``"assumption"``, ``"measured"``, ...
    unavailability : float
    downtime_seconds_per_year : float
    """

    name: str
    unavailability: float
    downtime_seconds_per_year: float
