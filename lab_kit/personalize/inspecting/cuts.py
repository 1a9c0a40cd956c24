"""What each part of a filter removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.personalize.filters.stage import Stage
from lab_kit.personalize.filters.syntax import Clause, Expression
from lab_kit.prepare.tables import Cell, html_table, text_table


@dataclass(frozen=True, eq=False)
class Cut:
    """One INCLUDE or EXCLUDE by itself."""

    text: str
    """As it stands in the filter."""
    removed: np.ndarray
    """(items,) bool: what it removes; of several INCLUDEs, what none of them includes."""


@dataclass(frozen=True, eq=False)
class Removed:
    """What a filter removed from the answer for a user."""

    user: str | None
    parts: dict[str, int]
    """How many items each part of the filter removes."""
    items: pd.DataFrame
    """One row a removed item: `item_id`, `rank` without the filter, `removed_by`; best first."""
    left: int
    """How many items are left."""

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return html_table(self._title(), *self._table())

    def _title(self) -> str:
        return f"{len(self.items):,} items removed, {self.left:,} left"

    def _table(self) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
        return ("part of the filter", "removes"), list(self.parts.items())


def cuts(
    expression: Expression,
    values: Mapping[str, str],
    stage: Stage,
    *,
    user: str | None,
    item: str | None,
) -> list[Cut]:
    """What each clause removes, in the order of `stage.ids`.

    Args:
        expression: The filter.
        values: `filterValues`.
        stage: What it looks at.
        user: Whose answer it is.
        item: The item the request is about.
    """
    whole = expression.text

    def left(clauses: tuple[Clause, ...]) -> np.ndarray:
        part = Expression(whole, clauses)
        own = {name: value for name, value in values.items() if name in part.parameters}
        return stage.left(part, own, user=user, item=item)

    included = tuple(clause for clause in expression.clauses if clause.includes)
    found = []
    for clause in expression.clauses:
        # An INCLUDE alone would also remove what another one includes.
        removed = ~left(included if clause.includes else (clause,))
        found.append(Cut(text_of(expression, clause), removed))
    return found


def text_of(expression: Expression, clause: Clause) -> str:
    """A clause as it stands in its filter."""
    begins = [each.place for each in expression.clauses]
    place = expression.clauses.index(clause)
    end = begins[place + 1] if place + 1 < len(begins) else len(expression.text)
    return " ".join(expression.text[clause.place : end].rstrip().rstrip("|").split())
