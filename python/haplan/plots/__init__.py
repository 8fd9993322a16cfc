"""Pictures of results, on matplotlib's Axes.

Every picture takes an ``ax`` to draw on, or makes a figure of its own, and returns the Axes; ``ax.figure.savefig`` writes SVG, PNG
or PDF. Colours are those of Okabe and Ito and of cividis, which people with any kind of colour vision tell apart.

>>> plan = haplan.solve("specs/examples/dify.yaml")
>>> plan.plot.downtime().figure.savefig("downtime.svg")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from haplan.plots.style import PALETTE

if TYPE_CHECKING:
    from haplan.plots.window import Distribution
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
        """Services on the left, what they need to their right; a dashed arrow is one of several that would do."""
        from haplan.plots.topology import topology

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
        """Services on the left, what they need to their right; a dashed arrow is one of several that would do."""
        return SpecPlots(self._spec()).topology(ax)

    def placement(self, ax: Axes | None = None) -> Axes:
        """One column per node, one box per replica."""
        from haplan.plots.placement import placement

        if not self._spec().nodes:
            raise ValueError("the specification has no nodes")
        if not self._evaluation.components:
            raise ValueError("there is no plan")
        return placement(self._evaluation.components, self._spec().nodes, ax)

    def downtime(self, ax: Axes | None = None, *, most: int = 7) -> Axes:
        """One bar per service, divided into its ``most`` largest causes, beside what the objective allows [min a year]."""
        from haplan.plots.downtime import downtime

        targets = {one.service: one.target for one in self._evaluation.objectives if one.objective == "availability"}
        return downtime(list(self._evaluation.services.values()), targets, ax, most)

    def importance(self, service: str | None = None, ax: Axes | None = None, *, most: int = 12) -> Axes:
        """The parts that the downtime of a service rests on, by the share that would go if they never failed [%]."""
        from haplan.plots.downtime import importance

        return importance(self._evaluation.services[self._service(service)], ax, most)

    def recovery(self, ax: Axes | None = None, *, most: int = 24) -> Axes:
        """How long replicas take to come back from each of their own failures; the slowest, where there are more."""
        from haplan.plots.recovery import recoveries

        return recoveries(self._evaluation.recoveries, ax, most)

    def window(self, service: str | None = None, ax: Axes | None = None) -> Axes:
        """How the downtime of one window is distributed: the share of windows that lose at most so much time.

        The window of each service is that of its objectives, else 30 days. Of one service, or of all.
        """
        from haplan.plots.window import window

        return window(self._distributions(service), ax)

    def _distributions(self, service: str | None) -> dict[str, Distribution]:
        """At 60 downtimes from where the share begins to grow to where nearly all windows are."""
        from haplan.plots.window import Distribution

        services = self._evaluation.services
        chosen = [services[service]] if service is not None else list(services.values())
        allowed = {one.service: one.target for one in self._evaluation.objectives if one.objective == "availability"}
        found: dict[str, Distribution] = {}
        for length in sorted({one.window.window_seconds for one in chosen if one.window is not None}):
            names = [one.name for one in chosen if one.window is not None and one.window.window_seconds == length]
            marks = {name: allowed[name] * length for name in names if 0.0 < allowed.get(name, 0.0) < 1.0}
            first, last = self._span(names, length, marks.values())
            grid = sorted({*(first * (last / first) ** (i / 59) for i in range(60)), *marks.values()})
            shares = self._evaluation.downtime_in_window(grid, window_seconds=length)
            for name in names:
                mean = services[name].unavailability.value * length
                found[name] = Distribution(length, marks.get(name), mean, shares[name])
        if not found:
            raise ValueError("no service has a window")
        return found

    def _span(self, names: Sequence[str], length: float, marks: Iterable[float]) -> tuple[float, float]:
        """The downtimes [s] between which the shares of these services grow; what is allowed lies between them."""
        coarse = [length * 2.0**-i for i in range(26, -1, -1)]
        shares = self._evaluation.downtime_in_window(coarse, window_seconds=length)
        low = [max(t for t, one in zip(coarse, shares[name]) if one.kept.value <= shares[name][0].kept.value + 0.002) for name in names]
        high = [min(t for t, one in zip(coarse, shares[name]) if one.kept.value >= 0.999) for name in names]
        first, last = min([*low, *(one / 2 for one in marks)]), max([*high, *(min(length, 2 * one) for one in marks)])
        return min(first, last / 4), last

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
        found = swings(spec, chosen, list(known.inputs.values()))[:most]
        units = {one.name: one.unit for one in known.inputs.values()}
        written = self._evaluation.services[chosen].unavailability.value
        return tornado(found, units, written, ax, chosen)


class DrillPlots:
    """Pictures of a drill."""

    def __init__(self, drill: Drill) -> None:
        self._drill = drill

    def recovery(self, service: str | None = None, ax: Axes | None = None, *, most: int = 10) -> Axes:
        """P(a service is up again) over the time since each loss; equal curves are one, the longest are shown."""
        from haplan.plots.recovery import curve_of, curves

        losses = list(self._drill.losses)
        names = sorted({name for loss in losses for name in loss.services})
        if service is not None and service not in names:
            raise KeyError(service)
        # By default one that something takes down for a time, if there is any.
        felt = [name for name in names if any(curve_of(loss, name) for loss in losses)]
        chosen = service if service is not None else next(iter(felt or names), "anything")
        return curves(losses, chosen, ax, most)


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
