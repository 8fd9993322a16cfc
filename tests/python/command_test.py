"""Every verb on every example says what the command line says, to the byte."""

import json

import haplan
import pytest

EXAMPLES = (
    "bridge.yaml",
    "dify.yaml",
    "dify-first-deployed.yaml",
    "dify-tenants.yaml",
    "dify-uncertain.yaml",
    "infeasible.yaml",
    "leaf-spine.yaml",
    "redundancy.yaml",
    "three-zones.yaml",
    "web-database.yaml",
)
LONG = ("dify-first-deployed.yaml", "dify-uncertain.yaml")  # where a search, or draws, take long: limited alike on both sides
WORK = 200_000


def test_every_example_is_here(examples):
    assert sorted(path.name for path in examples.glob("*.yaml")) == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_evaluate(name, cli, examples):
    path = examples / name
    few = {"draws": 64} if name in LONG else {}
    told = haplan.evaluate(path, **few)
    options = [f"--{option}={value}" for option, value in few.items()]
    assert told.to_json().encode() == cli("evaluate", path, *options, "-o", "json")
    assert told.to_text().encode() == cli("evaluate", path, *options, "-o", "text")


@pytest.mark.parametrize("name", [one for one in EXAMPLES if one != "dify-uncertain.yaml"])
def test_solve(name, cli, examples):
    path = examples / name
    told = haplan.solve(path, work_limit=WORK)
    assert told.to_json().encode() == cli("solve", path, "--work-limit", WORK, "-o", "json")
    assert told.to_text().encode() == cli("solve", path, "--work-limit", WORK, "-o", "text")


@pytest.mark.parametrize("name", [one for one in EXAMPLES if one != "dify-first-deployed.yaml"])
def test_drill(name, cli, examples):
    path = examples / name
    told = haplan.drill(path)
    assert told.to_json().encode() == cli("drill", path, "-o", "json")
    assert told.to_text().encode() == cli("drill", path, "-o", "text")


@pytest.mark.parametrize("name", ["dify-tenants.yaml", "infeasible.yaml", "leaf-spine.yaml", "three-zones.yaml", "web-database.yaml"])
def test_pareto(name, cli, examples):
    path = examples / name
    told = haplan.pareto(path, work_limit=WORK)
    assert told.to_json().encode() == cli("solve", path, "--pareto", "--work-limit", WORK, "-o", "json")
    assert told.to_text().encode() == cli("solve", path, "--pareto", "--work-limit", WORK, "-o", "text")


@pytest.mark.parametrize("name", EXAMPLES)
def test_simulate(name, cli, examples):
    path = examples / name
    told = haplan.simulate(path, events=20_000, seed=5)
    options = ("--work-limit", 20_000, "--seed", 5)
    assert told.to_json().encode() == cli("simulate", path, *options, "-o", "json")
    assert told.to_text().encode() == cli("simulate", path, *options, "-o", "text")


@pytest.mark.parametrize("name", EXAMPLES)
def test_why(name, cli, examples):
    path = examples / name
    spec = haplan.load(path)
    for asked in (f"services.{spec.services[0]}.unavailability", f"components.{spec.components[0]}"):
        try:
            told = haplan.why(spec, asked)
        except KeyError:
            continue
        assert told.to_json().encode() == cli("why", asked, path, "-o", "json")
        assert told.to_text().encode() == cli("why", asked, path, "-o", "text")


def test_calibrate(cli, examples):
    table, spec = examples / "web-database-incidents.csv", examples / "web-database.yaml"
    told = haplan.calibrate(table, spec, start="2025-01-01", end="2026-01-01", replicas={"web": 2, "database": 2}, level=0.8)
    options = ("--from", "2025-01-01", "--to", "2026-01-01", "--replicas", "web=2", "--replicas", "database=2", "--level", "80%")
    said = {form: cli("calibrate", table, "-f", spec, *options, "-o", form) for form in ("json", "yaml", "text")}
    assert (told.to_json().encode(), told.to_yaml().encode()) == (said["json"], said["yaml"])


@pytest.mark.parametrize("name", ["dify-tenants.yaml", "three-zones.yaml", "web-database.yaml"])
def test_verify(name, cli, examples, tmp_path):
    path = examples / name
    plan = haplan.solve(path, certificate=True)
    cli("solve", path, "--out", f"certificate={tmp_path}/proof")
    assert plan.certificate.encode() == (tmp_path / "proof").read_bytes()
    told = haplan.verify(path, tmp_path / "proof")
    assert told.accepted and told.to_json().encode() == cli("verify", tmp_path / "proof", path, "-o", "json")


@pytest.mark.parametrize("name", ["dify.yaml", "dify-tenants.yaml", "three-zones.yaml", "web-database.yaml"])
def test_render(name, cli, examples, tmp_path):
    path = examples / name
    plan = haplan.solve(path)
    (tmp_path / "plan.json").write_text(plan.to_json())
    for what in ("values", "patch", "manifests", "alerts", "chaos"):
        result = haplan.load(path, plan=plan).drill() if what == "chaos" else plan
        files = haplan.render(result, what).files
        cli("render", what, tmp_path / "plan.json", "-o", f"{tmp_path}/{what}/")
        folder = tmp_path / what
        written = {one.relative_to(folder).as_posix(): one.read_text() for one in folder.rglob("*") if one.is_file()}
        assert dict(files) == written and (written or what == "values"), what


def test_draws_of_a_solved_plan(cli, examples):
    path = examples / "dify-uncertain.yaml"
    plan = haplan.load(path).evaluate(draws=64, seed=9)
    assert plan.to_json().encode() == cli("evaluate", path, "--draws", 64, "--seed", 9, "-o", "json")
    assert json.loads(plan.to_json())["uncertainty"]["draws"] == plan.uncertainty.draws
