"""Which rows a filter leaves in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from lab_kit.personalize.filters.columns import Table
from lab_kit.personalize.filters.rules import EVENT_TYPE
from lab_kit.personalize.filters.syntax import (
    ANY,
    Clause,
    Condition,
    CurrentItem,
    Expression,
    Parameter,
)
from lab_kit.personalize.filters.values import Values, missing

NEWEST = 100
"""Events of a user and an event type that count, for items."""
NEWEST_OF_ACTIONS = 300
"""The same for actions."""
NOBODY = Table(1, {})
"""A user of whom nothing is known."""


@dataclass(frozen=True)
class Scene:
    """What a filter looks at when a request is answered."""

    table: Table
    """Of items, users or actions: what is left in or out."""
    events: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Rows the current user had events with (or, of users, those who had events with the current
    item), by event type in small letters. See `newest`."""
    user: Table | None = None
    """The current user alone, in one row."""
    items: Table | None = None
    """Of items, where `item` points into another table than `table`."""
    item: int = -1
    """The row of the current item."""


def evaluate(expression: Expression, values: Values, scene: Scene) -> np.ndarray:
    """The rows that are left: the union of all INCLUDEs without the union of all EXCLUDEs.

    Args:
        expression: The filter.
        values: What the request gives for its parameters, from `read_values`.
        scene: What it looks at.

    Returns:
        (rows,) bool.
    """
    applied = [clause for clause in expression.clauses if applies(clause, values, scene)]
    left = np.ones(scene.table.rows, bool)
    included = [_clause(clause, values, scene) for clause in applied if clause.includes]
    if included:
        left = np.logical_or.reduce(included)
    for clause in applied:
        if not clause.includes:
            left = left & ~_clause(clause, values, scene)
    return left


def applies(clause: Clause, values: Values, scene: Scene) -> bool:
    """Whether a clause counts for this user: all its parameters are given and its IF holds."""
    if missing(clause, values):
        return False
    if not clause.only_if:
        return True
    user = scene.user or NOBODY
    return all(
        user.holds(each.field, each.operator, _operands(each, values, scene))[0]
        for each in clause.only_if
    )


def newest(
    kinds: np.ndarray, rows: np.ndarray, names: tuple[str, ...], most: int = NEWEST
) -> dict[str, np.ndarray]:
    """Rows by event type, of one user's events, oldest first.

    Args:
        kinds: (events,), places in `names`; -1 where an event has no type.
        rows: (events,), what each event was with; -1 for what is in no table.
        names: Event types; they are the same whatever their case.
        most: So many of the newest of each type count.
    """
    found: dict[str, np.ndarray] = {}
    for name in dict.fromkeys(each.lower() for each in names):
        own = [place for place, each in enumerate(names) if each.lower() == name]
        of_it = kinds == own[0] if len(own) == 1 else np.isin(kinds, own)
        with_it = rows[of_it][-most:]
        found[name] = with_it[with_it >= 0]
    untyped = rows[kinds < 0][-most:]
    found[""] = untyped[untyped >= 0]
    return found


def _clause(clause: Clause, values: Values, scene: Scene) -> np.ndarray:
    groups = [
        np.logical_and.reduce([_condition(each, values, scene) for each in group])
        for group in clause.any_of
    ]
    found: np.ndarray = groups[0] if len(groups) == 1 else np.logical_or.reduce(groups)
    return found


def _condition(condition: Condition, values: Values, scene: Scene) -> np.ndarray:
    operands = _operands(condition, values, scene)
    if condition.field == EVENT_TYPE and condition.dataset.endswith("nteractions"):
        found = np.zeros(scene.table.rows, bool)
        for name in scene.events if ANY in operands else {each.lower() for each in operands}:
            if name in scene.events:
                found[scene.events[name]] = True
        return ~found if condition.operator in ("NOT IN", "!=") else found
    return scene.table.holds(condition.field, condition.operator, operands)


def _operands(condition: Condition, values: Values, scene: Scene) -> tuple[str, ...]:
    found: list[str] = []
    for operand in condition.operands:
        if isinstance(operand, Parameter):
            found.extend(values[operand.name])
        elif isinstance(operand, CurrentItem):
            found.extend((scene.items or scene.table).at(operand.field, scene.item))
        else:
            found.append(operand.text)
    return tuple(found)
