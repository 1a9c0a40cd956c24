"""Everything that is wrong with a dataset, at once and with row numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lab_kit.prepare.tables import html_table, text_table

HEADER = ("", "column", "rows", "first rows", "what is wrong", "what to do")

FIRST_ROWS = 5
"""How many row numbers a violation names."""


@dataclass(frozen=True)
class Violation:
    """One rule that is not kept."""

    rule: str
    """Its short name: "id too long"."""
    severity: Literal["error", "warning"]
    """Personalize refuses an error; a warning is accepted and rarely meant."""
    message: str
    """What is wrong, in one sentence."""
    next_step: str
    """What to do about it."""
    table: str
    """users, items, interactions, or dataset where it is about several."""
    column: str = ""
    """The column; empty where it is about the whole table."""
    count: int = 0
    """How many rows (or columns, for rules about columns)."""
    rows: tuple[int, ...] = ()
    """The first few row numbers, as `frame.iloc` counts."""
    about: Literal["form", "amount"] = "form"
    """Whether the rows are wrong, or right but too few."""


@dataclass(frozen=True)
class Violations:
    """What a check found; empty where all rules are kept."""

    of: str
    """What was checked: "interactions (custom domain), 148,361 rows"."""
    found: tuple[Violation, ...]

    @property
    def errors(self) -> tuple[Violation, ...]:
        """What Personalize would refuse."""
        return tuple(violation for violation in self.found if violation.severity == "error")

    @property
    def warnings(self) -> tuple[Violation, ...]:
        """What it would take, and you should know."""
        return tuple(violation for violation in self.found if violation.severity == "warning")

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Violation]:
        return iter(self.found)

    def to_frame(self) -> pd.DataFrame:
        """One row a violation; the columns are the fields of `Violation`."""
        return pd.DataFrame(
            [vars(violation) for violation in self.found], columns=list(Violation.__annotations__)
        )

    def __repr__(self) -> str:
        if not self.found:
            return self._title()
        table = text_table(HEADER[:5], [row[:5] for row in self._rows()])
        steps = [f"{v.rule}: {v.next_step}" for v in self.found]
        return "\n".join([self._title(), table, "What to do", *steps])

    def _repr_html_(self) -> str:
        if not self.found:
            return f"<p>{self._title()}</p>"
        return html_table(self._title(), HEADER, self._rows())

    def _title(self) -> str:
        if not self.found:
            return f"{self.of}: every rule is kept"
        return f"{self.of}: {len(self.errors)} errors, {len(self.warnings)} warnings"

    def _rows(self) -> list[tuple[str, str, str, str, str, str]]:
        return [
            (
                v.severity,
                f"{v.table}.{v.column}" if v.column else v.table,
                f"{v.count:,}" if v.count else "",
                ", ".join(map(str, v.rows)) + (", …" if v.count > len(v.rows) > 0 else ""),
                v.message,
                v.next_step,
            )
            for v in self.found
        ]


def first_rows(where: np.ndarray | pd.Series) -> tuple[int, ...]:
    """The first few row numbers at which a boolean array of shape (rows,) is true."""
    return tuple(int(row) for row in np.flatnonzero(where)[:FIRST_ROWS])
