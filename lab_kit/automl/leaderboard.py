"""The leaderboard: every candidate, how good it is over the folds, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from lab_kit.automl.metrics import LOWER_IS_BETTER
from lab_kit.automl.problem import Objective
from lab_kit.prepare.tables import html_table, text_table


@dataclass(frozen=True)
class Row:
    """One candidate."""

    candidate: str
    algorithm: str
    preprocessing: str
    settings: str
    mean: float
    """Of the objective over the folds."""
    std: float
    """Over the folds; NaN where there is one fold."""
    folds: int
    fit_seconds: float
    """Mean of a fold."""
    predict_seconds: float
    """Of 1,000 rows."""
    kib: float
    """Size in memory, about."""
    state: str
    """running, stopped, failed, complete, or chosen."""
    why: str = ""
    """Of the state, where there is something to say."""


@dataclass(frozen=True, repr=False)
class Leaderboard:
    """Candidates, the best first; those that did not go all the way stand below."""

    objective: Objective
    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sorted(self) -> list[Row]:
        """Complete ones by the objective, then the others by the same."""
        sign = 1 if self.objective in LOWER_IS_BETTER else -1
        done = ("complete", "chosen")
        return sorted(
            self.rows,
            key=lambda row: (row.state not in done, row.mean != row.mean, sign * row.mean),
        )

    @property
    def frame(self) -> pd.DataFrame:
        """One row a candidate.

        Columns: rank, candidate, algorithm, preprocessing, settings, <objective>_mean and _std,
        folds, fit_seconds (of a fold), predict_seconds (of 1,000 rows), kib, state, why.
        """
        measure = self.objective.lower()
        table = pd.DataFrame([vars(row) for row in self.sorted])
        table = table.rename(columns={"mean": f"{measure}_mean", "std": f"{measure}_std"})
        table.insert(0, "rank", range(1, len(table) + 1))
        return table

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(self._header(), self._shown())])

    def _repr_html_(self) -> str:
        notes = [f"{row.candidate}: {row.why}" for row in self.sorted if row.why]
        said = "".join(f"<li>{escape(note)}</li>" for note in notes)
        table = html_table(self._title(), self._header(), self._shown())
        return table + (f"<details><summary>Why</summary><ul>{said}</ul></details>" if said else "")

    def _title(self) -> str:
        better = "lower" if self.objective in LOWER_IS_BETTER else "higher"
        return f"{len(self.rows)} candidates by {self.objective} ({better} is better)"

    def _header(self) -> tuple[str, ...]:
        return (
            "",
            "candidate",
            self.objective,
            "std",
            "folds",
            "fit s",
            "s/1,000 rows",
            "KiB",
            "state",
        )

    def _shown(self) -> list[tuple[str, ...]]:
        return [
            (
                str(place),
                row.candidate,
                f"{row.mean:.4g}" if row.mean == row.mean else "",
                f"{row.std:.2g}" if row.std == row.std else "",
                str(row.folds),
                f"{row.fit_seconds:.2f}",
                f"{row.predict_seconds:.3f}",
                f"{row.kib:,.0f}" if row.kib == row.kib else "",
                row.state,
            )
            for place, row in enumerate(self.sorted, start=1)
        ]
