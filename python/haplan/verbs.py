"""The verbs of the command line as functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TypedDict, Union

from haplan import _core
from haplan.reports import Drill, Explanation, Front, Simulation, Verification
from haplan.results import Evaluation, Files, Plan, Result
from haplan.spec import Layer, Spec, load

__all__ = [
    "Progress",
    "SpecLike",
    "codes",
    "drill",
    "evaluate",
    "pareto",
    "render",
    "schema",
    "simulate",
    "solve",
    "verify",
    "why",
]

Progress = Callable[[str, float, "dict[str, float]"], object]
"""Called with the phase, how much is done (from 0 to 1) and numbers by name, at most twenty times a second.

``solve`` goes through the phases ``"proof"``, ``"plan"``, ``"placement"``, ``"explanation"`` and ``"figures"``; done is the share of the work limit,
the numbers are ``bound`` (no plan has fewer replicas at peak) and, once there is a plan, ``incumbent`` (its replicas). ``simulate`` tells ``events``, ``simulated_seconds`` and
``precision``. What the callback raises ends the work and is raised.
"""

SpecLike = Union[Spec, Layer]


class SolveOptions(TypedDict, total=False):
    """Of :func:`solve`, which says what they mean and in which units."""

    time_limit: float | None
    work_limit: int | None
    threads: int | None
    max_changes: int | None
    certificate: bool
    check: bool
    progress: Progress | None


class SimulateOptions(TypedDict, total=False):
    """Of :func:`simulate`, which says what they mean and in which units."""

    semantics: str
    assume: Iterable[str]
    drop: Iterable[str]
    precision: float
    confidence: float
    seed: int
    window: float | None
    events: int | None
    method: str | None
    threads: int | None
    progress: Progress | None


def _spec(spec: SpecLike) -> Spec:
    return spec if isinstance(spec, Spec) else load(spec)


def _threads(threads: int | None) -> int:
    if threads is not None:
        if threads < 1:
            raise ValueError("threads is at least 1")
        return threads
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def evaluate(
    spec: SpecLike,
    *,
    draws: int | None = None,
    seed: int = 1,
    quantiles: Sequence[float] | None = None,
    threads: int | None = None,
) -> Evaluation:
    """Compute every figure of a deployment as it stands, open settings at their starting values.

    Parameters
    ----------
    spec : Spec, path, str or dict
    draws : int, optional
        How often to draw the uncertain inputs (those with ``low`` and ``high``). By default only where an objective
        asks for a ``confidence``, then 4096 times.
    seed : int
        Of the draws.
    quantiles : sequence of float, optional
        In (0, 1); by default 0.05, 0.5 and 0.95.
    threads : int, optional
        By default as many as there are processors. Results never depend on it.

    Returns
    -------
    Evaluation

    Raises
    ------
    SpecError
        When the specification has a mistake.
    HaplanError
        When a limit of the engine is reached.
    KeyboardInterrupt
        Within half a second of Ctrl-C.

    Examples
    --------
    >>> chat = haplan.evaluate("specs/examples/dify.yaml").services["chat"]
    >>> chat.unavailability.value, chat.downtime_seconds_per_year
    """
    if draws is not None and draws < 1:
        raise ValueError("draws is at least 1")
    if quantiles is not None and not all(0.0 < q < 1.0 for q in quantiles):
        raise ValueError("quantiles lie between 0 and 1")
    levels = None if quantiles is None else sorted(map(float, quantiles))
    known = _spec(spec)
    return Evaluation(_core.evaluate(known._handle, draws, seed, levels, _threads(threads)), known)


def solve(
    spec: SpecLike,
    *,
    time_limit: float | None = None,
    work_limit: int | None = None,
    threads: int | None = None,
    max_changes: int | None = None,
    certificate: bool = False,
    check: bool = False,
    progress: Progress | None = None,
) -> Plan:
    """Find the best plan that meets every objective, with proof, or say why there is none.

    An interrupt (Ctrl-C) ends the search within half a second, and what it has found so far is returned: then
    ``plan.stopped_by`` is ``"interrupt"``.

    Parameters
    ----------
    spec : Spec, path, str or dict
    time_limit : float, optional
        [s]; the one limit that makes results depend on the machine.
    work_limit : int, optional
        Units of a thousand elementary operations; 0: none. By default about a minute.
    threads : int, optional
        By default as many as there are processors. Results never depend on it.
    max_changes : int, optional
        Look for the best plan within so many changes to the one that runs, which the specification has
        (:meth:`Spec.with_plan`).
    certificate : bool
        Also prove the claim line by line: ``plan.certificate``.
    check : bool
        Read every line back and hold it against the model.
    progress : callable, optional
        See :data:`Progress`.

    Returns
    -------
    Plan
        Also when there is no plan: see ``status`` and ``infeasibility``.

    Examples
    --------
    >>> plan = haplan.solve("specs/examples/dify.yaml")
    >>> plan.status, plan.components["api"].autoscale.min, plan.placement["worker-1"]
    """
    if time_limit is not None and not time_limit > 0.0:
        raise ValueError("time_limit is greater than 0")
    if max_changes is not None and max_changes < 0:
        raise ValueError("max_changes is at least 0")
    known = _spec(spec)
    wishes = (max_changes, certificate, check)
    return Plan(
        _core.solve(known._handle, time_limit or 0.0, work_limit, _threads(threads), *wishes, progress), known
    )


def pareto(spec: SpecLike, *, time_limit: float | None = None, work_limit: int | None = None) -> Front:
    """The front of replicas against availability: for each number of replicas, how available the services can be.

    Parameters
    ----------
    spec : Spec, path, str or dict
    time_limit : float, optional
        Of the whole front [s]; the points that are known by then are returned.
    work_limit : int, optional
        The same in units of work; see :func:`solve`.

    Returns
    -------
    Front
    """
    known = _spec(spec)
    return Front(_core.pareto(known._handle, time_limit or 0.0, work_limit), known)


def verify(spec: SpecLike, certificate: str | os.PathLike[str]) -> Verification:
    """Check a certificate, line by line, against a specification; shares no code with the search.

    Parameters
    ----------
    spec : Spec, path, str or dict
    certificate : str or path
        Its text (anything with a line break), or the path of its file.

    Returns
    -------
    Verification
    """
    if isinstance(certificate, str) and "\n" in certificate:
        lines = certificate.encode()
    else:
        with open(certificate, "rb") as file:
            lines = file.read()
    known = _spec(spec)
    return Verification(_core.verify(known._handle, lines), known)


def render(result: Result, what: str) -> Files:
    """What a result becomes in a cluster.

    Parameters
    ----------
    result : Evaluation, Plan or Drill
    what : {"values", "patch", "manifests", "alerts", "chaos"}
        ``chaos`` of a drill, everything else of an evaluation or plan.

    Returns
    -------
    Files
    """
    if what in ("values", "patch", "manifests", "alerts") and isinstance(result, Evaluation):
        files: Files = getattr(result, what)()
        return files
    if what == "chaos" and isinstance(result, Drill):
        return result.chaos()
    raise ValueError(f"a {type(result).__name__} does not become {what}")


def drill(spec: SpecLike) -> Drill:
    """Take away every node, zone, replica, primary and external service in turn, and play every what-if.

    Parameters
    ----------
    spec : Spec, path, str or dict

    Returns
    -------
    Drill
    """
    known = _spec(spec)
    return Drill(_core.drill(known._handle), known)


def simulate(
    spec: SpecLike,
    *,
    semantics: str = "cluster",
    assume: Iterable[str] = (),
    drop: Iterable[str] = (),
    precision: float = 0.02,
    confidence: float = 0.95,
    seed: int = 1,
    window: float | None = None,
    events: int | None = None,
    method: str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Play a deployment event by event and hold the computed figures against it.

    An interrupt ends it within half a second, with the figures so far.

    Parameters
    ----------
    spec : Spec, path, str or dict
    semantics : {"cluster", "model"}
        What Kubernetes does, or exactly what the model assumes.
    assume, drop : iterable of str
        Single assumptions of the model to make, or to drop.
    precision : float
        Relative half width of the unavailability of every service with objectives.
    confidence : float
        Probability of every interval, in (0, 1).
    seed : int
    window : float, optional
        [s] in which downtime is counted; by default that of the objectives, else 30 days.
    events : int, optional
        After which to stop; by default 10^9.
    method : {"direct", "biasing"}, optional
        By default whichever is likely to need less work.
    threads : int, optional
    progress : callable, optional
        See :data:`Progress`.

    Returns
    -------
    Simulation
    """
    if semantics not in ("cluster", "model"):
        raise ValueError('semantics is "cluster" or "model"')
    if method not in (None, "direct", "biasing"):
        raise ValueError('method is "direct" or "biasing"')
    if not (0.0 < precision < 1.0 and 0.0 < confidence < 1.0):
        raise ValueError("precision and confidence lie between 0 and 1")
    if window is not None and not 0.0 < window < float("inf"):
        raise ValueError("window is greater than 0, and finite")
    made, dropped = set(assume), set(drop)
    if made & dropped:
        raise ValueError(f"both assumed and dropped: {', '.join(sorted(made & dropped))}")
    switched = {**{name: True for name in made}, **{name: False for name in dropped}}
    known = _spec(spec)
    return Simulation(
        _core.simulate(
            known._handle,
            semantics == "model",
            switched,
            precision,
            confidence,
            seed,
            window,
            events,
            None if method is None else method == "biasing",
            _threads(threads),
            progress,
        ),
        known,
    )


def why(spec: SpecLike, path: str) -> Explanation:
    """Say where a figure or a setting comes from, with the numbers put in.

    Parameters
    ----------
    spec : Spec, path, str or dict
    path : str
        For example ``services.chat.unavailability`` or ``components.api.replica``.

    Returns
    -------
    Explanation

    Raises
    ------
    KeyError
        When nothing is known by that path; says what may have been meant.
    """
    known = _spec(spec)
    return Explanation(_core.why(known._handle, path), known)


def codes() -> dict[str, str]:
    """Every code of a diagnostic with its explanation."""
    return {code: f"{title}\n\n{explanation}" for code, title, explanation in _core.codes()}


def schema() -> str:
    """The JSON Schema of the specification language, for editors."""
    return _core.schema()
