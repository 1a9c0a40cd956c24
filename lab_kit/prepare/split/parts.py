"""The two parts of a split."""

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.tables import html_table, text_table

HEADER = ("part", "events", "users", "items", "first", "last")
NEEDED = ("user_id", "item_id", "timestamp")


@dataclass(frozen=True, eq=False)
class Split:
    """Interactions in two parts; the rows of each keep their order and their index labels."""

    train: pd.DataFrame
    test: pd.DataFrame
    how: str
    """How they were divided: "by time, before 2026-05-01 00:00:00 UTC"."""
    notes: tuple[str, ...] = ()
    """What to know before trusting a score from it."""

    def __repr__(self) -> str:
        return "\n".join([f"split {self.how}", text_table(HEADER, self._rows()), *self.notes])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return html_table(f"Split {self.how}", HEADER, self._rows()) + notes

    def _rows(self) -> list[tuple[str, int, int, int, str, str]]:
        return [_summary("train", self.train), _summary("test", self.test)]


def divide(
    interactions: pd.DataFrame, in_train: np.ndarray, how: str, notes: tuple[str, ...] = ()
) -> Split:
    """Make a split of the rows that are in the training part (bool, shape (rows,)).

    Raises:
        LabKitError: If one of the parts would be empty.
    """
    if in_train.all() or not in_train.any():
        raise LabKitError(
            f"The {'test' if in_train.all() else 'training'} part would be empty",
            where=f"split {how}, {len(interactions):,} events",
            next_step="take another share or cutoff, or more events",
        )
    return Split(interactions[in_train], interactions[~in_train], how, notes)


def require_events(interactions: pd.DataFrame) -> None:
    """Make sure that every event has a user, an item and a time.

    Raises:
        LabKitError: If a column or a value is missing, or `timestamp` does not hold UTC times.
    """
    require_columns(interactions.columns, NEEDED)
    dtype = interactions["timestamp"].dtype
    if not (isinstance(dtype, pd.DatetimeTZDtype) and str(dtype.tz) == "UTC"):
        raise LabKitError(
            f'Column "timestamp" holds {dtype}, not times in UTC',
            next_step='read it first with clean.parse_times(interactions, "timestamp", ...)',
        )
    lacking = interactions[list(NEEDED)].isna().sum()
    if lacking.any():
        found = ", ".join(f"{name} in {n:,}" for name, n in lacking.items() if n)
        raise LabKitError(
            f"Values are missing: {found} of {len(interactions):,} rows",
            next_step=f"drop those rows first with clean.drop_rows_without(interactions, "
            f"{list(NEEDED)})",
        )


def _summary(name: str, part: pd.DataFrame) -> tuple[str, int, int, int, str, str]:
    first, last = (f"{moment:%Y-%m-%d}" for moment in (part.timestamp.min(), part.timestamp.max()))
    return name, len(part), part.user_id.nunique(), part.item_id.nunique(), first, last
