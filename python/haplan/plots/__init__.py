"""Pictures of results, on matplotlib's Axes.

Every picture takes an ``ax`` to draw on, or makes a figure of its own, and returns the Axes; ``ax.figure.savefig`` writes SVG, PNG
or PDF. Colours are those of Okabe and Ito and of cividis, which people with any kind of colour vision tell apart.

>>> plan = haplan.solve("specs/examples/dify.yaml")
>>> plan.plot.downtime().figure.savefig("downtime.svg")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from haplan.plots.style import PALETTE

if TYPE_CHECKING:
    from haplan.reports import Drill, Front
    from haplan.results import Evaluation
    from haplan.spec import Spec
    from haplan.sweeps import Sweep
    from matplotlib.axes import Axes

__all__ = ["PALETTE", "DrillPlots", "EvaluationPlots", "FrontPlots", "SpecPlots", "SweepPlots"]


class SpecPlots:
    """Pictures of a specification."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def topology(self, ax: Axes | None = None) -> Axes:
        """Services above the components that they need; a dashed arrow is one of several that would do."""
        from haplan.plots.placement import topology

        return topology(self._spec, ax)


class EvaluationPlots:
    """Pictures of an evaluation or a plan."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def _spec(self) -> Spec:
        if self._evaluation.spec is None:
            raise ValueError("this result does not know its specification")
        return self._evaluation.spec

    def _service(self, service: str | None) -> str:
        """The one named, or the one that is down longest."""
        services = self._evaluation.services
        if service is not None:
            return services[service].name
        return max(services.values(), key=lambda one: one.unavailability.value).name

    def topology(self, ax: Axes | None = None) -> Axes:
        """Services above the components that they need; a dashed arrow is one of several that would do."""
        return SpecPlots(self._spec()).topology(ax)

    def placement(self, ax: Axes | None = None) -> Axes:
        """One column per node, one box per replica."""
        from haplan.plots.placement import placement

        if not self._spec().nodes:
            raise ValueError("the specification has no nodes")
        return placement(self._evaluation.components, self._spec().nodes, ax)

    def downtime(self, ax: Axes | None = None, *, most: int = 7) -> Axes:
        """One bar per service, divided into its ``most`` largest causes, beside what the objective allows [min a year]."""
        from haplan.plots.downtime import downtime

        targets = {one.service: one.target for one in self._evaluation.objectives if one.objective == "availability"}
        return downtime(list(self._evaluation.services.values()), targets, ax, most)

    def importance(self, service: str | None = None, ax: Axes | None = None, *, most: int = 12) -> Axes:
        """The parts that the downtime of a service rests on, by criticality [%]."""
        from haplan.plots.downtime import importance

        return importance(self._evaluation.services[self._service(service)], ax, most)

    def recovery(self, ax: Axes | None = None) -> Axes:
        """How long replicas take to come back from each of their own failures."""
        from haplan.plots.recovery import recoveries

        return recoveries(self._evaluation.recoveries, ax)

    def tornado(self, service: str | None = None, ax: Axes | None = None, *, most: int = 12) -> Axes:
        """What each uncertain number does to the downtime by itself, at both of its ends.

        Needs a result with draws: ``haplan.evaluate(spec, draws=1000).plot.tornado()``.
        """
        from haplan.plots.tornado import swings, tornado

        known = self._evaluation.uncertainty
        if known is None:
            raise ValueError("nothing is uncertain: evaluate a specification with low and high, and with draws")
        chosen = self._service(service)
        spec = self._spec()
        if self._evaluation.components:
            spec = spec.with_plan(self._evaluation)
        found = swings(spec, chosen, known["inputs"])[:most]
        units = {one["name"]: one.get("unit", "") for one in known["inputs"]}
        written = self._evaluation.services[chosen].unavailability.value
        return tornado(found, units, written, ax, chosen)


class DrillPlots:
    """Pictures of a drill."""

    def __init__(self, drill: Drill) -> None:
        self._drill = drill

    def recovery(self, service: str | None = None, ax: Axes | None = None, *, most: int = 10) -> Axes:
        """P(a service is up again) over the time since each loss; equal curves are one, the longest are shown."""
        from haplan.plots.recovery import curves

        names = sorted({name for loss in self._drill.losses for name in loss.services})
        chosen = names[0] if service is None else service
        if chosen not in names:
            raise KeyError(chosen)
        return curves(list(self._drill.losses), chosen, ax, most)


class FrontPlots:
    """Pictures of a front."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def pareto(self, ax: Axes | None = None) -> Axes:
        """Downtime of every service over the number of replicas, beside what its objective allows [min a year]."""
        from haplan.plots.pareto import pareto

        return pareto(self._front.points, self._front.targets, ax)


class SweepPlots:
    """Pictures of a sweep."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep

    def _varied(self, figure: str) -> str:
        """The service whose figure changes most."""

        def range_of(service: str) -> float:
            finite = [one for one in self._sweep[service][figure].ravel().tolist() if one == one]
            return max(finite, default=0.0) - min(finite, default=0.0)

        return max(self._sweep.services, key=range_of)

    def surface(self, service: str | None = None, figure: str = "unavailability", ax: Axes | None = None) -> Axes:
        """A figure over two numbers as filled contours, or over one as a line."""
        from haplan.plots.tornado import surface

        chosen = self._varied(figure) if service is None else service
        return surface(self._sweep, chosen, figure, ax)
