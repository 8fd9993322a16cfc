"""What the uncertainty of a specification's numbers does to its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from haplan.rows import Named, Rows

__all__ = [
    "BreakEven",
    "DrawnFigure",
    "DrawnObjective",
    "DrawnQuantile",
    "DrawnService",
    "Flip",
    "Influence",
    "Sampled",
    "Share",
    "UncertainInput",
    "Uncertainty",
]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A number estimated from draws.

    Attributes
    ----------
    value : float
        In the unit of the figure; influences are shares of its variance.
    error : float
        Half the width of its 95 % interval, in the unit of the value.
    """

    value: float
    error: float
    in_tables: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Share:
    """A share of draws, in [0, 1], with its 95 % confidence interval."""

    value: float
    lower: float
    upper: float
    in_tables: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class UncertainInput:
    """A number that is known to lie in an interval.

    Attributes
    ----------
    name : str
        Its path under ``spec``, or that of the parameter.
    uses : tuple of str
        Where it stands, under ``spec``.
    unit : str
        Of ``value``, ``low`` and ``high``: ``"s"``, ``"1/s"``, or ``"1"``: a share or a plain number.
    dist : str
        ``"lognormal"``, ``"uniform"`` or ``"triangular"``.
    source : str or None
        Where the number is from.
    value, low, high : float
        In ``unit``.
    level : float
        Probability of the interval.
    """

    name: str
    uses: tuple[str, ...]
    unit: str
    dist: str
    source: str | None
    value: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class DrawnQuantile:
    """A quantile of a figure.

    Attributes
    ----------
    level : float
        In (0, 1).
    value, error : float
        The quantile, and half the width of its 95 % interval, in the unit of the figure.
    """

    level: float
    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Influence:
    """How much of a figure's variance comes from one input (Sobol' indices, shares of the variance).

    Attributes
    ----------
    name : str
        Of the input.
    first, total : Sampled
        By itself; with all that it does together with others.
    """

    name: str
    first: Sampled
    total: Sampled


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """One figure of a service over the draws.

    Attributes
    ----------
    name : str
        As in the JSON, with its unit: ``"unavailability"``, ``"meanOutageSeconds"``, ...
    nominal : float
        With every number as it is written.
    mean : Sampled
    quantiles : Rows of DrawnQuantile
    influence : Named of Influence
        By input; empty where the figure does not vary.
    """

    name: str
    nominal: float
    mean: Sampled
    quantiles: Rows[DrawnQuantile]
    influence: Named[Influence] = field(default_factory=lambda: Named(Influence, {}))


@dataclass(frozen=True, slots=True)
class Flip:
    """Where an objective begins or ceases to hold: between ``below`` and ``above`` [unit of the input].

    Attributes
    ----------
    below, above : float
        In the unit of the input.
    holds_below : bool
        Whether the objective holds for smaller values.
    """

    below: float
    above: float
    holds_below: bool
    in_tables: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class BreakEven:
    """At which value of an input an objective flips, every other number as written.

    Attributes
    ----------
    name : str
        Of the input.
    nearest : Flip or None
        The one nearest to the value that is written; None: there is none.
    flips : Rows of Flip
        All of them, ascending.
    searched_from, searched_to : float
        Where they were looked for [unit of the input].
    """

    name: str
    nearest: Flip | None
    flips: Rows[Flip]
    searched_from: float
    searched_to: float


@dataclass(frozen=True, slots=True)
class DrawnObjective:
    """How often an objective holds.

    Attributes
    ----------
    field : str
        Of the objective, or ``"all"`` of a service's together.
    kept : Share
        Of the draws.
    break_even : Named of BreakEven
        By input.
    confidence : float or None
        The share asked for.
    met : bool or None
        Whether it is reached.
    """

    field: str
    kept: Share
    break_even: Named[BreakEven]
    confidence: float | None = None
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class DrawnService:
    """One service over the draws.

    Attributes
    ----------
    guarantee_factor : float
        The guaranteed unavailability over that of the placement, as written; draws are judged by it.
    figures : Named of DrawnFigure
    objectives : Rows of DrawnObjective
    """

    name: str
    guarantee_factor: float
    figures: Named[DrawnFigure]
    objectives: Rows[DrawnObjective]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What the uncertain inputs do to the figures of a deployment.

    Attributes
    ----------
    draws, seed : int
    low_discrepancy : bool
        Whether the draws fill the space evenly, instead of by chance.
    invalid_draws : int
        Left out, because their values make no sense together.
    influence_evaluations : int
        What the influences cost.
    inputs : Named of UncertainInput
    services : Named of DrawnService
    first_invalid_draw : str or None
        Why it was left out.
    """

    draws: int
    seed: int
    low_discrepancy: bool
    invalid_draws: int
    influence_evaluations: int
    inputs: Named[UncertainInput]
    services: Named[DrawnService]
    first_invalid_draw: str | None = None
    approximate: bool = True
