"""What could not be read is missing in its column and kept, as it stood, in a column beside it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.ledger import EXAMPLES, Step, example_rows, tally

SOURCE_COLUMNS = ("source_file", "source_row")
"""Where a row came from: the file's name, and its row there as a spreadsheet counts (header 1)."""

SUFFIX = "_unread"
"""`price_unread` holds the text of the prices that could not be read."""


def read_step(
    name: str,
    frame: pd.DataFrame,
    column: str,
    parsed: pd.Series,
    reasons: Mapping[str, np.ndarray],
    *,
    into: str | None = None,
    why: str = "",
    counts: Mapping[str, int] | None = None,
    changed: np.ndarray | None = None,
) -> tuple[pd.DataFrame, Step]:
    """Put parsed values into a frame, keep the unreadable ones beside them, and write the step.

    Args:
        name: Name of the step.
        frame: The frame that came in.
        column: The column that was read.
        parsed: Its values, missing where unreadable; on the frame's index.
        reasons: For each reason why a value was not read, the rows (boolean, shape (rows,)).
        into: Where the values go, `column` by default.
        why: One sentence.
        counts: What else to count, before the reasons.
        changed: Rows that count as changed (boolean); every row that has a value by default.

    Returns:
        The frame, with `<into>_unread` if something could not be read; and the step.
    """
    into = into or column
    unread = np.logical_or.reduce([np.zeros(len(frame), bool), *reasons.values()])
    out = frame.assign(**{into: parsed})
    if unread.any():
        out[into + SUFFIX] = frame[column].astype("str").where(unread)
    if changed is None:
        changed = parsed.notna().to_numpy()
    found = {reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()}
    why_unread = np.full(len(frame), "", dtype=object)
    for reason, rows in reasons.items():
        why_unread[rows] = reason
    shown = np.flatnonzero(unread if unread.any() else changed)[:EXAMPLES]
    step = Step(
        name,
        rows_in=len(frame),
        rows_out=len(frame),
        changed=int(changed.sum()),
        why=why,
        counts={**(counts or {}), **found},
        examples=example_rows(
            with_source(frame, column),
            shown,
            became=parsed.iloc[shown],
            **({"reason": why_unread[shown]} if unread.any() else {}),
        ),
    )
    return out, step


def with_source(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column, and where each row of it came from, if the frame knows."""
    return frame[[column, *(name for name in SOURCE_COLUMNS if name in frame and name != column)]]


def drop_rows_without(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, Step]:
    """Drop the rows in which one of these columns has no value, and the `_unread` columns beside.

    An event without a user, an item or a time cannot teach a model anything.

    Args:
        frame: Any frame.
        columns: Columns a row must have, such as `["user_id", "item_id", "timestamp"]`.

    Returns:
        The rows that have them all; and the step, which counts per column how many were blank and
        how many could not be read. A row that lacks several is counted for the first.

    Raises:
        LabKitError: If a column is missing.
    """
    require_columns(frame.columns, columns)
    dropped = np.zeros(len(frame), bool)
    reason = np.full(len(frame), "", dtype=object)
    for column in columns:
        lacking = frame[column].isna().to_numpy() & ~dropped
        unread = np.zeros(len(frame), bool)
        if column + SUFFIX in frame:
            unread = lacking & frame[column + SUFFIX].notna().to_numpy()
        reason[lacking & ~unread] = f"{column} blank"
        reason[unread] = f"{column} unreadable"
        dropped |= lacking
    beside = [column + SUFFIX for column in columns if column + SUFFIX in frame]
    rows = np.flatnonzero(dropped)
    step = Step(
        f"drop rows without {', '.join(columns)}",
        rows_in=len(frame),
        rows_out=len(frame) - len(rows),
        why="A row without them cannot be used",
        counts=tally(reason[rows]),
        examples=example_rows(frame, rows, reason=reason[rows]),
    )
    return frame[~dropped].drop(columns=beside).reset_index(drop=True), step
