"""Words that mean "nothing was entered"."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lab_kit.prepare.clean.values import true_of
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.ledger import Step, example_rows

WORDS = ("", "-", "?", "N/A", "NA", "n.a.", "none", "null", "unknown", "미입력", "없음")


def clear_placeholders(
    frame: pd.DataFrame, columns: Sequence[str], *, words: Sequence[str] = WORDS
) -> tuple[pd.DataFrame, Step]:
    """Make words that stand for a missing value missing.

    Look at a column before: in a column of names, "None" may be somebody.

    Args:
        frame: Any frame.
        columns: Text columns.
        words: What stands for a missing value; capitals and blanks around do not count.

    Returns:
        The frame; and the step, which counts the cleared values of each column.

    Raises:
        LabKitError: If a column is missing.
    """
    require_columns(frame.columns, columns)
    meant = {word.casefold() for word in words}
    cleared = {
        name: true_of(frame[name], lambda text: text.strip().casefold() in meant)
        for name in columns
    }
    rows = np.logical_or.reduce([np.zeros(len(frame), bool), *cleared.values()])
    step = Step(
        f"clear placeholders in {', '.join(columns)}",
        rows_in=len(frame),
        rows_out=len(frame),
        changed=int(rows.sum()),
        why="A word for nothing is not a value",
        counts={name: int(where.sum()) for name, where in cleared.items() if where.any()},
        examples=example_rows(frame[list(columns)], np.flatnonzero(rows)),
    )
    return frame.assign(**{name: frame[name].mask(where) for name, where in cleared.items()}), step
