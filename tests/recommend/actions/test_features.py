"""What was known at a moment, counted by hand; nothing later leaks in."""

import numpy as np
import pandas as pd
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.actions.features import Features, Timeline
from lab_kit.recommend.interactions import DAY, Interactions
from tests.recommend.shops import START, frame, random_events


def features_of(view, log, moments, users, counted=(), taken=0):
    factors = np.arange(2.0 * len(view.items)).reshape(-1, 2)
    table = sp.csr_array((0, 0), dtype=np.float32)
    made = Features((), table, factors, np.array(counted, int), [f"a{c}" for c in counted], taken)
    start = START.value // 10**6
    found = made.of(
        np.full(len(users), -1),
        np.array([start + round(day * DAY) for day in moments]),
        (Timeline(view.start, view.events), view.users.codes(users)),
        (Timeline(log.start, log.events), log.users.codes(users)),
    )
    return pd.DataFrame(found, columns=made.names), factors


def test_behaviour_by_hand():
    view = Interactions.from_frame(
        frame(("u", "x", 0), ("u", "y", 24 * 20), ("u", "y", 24 * 38), ("v", "x", 5))
    )
    empty = Interactions.from_frame(frame(("u", "x", 0)).iloc[:0])
    found, factors = features_of(view, empty, [40, 38, 0, 40], ["u", "u", "u", "nobody"])
    assert np.expm1(found["events ever"]).round(6).tolist() == [3, 2, 0, 0]
    assert np.expm1(found["events in 7 days"]).round(6).tolist() == [1, 0, 0, 0]
    assert np.expm1(found["events in 28 days"]).round(6).tolist() == [2, 1, 0, 0]
    days = np.expm1(found["days since an event"]).round(6).tolist()
    assert days == [2, 18, 365, 365]
    x, y = factors[view.items.codes(["x", "y"])]
    tastes = found[["taste 1", "taste 2"]].to_numpy()
    np.testing.assert_allclose(tastes, [(x + 2 * y) / 3, (x + y) / 2, [0, 0], [0, 0]])


def test_past_actions_by_hand():
    view = Interactions.from_frame(frame(("u", "x", 0)))
    rows = frame(("u", "a", 0), ("u", "a", 24), ("u", "b", 48), ("v", "a", 0))
    log = Interactions.from_frame(rows.assign(event_type=["TAKEN", "VIEWED", "TAKEN", "VIEWED"]))
    taken = log.event_types.index("TAKEN")
    found, _ = features_of(view, log, [9, 1.5, 1], ["u", "u", "u"], log.items.codes(["a"]), taken)
    assert np.expm1(found["actions taken"]).round(6).tolist() == [2, 1, 1]
    assert np.expm1(found["actions left"]).round(6).tolist() == [1, 1, 0]
    assert np.expm1(found["days since an action"]).round(6).tolist() == [7, 0.5, 1]
    own = found.columns[-2:]
    assert np.expm1(found[own]).round(6).to_numpy().tolist() == [[1, 1], [1, 1], [1, 0]]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.floats(0, 22))
def test_what_comes_later_changes_nothing(seed, moment):
    rows = random_events(seed, events=60)
    rows["event_type"] = np.where(np.arange(60) % 2, "TAKEN", "VIEWED")
    cut = START + pd.to_timedelta(moment, unit="D").as_unit("ms")
    view = Interactions.from_frame(rows)
    known = view.before(cut.value // 10**6 if cut.unit == "ns" else cut.value)
    users = view.users.values
    counted = [0, 1]
    kind = view.event_types.index("TAKEN")
    all_of_it, _ = features_of(view, view, [moment] * len(users), users, counted, kind)
    past, _ = features_of(known, known, [moment] * len(users), users, counted, kind)
    np.testing.assert_allclose(all_of_it, past, atol=1e-9)
