"""Values far from the others: marked, never removed, because some of them are true."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lab_kit.prepare.clean.ranges import require_numbers_or_times
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.ledger import Step, example_rows


def flag_outliers_iqr(
    frame: pd.DataFrame, column: str, *, by: Sequence[str] = (), times: float = 1.5
) -> tuple[pd.DataFrame, Step]:
    """Mark what lies far outside the middle half (Tukey, Exploratory Data Analysis, 1977).

    An outlier is below Q1 - times (Q3 - Q1) or above Q3 + times (Q3 - Q1).

    Args:
        frame: Any frame.
        column: A column of numbers.
        by: Columns whose values make groups, each judged by itself; a price is only strange
            among its like.
        times: How many widths of the middle half are still near.

    Returns:
        The frame with `<column>_outlier` (bool); and the step. A group whose middle half has no
        width has no outliers, since any other value would be one; such groups are counted.

    Raises:
        LabKitError: If a column is missing or `column` holds no numbers.
    """
    values, group = _numbers_and_groups(frame, column, by)
    grouped = values.groupby(group)
    lower, upper = (grouped.quantile(share).to_numpy()[group] for share in (0.25, 0.75))
    width = upper - lower
    far = (values < lower - times * width) | (values > upper + times * width)
    return _flagged(frame, column, by, far & (width > 0), width, group, f"{times:g} IQR")


def flag_outliers_mad(
    frame: pd.DataFrame, column: str, *, by: Sequence[str] = (), threshold: float = 3.5
) -> tuple[pd.DataFrame, Step]:
    """Mark what lies far from the median, by the modified z-score.

    0.6745 |x - median| / MAD, where MAD is the median of |x - median|, and 3.5 as the threshold:
    Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993. Up to half of the values may be
    wrong without moving it.

    Args:
        frame: Any frame.
        column: A column of numbers.
        by: As in `flag_outliers_iqr`.
        threshold: The greatest score that is still near.

    Returns:
        As `flag_outliers_iqr`.

    Raises:
        LabKitError: As `flag_outliers_iqr`.
    """
    values, group = _numbers_and_groups(frame, column, by)
    distance = (values - values.groupby(group).median().to_numpy()[group]).abs()
    mad = distance.groupby(group).median().to_numpy()[group]
    far = 0.6745 * distance > threshold * mad
    return _flagged(frame, column, by, far & (mad > 0), mad, group, f"score {threshold:g}")


def _numbers_and_groups(
    frame: pd.DataFrame, column: str, by: Sequence[str]
) -> tuple[pd.Series, np.ndarray]:
    require_columns(frame.columns, by)
    values = require_numbers_or_times(frame, column).astype("float64").reset_index(drop=True)
    if not by:
        return values, np.zeros(len(frame), int)
    return values, frame.groupby(list(by), dropna=False).ngroup().to_numpy()


def _flagged(
    frame: pd.DataFrame,
    column: str,
    by: Sequence[str],
    far: pd.Series,
    spread: np.ndarray,
    group: np.ndarray,
    limit: str,
) -> tuple[pd.DataFrame, Step]:
    rows = np.flatnonzero(far)
    flat = len(np.unique(group[spread == 0]))
    step = Step(
        f"flag outliers of {column}",
        rows_in=len(frame),
        rows_out=len(frame),
        why=f"Further than {limit} from the middle{' of its ' + ', '.join(by) if by else ''}; "
        f"nothing is removed{f'; {flat} without spread not judged' if flat else ''}",
        counts={"outlier": len(rows)} if len(rows) else {},
        examples=example_rows(frame, rows),
    )
    return frame.assign(**{f"{column}_outlier": far.to_numpy(bool)}), step
