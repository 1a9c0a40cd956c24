"""Columns as the models of this room want them: numbers, or categories as text."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import require_columns


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers one can average; yes and no are categories."""
    return types.is_numeric_dtype(values.dtype) and not types.is_bool_dtype(values.dtype)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers as float64, times as seconds (float64), all else as text; missing stays missing.

    Raises:
        LabKitError: If a column of numbers holds an infinity: no mean survives one.
    """
    return pd.DataFrame({name: _plain(frame[name]) for name in frame}, index=frame.index)


def require_usable(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Make sure that columns are there and that something in each is known.

    Raises:
        LabKitError: Naming the columns that are missing from the table, or missing throughout.
    """
    require_columns(frame.columns, columns)
    empty = [name for name in columns if frame[name].isna().all()]
    if empty:
        raise LabKitError(
            f"Nothing is known in {', '.join(empty)}: every value is missing",
            where=f"{len(frame):,} rows",
            next_step=f"drop it, frame.drop(columns={empty}); there is nothing to learn from",
        )


def _plain(values: pd.Series) -> pd.Series:
    if is_number(values):
        numbers = pd.Series(values.to_numpy(dtype="float64", na_value=np.nan), values.index)
        endless = np.flatnonzero(np.isinf(numbers))
        if len(endless):
            raise LabKitError(
                f'Column "{values.name}" holds infinity in {len(endless):,} rows',
                where=f"row {', '.join(map(str, endless[:5]))}",
                next_step=f'make it missing first: clean.repair_range(frame, "{values.name}", '
                'action="null", low=..., high=...)',
            )
        return numbers
    if types.is_datetime64_any_dtype(values.dtype):
        seconds = values.dt.as_unit("s").astype("int64").astype("float64")
        return seconds.mask(values.isna())
    return values.astype("str")
