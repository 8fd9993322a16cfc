"""Pictures on axes of others: whatever room they are given, nothing is cut, overlaps or is too small to read."""

import io
import itertools
import pickle
import subprocess
import sys

import matplotlib
import numpy
import pytest

matplotlib.use("Agg")

import haplan  # noqa: E402
from matplotlib import pyplot  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.text import Text  # noqa: E402

READABLE = 4.99  # points

GRIDS = {
    "3x2 tight": lambda: pyplot.subplots(3, 2, figsize=(9, 9), layout="tight"),
    "1x2": lambda: pyplot.subplots(1, 2, figsize=(9, 3.5)),
    "2x2 constrained": lambda: pyplot.subplots(2, 2, figsize=(9, 6), layout="constrained"),
    "4x3": lambda: pyplot.subplots(figsize=(4, 3)),
    "4x3 constrained": lambda: pyplot.subplots(figsize=(4, 3), layout="constrained"),
    "subfigures": lambda: subfigures(),
    "columns of unlike width": lambda: pyplot.subplots(1, 2, figsize=(9, 5), width_ratios=(1, 2), layout="tight"),
    "rows of a grid": lambda: rows(),
}


def subfigures():
    figure = pyplot.figure(figsize=(9, 6), layout="constrained")
    left, right = figure.subfigures(1, 2)
    return figure, [left.subplots(), *right.subplots(2, 1)]


def rows():
    figure = pyplot.figure(figsize=(9, 6))
    grid = figure.add_gridspec(2, 3)
    axes = [figure.add_subplot(one) for one in (grid[0, :2], grid[:, 2], grid[1, :2])]
    return figure, axes


@pytest.fixture(scope="module")
def pictures(root, examples):
    """Functions of axes, by what they draw."""
    generate = [sys.executable, root / "tests/bench/generate", "--nodes", "30", "--components", "25", "--zones", "3", "--seed", "3"]
    results = {
        "dify": haplan.solve(examples / "dify.yaml"),
        "web-database": haplan.solve(examples / "web-database.yaml"),
        "large": haplan.evaluate(subprocess.run(generate, capture_output=True, text=True, check=True).stdout),
        "long names": haplan.evaluate(root / "tests/python/data/long-names.yaml"),
    }
    found = {}
    for name, result in results.items():
        for picture in ("topology", "placement", "downtime", "recovery", "importance", "window"):
            found[name, picture] = getattr(result.plot, picture)
        found[name, "drill"] = result.spec.drill().plot.recovery
    found["web-database", "pareto"] = haplan.pareto(examples / "web-database.yaml").plot.pareto
    found["tenants", "pareto"] = haplan.pareto(examples / "dify-tenants.yaml").plot.pareto
    found["uncertain", "tornado"] = haplan.evaluate(examples / "dify-uncertain.yaml", draws=64).plot.tornado
    grid = {
        "components.web.failures.crash.mtbf": numpy.geomspace(1e4, 1e8, 12)[:, None],
        "components.web.start": numpy.linspace(1, 100, 9),
    }
    found["ten", "surface"] = haplan.sweep(root / "tests/python/data/ten-components.yaml", grid).plot.surface
    return found


@pytest.fixture
def written(monkeypatch):
    """Draws a figure; gives all words with their boxes and sizes as they reach the file, and the page."""
    seen = []
    draw_text, draw_figure = Text.draw, Figure.draw

    def text(self, renderer):
        if self.get_visible() and self.get_text().strip():
            seen.append((self.get_text(), self.get_window_extent(renderer), self.get_fontsize()))
        return draw_text(self, renderer)

    def figure(self, renderer):
        seen.clear()  # only what is drawn last counts: layouts draw, too
        return draw_figure(self, renderer)

    monkeypatch.setattr(Text, "draw", text)
    monkeypatch.setattr(Figure, "draw", figure)

    def draw(drawn, kind, **options):
        pages = []
        drawn.canvas.mpl_connect("draw_event", lambda event: pages.append(event.renderer))
        drawn.savefig(io.BytesIO(), format=kind, **options)
        dpi = 72.0 if kind in ("svg", "pdf") else drawn.dpi
        return list(seen), drawn.get_figwidth() * dpi, drawn.get_figheight() * dpi

    return draw


def faults(words, width, height):
    """What is wrong with words on a page, in words."""
    for text, box, size in words:
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1:
            yield f"{text!r} is cut"
        if size < READABLE:
            yield f"{text!r} has {size} points"
    for (one, a, _), (other, b, _) in itertools.combinations(words, 2):
        if a.x0 < b.x1 - 1 and b.x0 < a.x1 - 1 and a.y0 < b.y1 - 1 and b.y0 < a.y1 - 1:
            yield f"{one!r} and {other!r} overlap"


@pytest.mark.parametrize("grid", GRIDS)
def test_pictures_keep_to_the_axes_they_are_given(grid, pictures, written):
    thorough = grid in ("3x2 tight", "4x3")  # the other grids without what is simplest and fullest, and as PNG
    left = [(name, draw) for name, draw in pictures.items() if thorough or name[0] not in ("web-database", "large", "long names")]
    while left:
        figure, axes = GRIDS[grid]()
        drawn = list(zip(numpy.ravel(axes), left))
        for ax, (_, draw) in drawn:
            assert draw(ax=ax) is ax
        for ax in numpy.ravel(axes)[len(drawn) :]:
            ax.set_axis_off()
        left = left[len(drawn) :]
        for kind in ("png", "svg") if thorough else ("png",):
            words, width, height = written(figure, kind)
            assert len(words) > len(drawn)
            assert not list(faults(words, width, height)), [name for _, (name, _) in drawn]
        pyplot.close(figure)


