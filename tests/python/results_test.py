"""Results: the bytes of the command line, and everything that is in them."""

import copy
import json
import math
import pickle

import haplan
import pytest

EXAMPLES = ["dify.yaml", "dify-tenants.yaml", "dify-uncertain.yaml", "leaf-spine.yaml", "three-zones.yaml", "web-database.yaml"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_evaluate_is_the_command_line_to_the_byte(name, cli, examples):
    assert haplan.evaluate(examples / name).to_json().encode() == cli("evaluate", examples / name, "-o", "json")


@pytest.mark.parametrize("name", ["dify.yaml", "infeasible.yaml", "web-database.yaml"])
def test_solve_is_the_command_line_to_the_byte(name, cli, examples):
    plan = haplan.solve(examples / name)
    assert plan.to_json().encode() == cli("solve", examples / name, "-o", "json")


@pytest.mark.parametrize("name", ["dify.yaml", "three-zones.yaml"])
def test_drill_is_the_command_line_to_the_byte(name, cli, examples):
    assert haplan.drill(examples / name).to_json().encode() == cli("drill", examples / name, "-o", "json")


def test_draws_are_those_of_the_command_line(cli, examples):
    path = examples / "dify-uncertain.yaml"
    told = haplan.evaluate(path, draws=256, seed=7, quantiles=[0.9, 0.1], threads=2)
    assert told.to_json().encode() == cli("evaluate", path, "--draws", 256, "--seed", 7, "--quantiles", "10,90", "-o", "json")
    assert told.uncertainty.draws == 256


def test_simulate_is_the_command_line_to_the_byte(cli, examples):
    path = examples / "web-database.yaml"
    told = haplan.simulate(path, precision=0.2, seed=3, semantics="model", drop=["mean-detection"])
    options = ("--precision", "20%", "--seed", 3, "--semantics", "model", "--drop-assumption", "mean-detection")
    assert told.to_json().encode() == cli("simulate", path, *options, "-o", "json")
    figure = told.services["shop"]["unavailability"]
    assert figure.lower <= figure.value <= figure.upper
    assert figure.analytic.value == haplan.evaluate(path).services["shop"].unavailability.value


def test_calibrate_is_the_command_line_to_the_byte(cli, root):
    table, spec = "specs/examples/web-database-incidents.csv", "specs/examples/web-database.yaml"
    options = ("--from", "2025-01-01", "--to", "2026-01-01", "--replicas", "web=2", "--replicas", "database=2")
    said = json.loads(cli("calibrate", table, "-f", spec, *options, "-o", "json"))
    told = haplan.calibrate(
        root / table, root / spec, start="2025-01-01", end="2026-01-01", replicas={"web": 2, "database": 2}
    )
    assert {**told.to_dict(), "reference": said["reference"]} == said
    measured = haplan.load(root / spec).with_layer(told.to_yaml())
    assert measured.evaluate() != haplan.evaluate(root / spec)
    (mode,) = [one for one in told.modes if (one.name, one.mode) == ("web", "crash")]
    assert mode.events == 10 and mode.mtbf_low_seconds < mode.mtbf_seconds < mode.mtbf_high_seconds


def test_calibrate_takes_counts_alone():
    told = haplan.calibrate(events={"web.crash": "3/90d"}, replicas={"web": 2})
    # Jeffreys' half event: 3.5 events in 2 * 90 d
    assert math.isclose(told.modes[0].mtbf_seconds, 2 * 90 * 86400 / 3.5, rel_tol=1e-12)


def test_why_is_the_command_line_to_the_byte(cli, examples):
    path, figure = examples / "dify.yaml", "services.chat.unavailability"
    told = haplan.why(path, figure)
    assert told.to_json().encode() == cli("why", figure, path, "-o", "json")
    assert told.value == haplan.evaluate(path).services["chat"].unavailability.value
    with pytest.raises(KeyError, match="services.chat"):
        haplan.why(path, "services.caht.unavailability")


@pytest.fixture(scope="module")
def plan(examples):
    return haplan.solve(examples / "dify.yaml")


def test_everything_of_the_json_has_its_attribute(plan):
    said = plan.to_dict()
    for name, service in said["services"].items():
        told = plan.services[name]
        assert told.unavailability.value == service["unavailability"]["value"]
        assert [one.unavailability for one in told.causes] == [one["unavailability"] for one in service["causes"]]
        assert [one.birnbaum for one in told.importance] == [one["birnbaum"] for one in service["importance"]]
        assert [one.probability for one in told.cut_sets] == [one["probability"] for one in service["minimalCutSets"]["sets"]]
        assert [one.node for one in told.node_losses] == [one["node"] for one in service["nodeLosses"]]
        assert told.window.mean_downtime_seconds == service["window"]["meanDowntimeSeconds"]
        assert told.downtime_seconds_per_30_days == service["downtimeSecondsPer30Days"]
        assert math.isclose(sum(one.unavailability for one in told.causes), told.unavailability.value, rel_tol=1e-9)
    for name, component in said["plan"]["components"].items():
        told = plan.components[name]
        assert list(told.nodes) == component["nodes"]
        assert haplan._reading.thawed(told.probes) == component.get("probes", {})
        assert haplan._reading.thawed(told.failover) == component.get("failover", {})
        assert told.replicas == component.get("replicas")
        if told.autoscale:
            assert told.autoscale.target_utilization_percentage == component["autoscale"]["targetCPUUtilizationPercentage"]
    assert plan.criteria.peak_replicas == said["criteria"]["peakReplicas"]
    assert plan.optimal and plan.met and plan.bound.proved and plan.has_plan
    assert len(plan.recoveries) == len(said["recoveries"])
    assert plan.recoveries[0].steps[0].name == said["recoveries"][0]["steps"][0]["name"]
    assert {one.objective for one in plan.objectives} == {one["objective"] for one in said["objectives"]}
    assert plan.data["system"] == "dify" == plan.system


def test_a_placement_lists_each_replica_once(plan):
    listed = sorted(name for names in plan.placement.values() for name in names)
    assert listed == sorted(one.name for one in plan.components.values() for _ in one.nodes)


def test_an_infinite_figure_is_infinite(examples):
    evaluation = haplan.evaluate(examples / "web-database.yaml")
    found = [
        (told.seconds_until_up, said)
        for service in evaluation.data["services"].values()
        for told, said in zip(evaluation.services["shop"].losses, service["losses"])
    ]
    for seconds, said in found:
        assert (seconds == math.inf) == bool(said.get("secondsUntilUpIsInfinite"))


def test_an_infeasible_problem_is_an_answer(examples):
    plan = haplan.solve(examples / "infeasible.yaml")
    assert plan.status == "infeasible" and not plan.has_plan and not plan.components
    assert plan.infeasibility.reason


def test_a_solved_plan_evaluates_to_its_figures(plan, examples):
    again = haplan.load(examples / "dify.yaml", plan=plan).evaluate()
    assert again.to_dict()["services"] == plan.to_dict()["services"]
    assert again.placement == plan.placement


def test_a_plan_is_written_as_the_command_line_writes_it(plan, cli, examples, tmp_path):
    cli("solve", examples / "dify.yaml", "--out", f"values={tmp_path}/values/", "--out", f"patch={tmp_path}/patch/")
    for files, folder in ((plan.values(), "values"), (plan.patch(), "patch")):
        written = {
            path.relative_to(tmp_path / folder).as_posix(): path.read_text()
            for path in (tmp_path / folder).rglob("*")
            if path.is_file()
        }
        assert dict(files.files) == written and written


def test_a_front_is_the_command_line_to_the_byte(cli, examples):
    path = examples / "web-database.yaml"
    front = haplan.pareto(path)
    assert front.to_json().encode() == cli("solve", path, "--pareto", "-o", "json")
    assert front.complete and len(front.points) == len(front.data["points"]) > 1
    plans = [haplan.load(path, plan={"plan": one["plan"]}).evaluate() for one in front.to_dict()["points"][:2]]
    for point, plan in zip(front.points, plans):
        assert point.services["shop"].guaranteed_unavailability == plan.services["shop"].guaranteed.upper
        assert point.replicas == sum(len(one.nodes) for one in point.components.values())
    assert pickle.loads(pickle.dumps(front)).points == front.points
    assert "replicas" in front._repr_html_()


def test_a_certificate_is_the_command_line_to_the_byte(cli, examples, tmp_path):
    path = examples / "web-database.yaml"
    plan = haplan.solve(path, certificate=True, check=True)
    cli("solve", path, "--out", f"certificate={tmp_path}/c")
    assert plan.certificate.encode() == (tmp_path / "c").read_bytes()
    assert plan.data["certificate"]["checked"]
    found = haplan.verify(path, plan.certificate)
    assert found.accepted and haplan.verify(path, tmp_path / "c") == found
    worse = haplan.load(path, sets={"components.web.failures.crash.mtbf": "1d"})
    assert not haplan.verify(worse, plan.certificate).accepted


def test_a_plan_near_the_running_one_is_the_command_line_to_the_byte(cli, examples, tmp_path):
    path = examples / "web-database.yaml"
    running = haplan.evaluate(path)
    (tmp_path / "running.json").write_text(running.to_json())
    near = haplan.solve(haplan.load(path, plan=running), max_changes=2)
    assert near.to_json().encode() == cli("solve", path, "--plan", tmp_path / "running.json", "--max-changes", 2, "-o", "json")
    with pytest.raises(ValueError, match="running"):
        haplan.solve(path, max_changes=2)


def test_renders_are_files(plan, examples):
    for what in ("values", "patch", "manifests", "alerts"):
        assert haplan.render(plan, what).files
    drill = haplan.drill(examples / "dify.yaml")
    assert haplan.render(drill, "chaos").files
    with pytest.raises(ValueError, match="chaos"):
        haplan.render(plan, "chaos")


@pytest.mark.parametrize("verb", ["evaluate", "solve", "drill"])
def test_results_compare_hash_pickle_and_copy(verb, examples):
    result = getattr(haplan, verb)(examples / "web-database.yaml")
    again = pickle.loads(pickle.dumps(result))
    assert again == result and hash(again) == hash(result) and str(again) == str(result)
    assert copy.copy(result) == result == copy.deepcopy(result)
    assert result != haplan.evaluate(examples / "dify.yaml")
    for name in ("data", "status", "anything"):
        with pytest.raises(AttributeError):
            setattr(result, name, 1)
    with pytest.raises(TypeError):
        result.data["system"] = "other"


def test_figures_pickle_and_compare(plan):
    for part in (plan.services, plan.objectives, plan.components, plan.recoveries, plan.services["chat"].causes, plan.values()):
        again = pickle.loads(pickle.dumps(part))
        assert again == part and copy.deepcopy(part) == part


def test_a_window_that_is_none_is_told(examples):
    for window in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="window"):
            haplan.simulate(examples / "web-database.yaml", window=window)
