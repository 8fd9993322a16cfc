"""Batches: every point is a single evaluation, to the last bit."""

import copy
import pickle

import haplan
import numpy
import pandas
import pyarrow
import pytest

TEN = "tests/python/data/ten-components.yaml"


@pytest.fixture(scope="module")
def ten(root):
    return haplan.load(root / TEN)


def single(spec, values, name):
    """The figure of every service, from an evaluation of its own."""
    told = spec.with_values(values).evaluate().services
    return {service: getattr(one, name) if name != "unavailability" else one.unavailability.value for service, one in told.items()}


def alike(spec, sweep, units, name="unavailability", count=12):
    """Compares points spread over the whole sweep."""
    flat = {path: array.ravel() for path, array in sweep.values.items()}
    size = next(iter(flat.values())).size
    for i in numpy.unique(numpy.linspace(0, size - 1, count).astype(int)):
        values = {path: haplan.spelling.spelled(float(array[i])) + units[path] for path, array in flat.items()}
        for service, figure in single(spec, values, name).items():
            assert sweep[service][name].ravel()[i] == figure, (i, values)


def test_a_surface_over_mtbf_and_repair_is_made_of_single_evaluations(ten):
    draw = numpy.random.default_rng(1)
    mtbf, repair = "cluster.nodes.worker.failures.crash.mtbf", "cluster.nodes.worker.failures.crash.repair"
    surface = haplan.sweep(ten, {mtbf: draw.uniform(1e5, 1e8, (30, 1)), repair: draw.uniform(1, 1e5, 40)}, threads=2)
    assert surface.shape == (30, 40) and surface.failed == 0
    alike(ten, surface, {mtbf: "s", repair: "s"}, count=15)


@pytest.mark.parametrize(
    "path, unit, low, high",
    [
        ("components.web.failures.crash.mtbf", "s", 1e4, 1e8),
        ("components.web.start", "s", 0.1, 300.0),
        ("components.mail.availability", "", 0.3, 0.99999),
        ("components.database.failover.success", "", 0.3, 1.0),
        ("components.web.releases.failureRate", "", 0.0, 0.3),
        ("workload.levels.busy.rate", "/s", 1.0, 400.0),
        ("components.web.throughput", "/s", 20.0, 400.0),
    ],
)
def test_every_kind_of_number_is_read_as_a_spec_writes_it(ten, path, unit, low, high):
    given = numpy.random.default_rng(2).uniform(low, high, 25)
    swept = haplan.sweep(ten, {path: given})
    assert swept.failed == 0
    alike(ten, swept, {path: unit}, count=6)
    assert any(len(set(figures["unavailability"].tolist())) > 1 for figures in swept.services.values())


def test_settings_and_numbers_are_swept_together(ten):
    given = {
        "components.api.replicas": numpy.array([1.0, 2.0, 3.0])[:, None],
        "components.api.probes.liveness.periodSeconds": numpy.array([1, 10])[None, :],
    }
    swept = haplan.sweep(ten, given)
    alike(ten, swept, dict.fromkeys(given, ""), count=6)
    shop = swept["shop"]["unavailability"]
    assert (shop[0] > shop[1]).all() and (shop[1] > shop[2]).all()


@pytest.mark.parametrize("name", ["outages_per_year", "mean_outage_seconds", "error_ratio"])
def test_other_figures_are_those_of_single_evaluations(ten, name):
    path = "components.web.failures.crash.mtbf"
    swept = haplan.sweep(ten, {path: numpy.geomspace(1e4, 1e8, 9)}, figures=[name])
    alike(ten, swept, {path: "s"}, name, count=4)


def test_threads_change_nothing(ten):
    given = {"components.web.failures.crash.mtbf": numpy.geomspace(1e4, 1e8, 9000)}
    one = haplan.sweep(ten, given, threads=1)
    assert all(haplan.sweep(ten, given, threads=n) == one for n in (2, 5))


def test_points_without_figures_are_not_numbers(ten):
    drain = haplan.sweep(ten, {"cluster.maintenance.drain.perNode": numpy.array([60.0, 3600.0, 1e8])})
    assert drain.failed == 1 and drain.why
    assert numpy.isnan(drain["shop"]["unavailability"]).tolist() == [False, False, True]


def test_mistakes_are_told(ten):
    with pytest.raises(haplan.SpecError, match="wbe"):
        haplan.sweep(ten, {"components.wbe.start": [1.0, 2.0]})
    with pytest.raises(ValueError, match="finite"):
        haplan.sweep(ten, {"components.web.start": [1.0, numpy.inf]})
    with pytest.raises(ValueError, match="figures"):
        haplan.sweep(ten, {"components.web.start": [1.0]}, figures=["luck"])


def test_a_sweep_is_a_table_and_cannot_be_changed(ten):
    swept = haplan.sweep(ten, {"components.web.start": [1.0, 2.0]})
    frame = swept.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["components.web.start", "letters.unavailability", "shop.unavailability"]
    assert pyarrow.table(swept).to_pydict() == swept.to_dict()
    assert pickle.loads(pickle.dumps(swept)) == swept == copy.deepcopy(swept)
    with pytest.raises(ValueError):
        swept["shop"]["unavailability"][0] = 0.0
    with pytest.raises(AttributeError):
        swept.failed = 3


@pytest.mark.parametrize(
    "path, given, unit",
    [
        ("objectives.shop.availability", [0.99, 0.9999], ""),
        ("components.api.probes.liveness.failureThreshold", [1, 2, 3], ""),
        ("cluster.tolerationSeconds", [30, 300], ""),
        ("cluster.nodes.worker.count", [4, 6], ""),
        ("components.web.resources.cpu", [0.25, 0.5], ""),
    ],
)
def test_any_path_is_swept(ten, path, given, unit):
    swept = haplan.sweep(ten, {path: numpy.array(given, dtype=float)})
    assert swept.failed == 0
    alike(ten, swept, {path: unit}, count=len(given))
