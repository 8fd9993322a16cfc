"""Mappings that cannot be changed, and that pickle, hash and copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["Frozen"]

V = TypeVar("V")


class Frozen(Mapping[str, V]):
    """An immutable mapping from names, in their order; equal to any mapping with the same content."""

    __slots__ = ("_items",)
    _items: dict[str, V]

    def __init__(self, items: Mapping[str, V] | None = None) -> None:
        object.__setattr__(self, "_items", dict(items or {}))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a mapping that cannot be changed: {name}")

    def __getitem__(self, name: str) -> V:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Frozen, (self._items,)

    def __repr__(self) -> str:
        return repr(self._items)
