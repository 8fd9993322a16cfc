"""Tables: rows of one type, for loops, pandas and Arrow alike."""

from __future__ import annotations

import dataclasses
import html
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from haplan import _core

if TYPE_CHECKING:
    import pandas

__all__ = ["Named", "Rows"]

T = TypeVar("T")

_KINDS = {float: "float", int: "int", bool: "bool", str: "str"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    read: Callable[[Any], Any]


def _bare(hint: Any) -> Any:
    """The type without ``| None``."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (bare,) = [one for one in typing.get_args(hint) if one is not type(None)]
        return bare
    return hint


def _words(items: Iterable[Any]) -> str:
    return ", ".join(str(item) for item in items)


def _columns(kind: type, prefix: str = "", above: Callable[[Any], Any] | None = None) -> list[_Column]:
    """Scalar fields, words of a tuple, and the fields of a record that is meant for a table (``in_tables``)."""

    def reader(name: str) -> Callable[[Any], Any]:
        def read(row: Any) -> Any:
            owner = row if above is None else above(row)
            return None if owner is None else getattr(owner, name)

        return read

    columns: list[_Column] = []
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        hint = _bare(hints[field.name])
        read = reader(field.name)
        name = prefix + field.name
        if prefix and field.name == "value":
            name = prefix[:-1]
        if hint in _KINDS:
            columns.append(_Column(name, _KINDS[hint], read))
        elif typing.get_origin(hint) is tuple:
            columns.append(_Column(name, "str", _joining(read)))
        elif dataclasses.is_dataclass(hint) and getattr(hint, "in_tables", False):
            columns.extend(_columns(typing.cast(type, hint), name + "_", read))
    return columns


def _joining(read: Callable[[Any], Any]) -> Callable[[Any], str | None]:
    def joined(row: Any) -> str | None:
        items = read(row)
        return None if items is None else _words(items)

    return joined


class _Table(Generic[T]):
    """What sequences and mappings of rows have in common."""

    __slots__ = ("_kind",)
    _kind: type[T]

    def _rows(self) -> Sequence[T]:
        raise NotImplementedError

    def _table(self) -> list[tuple[_Column, list[Any]]]:
        rows = self._rows()
        return [(column, [column.read(row) for row in rows]) for column in _columns(self._kind)]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, with their units."""
        return tuple(column.name for column in _columns(self._kind))

    def to_dict(self) -> dict[str, list[Any]]:
        """The table by columns."""
        return {column.name: values for column, values in self._table()}

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a ``pandas.DataFrame``; units stand in the names of the columns."""
        import pandas

        return pandas.DataFrame(self.to_dict())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table by the Arrow C stream protocol, for pyarrow, polars, duckdb and others."""
        table = self._table()
        return _core.arrow_stream(
            [column.name for column, _ in table],
            [column.kind for column, _ in table],
            [values for _, values in table],
        )

    def _repr_html_(self) -> str:
        table = self._table()
        head = "".join(f"<th>{html.escape(column.name)}</th>" for column, _ in table)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in cells) + "</tr>"
            for cells in zip(*(values for _, values in table))
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6g}"
    return str(cell)


class Rows(_Table[T], Sequence[T]):
    """An immutable sequence of rows of one type, which is a table, too."""

    __slots__ = ("_items",)

    def __init__(self, kind: type[T], items: Iterable[T] = ()) -> None:
        self._kind = kind
        self._items = tuple(items)

    def _rows(self) -> Sequence[T]:
        return self._items

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Rows[T]: ...
    def __getitem__(self, index: int | slice) -> T | Rows[T]:
        if isinstance(index, slice):
            return Rows(self._kind, self._items[index])
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self._kind is other._kind and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {self._kind.__name__}: {', '.join(self.columns)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Rows, (self._kind, self._items)


class Named(_Table[T], Mapping[str, T]):
    """An immutable mapping from names to rows of one type, in the order of the names; a table, too."""

    __slots__ = ("_items",)

    def __init__(self, kind: type[T], items: Mapping[str, T]) -> None:
        self._kind = kind
        self._items = dict(items)

    def _rows(self) -> Sequence[T]:
        return tuple(self._items.values())

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and self._kind is other._kind and self._items == other._items

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return f"<{self._kind.__name__} of {', '.join(self._items)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Named, (self._kind, self._items)