def test_pictures_do_not_leave_their_rectangle(pictures):
    # Without a layout: what surrounds a picture is not touched.
    for name, draw in pictures.items():
        if name[0] in ("web-database", "large"):
            continue
        figure = pyplot.figure(figsize=(8, 6))
        ax = figure.add_axes((0.3, 0.35, 0.45, 0.5))
        draw(ax=ax)
        figure.canvas.draw()
        given = ax.get_position(original=True).transformed(figure.transFigure)
        taken = ax.get_tightbbox(figure.canvas.get_renderer())
        assert given.x0 - 2 <= taken.x0 and taken.x1 <= given.x1 + 2, name  # pixels
        assert given.y0 - 2 <= taken.y0 and taken.y1 <= given.y1 + 2, name
        # and its longer way is filled
        assert taken.width >= 0.9 * given.width or taken.height >= 0.9 * given.height, name
        pyplot.close(figure)


def test_a_picture_follows_its_figure(pictures, written):
    draw = pictures["dify", "recovery"]
    figure, ax = pyplot.subplots(figsize=(9, 6), layout="constrained")
    draw(ax=ax)
    sizes = []
    for inches in ((9, 6), (4, 3), (9, 6)):
        figure.set_size_inches(*inches)
        words, width, height = written(figure, "png")
        assert not list(faults(words, width, height))
        sizes.append(sorted((text, size) for text, _, size in words))
    assert sizes[0] == sizes[2] != sizes[1]
    pyplot.close(figure)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_cropped_picture_is_whole(kind, pictures, written):
    figure, ax = pyplot.subplots(figsize=(4, 3))
    pictures["dify", "downtime"](ax=ax)
    words, *_ = written(figure, kind, bbox_inches="tight")
    assert not [one for one in faults(words, 1e9, 1e9)]
    pyplot.close(figure)


def test_what_a_user_says_is_left_alone(pictures):
    figure, ax = pyplot.subplots(figsize=(6, 4), layout="constrained")
    pictures["dify", "downtime"](ax=ax)
    figure.canvas.draw()
    ax.set_title("a title")
    ax.set_xlabel("other words")
    ax.set_xlim(0, 100)
    ax.get_legend().remove()
    ax.yaxis.set_major_formatter(lambda value, _: f"row {value:.0f}")
    figure.canvas.draw()
    assert ax.get_xlabel() == "other words" and ax.get_xlim() == (0, 100) and ax.get_legend() is None
    assert [one.get_text() for one in ax.get_yticklabels()] == ["row 0", "row 1", "row 2"]
    title = ax.title.get_window_extent()
    assert title.y1 <= figure.bbox.y1 and title.y0 >= ax.bbox.y1
    pyplot.close(figure)


def test_cleared_axes_are_free(pictures):
    figure, ax = pyplot.subplots(figsize=(4, 3))
    pictures["dify", "downtime"](ax=ax)
    figure.canvas.draw()
    given = ax.get_position(original=True)
    assert ax.get_position().width < given.width
    ax.clear()
    ax.plot([0, 1], [0, 1])
    figure.canvas.draw()
    assert numpy.array_equal(ax.get_position().get_points(), given.get_points())
    # and for the next picture
    pictures["dify", "window"](ax=ax)
    figure.canvas.draw()
    assert ax.get_position().width < given.width
    pyplot.close(figure)


def test_pictures_go_into_insets_and_onto_tiny_axes(pictures):
    for name in (("dify", "topology"), ("dify", "recovery"), ("uncertain", "tornado"), ("tenants", "pareto"), ("ten", "surface")):
        figure, ax = pyplot.subplots(figsize=(8, 6))
        inset = ax.inset_axes((0.5, 0.5, 0.5, 0.5))
        pictures[name](ax=inset)
        pictures[name](ax=figure.add_axes((0.0, 0.0, 0.06, 0.06)))
        figure.canvas.draw()
        whole, taken = ax.get_window_extent(), inset.get_tightbbox(figure.canvas.get_renderer())
        assert whole.x0 + whole.width / 2 - 2 <= taken.x0 and taken.x1 <= whole.x1 + 2, name
        assert whole.y0 + whole.height / 2 - 2 <= taken.y0 and taken.y1 <= whole.y1 + 2, name
        pyplot.close(figure)


def test_figures_pickle(pictures):
    for name in (("dify", "topology"), ("dify", "placement"), ("dify", "downtime"), ("dify", "drill"), ("dify", "window"),
                 ("tenants", "pareto"), ("uncertain", "tornado"), ("ten", "surface")):  # fmt: skip
        draw = pictures[name]
        figure, ax = pyplot.subplots(figsize=(6, 4), layout="constrained")
        draw(ax=ax)
        figure.canvas.draw()
        again = pickle.loads(pickle.dumps(figure))
        again.canvas.draw()
        assert numpy.array_equal(figure.canvas.buffer_rgba(), again.canvas.buffer_rgba()), name
        pyplot.close("all")
