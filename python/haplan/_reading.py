"""From the JSON of the engine to frozen dataclasses, by their annotations."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from haplan._maps import Frozen
from haplan.rows import Named, Rows

T = TypeVar("T")


def json_name(field: str) -> str:
    """``downtime_seconds_per_30_days`` is ``downtimeSecondsPer30Days``."""
    first, *rest = field.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def frozen(node: Any) -> Any:
    """A value of JSON that nobody can change."""
    if isinstance(node, dict):
        return Frozen({key: frozen(value) for key, value in node.items()})
    if isinstance(node, list):
        return tuple(frozen(value) for value in node)
    return node


def thawed(node: Any) -> Any:
    """The same as plain dictionaries and lists."""
    if isinstance(node, Mapping):
        return {key: thawed(value) for key, value in node.items()}
    if isinstance(node, tuple):
        return [thawed(value) for value in node]
    return node


def number(node: Mapping[str, Any], key: str) -> float:
    """A number that may be infinite (null, with a field beside it) or undefined (null)."""
    found = node[key]
    if found is None:
        return math.inf if node.get(key + "IsInfinite", False) else math.nan
    return float(found)


_Fields = tuple[tuple[str, str, Any, bool], ...]
_known: dict[type[Any], _Fields] = {}


def _fields_of(kind: type[Any]) -> _Fields:
    """(name, key in JSON, type, whether it may be absent) of every field."""
    if kind not in _known:
        hints = typing.get_type_hints(kind)
        _known[kind] = tuple(
            (
                field.name,
                field.metadata.get("json", json_name(field.name)),
                hints[field.name],
                field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING,
            )
            for field in dataclasses.fields(kind)
        )
    return _known[kind]


def record(kind: type[T], node: Mapping[str, Any], **given: Any) -> T:
    """An instance of a dataclass from an object of JSON; ``given`` goes before what the object says."""
    values: dict[str, Any] = dict(given)
    in_unit: Sequence[str] = getattr(kind, "in_unit", ())
    if in_unit:
        values |= _in_unit(node, in_unit)
    for name, key, hint, has_default in _fields_of(kind):
        if name in values:
            continue
        if key in node and (node[key] is not None or not has_default or node.get(key + "IsInfinite")):
            infinite = node[key] is None and node.get(key + "IsInfinite", False)
            values[name] = math.inf if infinite else value(hint, node[key])
        elif not has_default:
            raise ValueError(f"{kind.__name__}: the result has no {key}")
    return kind(**values)


def _in_unit(node: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Numbers whose names in the JSON end in their unit, and the unit: ``targetSeconds``."""
    first = names[0]
    (unit,) = [key[len(first) :] for key in node if key.startswith(first) and not key.endswith("IsInfinite")]
    return {"unit": unit, **{name: number(node, name + unit) for name in names}}


def value(hint: Any, node: Any) -> Any:
    """A value of the annotated type."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if node is None:
            return None
        return value(next(one for one in arguments if one is not type(None)), node)
    if origin is Rows:
        return Rows(arguments[0], (value(arguments[0], one) for one in node))
    if origin is Named:
        named = node.items() if isinstance(node, Mapping) else ((one["name"], one) for one in node)
        return Named(arguments[0], {name: record(arguments[0], one, name=name) for name, one in named})
    if origin is tuple:
        return tuple(value(arguments[0], one) for one in node)
    if origin in (Mapping, typing.Mapping):
        return Frozen({name: value(arguments[1], one) for name, one in node.items()})
    if origin is Sequence:
        return tuple(value(arguments[0], one) for one in node)
    if hint is Any:
        return frozen(node)
    if dataclasses.is_dataclass(hint):
        return record(typing.cast("type[Any]", hint), node)
    if hint is float:
        return math.nan if node is None else float(node)
    return node
