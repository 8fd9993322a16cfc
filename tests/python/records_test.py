"""Typed records: each says what the JSON says, is a table, pickles, compares and copies."""

import copy
import dataclasses
import pickle

import haplan
import pyarrow
import pytest
from haplan import _reading

DRAWS = 32


@pytest.fixture(scope="module")
def drawn(examples):
    return haplan.evaluate(examples / "dify-uncertain.yaml", draws=DRAWS, seed=3)


@pytest.fixture(scope="module")
def refused(examples):
    return haplan.solve(examples / "infeasible.yaml")


@pytest.fixture(scope="module")
def proved(examples):
    return haplan.solve(examples / "web-database.yaml", certificate=True, check=True)


def test_uncertainty_is_what_the_json_says(drawn):
    told, said = drawn.uncertainty, drawn.to_dict()["uncertainty"]
    assert (told.draws, told.seed, told.approximate) == (DRAWS, 3, True)
    assert list(told.inputs) == [one["name"] for one in said["inputs"]]
    first = next(iter(told.inputs.values()))
    assert [first.low, first.value, first.high] == [said["inputs"][0][key] for key in ("low", "value", "high")]
    for name, service in said["services"].items():
        here = told.services[name]
        assert here.guarantee_factor == service["guaranteeFactor"]
        for figure, numbers in service["figures"].items():
            assert here.figures[figure].mean.value == numbers["mean"]["value"]
            assert [one.value for one in here.figures[figure].quantiles] == [one["value"] for one in numbers["quantiles"]]
            for cause, influence in numbers.get("influence", {}).items():
                assert here.figures[figure].influence[cause].total.value == influence["total"]["value"]
        for objective, numbers in zip(here.objectives, service["objectives"], strict=True):
            assert (objective.field, objective.kept.value) == (numbers["field"], numbers["kept"]["value"])
            for cause, even in numbers["breakEven"].items():
                flips = objective.break_even[cause].flips
                assert [(one.below, one.above, one.holds_below) for one in flips] == [
                    (one["below"], one["above"], one["holdsBelow"]) for one in even["flips"]
                ]
    influence = told.services["chat"].figures["unavailability"].influence.to_pandas()
    assert list(influence.columns) == ["name", "first", "first_error", "total", "total_error"]
    for name, parts in drawn.to_dict()["sources"].items():
        assert {one.name: one.unavailability for one in drawn.sources[name].values()} == {
            kind: part["unavailability"] for kind, part in parts.items()
        }


def test_infeasibility_is_what_the_json_says(refused):
    told, said = refused.infeasibility, refused.to_dict()["infeasibility"]
    assert (told.reason, told.service, told.causes_unavoidable) == (said["reason"], said["service"], said["causesUnavoidable"])
    assert list(told.would_help) == said["wouldHelp"] and list(told.conflict) == said["conflict"]
    assert [one.change for one in told.reliefs] == [one["change"] for one in said["reliefs"]]
    assert [one.unavailability for one in told.causes] == [one["unavailability"] for one in said["causes"]]
    (best,) = told.best
    assert (best.target, best.actual, best.bound) == tuple(said["best"][0][f"{key}Unavailability"] for key in ("target", "actual", "bound"))
    assert best.unit == "Unavailability" and best.out_of_reach
    assert refused.figures_of == said_figures(refused)


def said_figures(result):
    return result.to_dict()["figuresOf"]


def test_drills_are_what_the_json_says(examples):
    drill = haplan.drill(examples / "dify.yaml")
    said = drill.to_dict()
    for loss, row in zip(drill.losses, said["losses"], strict=True):
        assert (loss.kind, loss.subject, loss.equal) == (row["kind"], row["subject"], row["equal"])
        for name, service in row["services"].items():
            assert [one.survives for one in loss.services[name].objectives] == [one["survives"] for one in service["objectives"]]
            assert [one.left for one in loss.services[name].capacity] == [one["left"] for one in service["capacity"]]
            p99 = loss.services[name].seconds_until_up_quantiles.p99
            assert p99 == _reading.number(service["secondsUntilUpQuantiles"], "p99")
    assert list(drill.scenarios) == [one["name"] for one in said["scenarios"]] and drill.scenarios
    for row in said["scenarios"]:
        scenario = drill.scenarios[row["name"]]
        assert list(scenario.lost_nodes) == row["lostNodes"] and (scenario.loss is None) == (row["loss"] is None)
        for name, service in row["services"].items():
            assert scenario.services[name].unavailability == service["unavailability"]
            assert [one.survives for one in scenario.services[name].objectives] == [one["survives"] for one in service["objectives"]]
    lost = all(service.survives for loss in drill.losses for service in loss.services.values())
    assert drill.survived == (lost and all(one.survives for one in drill.scenarios.values()))


def test_a_proof_is_what_the_json_says(proved, examples):
    said = proved.to_dict()["certificate"]
    assert dataclasses.asdict(proved.proof) == {
        "proves": said["proves"],
        "complete": True,
        "boxes": said["boxes"],
        "open_boxes": 0,
        "bytes": len(proved.certificate.encode()),
        "checked": True,
    }
    found = haplan.verify(examples / "web-database.yaml", proved.certificate)
    assert (found.boxes, found.open_boxes, found.complete) == (said["boxes"], 0, True) and found.proves == said["proves"]


def test_changes_and_spending_are_what_the_json_says(examples):
    path = examples / "web-database.yaml"
    near = haplan.solve(haplan.load(path, plan=haplan.evaluate(path)), max_changes=1)
    assert near.changes.most == 1 and list(near.changes.made) == near.to_dict()["changes"]["made"]
    spent = haplan.solve(examples / "redundancy.yaml")
    said = spent.to_dict()["spending"]
    assert {one.name: one.used for one in spent.spending.budgets.values()} == {
        name: one["used"] for name, one in said["budgets"].items()
    }
    assert spent.spending.cost_per_month == said.get("costPerMonth")


def tables(drawn, refused, examples):
    told = drawn.uncertainty
    yield from (told.inputs, told.services, told.services["chat"].figures, told.services["chat"].objectives)
    yield told.services["chat"].objectives[0].break_even
    yield from drawn.sources.values()
    yield from (refused.infeasibility.best, refused.infeasibility.reliefs, refused.infeasibility.causes)
    drill = haplan.drill(examples / "dify.yaml")
    yield from (drill.losses, drill.scenarios, drill.losses[0].services, drill.losses[0].services["chat"].objectives)
    yield haplan.solve(examples / "redundancy.yaml").spending.budgets


def test_every_record_is_a_row_of_a_table(drawn, refused, examples):
    for table in tables(drawn, refused, examples):
        assert len(table.to_pandas()) == len(table) and tuple(table.to_dict()) == table.columns
        assert pyarrow.table(table).to_pydict() == table.to_dict()


def test_every_record_pickles_compares_and_copies(drawn, refused, proved, examples):
    records = [drawn.uncertainty, drawn.sources, refused.infeasibility, proved.proof, proved.criteria, proved.bound]
    records += list(tables(drawn, refused, examples))
    for one in records:
        again = pickle.loads(pickle.dumps(one))
        assert again == one == copy.copy(one) == copy.deepcopy(one) and hash(again) == hash(one)
    for one in records[:1] + records[2:6]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, dataclasses.fields(one)[0].name, None)
