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


def full_shop(seed=0, users=40, items=25, events=900, **options):
    """Everything an event, a user and an item can have: types, weights, contexts, attributes.

    Two items have no attributes and no events, one user has no attributes; a device goes with a
    half of the items, so that circumstances say something.
    """
    rng = np.random.default_rng(seed)
    table = random_events(seed, users, items, events)
    number = table["item_id"].str[1:].astype(int)
    device = np.where(rng.random(events) < 0.8, number % 2, rng.integers(0, 2, events))
    table = table.assign(
        event_type=rng.choice(["View", "View", "Click", "Purchase"], events),
        weight=rng.uniform(0.5, 2, events).round(2),
        device=np.array(["phone", "desk"])[device],
        day=rng.choice(["work", "rest"], events),
    )
    known = pd.DataFrame(
        {
            "item_id": [f"i{n}" for n in range(items)],
            "genres": [["Comedy|War", "War", "Drama"][n % 3] for n in range(items)],
            "price": np.arange(items, dtype=float),
            "creation_timestamp": START + pd.to_timedelta(np.arange(items), unit="D"),
        }
    )
    bare = pd.DataFrame({"item_id": ["bare", "blank"]})
    people = pd.DataFrame(
        {
            "user_id": [f"u{n}" for n in range(users)],
            "age": [["young", "old"][n % 2] for n in range(users)],
            "town": [["Seoul", "Busan", None][n % 3] for n in range(users)],
        }
    )
    people.loc[0, ["age", "town"]] = None
    options = {"contexts": ["device", "day"], **options}
    return Interactions.from_frame(
        table, items=pd.concat([known, bare], ignore_index=True), users=people, **options
    )
