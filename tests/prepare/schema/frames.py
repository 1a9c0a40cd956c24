"""Small tables that keep every rule, for tests to break one at a time."""

import numpy as np
import pandas as pd

from lab_kit.data.dataset import Dataset


def good_interactions(rows=1_500, users=50, items=50):
    number = np.arange(rows)
    start = pd.Timestamp("2026-01-01", tz="UTC")
    return pd.DataFrame(
        {
            "user_id": [f"U{n % users:03d}" for n in number],
            "item_id": [f"I{n % items:03d}" for n in number],
            "timestamp": pd.Series(start + pd.to_timedelta(number, unit="h")).astype(
                "datetime64[us, UTC]"
            ),
            "event_type": np.where(number % 3 == 0, "Purchase", "View"),
        }
    ).astype({"event_type": "str"})


def good_users(users=50):
    return pd.DataFrame({"user_id": [f"U{n:03d}" for n in range(users)], "age": 30})


def good_items(items=50):
    return pd.DataFrame(
        {
            "item_id": [f"I{n:03d}" for n in range(items)],
            "colour": ["red", "red|blue"] * (items // 2),
        }
    )


def dataset(users=None, items=None, interactions=None):
    return Dataset("tiny", "Tiny", users=users, items=items, interactions=interactions)
