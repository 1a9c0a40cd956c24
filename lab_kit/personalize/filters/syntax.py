"""What a filter expression consists of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

ANY = "*"
"""Stands for every event type."""


class FilterError(Exception):
    """A filter expression, or a value for one, that cannot be used.

    Args:
        what: What is wrong with it.
        text: The expression.
        place: The character at which it is wrong, from 0.
    """

    def __init__(self, what: str, text: str, place: int) -> None:
        super().__init__(f"{what} at character {place + 1}:\n{_pointed(text, place)}")
        self.what, self.text, self.place = what, text, place


@dataclass(frozen=True)
class Value:
    """A value that stands in the expression; a number as it is written."""

    text: str
    place: int


@dataclass(frozen=True)
class Parameter:
    """A place for a value that each request gives: $GENRE."""

    name: str
    place: int


@dataclass(frozen=True)
class CurrentItem:
    """The value that the item a request is about has in a field."""

    field: str
    place: int


Operand = Value | Parameter | CurrentItem


@dataclass(frozen=True)
class Condition:
    """One comparison."""

    dataset: str
    """As `DATASETS` of the parser names it: "Items"; "CurrentUser" behind IF."""
    field: str
    """In capitals, as names of fields are compared."""
    operator: str
    """IN, NOT IN, =, !=, <, <=, > or >=."""
    operands: tuple[Operand, ...]
    place: int


@dataclass(frozen=True)
class Clause:
    """One INCLUDE or EXCLUDE."""

    includes: bool
    target: str
    """What is left in or out: ItemID, UserID or ActionID."""
    any_of: tuple[tuple[Condition, ...], ...]
    """It holds where all conditions of any group do."""
    only_if: tuple[Condition, ...]
    """Conditions on the current user, all of which have to hold; else it does not apply."""
    place: int

    @property
    def conditions(self) -> Iterator[Condition]:
        """All conditions on rows, from left to right."""
        for group in self.any_of:
            yield from group

    @property
    def operands(self) -> Iterator[Operand]:
        """All operands, from left to right."""
        for condition in (*self.conditions, *self.only_if):
            yield from condition.operands


@dataclass(frozen=True)
class Expression:
    """A whole filter expression: clauses joined by "|"."""

    text: str
    clauses: tuple[Clause, ...]

    @property
    def target(self) -> str:
        """What is left in or out: ItemID, UserID or ActionID."""
        return self.clauses[0].target

    @property
    def conditions(self) -> Iterator[Condition]:
        """All conditions, those on the current user too."""
        for clause in self.clauses:
            yield from clause.conditions
            yield from clause.only_if

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters, each once, in their order."""
        found = (each for clause in self.clauses for each in clause.operands)
        return list(dict.fromkeys(each.name for each in found if isinstance(each, Parameter)))

    def about(self, dataset: str) -> bool:
        """Whether a condition looks at a dataset: "Interactions"."""
        return any(condition.dataset == dataset for condition in self.conditions)

    @property
    def about_current_item(self) -> bool:
        """Whether it compares with the item a request is about."""
        return any(
            isinstance(each, CurrentItem) for clause in self.clauses for each in clause.operands
        )


def _pointed(text: str, place: int) -> str:
    """The part of a text around a place, and under it a mark."""
    begin = max(0, place - 40)
    before = "..." if begin else ""
    shown = before + " ".join(text[begin : place + 40].splitlines())
    return (
        f"{shown}{'...' if place + 40 < len(text) else ''}\n{' ' * (place - begin + len(before))}^"
    )
