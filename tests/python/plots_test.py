"""Pictures: nothing is cut or overlaps, and what is drawn is what the result says."""

import itertools
import os
import subprocess
import sys

import matplotlib
import numpy
import pytest

matplotlib.use("Agg")

import haplan  # noqa: E402
from matplotlib import pyplot  # noqa: E402
from matplotlib.patches import FancyArrowPatch, Rectangle  # noqa: E402


@pytest.fixture(scope="module")
def plan(examples):
    return haplan.solve(examples / "dify.yaml")


@pytest.fixture(scope="module")
def drawn(examples):
    return haplan.evaluate(examples / "dify-uncertain.yaml", draws=64)


@pytest.fixture(scope="module")
def swept(root):
    grid = {
        "components.web.failures.crash.mtbf": numpy.geomspace(1e4, 1e8, 12)[:, None],
        "components.web.start": numpy.linspace(1, 100, 9),
    }
    return haplan.sweep(root / "tests/python/data/ten-components.yaml", grid)


@pytest.fixture(scope="module")
def large(root):
    """30 nodes in three zones, 25 components, as they start."""
    generate = [sys.executable, root / "tests/bench/generate", "--nodes", "30", "--components", "25", "--zones", "3", "--seed", "3"]
    return haplan.evaluate(subprocess.run(generate, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def long_names(root):
    return haplan.evaluate(root / "tests/python/data/long-names.yaml")


def pictures(plan, drawn, swept, examples, large, long_names):
    for one in (large, long_names):
        pictures_of = one.plot
        yield from (pictures_of.downtime, pictures_of.placement, pictures_of.topology, pictures_of.recovery)
        yield from (pictures_of.importance, pictures_of.window, one.spec.drill().plot.recovery)
    yield plan.plot.window
    yield plan.plot.downtime
    yield plan.plot.placement
    yield plan.plot.topology
    yield plan.plot.recovery
    yield plan.plot.importance
    yield drawn.plot.tornado
    yield swept.plot.surface
    yield haplan.pareto(examples / "web-database.yaml").plot.pareto
    yield haplan.drill(examples / "dify.yaml").plot.recovery
    yield haplan.pareto(examples / "dify-tenants.yaml").plot.pareto
    for name in ("three-zones.yaml", "leaf-spine.yaml", "web-database.yaml", "redundancy.yaml", "dify-tenants.yaml"):
        evaluation = haplan.evaluate(examples / name)
        yield evaluation.plot.topology
        yield evaluation.plot.downtime
        yield evaluation.plot.importance
        yield evaluation.plot.window
        if evaluation.spec.nodes:
            yield evaluation.plot.placement


def texts(ax):
    figure = ax.figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    low, high = sorted(ax.get_xlim())
    ticks = [one for one in ax.get_xticklabels() if low <= one.get_position()[0] <= high]
    low, high = sorted(ax.get_ylim())
    ticks += [one for one in ax.get_yticklabels() if low <= one.get_position()[1] <= high]
    artists = [*ax.texts, *ticks, ax.xaxis.label, ax.yaxis.label]
    if not ax.axison:
        artists = list(ax.texts)
    if ax.get_legend() is not None:
        artists += ax.get_legend().get_texts()
    shown = [one for one in artists if one.get_visible() and one.get_text()]
    return [(one.get_text(), one.get_window_extent(renderer)) for one in shown], figure.bbox


def test_labels_are_whole_apart_and_readable(plan, drawn, swept, examples, large, long_names):
    for draw in pictures(plan, drawn, swept, examples, large, long_names):
        ax = draw()
        boxes, page = texts(ax)
        assert boxes
        letters = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()]
        assert min(one.get_fontsize() for one in letters) >= 6.9, draw  # points
        for text, box in boxes:
            inside = page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1 and page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1
            assert inside, (draw, text, box)
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
            assert apart, (draw, one, other)
        pyplot.close(ax.figure)


def test_no_arrow_runs_through_a_name(plan, large, examples):
    for result in (plan, large, haplan.evaluate(examples / "dify-tenants.yaml")):
        ax = result.plot.topology()
        boxes = [one.get_bbox() for one in ax.patches if isinstance(one, Rectangle)]
        arrows = [one for one in ax.patches if isinstance(one, FancyArrowPatch)]
        assert len(boxes) == len(result.spec.components) + len(result.spec.services)
        assert len(arrows) == len(result.spec.dependencies)
        for arrow in arrows:
            (line,) = arrow._path_original.to_polygons(closed_only=False)
            steps = numpy.concatenate([numpy.linspace(a, b, 20) for a, b in zip(line, line[1:])])
            # its ends touch what it joins
            inside = [box for box in boxes for x, y in steps if box.x0 < x - 1e-6 and x + 1e-6 < box.x1 and box.y0 < y < box.y1]
            assert not inside
        pyplot.close(ax.figure)


def test_the_share_of_windows_is_that_of_the_result(plan):
    for name, service in plan.services.items():
        target = next(one.target for one in plan.objectives if (one.service, one.objective) == (name, "availability"))
        budget, p99 = target * service.window.window_seconds, service.window.downtime_seconds_percentile_99.value
        rows = plan.downtime_in_window([budget, p99, 30 * 86400.0])[name]
        assert rows[0].kept == service.window.kept_probability
        assert abs(rows[1].kept.value - 0.99) < 2e-3 and rows[2].kept.value == 1.0
        assert [one.downtime_seconds for one in rows] == [budget, p99, 30 * 86400.0]
        assert rows.columns == ("downtime_seconds", "kept", "kept_lower", "kept_upper", "kept_method")


def test_windows_are_asked_for_in_seconds(plan, examples):
    for window, downtimes in ((0.0, [1.0]), (float("nan"), [1.0]), (1.0, [-1.0]), (1.0, [float("nan")])):
        with pytest.raises(ValueError):
            plan.downtime_in_window(downtimes, window_seconds=window)
    with pytest.raises(ValueError, match="no plan"):
        haplan.solve(examples / "infeasible.yaml").plot.window()


def test_what_cannot_be_drawn_is_told(examples):
    nodeless = haplan.evaluate(examples / "redundancy.yaml")
    for name, reason in (("placement", "no nodes"), ("recovery", "recovery"), ("tornado", "draws")):
        with pytest.raises(ValueError, match=reason):
            getattr(nodeless.plot, name)()
    with pytest.raises(KeyError):
        nodeless.plot.window("nobody")


def test_the_picture_of_the_readme_is_fresh(plan, root, tmp_path):
    kept = root / "python/downtime.svg"
    with matplotlib.rc_context({"svg.hashsalt": "haplan"}):
        ax = plan.plot.downtime()
        ax.figure.savefig(tmp_path / "downtime.svg", metadata={"Date": None})
        pyplot.close(ax.figure)
    fresh = (tmp_path / "downtime.svg").read_bytes()
    if os.environ.get("HAPLAN_APPROVE"):
        kept.write_bytes(fresh)
    assert kept.read_bytes() == fresh, "HAPLAN_APPROVE=1 ./dev test -R python/plots draws it anew"


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_picture_is_written(kind, plan, tmp_path):
    ax = plan.plot.downtime()
    ax.figure.savefig(tmp_path / f"picture.{kind}")
    assert (tmp_path / f"picture.{kind}").stat().st_size > 1000
    pyplot.close(ax.figure)


def test_bars_are_as_long_as_the_downtime(plan):
    ax = plan.plot.downtime()
    total = {}
    for bar in ax.patches:
        total[round(bar.get_y(), 3)] = total.get(round(bar.get_y(), 3), 0.0) + bar.get_width()
    minutes = [one.downtime_seconds_per_year / 60 for one in reversed(list(plan.services.values()))]
    assert numpy.allclose([total[y] for y in sorted(total)], minutes, rtol=1e-9)
    pyplot.close(ax.figure)


def test_a_box_stands_for_each_replica(plan):
    ax = plan.plot.placement()
    boxes = [one for one in ax.patches if isinstance(one, Rectangle) and one.get_facecolor()[3] > 0]
    assert len(boxes) == sum(len(one.nodes) for one in plan.components.values())
    pyplot.close(ax.figure)


def test_a_picture_goes_onto_given_axes(plan):
    figure, axes = pyplot.subplots(1, 2)
    assert plan.plot.downtime(axes[0]) is axes[0] and plan.plot.placement(axes[1]) is axes[1]
    pyplot.close(figure)


def test_a_tornado_ends_where_single_evaluations_do(drawn):
    from haplan.plots.tornado import swings

    spec = drawn.spec.with_plan(drawn)
    known = list(drawn.uncertainty.inputs.values())
    (name, low, _, at_low, _), *_ = swings(spec, "chat", known[:1])
    unit = known[0].unit.replace("1/s", "/s")
    text = haplan.spelling.spelled(low) + unit
    assert at_low == spec.with_values({name: text}).evaluate().services["chat"].unavailability.value


def test_without_draws_there_is_no_tornado(plan):
    with pytest.raises(ValueError, match="draws"):
        plan.plot.tornado()
