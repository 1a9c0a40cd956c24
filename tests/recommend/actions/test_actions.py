"""Actions and their log: what is read, and which occasions it makes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.recommend.actions.catalogue import NEVER, Actions
from lab_kit.recommend.actions.episodes import Episodes, read_log, ready
from lab_kit.recommend.interactions import DAY

START = pd.Timestamp("2026-01-01", tz="UTC")


def log_of(*rows):
    """Events of (user, action, day, kind)."""
    table = pd.DataFrame(rows, columns=["user_id", "action_id", "day", "event_type"])
    table["timestamp"] = START + pd.to_timedelta(table.pop("day").astype(float), unit="D")
    return table.astype({"user_id": "str", "action_id": "str", "event_type": "str"})


def actions_of(*ids, **columns):
    return pd.DataFrame({"action_id": list(ids), **columns}).astype({"action_id": "str"})


def test_actions_are_read_with_what_is_not_said():
    found = Actions.from_frame(
        actions_of(
            "join", "buy", "read",
            value=[10, None, 5],
            repeat_frequency=[7, 30, None],
            expiration_timestamp=[START, pd.NaT, pd.NaT],
            creation_timestamp=[pd.NaT, START, START],
        )
    )  # fmt: skip
    join, buy, read = found.ids.codes(["join", "buy", "read"])
    start = START.value // 10**6
    assert found.value[[join, buy, read]].tolist() == [10, 1, 5]
    assert found.pause[[join, buy, read]].tolist() == [7 * DAY, 30 * DAY, 0]
    assert found.expires[[join, buy, read]].tolist() == [start, NEVER, NEVER]
    assert found.created[[join, buy, read]].tolist() == [0, start, start]


WRONG = [
    (pd.DataFrame({"id": ["x"]}), 'Column "action_id" is missing'),
    (actions_of("x", "x"), "Action 'x' stands there twice"),
    (actions_of("x", "y", value=[1, 11]), "value is 11, and has to lie between 1 and 10"),
    (actions_of("x", repeat_frequency=[31]), "repeat_frequency is 31, .* between 0 and 30"),
    (actions_of("x", expiration_timestamp=[5]), "holds int64, not times in UTC"),
    (pd.DataFrame({"action_id": ["x", 3]}), "holds 3, and ids are text"),
]


@pytest.mark.parametrize(("frame", "said"), WRONG)
def test_wrong_actions_are_refused_with_the_mend(frame, said):
    with pytest.raises(LabKitError, match=f"{said}.*Next: "):
        Actions.from_frame(frame)


IDS = Actions.from_frame(actions_of("x", "y")).ids


def test_kinds_are_read_in_any_spelling():
    log = read_log(log_of(("u", "x", 0, "Taken"), ("u", "x", 1, "not taken"),
                          ("u", "y", 2, "VIEWED"), ("u", "y", 3, "NOT_TAKEN")), IDS)  # fmt: skip
    assert [log.event_types[kind] for kind in log.history("u").events.kind] == [
        "TAKEN", "NOT_TAKEN", "VIEWED", "NOT_TAKEN",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (log_of(("u", "x", 0, "clicked")), "event_type is 'clicked', and has to be one of TAKEN"),
        (log_of(("u", "z", 0, "TAKEN")), "1 of 1 actions are unknown, such as 'z'"),
        (log_of().drop(columns="event_type"), "Columns are missing: event_type"),
        (log_of(("u", "x", 0, "TAKEN")).assign(user_id=[3]), "ids are text"),
    ],
)
def test_a_wrong_log_is_refused_with_the_mend(frame, said):
    with pytest.raises(LabKitError, match=f"{said}.*Next: "):
        read_log(frame, IDS)


def test_occasions_by_hand():
    rows = [
        ("u", "x", 0, "VIEWED"), ("u", "x", 3, "VIEWED"), ("u", "x", 9, "TAKEN"),  # one success
        ("u", "x", 14, "VIEWED"), ("u", "x", 15, "NOT_TAKEN"),  # fourteen days later another
        ("u", "y", 1, "TAKEN"),
        ("v", "x", 0, "NOT_TAKEN"), ("v", "x", 40, "TAKEN"),
    ]  # fmt: skip
    log = read_log(log_of(*rows), IDS)
    found = Episodes.of(log, 14 * DAY)
    read = {
        (log.users.values[u], IDS.values[a], (t - START.value // 10**6) / DAY, bool(taken))
        for u, a, t, taken in zip(found.user, found.action, found.time, found.taken, strict=True)
    }
    assert read == {
        ("u", "x", 0, True), ("u", "x", 14, False), ("u", "y", 1, True),
        ("v", "x", 0, False), ("v", "x", 40, True),
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 999), st.integers(0, 60), st.integers(1, 20))
def test_occasions_one_after_the_other(seed, events, period):
    rng = np.random.default_rng(seed)
    rows = [
        (f"u{rng.integers(3)}", "xy"[rng.integers(2)], int(rng.integers(60)), kind)
        for kind in rng.choice(["TAKEN", "VIEWED"], events)
    ]
    log = read_log(log_of(*rows), IDS)
    slow = set()
    for user in {row[0] for row in rows}:
        for action in "xy":
            mine = sorted((row[2], row[3]) for row in rows if row[:2] == (user, action))
            while mine:
                begin = mine[0][0]
                inside = [kind for day, kind in mine if day < begin + period]
                slow.add((user, action, begin, "TAKEN" in inside))
                mine = mine[len(inside) :]
    found = Episodes.of(log, period * DAY)
    days = (found.time - START.value // 10**6) / DAY
    users, actions = log.users.values[found.user], IDS.values[found.action]
    assert set(zip(users, actions, days, found.taken.tolist(), strict=True)) == slow
    assert len(found) == len(slow)


def test_an_action_is_ready_after_fifty_of_both_kinds_in_six_weeks():
    def log(taken, left, day):
        rows = [(f"u{n}", "x", 100, "TAKEN") for n in range(taken)]
        rows += [(f"u{n}", "x", day, ("VIEWED", "NOT_TAKEN")[n % 2]) for n in range(left)]
        return read_log(log_of(*rows), IDS)

    def answer(taken, left, day=90):
        return ready(log(taken, left, day), 50, 42 * DAY)[IDS.code("x")]

    assert answer(50, 50)
    assert not answer(49, 50)
    assert not answer(50, 49)
    assert answer(50, 50, day=58)
    assert not answer(50, 50, day=57.99)
    assert not ready(log(50, 50, 90), 50, 42 * DAY)[IDS.code("y")]
