"""From observed incidents to numbers of a specification."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from haplan import _core
from haplan.errors import SpecError, diagnostics_of
from haplan.reports import Calibration
from haplan.spec import Spec
from haplan.spelling import spelled
from haplan.verbs import SpecLike, _spec

if TYPE_CHECKING:
    import pandas

__all__ = ["calibrate"]


def calibrate(
    incidents: str | os.PathLike[str] | pandas.DataFrame | None = None,
    spec: SpecLike | None = None,
    *,
    start: object | None = None,
    end: object | None = None,
    replicas: Mapping[str, float] | None = None,
    events: Mapping[str, int | str] | None = None,
    time: object | None = None,
    prior: str | None = None,
    level: float = 0.9,
    repairs: str = "auto",
    complete: bool = False,
    skip_bad_rows: bool = False,
) -> Calibration:
    """Turn observed incidents into failure rates and repair times, with intervals.

    Parameters
    ----------
    incidents : path, text of CSV, or DataFrame, optional
        With the columns ``start``, ``end``, ``component`` and ``cause``.
    spec : Spec, path, str or dict, optional
        What is calibrated: says which names and failure modes there are.
    start, end : date, datetime or str, optional
        When the observation began and ended.
    replicas : mapping, optional
        How many replicas or nodes were observed, on average.
    events : mapping, optional
        Counts besides: ``{"api.crash": 3}`` with ``time``, or ``{"api.crash": "3/90d"}``.
    time : timedelta or str, optional
        Of counts without their own, by the calendar.
    prior : str, optional
        ``"jeffreys"`` (the default), ``"flat"``, ``"spec"``, or events in a time as ``"0.5/90d"``.
    level : float
        Probability of the intervals.
    repairs : {"auto", "always", "never"}
        Which repair times are written into the layer.
    complete : bool
        The table names all that failed: other modes of the specification had no event.
    skip_bad_rows : bool
        Leave out rows with mistakes and list them.

    Returns
    -------
    Calibration

    Raises
    ------
    SpecError
        When the table or the specification has mistakes.
    """
    if incidents is None and not events:
        raise ValueError("calibrate() takes a table of incidents, or events")
    if not 0.01 <= level <= 0.9999:
        raise ValueError("level goes from 0.01 to 0.9999")
    known = None if spec is None else _spec(spec)
    if complete and (incidents is None or known is None):
        raise ValueError("complete needs a table and the specification, whose modes it is about")
    if prior == "spec" and known is None:
        raise ValueError('prior="spec" needs the specification')
    told, rows, printed = _core.calibrate(
        [] if known is None else _layers(known),
        None if known is None else known._plan,
        None if incidents is None else _table(incidents),
        [f"{name}={count}" for name, count in (events or {}).items()],
        [f"{name}={spelled(count)}" for name, count in (replicas or {}).items()],
        None if time is None else spelled(time),
        _instant(start),
        _instant(end),
        prior,
        level,
        repairs,
        complete,
        skip_bad_rows,
    )
    if told is None:
        raise SpecError(printed, diagnostics_of(rows))
    return Calibration(told, known)


def _layers(spec: Spec) -> list[tuple[str, bytes]]:
    if spec._sets or spec._scenario is not None:
        raise ValueError("calibrate() takes a specification from files and layers, without values set over them")
    return list(spec._sources)


def _table(incidents: Any) -> tuple[str, bytes]:
    if hasattr(incidents, "to_csv"):
        return "<incidents>", incidents.to_csv(index=False).encode()
    if isinstance(incidents, str) and "\n" in incidents:
        return "<incidents>", incidents.encode()
    path = os.fspath(incidents)
    with open(path, "rb") as file:
        return path, file.read()


def _instant(when: Any) -> str | None:
    if when is None:
        return None
    return str(when.isoformat()) if hasattr(when, "isoformat") else str(when)
