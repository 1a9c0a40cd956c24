"""Small interactions whose every list can be checked by eye."""

import numpy as np
import pandas as pd

from lab_kit.recommend.interactions import Interactions

START = pd.Timestamp("2026-01-01", tz="UTC")


def frame(*rows, **columns):
    """Events of (user, item, hour)."""
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "hour"])
    table["timestamp"] = START + pd.to_timedelta(table.pop("hour"), unit="h")
    return table.astype({"user_id": "str", "item_id": "str"}).assign(**columns)


def interactions(*rows, **options):
    return Interactions.from_frame(frame(*rows), **options)


def checkerboard(size=12, left_out=2):
    """Even users like even items, odd users odd ones.

    Each goes round the items they like, from a place of their own, and has not come to the last
    `left_out` of them yet.
    """
    rows = []
    for user in range(size):
        liked = list(range(user % 2, size, 2))
        turned = liked[user // 2 :] + liked[: user // 2]
        seen = turned[: len(liked) - left_out]
        rows += [(f"u{user}", f"i{item}", hour) for hour, item in enumerate(seen)]
    return frame(*rows)


def random_events(seed, users=9, items=7, events=60):
    rng = np.random.default_rng(seed)
    return frame(
        *zip(
            (f"u{n}" for n in rng.integers(0, users, events)),
            (f"i{n}" for n in rng.integers(0, items, events)),
            rng.integers(0, 500, events).tolist(),
            strict=True,
        )
    )
