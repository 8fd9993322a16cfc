"""Pictures: nothing is cut or overlaps, and what is drawn is what the result says."""

import itertools

import matplotlib
import numpy
import pytest

matplotlib.use("Agg")

import haplan  # noqa: E402
from matplotlib import pyplot  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402


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


def pictures(plan, drawn, swept, examples):
    yield plan.plot.downtime
    yield plan.plot.placement
    yield plan.plot.topology
    yield plan.plot.recovery
    yield plan.plot.importance
    yield drawn.plot.tornado
    yield swept.plot.surface
    yield haplan.pareto(examples / "web-database.yaml").plot.pareto
    yield haplan.drill(examples / "dify.yaml").plot.recovery
    for name in ("three-zones.yaml", "leaf-spine.yaml", "web-database.yaml"):
        evaluation = haplan.evaluate(examples / name)
        yield evaluation.plot.topology
        yield evaluation.plot.downtime
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


def test_no_label_is_cut_or_overlaps_another(plan, drawn, swept, examples):
    for draw in pictures(plan, drawn, swept, examples):
        ax = draw()
        boxes, page = texts(ax)
        assert boxes
        for text, box in boxes:
            inside = page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1 and page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1
            assert inside, (draw, text, box)
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
            assert apart, (draw, one, other)
        pyplot.close(ax.figure)


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
    known = drawn.uncertainty["inputs"]
    (name, low, _, at_low, _), *_ = swings(spec, "chat", known[:1])
    unit = known[0]["unit"].replace("1/s", "/s")
    text = haplan.spelling.spelled(low) + unit
    assert at_low == spec.with_values({name: text}).evaluate().services["chat"].unavailability.value


def test_without_draws_there_is_no_tornado(plan):
    with pytest.raises(ValueError, match="draws"):
        plan.plot.tornado()
