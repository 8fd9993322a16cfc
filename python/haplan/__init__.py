"""haplan plans high availability for Kubernetes: exact figures, proved plans, the settings that make it so.

>>> import haplan
>>> spec = haplan.load("specs/examples/dify.yaml")
>>> plan = haplan.solve(spec)
>>> plan.services["chat"].unavailability.value

Durations are seconds, rates are per second, shares and probabilities lie in [0, 1]; where a name says a unit
(``downtime_seconds_per_year``), that one holds. Unavailability is given, not availability: it keeps its digits.
"""

from __future__ import annotations

import atexit
import os

from haplan import _core, chains, delays, plots, structures
from haplan.answers import Infeasibility, Proof, Relief
from haplan.calibrating import calibrate
from haplan.draws import Uncertainty
from haplan.drilled import LossDrill, Scenario
from haplan.errors import ContractViolation, Diagnostic, HaplanError, SpecError
from haplan.figures import (
    Cause,
    ComponentPlan,
    CutSet,
    Estimate,
    Importance,
    Objective,
    Recovery,
    Service,
    WindowShare,
)
from haplan.reports import Calibration, Drill, Explanation, Front, Simulation, Verification
from haplan.results import Evaluation, Files, Plan, Result
from haplan.rows import Named, Rows
from haplan.spec import Decision, Dependency, Spec, load
from haplan.sweeps import Sweep, sweep
from haplan.verbs import codes, drill, evaluate, pareto, render, schema, simulate, solve, verify, why

__version__: str = _core.__version__

__all__ = [
    "Calibration",
    "Cause",
    "ComponentPlan",
    "ContractViolation",
    "CutSet",
    "Decision",
    "Dependency",
    "Diagnostic",
    "Drill",
    "Estimate",
    "Evaluation",
    "Explanation",
    "Files",
    "Front",
    "HaplanError",
    "Importance",
    "Infeasibility",
    "LossDrill",
    "Named",
    "Objective",
    "Plan",
    "Proof",
    "Recovery",
    "Relief",
    "Result",
    "Rows",
    "Scenario",
    "Service",
    "Simulation",
    "Spec",
    "SpecError",
    "Sweep",
    "Uncertainty",
    "Verification",
    "WindowShare",
    "__version__",
    "calibrate",
    "chains",
    "codes",
    "delays",
    "drill",
    "evaluate",
    "load",
    "pareto",
    "plots",
    "render",
    "schema",
    "simulate",
    "solve",
    "structures",
    "sweep",
    "verify",
    "why",
]

atexit.register(_core.end_all_jobs)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_core.forget_jobs)
