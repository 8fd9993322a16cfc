"""What can go wrong, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["ContractViolation", "Diagnostic", "HaplanError", "SpecError"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a specification, the same that the command line prints.

    Attributes
    ----------
    severity : str
        ``"error"`` or ``"warning"``.
    code : str
        For example ``"HA003"``; ``haplan.codes()`` explains each.
    message : str
        One line.
    file : str
        Name of the text, or empty.
    line, column : int
        Counted from 1; 0: nowhere in particular.
    length : int
        Characters that are meant.
    suggestion : str
        What may have been meant, or empty.
    notes : tuple of str
        Further sentences.
    """

    severity: str
    code: str
    message: str
    file: str
    line: int
    column: int
    length: int
    suggestion: str
    notes: tuple[str, ...]

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else ""
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return f"{place}{self.severity}[{self.code}]: {self.message}{hint}"


class SpecError(ValueError):
    """A specification, or a table of incidents, that makes no sense.

    Attributes
    ----------
    diagnostics : tuple of Diagnostic
        Every mistake and every warning, by place.
    """

    def __init__(self, printed: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(printed)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return "\n" + str(self.args[0]).rstrip("\n")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.diagnostics)


class HaplanError(RuntimeError):
    """A limit of the engine, or numbers that have no meaning together.

    Attributes
    ----------
    fault : str
        ``"invalid_input"``, ``"budget_exhausted"``, ``"not_converged"`` or ``"not_unique"``.
    where : str
        Path of the element concerned, or empty.
    """

    def __init__(self, message: str, fault: str = "", where: str = "") -> None:
        super().__init__(message)
        self.fault = fault
        self.where = where

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.fault, self.where)


class ContractViolation(AssertionError):
    """A function was used against its contract; out of ``evaluate`` and the like, a bug in haplan."""


def diagnostics_of(rows: list[tuple[Any, ...]]) -> tuple[Diagnostic, ...]:
    """The diagnostics that the engine gave as plain rows."""
    return tuple(Diagnostic(*row) for row in rows)
