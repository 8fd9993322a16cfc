"""Results as static HTML for notebooks: tables without scripts or styles, which GitHub shows, too."""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from haplan.figures import ComponentPlan, Objective, Service
    from haplan.reports import Calibration, Drill, Explanation, Front, Simulation
    from haplan.results import Evaluation, Plan

__all__ = ["availability_text", "duration_text"]

MOST_CAUSES = 10


def duration_text(seconds: float | None) -> str:
    """Seconds as a person says them: ``84.8 s``, ``17.2 min``, ``2.03 h``, ``4.5 d``."""
    if seconds is None or math.isnan(seconds):
        return ""
    if math.isinf(seconds):
        return "never"
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= (3 * size if unit != "min" else 2 * size):
            return f"{significant(seconds / size)} {unit}"
    if 0.0 < seconds < 0.1:
        return f"{significant(seconds * 1000.0)} ms"
    return f"{significant(seconds)} s"


def significant(number: float) -> str:
    """Three significant digits without an exponent, where that is readable."""
    if number == 0.0 or not math.isfinite(number):
        return f"{number:g}"
    if not 1e-4 <= abs(number) < 1e7:
        return f"{number:.2e}"
    digits = max(0, 2 - math.floor(math.log10(abs(number))))
    return f"{number:,.{digits}f}"


def availability_text(unavailability: float) -> str:
    """An unavailability as an availability with two digits of what is missing: ``99.9967 %``."""
    if not 0.0 < unavailability < 1.0:
        return "100 %" if unavailability <= 0.0 else "0 %"
    digits = max(0, 1 - math.floor(math.log10(unavailability * 100.0)))
    return f"{100.0 - unavailability * 100.0:.{digits}f} %"


def evaluation_page(evaluation: Evaluation) -> str:
    """Verdict, services, objectives, components and causes."""
    parts = [
        _paragraph(f"<b>{_text(evaluation.system)}</b>: {_verdict(evaluation)}"),
        _services(evaluation),
        _objectives(evaluation.objectives),
        _components(evaluation),
        _causes(evaluation),
        *(_paragraph("warning: " + _text(one)) for one in evaluation.warnings),
    ]
    return "\n".join(part for part in parts if part)


def plan_page(plan: Plan) -> str:
    """The same, and what binds, or why there is no plan."""
    parts = [evaluation_page(plan)]
    if plan.infeasibility is not None:
        parts.append(_paragraph(f"<b>Why</b>: {_text(plan.infeasibility.reason)}"))
        parts.append(_list("What would help", plan.infeasibility.would_help))
    parts.append(_list("What binds", plan.binding))
    return "\n".join(part for part in parts if part)


def drill_page(drill: Drill) -> str:
    """One row per loss: how long each service is down, and whether its objectives survive."""
    names = sorted({name for loss in drill.losses for name in loss.services})
    rows = []
    for loss in drill.losses:
        cells: list[str] = [loss.kind, loss.subject + (f" (one of {loss.equal})" if loss.equal > 1 else "")]
        for name in names:
            service = loss.services[name]
            mean = " (mean)" if service.is_mean else ""
            cells += [duration_text(service.seconds_until_up) + mean, _met(service.survives)]
        rows.append(cells)
    head = ["loss of", "", *(column for name in names for column in (f"{name} up again after", "objectives survive"))]
    verdict = "every loss is survived" if drill.survived else "not every loss is survived"
    return "\n".join([_paragraph(f"<b>{_text(drill.system)}</b>: {verdict}"), _table(head, rows)])


def simulation_page(simulation: Simulation) -> str:
    """Simulated figures beside the computed ones."""
    rows = []
    for name, figures in simulation.services.items():
        for figure in figures.values():
            computed = "" if figure.analytic is None else significant(figure.analytic.value)
            interval = f"{significant(figure.lower)} to {significant(figure.upper)}" if figure.known else "unknown"
            agrees = "" if figure.agrees is None else ("yes" if figure.agrees else "no")
            rows.append([name, figure.name, significant(figure.value), interval, computed, agrees])
    years = simulation.simulated_seconds / (365.25 * 86400)
    verdict = f"{simulation.status}, {significant(years)} years in {simulation.events:,} events"
    head = ["service", "figure", "simulated", "interval", "computed", "agrees"]
    return "\n".join([_paragraph(f"<b>{_text(simulation.system)}</b>: {verdict}"), _table(head, rows)])


def calibration_page(calibration: Calibration) -> str:
    """What was learnt of each way to fail."""
    rows = [
        [
            one.name,
            one.mode,
            str(one.events),
            duration_text(one.exposure_seconds),
            duration_text(one.mtbf_seconds),
            f"{duration_text(one.mtbf_low_seconds)} to {duration_text(one.mtbf_high_seconds)}",
            duration_text(one.repair_seconds),
        ]
        for one in calibration.modes
    ]
    head = ["of", "mode", "events", "observed for", "mtbf", "interval", "repair"]
    warnings = [_paragraph("warning: " + _text(one)) for one in calibration.warnings]
    return "\n".join([_table(head, rows), *warnings])


