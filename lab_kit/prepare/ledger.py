"""The row ledger: how many rows came in, changed and left at each step, and why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.tables import html_table, text_table

EXAMPLES = 5
"""How many rows a step shows of those it changed or removed."""

HEADER = ("step", "rows in", "changed", "removed", "rows out", "what was found")


@dataclass(frozen=True, eq=False)
class Step:
    """What one operation did to the rows of one table.

    Raises:
        LabKitError: If the numbers contradict each other: something is negative, or more rows
            changed than are left.
    """

    name: str
    """What was done: "drop exact duplicates"."""
    rows_in: int
    rows_out: int
    changed: int = 0
    """Rows that stayed, with another value than before."""
    why: str = ""
    """One plain sentence."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """What was found, and in how many rows: {"unreadable": 12}."""
    examples: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Up to five rows that changed or left; `row` is their number in the frame that came in."""

    def __post_init__(self) -> None:
        if min(self.rows_in, self.rows_out, self.changed) < 0 or self.changed > self.rows_out:
            raise LabKitError(
                f"A step cannot turn {self.rows_in} rows into {self.rows_out} "
                f"and change {self.changed} of them",
                where=f'step "{self.name}"',
                next_step="count the rows of the frames that came in and went out",
            )

    @property
    def removed(self) -> int:
        """Rows that came in and did not go out."""
        return self.rows_in - self.rows_out

    @property
    def found(self) -> str:
        """The counts in words: "unreadable 12, blank 3"."""
        return ", ".join(f"{reason} {rows:,}" for reason, rows in self.counts.items())

    def __repr__(self) -> str:
        said = f"{self.name}: {self.rows_in:,} -> {self.rows_out:,} rows, {self.changed:,} changed"
        return f"{said} ({self.found})" if self.counts else said


class Ledger:
    """The ordered steps one table went through.

    Args:
        name: What the table is: "app events".
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far, first to last."""
        return tuple(self._steps)

    @property
    def rows_in(self) -> int:
        """Rows that came into the first step; 0 before there is one."""
        return self._steps[0].rows_in if self._steps else 0

    @property
    def rows_out(self) -> int:
        """Rows that went out of the last step; 0 before there is one."""
        return self._steps[-1].rows_out if self._steps else 0

    def add(self, step: Step) -> None:
        """Write down a step.

        Raises:
            LabKitError: If it did not begin with the rows the last step left.
        """
        if self._steps and step.rows_in != self.rows_out:
            raise LabKitError(
                f'The step "{step.name}" began with {step.rows_in:,} rows, '
                f'but "{self._steps[-1].name}" left {self.rows_out:,}',
                where=f'ledger "{self.name}"',
                next_step="hand each step the frame that the step before it returned; "
                "in a notebook, run again from the cell that makes the ledger",
            )
        self._steps.append(step)

    def run(
        self,
        operation: Callable[..., tuple[pd.DataFrame, Step]],
        *args: Any,
        **options: Any,
    ) -> pd.DataFrame:
        """Do an operation, write its step down and return its frame.

        Args:
            operation: A function that returns a frame and its step, as all of `clean` do.
            *args: What the operation takes, the frame (or export) first.
            **options: Its keyword options.

        Raises:
            LabKitError: As `add` does, and whatever the operation raises.
        """
        frame, step = operation(*args, **options)
        self.add(step)
        return frame

    def to_frame(self) -> pd.DataFrame:
        """One row a step: `step`, `rows_in`, `changed`, `removed`, `rows_out`, `found`, `why`."""
        columns = ["step", "rows_in", "changed", "removed", "rows_out", "found", "why"]
        rows = [
            (s.name, s.rows_in, s.changed, s.removed, s.rows_out, s.found, s.why)
            for s in self._steps
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(HEADER, self._rows())}"

    def _repr_html_(self) -> str:
        return html_table(self._title(), HEADER, self._rows())

    def _title(self) -> str:
        if not self._steps:
            return f"{self.name}: no steps yet"
        return f"{self.name}: {self.rows_in:,} rows came in, {self.rows_out:,} are left"

    def _rows(self) -> list[tuple[str, int, int, int, int, str]]:
        return [(s.name, s.rows_in, s.changed, s.removed, s.rows_out, s.found) for s in self._steps]


def example_rows(
    frame: pd.DataFrame, rows: Iterable[int], **columns: Iterable[Any]
) -> pd.DataFrame:
    """The first few of these rows for `Step.examples`.

    Args:
        frame: The frame that came in, or those of its columns that matter.
        rows: Row numbers in it, as `iloc` counts.
        **columns: Further columns by name, one value for each of `rows`.
    """
    chosen = [int(row) for row in islice(rows, EXAMPLES)]
    shown = frame.iloc[chosen].reset_index(drop=True)
    shown.insert(0, "row", chosen, allow_duplicates=True)
    return shown.assign(
        **{name: list(islice(values, EXAMPLES)) for name, values in columns.items()}
    )


def tally(words: np.ndarray) -> dict[str, int]:
    """How often each word stands in an array, in order of appearance; "" does not count."""
    codes, names = pd.factorize(words)
    return {
        str(name): int(times)
        for name, times in zip(names, np.bincount(codes, minlength=len(names)), strict=True)
        if name
    }
