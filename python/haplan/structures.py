"""Structure functions of independent parts: decision diagrams, k out of n, networks. They know no cluster.

>>> from haplan.structures import Structure
>>> system = Structure()
>>> a, b, c = (system.part(name) for name in "abc")
>>> fails = a | b & c                               # a, or both b and c
>>> fails.probability({"a": 1e-6, "b": 1e-3, "c": 1e-3})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy
import numpy.typing

from haplan import _core

__all__ = ["Function", "Network", "Structure", "fewer_than"]


Node = tuple[str, int, int]
"""A part, and the number of the node for it working and failed: 0 never, 1 always, then in the order of the list from 2."""


class Structure:
    """Parts that fail independently of each other. A part that is known first stands first in the diagram.

    Grows by :meth:`part`; equal to another one with the same parts in the same order.
    """

    __slots__ = ("_diagram", "_parts")

    def __init__(self) -> None:
        self._diagram = _core.Diagram()
        self._parts: dict[str, Function] = {}

    @property
    def parts(self) -> tuple[str, ...]:
        """Names, in the order in which they became known."""
        return tuple(self._parts)

    def part(self, name: str) -> Function:
        """Where the part has failed."""
        if not isinstance(name, str):
            raise TypeError("a part has a name")
        if name not in self._parts:
            self._parts[name] = Function(self, self._diagram.variable())
        return self._parts[name]

    def always(self) -> Function:
        """The function that is always true."""
        return Function(self, 1)

    def never(self) -> Function:
        """The function that is never true."""
        return Function(self, 0)

    def at_least(self, n: int, of: Iterable[Function]) -> Function:
        """Where at least n of the functions are true."""
        members = list(of)
        for member in members:
            member._of(self)
        return Function(self, self._diagram.at_least(n, [member._ref for member in members]))

    def _probabilities(self, given: Mapping[str, float]) -> numpy.typing.NDArray[numpy.float64]:
        missing = [name for name in self._parts if name not in given]
        if missing:
            raise KeyError(f"no probability of {', '.join(missing)}")
        return numpy.array([given[name] for name in self._parts], dtype=numpy.float64)

    def _built(self, nodes: Sequence[Node]) -> Function:
        """The function that :meth:`Function._nodes` wrote down."""
        made = [self.never(), self.always()]
        for name, works, failed in nodes:
            part = self.part(name)
            made.append(part & made[failed] | ~part & made[works])
        return made[-1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Structure) and self.parts == other.parts

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _structure_of, (self.parts,)

    def __repr__(self) -> str:
        return f"<Structure of {len(self._parts)} parts, {self._diagram.size} nodes>"


def _structure_of(parts: Sequence[str]) -> Structure:
    made = Structure()
    for name in parts:
        made.part(name)
    return made


def _function_of(structure: Structure, constant: bool | None, nodes: Sequence[Node]) -> Function:
    if constant is not None:
        return structure.always() if constant else structure.never()
    return structure._built(nodes)


class Function:
    """A Boolean function of the parts of a structure: ``&`` and, ``|`` or, ``~`` not. Immutable.

    Two functions are equal when they are true for the same failures of parts of the same names.
    """

    __slots__ = ("_ref", "_structure")

    def __init__(self, structure: Structure, ref: int) -> None:
        self._structure = structure
        self._ref = ref

    def _of(self, structure: Structure) -> None:
        if structure is not self._structure:
            raise ValueError("functions of two structures")

    def _apply(self, operation: Any, other: object) -> Any:
        if not isinstance(other, Function):
            return NotImplemented
        other._of(self._structure)
        return Function(self._structure, operation(self._ref, other._ref))

    def __and__(self, other: Function) -> Function:
        found: Function = self._apply(self._structure._diagram.conjunction, other)
        return found

    def __or__(self, other: Function) -> Function:
        found: Function = self._apply(self._structure._diagram.disjunction, other)
        return found

    def __invert__(self) -> Function:
        return Function(self._structure, self._structure._diagram.negation(self._ref))

    def __bool__(self) -> bool:
        raise TypeError("a function has no truth value: write & | ~ instead of and, or, not")

    def given(self, part: str, failed: bool) -> Function:
        """The function with one part fixed."""
        self._structure._parts[part]  # a KeyError for an unknown name
        variable = self._structure.parts.index(part)
        return Function(self._structure, self._structure._diagram.restricted(self._ref, variable, failed))

    @property
    def support(self) -> tuple[str, ...]:
        """The parts that it depends on."""
        parts = self._structure.parts
        return tuple(parts[i] for i in self._structure._diagram.support(self._ref))

    def probability(self, unavailability: Mapping[str, float]) -> float:
        """P(it is true): sums of products of numbers that are not negative, so small ones keep their digits.

        Parameters
        ----------
        unavailability : mapping
            Of every part of the structure, in [0, 1].
        """
        structure = self._structure
        return structure._diagram.probability(self._ref, structure._probabilities(unavailability))

    def birnbaum(self, unavailability: Mapping[str, float]) -> dict[str, float]:
        """Birnbaum importance of every part: P(true, given that it failed) less P(true, given that not)."""
        structure = self._structure
        found = structure._diagram.birnbaum(self._ref, structure._probabilities(unavailability))
        return dict(zip(structure.parts, found.tolist()))

    def minimal_cut_sets(self) -> list[frozenset[str]]:
        """The minimal sets of failures that make it true.

        Returns
        -------
        list of frozenset
            Smallest first, then by name. There can be very many of them.

        Raises
        ------
        ValueError
            When a failure can make it false (``~``): then there are none.
        """
        known: dict[int, set[frozenset[str]]] = {0: set(), 1: {frozenset()}}
        sets = self._cut_sets(known)
        return sorted(sets, key=lambda one: (len(one), sorted(one)))

    def _cut_sets(self, known: dict[int, set[frozenset[str]]]) -> set[frozenset[str]]:
        if self._ref in known:
            return known[self._ref]
        part = self.support[0]
        works, fails = self.given(part, False), self.given(part, True)
        if (works & ~fails)._ref != 0:
            raise ValueError(f"a failure of {part} can make the function false: it has no minimal cut sets")
        without, failed = works._cut_sets(known), fails._cut_sets(known)
        sets = without | {one | {part} for one in failed if not any(less <= one for less in without)}
        known[self._ref] = sets
        return sets

    def _nodes(self) -> list[Node]:
        """Itself as a list of nodes, each after those that it leads to; empty for a constant."""
        numbers: dict[int, int] = {0: 0, 1: 1}
        nodes: list[Node] = []
        waiting = [self]
        while waiting:
            one = waiting[-1]
            if one._ref in numbers:
                waiting.pop()
                continue
            part = one.support[0]
            works, failed = one.given(part, False), one.given(part, True)
            open_ones = [below for below in (works, failed) if below._ref not in numbers]
            if open_ones:
                waiting += open_ones
                continue
            numbers[one._ref] = len(nodes) + 2
            nodes.append((part, numbers[works._ref], numbers[failed._ref]))
        return nodes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Function):
            return False
        if other._structure is self._structure:
            return other._ref == self._ref
        if set(other.support) != set(self.support):
            return False
        constant = other._ref == 1 if other._ref in (0, 1) else None
        return _function_of(self._structure, constant, other._nodes())._ref == self._ref

    def __hash__(self) -> int:
        return hash(frozenset(self.support))

    def __reduce__(self) -> tuple[Any, ...]:
        constant = self._ref == 1 if self._ref in (0, 1) else None
        return _function_of, (self._structure, constant, self._nodes())

    def __copy__(self) -> Function:
        return self

    def __repr__(self) -> str:
        return f"<Function of {', '.join(self.support) or 'nothing'}>"


def fewer_than(k: int, u: float | Sequence[float], n: int | None = None) -> float:
    """P(fewer than k replicas serve), each out independently of the others.

    Parameters
    ----------
    k : int
    u : float or sequence of float
        Unavailability of each; of all where it is one number.
    n : int, optional
        How many there are, where ``u`` is one number.

    Returns
    -------
    float
        Only positive terms are added, so every digit of a tiny result counts.
    """
    if n is not None:
        return _core.fewer_than(k, n, float(u))  # type: ignore[arg-type]
    return _core.fewer_than(k, [float(one) for one in u])  # type: ignore[union-attr]


class Network:
    """An undirected network whose vertices and links fail independently. Immutable.

    Parameters
    ----------
    vertices : int or sequence of str
        How many, or their names.
    links : sequence of pairs
        Two vertices each, by number or name; parallel links are allowed.
    """

    __slots__ = ("_index", "links", "vertices")

    vertices: tuple[Any, ...]
    links: tuple[tuple[Any, Any], ...]

    def __init__(self, vertices: int | Sequence[Any], links: Iterable[tuple[Any, Any]]) -> None:
        names = tuple(range(vertices)) if isinstance(vertices, int) else tuple(vertices)
        object.__setattr__(self, "vertices", names)
        object.__setattr__(self, "links", tuple((a, b) for a, b in links))
        object.__setattr__(self, "_index", {name: i for i, name in enumerate(names)})

    _index: dict[Any, int]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a network cannot be changed: {name}")

    def _compiled(self, terminals: Iterable[Any]) -> _core.Connectivity:
        index = self._index
        links = [(index[a], index[b]) for a, b in self.links]
        return _core.Connectivity(len(self.vertices), links, [index[one] for one in terminals])

    def _numbers(
        self, vertices: float | Mapping[Any, float], links: float | Sequence[float]
    ) -> numpy.typing.NDArray[numpy.float64]:
        of_vertices = (
            [vertices[name] for name in self.vertices]
            if isinstance(vertices, Mapping)
            else [float(vertices)] * len(self.vertices)
        )
        of_links = [float(links)] * len(self.links) if isinstance(links, (int, float)) else list(links)
        if len(of_links) != len(self.links):
            raise ValueError("one unavailability per link")
        return numpy.array([*of_vertices, *of_links], dtype=numpy.float64)

    def disconnected(
        self,
        terminals: Iterable[Any],
        vertices: float | Mapping[Any, float] = 0.0,
        links: float | Sequence[float] = 0.0,
    ) -> float:
        """P(the terminals are not all up and connected), exact but for rounding.

        Parameters
        ----------
        terminals : iterable
            Vertices that must reach each other.
        vertices : float or mapping
            Unavailability of all, or of each by name.
        links : float or sequence
            Unavailability of all, or of each in their order.
        """
        return self._compiled(terminals).figures(self._numbers(vertices, links))[1]

    def birnbaum(
        self,
        terminals: Iterable[Any],
        vertices: float | Mapping[Any, float] = 0.0,
        links: float | Sequence[float] = 0.0,
    ) -> tuple[dict[Any, float], list[float]]:
        """Birnbaum importance of every vertex by name, and of every link in their order: P(disconnected) with it down less P with it up."""
        found = self._compiled(terminals).birnbaum(self._numbers(vertices, links)).tolist()
        count = len(self.vertices)
        return dict(zip(self.vertices, found[:count])), found[count:]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and (self.vertices, self.links) == (other.vertices, other.links)

    def __hash__(self) -> int:
        return hash((self.vertices, self.links))

    def __reduce__(self) -> tuple[Any, ...]:
        return Network, (self.vertices, self.links)

    def __repr__(self) -> str:
        return f"<Network of {len(self.vertices)} vertices and {len(self.links)} links>"