def front_page(front: Front) -> str:
    """One row per point."""
    names = list(front.targets)
    rows = [
        [
            str(one.replicas),
            *(duration_text(one.services[name].downtime_seconds_per_year) for name in names),
            "yes" if one.proved else "no",
            _met(one.meets_targets),
        ]
        for one in front.points
    ]
    head = ["replicas", *(f"downtime of {name} a year" for name in names), "proved", "targets"]
    return "\n".join([_paragraph(f"<b>{_text(front.system)}</b>: replicas against availability"), _table(head, rows)])


def explanation_page(explanation: Explanation) -> str:
    """Definition and parts."""
    parts = [_paragraph(f"<b>{_text(explanation.path)}</b> = {_text(str(explanation.value))}")]
    parts.append(_paragraph(_text(explanation.definition)))
    for working in explanation.workings.values():
        rows = working.get("rows", ())
        if rows:
            head = list(rows[0])
            cells = [[_cell(row.get(key)) for key in head] for row in rows[:MOST_CAUSES]]
            parts += [_paragraph(f"{_text(working['title'])}: <code>{_text(working['formula'])}</code>"), _table(head, cells)]
    return "\n".join(parts)


def _verdict(evaluation: Evaluation) -> str:
    objectives = evaluation.objectives
    met = sum(one.met for one in objectives)
    words = [_text(evaluation.status)]
    if objectives:
        words.append(f"{met} of {len(objectives)} objectives met")
    criteria = evaluation.data.get("criteria")
    if criteria is not None:
        words.append(f"{criteria['peakReplicas']} replicas at peak")
    if evaluation.data.get("stoppedBy"):
        words.append(f"stopped by {_text(str(evaluation.data['stoppedBy']))}")
    return ", ".join(words)


def _services(evaluation: Evaluation) -> str:
    head = ["service", "availability", "downtime a year", "outages a year", "mean outage", "guaranteed", "objectives"]
    return _table(head, [_service(one) for one in evaluation.services.values()])


def _service(service: Service) -> list[str]:
    return [
        service.name,
        service.availability,
        duration_text(service.downtime_seconds_per_year),
        significant(service.outages_per_year),
        duration_text(service.mean_outage_seconds),
        "" if service.guaranteed is None else availability_text(service.guaranteed.upper),
        "" if service.met is None else _met(service.met),
    ]


def _objectives(objectives: Sequence[Objective]) -> str:
    rows = [
        [one.service, one.objective, _in_unit(one.target, one.unit), _in_unit(one.actual, one.unit), _met(one.met), one.decided_by]
        for one in objectives
    ]
    return _table(["service", "objective", "target", "actual", "", "decided by"], rows) if rows else ""


def _in_unit(value: float, unit: str) -> str:
    if unit == "Seconds":
        return duration_text(value)
    if unit == "Unavailability":
        return availability_text(value)
    return f"{significant(100.0 * value)} %"


def _components(evaluation: Evaluation) -> str:
    rows = [
        [one.name, _count(one), _nodes(one.nodes), _probes(one), ", ".join(f"{k} {v}" for k, v in one.failover.items())]
        for one in evaluation.components.values()
    ]
    return _table(["component", "replicas", "nodes", "probes", "failover"], rows) if rows else ""


def _count(component: ComponentPlan) -> str:
    if component.autoscale is not None:
        scale = component.autoscale
        return f"{scale.min} to {scale.max} at {significant(scale.target_utilization_percentage)} %"
    if component.variants:
        return ", ".join(f"{name} \u00d7 {count}" for name, count in component.variants.items())
    return "" if component.replicas is None else str(component.replicas)


def _nodes(nodes: Iterable[str]) -> str:
    return ", ".join(name if count == 1 else f"{name} \u00d7 {count}" for name, count in Counter(nodes).items())


def _probes(component: ComponentPlan) -> str:
    return "; ".join(
        f"{name} {probe['periodSeconds']} s \u00d7 {probe['failureThreshold']}" for name, probe in component.probes.items()
    )


def _causes(evaluation: Evaluation) -> str:
    """The largest causes of all services, in each the downtime a year."""
    services = list(evaluation.services.values())
    rows: dict[tuple[str, str, str], dict[str, float]] = {}
    for service in services:
        for cause in service.causes:
            key = (cause.kind, cause.subject, cause.mode)
            rows.setdefault(key, {})[service.name] = cause.downtime_seconds_per_year
    largest = sorted(rows, key=lambda key: (-max(rows[key].values()), key))[:MOST_CAUSES]
    if not largest:
        return ""
    cells = [
        [" ".join(word.replace("_", " ") for word in key if word), *(duration_text(rows[key].get(one.name, 0.0)) for one in services)]
        for key in largest
    ]
    return _table(["cause of downtime, a year", *(one.name for one in services)], cells)


def _met(met: bool) -> str:
    return "met" if met else "missed"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return significant(value) if isinstance(value, float) else str(value)


def _text(value: str) -> str:
    return html.escape(value)


def _paragraph(inner: str) -> str:
    return f"<p>{inner}</p>"


def _list(title: str, items: Iterable[str]) -> str:
    inner = "".join(f"<li>{_text(one)}</li>" for one in items)
    return f"<p><b>{title}</b></p><ul>{inner}</ul>" if inner else ""


def _whole(cell: str) -> str:
    """With numbers that are not parted from their units at the end of a line."""
    return re.sub(r"(?<=\d) (?=(?:%|ms|s|min|h|d)(?![\w-]))| (?=\u00d7)|(?<=\u00d7) ", "\u00a0", cell)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{_text(_whole(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
