"""Make gaps by a known mechanism, and keep what stood there."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.missing.columns import is_number

Mechanism = Literal["MCAR", "MAR", "MNAR"]
STRENGTH = 2.0
"""How the log-odds of a gap grow with one standard deviation of what drives it."""


@dataclass(frozen=True, eq=False)
class Gaps:
    """A table with gaps, and the truth behind them."""

    frame: pd.DataFrame
    """The table, with gaps in one column."""
    column: str
    mechanism: Mechanism
    driver: str | None
    """The column that drives the gaps: another (MAR), the same (MNAR) or none (MCAR)."""
    truth: pd.Series
    """The values taken away, by the index labels of their rows."""


def make_gaps(
    frame: pd.DataFrame,
    column: str,
    mechanism: Mechanism,
    *,
    rate: float = 0.3,
    driver: str | None = None,
    seed: int,
) -> Gaps:
    """Take values out of a column.

    Exactly round(rate * known values) are taken: drawn evenly (MCAR), or with odds that grow with
    the driver (MAR) or with the value itself (MNAR), exp(2 z) for z standard deviations of its
    rank. Categories count by how frequent they are: the rarer, the more gaps.

    Args:
        frame: A table.
        column: The column that gets gaps; those it has stay.
        mechanism: "MCAR", "MAR" or "MNAR".
        rate: Share of the known values to take, above 0 and below 1.
        driver: The other column that drives the gaps; needed for MAR, and only there.
        seed: The same seed takes the same values.

    Raises:
        LabKitError: If a column is missing, the rate is out of range, there is no such mechanism,
            or MAR has no driver of its own.
    """
    require_columns(frame.columns, [name for name in (column, driver) if name])
    if not 0 < rate < 1:
        raise LabKitError(
            f"A rate of {rate} leaves nothing to do", next_step="take one between 0 and 1"
        )
    if mechanism not in ("MCAR", "MAR", "MNAR"):
        raise LabKitError(
            f'There is no mechanism "{mechanism}"', next_step="choose MCAR, MAR or MNAR"
        )
    if (mechanism == "MAR") != (driver is not None) or driver == column:
        raise LabKitError(
            "Gaps at random given another column (MAR) need that column, and the others need none",
            next_step='name it, such as make_gaps(frame, "income", "MAR", driver="age", seed=1)',
        )
    cause = column if mechanism == "MNAR" else driver
    known = np.flatnonzero(frame[column].notna())
    pull = np.zeros(len(known)) if cause is None else STRENGTH * _rank(frame[cause]).iloc[known]
    # The largest of log-odds + Gumbel noise: a draw without replacement with these odds.
    keys = pull + np.random.default_rng(seed).gumbel(size=len(known))
    taken = np.sort(known[np.argsort(-np.asarray(keys), kind="stable")[: round(rate * len(known))]])
    labels = frame.index[taken]
    values = frame[column]
    gone = np.zeros(len(frame), bool)
    gone[taken] = True
    holed = frame.assign(**{column: values.mask(gone)})
    return Gaps(
        holed, column, mechanism, cause, pd.Series(values.array[taken], labels, name=column)
    )


def _rank(values: pd.Series) -> pd.Series:
    """Ranks with mean 0 and standard deviation 1; missing is in the middle."""
    order = values if is_number(values) else -values.map(values.value_counts())
    rank = order.rank().astype("float64")
    spread = rank.std()
    return ((rank - rank.mean()) / (spread if spread > 0 else 1)).fillna(0)
