"""Values outside the range that can be true."""

from typing import Literal

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import require_column
from lab_kit.prepare.ledger import Step, example_rows

Action = Literal["null", "drop", "clip", "flag"]

WHY = {
    "null": "What cannot be true is missing now",
    "drop": "Rows with what cannot be true are gone",
    "clip": "What lies beyond a bound is put on it",
    "flag": "What cannot be true is kept and marked",
}


def repair_range(
    frame: pd.DataFrame,
    column: str,
    *,
    action: Action,
    low: float | pd.Timestamp | None = None,
    high: float | pd.Timestamp | None = None,
) -> tuple[pd.DataFrame, Step]:
    """Deal with values below `low` or above `high`; the bounds themselves are inside.

    Args:
        frame: Any frame.
        column: A column of numbers or times. Missing values are neither inside nor outside.
        action: "null" makes them missing, "drop" removes their rows, "clip" puts them on the
            bound they passed, "flag" keeps them and marks them in `<column>_out_of_range`.
        low: The least value that can be true; None for no bound.
        high: The greatest.

    Returns:
        The frame; and the step, which counts those too low and those too high.

    Raises:
        LabKitError: If the column is missing or is text, if no bound is given, `low` is above
            `high`, or there is no such action.
    """
    values = require_numbers_or_times(frame, column)
    _require_bounds(low, high, action)
    too_low = (values < low).to_numpy(bool, na_value=False) if low is not None else False
    too_high = (values > high).to_numpy(bool, na_value=False) if high is not None else False
    outside = np.broadcast_to(too_low | too_high, len(frame))
    out = _acted(frame, column, outside, action, low, high)
    rows = np.flatnonzero(outside)
    counts = {"too low": int(np.sum(too_low)), "too high": int(np.sum(too_high))}
    step = Step(
        f"{action} {column} outside {_bounds(low, high)}",
        rows_in=len(frame),
        rows_out=len(out),
        changed=len(rows) if action in ("null", "clip") else 0,
        why=WHY[action],
        counts={reason: rows for reason, rows in counts.items() if rows},
        examples=example_rows(frame, rows),
    )
    return out, step


def require_numbers_or_times(frame: pd.DataFrame, column: str) -> pd.Series:
    """The column, if it can be compared with numbers or times.

    Raises:
        LabKitError: If it is missing, or if it is text or true and false.
    """
    values = require_column(frame, column)
    types = pd.api.types
    if types.is_datetime64_any_dtype(values) or (
        types.is_numeric_dtype(values) and not types.is_bool_dtype(values)
    ):
        return values
    raise LabKitError(
        f'Column "{column}" holds {values.dtype}, neither numbers nor times',
        next_step=f'read it first, with clean.parse_numbers(frame, "{column}") for instance',
    )


def _require_bounds(
    low: float | pd.Timestamp | None, high: float | pd.Timestamp | None, action: str
) -> None:
    if action not in WHY:
        raise LabKitError(
            f'There is no action "{action}"', next_step=f"use one of {', '.join(WHY)}"
        )
    if low is None and high is None:
        raise LabKitError("No bound is given", next_step="give low=, high= or both")
    if low is not None and high is not None and low > high:
        raise LabKitError(f"No value is from {low} to {high}", next_step="exchange low and high")


def _acted(
    frame: pd.DataFrame,
    column: str,
    outside: np.ndarray,
    action: Action,
    low: float | pd.Timestamp | None,
    high: float | pd.Timestamp | None,
) -> pd.DataFrame:
    if action == "drop":
        return frame[~outside].reset_index(drop=True)
    if action == "flag":
        return frame.assign(**{f"{column}_out_of_range": outside})
    if action == "null":
        return frame.assign(**{column: frame[column].mask(outside)})
    return frame.assign(**{column: frame[column].clip(low, high)})


def _bounds(low: object, high: object) -> str:
    if low is None:
        return f"up to {high}"
    return f"{low} and up" if high is None else f"{low} to {high}"
