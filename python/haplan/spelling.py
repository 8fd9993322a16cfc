"""Values of Python as a specification writes them."""

from __future__ import annotations

import datetime
import decimal
import fractions
import json
import os
from collections.abc import Mapping
from typing import Any

__all__ = ["json_text", "spelled"]


def spelled(value: Any) -> str:
    """A value as a specification writes it.

    Numbers keep every digit and have no exponent, which a unit could not follow; a ``timedelta`` is a duration in
    seconds; containers are JSON.
    """
    plain = _plain(value)
    return plain if isinstance(plain, str) else json_text(plain, None)


def _decimal_text(value: float) -> str:
    text = format(decimal.Decimal(float.__repr__(value)), "f")
    return text[:-2] if text.endswith(".0") else text


def _plain(value: Any) -> Any:
    """Scalars of Python as those of JSON."""
    if isinstance(value, datetime.timedelta):
        micros = value // datetime.timedelta(microseconds=1)
        return format(decimal.Decimal(micros).scaleb(-6).normalize(), "f") + "s"
    if isinstance(value, fractions.Fraction):
        return float(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "item") and getattr(value, "shape", None) == ():  # a scalar of NumPy
        return _plain(value.item())
    return value


def json_text(value: Any, indent: int | None) -> str:
    """JSON with one key a line where ``indent`` is given, so that diagnostics have lines to show."""
    plain = _plain(value)
    if isinstance(plain, Mapping):
        below = None if indent is None else indent + 2
        inner = [f"{json.dumps(str(key), ensure_ascii=False)}: {json_text(one, below)}" for key, one in plain.items()]
        if indent is None or not inner:
            return "{" + ", ".join(inner) + "}"
        pad = " " * (indent + 2)
        return "{\n" + ",\n".join(pad + one for one in inner) + "\n" + " " * indent + "}"
    if isinstance(plain, (list, tuple, range)) or hasattr(plain, "tolist"):
        return "[" + ", ".join(json_text(one, indent) for one in plain) + "]"
    if isinstance(plain, decimal.Decimal):
        return format(plain, "f")
    if isinstance(plain, float):
        return _decimal_text(plain)
    return json.dumps(plain, ensure_ascii=False)
