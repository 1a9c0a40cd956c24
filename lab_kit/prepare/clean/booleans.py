"""Yes and no, written many ways."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lab_kit.prepare.clean.unread import read_step
from lab_kit.prepare.clean.values import distinct, spread, written
from lab_kit.prepare.columns import require_column
from lab_kit.prepare.ledger import Step

TRUE = ("true", "t", "yes", "y", "1", "1.0", "o", "예", "네")
FALSE = ("false", "f", "no", "n", "0", "0.0", "x", "아니오", "아니요")


def parse_booleans(
    frame: pd.DataFrame, column: str, *, true: Sequence[str] = TRUE, false: Sequence[str] = FALSE
) -> tuple[pd.DataFrame, Step]:
    """Read a column of yes and no; what is neither is missing and kept in `<column>_unread`.

    Args:
        frame: Any frame.
        column: The column to read.
        true: Texts that mean yes; capitals and blanks around do not count.
        false: Texts that mean no.

    Returns:
        The frame with the column as "boolean" (pandas' type that can be missing); and the step.

    Raises:
        LabKitError: If the column is missing.
    """
    meaning = {**{word.casefold(): True for word in true}, **{w.casefold(): False for w in false}}
    values = require_column(frame, column)
    codes, texts = distinct(values)
    results = [meaning.get(text.strip().casefold()) for text in texts]
    blank = ~written(values.astype("str"))
    flags = pd.Series(spread(codes, results, dtype="boolean"), frame.index)
    return read_step(
        f"read yes and no of {column}",
        frame,
        column,
        flags,
        {"unreadable": flags.isna().to_numpy() & ~blank},
        why="Every way to write yes and no is one of two values",
        counts={"blank": int(blank.sum())} if np.any(blank) else {},
    )
