"""Events and measures as frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.recommend.evaluate.bootstrap import interval, resampled_means
from lab_kit.recommend.histories import Histories
from lab_kit.recommend.interactions import Interactions

_NO_MEASURES = ("given", "to_find", "answered", "propensities")


def frame_of(
    known: Interactions, histories: Histories, *, with_users: bool = False
) -> pd.DataFrame:
    """One row an event, by user and time: `item_id`, `timestamp`, `event_type`, `weight`.

    Args:
        known: Where the codes have their names.
        histories: Whose events.
        with_users: Whether a column `user_id` comes first.
    """
    events = histories.events
    names = np.array([*known.event_types, None], dtype=object)
    columns = {
        "item_id": known.items.values[events.item],
        "timestamp": pd.to_datetime(events.time, unit="ms", utc=True),
        "event_type": names[events.kind],
        "weight": events.weight,
    }
    if with_users:
        columns = {"user_id": known.users.values[histories.user[histories.row]], **columns}
    return pd.DataFrame(columns)


def with_doubt(held_out: pd.DataFrame, level: float, seed: int) -> pd.DataFrame:
    """Means over users and how far they may be off: `mean`, `low`, `high`, `users` by metric.

    Args:
        held_out: As `Trained.held_out`.
        level: The part of draws the interval holds; between 0 and 1.
        seed: Draws users with replacement.

    Raises:
        LabKitError: Nobody was held out.
    """
    names = [name for name in held_out.columns if name not in _NO_MEASURES]
    if not len(held_out) or not names:
        raise LabKitError(
            "Nobody was held out, so nothing was measured",
            next_step="train on users with ten events or more",
        )
    values = held_out[names].to_numpy(np.float64)
    low, high = interval(resampled_means(values, seed=seed), level)
    return pd.DataFrame(
        {
            "mean": np.nanmean(values, axis=0),
            "low": low,
            "high": high,
            "users": np.isfinite(values).sum(axis=0),
        },
        index=pd.Index(names, name="metric"),
    )
