"""Tables: pandas, Arrow and dictionaries from the same rows."""

import haplan
import pandas
import pyarrow
import pytest


@pytest.fixture(scope="module")
def evaluation(examples):
    return haplan.evaluate(examples / "dify.yaml")


def tables(evaluation):
    chat = evaluation.services["chat"]
    yield evaluation.services
    yield evaluation.objectives
    yield evaluation.components
    yield evaluation.recoveries
    yield evaluation.defaults
    yield from (chat.causes, chat.importance, chat.cut_sets, chat.node_losses, chat.losses, chat.levels)
    yield haplan.Rows(haplan.Cause)


def test_pandas_and_dictionaries_have_the_same_columns(evaluation):
    for table in tables(evaluation):
        frame = table.to_pandas()
        assert tuple(frame.columns) == table.columns == tuple(table.to_dict())
        assert len(frame) == len(table)


def test_arrow_gets_every_cell(evaluation):
    for table in tables(evaluation):
        arrow = pyarrow.table(table)
        arrow.validate(full=True)
        assert arrow.to_pydict() == table.to_dict()


def test_a_stream_is_given_again_and_again(evaluation):
    causes = evaluation.services["chat"].causes
    assert pyarrow.table(causes) == pyarrow.table(causes)
    capsule = causes.__arrow_c_stream__()
    del capsule  # one that nobody reads is released


def test_units_stand_in_the_columns(evaluation):
    assert "downtime_seconds_per_year" in evaluation.services["chat"].causes.columns
    assert "mean_outage_seconds" in evaluation.services.columns
    assert {"unavailability", "unavailability_lower", "unavailability_upper"} <= set(evaluation.services.columns)


def test_a_frame_sums_to_the_service(evaluation):
    chat = evaluation.services["chat"]
    frame = chat.causes.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert abs(frame["unavailability"].sum() / chat.unavailability.value - 1) < 1e-9


def test_rows_are_a_sequence(evaluation):
    causes = evaluation.services["chat"].causes
    assert causes[0] == next(iter(causes)) and list(causes[1:3]) == list(causes)[1:3]
    assert isinstance(causes[1:3], haplan.Rows) and len(causes[1:3]) == 2


def test_wrong_columns_are_refused():
    from haplan import _core

    with pytest.raises(ValueError, match="different length"):
        _core.arrow_stream(["a", "b"], ["int", "int"], [[1], [1, 2]])
    with pytest.raises(ValueError, match="no kind"):
        _core.arrow_stream(["a"], ["complex"], [[1]])
