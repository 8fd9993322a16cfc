"""Specifications from files, texts and dictionaries; mistakes with their places."""

import copy
import datetime
import decimal
import io
import pickle
import random

import haplan
import pytest


def as_dict():
    return {
        "apiVersion": "haplan.dev/v1alpha1",
        "kind": "System",
        "metadata": {"name": "shop"},
        "spec": {
            "objectives": {"checkout": {"availability": "99.9%"}},
            "cluster": {
                "nodes": {
                    "worker": {
                        "count": 3,
                        "capacity": {"cpu": 4, "memory": "16Gi"},
                        "failures": {"reboot": {"mtbf": datetime.timedelta(days=90), "repair": "5m"}},
                    }
                }
            },
            "components": {
                "web": {
                    "type": "stateless",
                    "replicas": "1..3",
                    "resources": {"cpu": "500m", "memory": "512Mi"},
                    "start": datetime.timedelta(seconds=3),
                    "failures": {"crash": {"mtbf": "30d", "detection": "exit"}},
                }
            },
            "services": {"checkout": {"requires": ["web"]}},
        },
    }


def test_a_path_a_text_and_a_dictionary_say_the_same(shop, tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(shop)
    results = [haplan.evaluate(haplan.load(one)) for one in (path, str(path), shop)]
    assert len(set(results)) == 1
    # A result carries its specification as written: 90 days are seconds in the dictionary.
    said = [{key: part for key, part in one.to_dict().items() if key != "spec"} for one in (results[0], haplan.evaluate(as_dict()))]
    assert said[0] == said[1]


def test_an_open_file_is_read(shop, tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(shop)
    plan = haplan.solve(shop)
    with open(path, "rb") as raw, open(path) as text:
        assert haplan.load(raw) == haplan.load(text) == haplan.load(path)
    assert haplan.evaluate(io.StringIO(shop)) == haplan.evaluate(shop)
    assert haplan.load(shop, plan=io.StringIO(plan.to_json())).evaluate() == haplan.load(shop, plan=plan).evaluate()
    with pytest.raises(haplan.SpecError, match="<file>"):
        haplan.load(io.BytesIO(b"kind: [\n"))


def test_a_chart_profile_of_ones_own_is_used(root, cli, tmp_path):
    charts = root / "specs/charts"
    profile, written = charts / "platform/profile.yaml", charts / "platform.yaml"
    spec = haplan.load(written, profiles=[profile])
    plan = spec.solve()
    (tmp_path / "plan.json").write_bytes(cli("solve", written, "--profile", profile, "-o", "json"))
    assert plan.to_json().encode() == (tmp_path / "plan.json").read_bytes()
    cli("render", "values", tmp_path / "plan.json", "-o", f"{tmp_path}/values/")
    assert haplan.render(plan, "values").files == {one.name: one.read_text() for one in (tmp_path / "values").iterdir()}
    # It stays with what is made of the spec, and with copies.
    changed = spec.with_values({}).with_scenario(None).with_plan(plan).with_plan(None).with_layer({"spec": {}})
    assert changed.solve().data["profiles"] == plan.data["profiles"]
    assert pickle.loads(pickle.dumps(spec)) == spec
    with pytest.raises(haplan.SpecError, match="unknown profile"):
        haplan.load(written)
    with pytest.raises(OSError):
        haplan.load(written, profiles=["no/such/profile.yaml"])


def test_a_spec_knows_its_names(shop):
    spec = haplan.load(shop)
    assert (spec.name, spec.components, spec.services) == ("shop", ("web",), ("checkout",))
    assert spec.nodes == ("worker-1", "worker-2", "worker-3")
    (decision,) = spec.decisions
    assert (decision.path, decision.values) == ("components.web.replicas", (1.0, 2.0, 3.0))


def test_every_mistake_is_told_with_its_place(shop):
    wrong = shop.replace("start: 3s", "strat: 3s").replace("mtbf: 30d", "mtbf: 30")
    with pytest.raises(haplan.SpecError) as caught:
        haplan.load(wrong)
    assert isinstance(caught.value, ValueError)
    lines = wrong.splitlines()
    told = {}
    for one in caught.value.diagnostics:
        assert one.severity == "error" and one.code.startswith("HA")
        told[lines[one.line - 1][one.column - 1 : one.column - 1 + one.length]] = one.suggestion
    assert told == {"strat": 'did you mean "start"?', "30": 'did you mean "30s"?'}
    assert "strat: 3s" in str(caught.value) and "^~~~~" in str(caught.value)


def test_a_dictionary_gets_the_diagnostics_of_a_file():
    wrong = as_dict()
    wrong["spec"]["services"]["checkout"]["requires"] = ["wbe"]
    with pytest.raises(haplan.SpecError) as caught:
        haplan.load(wrong)
    (one,) = caught.value.diagnostics
    assert (one.code, one.file) == ("HA003", "<dict>")
    assert one.line > 1
    assert "wbe" in str(caught.value)


def test_an_error_can_be_pickled(shop):
    with pytest.raises(haplan.SpecError) as caught:
        haplan.load(shop.replace("[web]", "[wbe]"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.diagnostics) == (str(caught.value), caught.value.diagnostics)


def test_a_missing_file_is_an_error_of_the_system():
    with pytest.raises(FileNotFoundError):
        haplan.load("no/such/file.yaml")


def test_layers_values_and_scenarios_are_those_of_the_command_line(shop, cli, tmp_path):
    (tmp_path / "a.yaml").write_text(shop)
    layer = {"spec": {"components": {"web": {"failures": {"crash": {"mtbf": "7d"}}}}}}
    (tmp_path / "b.yaml").write_text("spec: {components: {web: {failures: {crash: {mtbf: 7d}}}}}\n")
    spec = haplan.load(tmp_path / "a.yaml", layer, sets={"components.web.replicas": 2})
    said = cli("evaluate", tmp_path / "a.yaml", "-f", tmp_path / "b.yaml", "--set", "components.web.replicas=2", "-o", "json")
    assert haplan.evaluate(spec).to_json().encode() == said
    assert haplan.load(shop).with_layer(layer).with_values({"components.web.replicas": 2}).evaluate() == spec.evaluate()


def test_specs_compare_hash_pickle_and_copy(shop):
    spec = haplan.load(shop, sets={"components.web.replicas": 2})
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert copy.copy(spec) == spec == copy.deepcopy(spec)
    assert hash(haplan.load(shop, sets={"components.web.replicas": 2})) == hash(spec)
    assert haplan.load(shop) != spec
    with pytest.raises(AttributeError):
        spec.name = "other"


def test_a_warning_is_kept_and_not_printed(shop, capfd):
    spec = haplan.load(shop)
    assert all(one.severity == "warning" for one in spec.warnings)
    spec.evaluate()
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_numbers_are_spelled_with_all_their_digits():
    from haplan.spelling import spelled

    draw = random.Random(1)
    for _ in range(2000):
        number = draw.uniform(-1, 1) * 10.0 ** draw.randint(-30, 30)
        text = spelled(number)
        assert "e" not in text and float(text) == number
    assert spelled(1e22) == "10000000000000000000000"
    assert spelled(decimal.Decimal("1E-7")) == "0.0000001"
    assert spelled(datetime.timedelta(days=90, microseconds=1)) == "7776000.000001s"
    assert spelled(True) == "true" and spelled(None) == "null"
    assert spelled({"a": [1, 2.5, "x"]}) == '{"a": [1, 2.5, "x"]}'


def test_scalars_of_numpy_are_what_they_hold(shop):
    import numpy

    plain = haplan.load(shop, sets={"components.web.start": "3s", "cluster.nodes.worker.count": 4})
    sets = {"components.web.start": numpy.timedelta64(3, "s"), "cluster.nodes.worker.count": numpy.int64(4)}
    assert haplan.load(shop, sets=sets).evaluate() == plain.evaluate()
