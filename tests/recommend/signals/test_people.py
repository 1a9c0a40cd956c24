"""What such people take, and what is taken under such circumstances: counted by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.signals.people import DOUBT, MOST, Circumstances, People, more_often
from tests.recommend.shops import frame, full_shop, random_events
from tests.recommend.signals.questions import each, question


def test_people_by_hand():
    """Three young users take x, one old one takes y; the old one lives in Busan."""
    users = pd.DataFrame(
        {
            "user_id": ["a", "b", "c", "d", "e"],
            "age": ["young", "young", "young", "old", None],
            "town": [None, None, None, "Busan", None],
        }
    )
    rows = [*[(user, "x", hour) for user in "abc" for hour in (0, 1)], ("d", "y", 0), ("d", "x", 1)]
    view = Interactions.from_frame(frame(*rows), users=users)
    group = People.fit(view)
    x, y = view.items.codes(["x", "y"])
    histories = [History(user=view.users.code(user)) for user in "ade"] + [History()]
    found = each(group, question(view, histories))[0]
    young = [np.log((6 + DOUBT) / (6 * 7 / 8 + DOUBT)), np.log(DOUBT / (6 * 1 / 8 + DOUBT))]
    old = [np.log((1 + DOUBT) / (2 * 7 / 8 + DOUBT)), np.log((1 + DOUBT) / (2 / 8 + DOUBT))]
    np.testing.assert_allclose(found[:, [x, y]], [young, old, [0, 0], [0, 0]], atol=1e-6)


def test_circumstances_by_hand():
    """On the phone only x is taken, at the desk mostly y; once nobody knows."""
    rows = [
        ("a", "x", 0),
        ("a", "x", 1),
        ("b", "y", 0),
        ("b", "y", 1),
        ("b", "x", 2),
        ("c", "x", 0),
    ]
    device = ["phone", "phone", "desk", "desk", "desk", None]
    view = Interactions.from_frame(frame(*rows, device=device), contexts=["device"])
    group = Circumstances.fit(view)
    assert group.names == ("taken with this device",)
    assert view.contexts == {"device": ("phone", "desk")}
    x, y = view.items.codes(["x", "y"])
    of = [replace(History(), context=context) for context in [(0,), (1,), (-1,), (), (7,)]]
    found = each(group, question(view, of))[0]
    phone = [np.log((2 + DOUBT) / (2 * 3 / 5 + DOUBT)), np.log(DOUBT / (2 * 2 / 5 + DOUBT))]
    desk = [np.log((1 + DOUBT) / (3 * 3 / 5 + DOUBT)), np.log((2 + DOUBT) / (3 * 2 / 5 + DOUBT))]
    np.testing.assert_allclose(found[:2, [x, y]], [phone, desk], atol=1e-6)
    assert not found[2:].any()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.integers(1, 5), st.integers(1, 400))
def test_ratios_are_those_of_a_table_filled_event_by_event(seed, groups, times):
    rng = np.random.default_rng(seed)
    events = random_events(seed, 6, 5, 40).assign(weight=rng.uniform(0.1, 2, 40) * times)
    view = Interactions.from_frame(events)
    member = rng.integers(-1, 3, len(view))
    belongs = (rng.random((3, groups)) < 0.5).astype(np.float32)
    counts, total, taken = np.zeros((groups, len(view.items))), 0.0, np.zeros(len(view.items))
    for n in range(len(view)):
        if member[n] < 0:
            continue
        worth = view.events.weight[n] / view.events.weight.max()
        total += worth
        taken[view.events.item[n]] += worth
        counts[:, view.events.item[n]] += worth * belongs[member[n]]
    expected = counts.sum(axis=1)[:, None] * taken / max(total, 1e-9)
    slow = np.log((counts + DOUBT) / (expected + DOUBT)).clip(-MOST, MOST)
    found = more_often(sp.csr_array(belongs), view, member)
    np.testing.assert_allclose(found, slow, atol=1e-5)


def test_ratios_beyond_the_most_are_cut():
    rows = [(f"u{n % 2}", f"i{n % 2}", n) for n in range(4_000)]
    users = pd.DataFrame({"user_id": ["u0", "u1"], "kind": ["even", "odd"]}).astype("str")
    view = Interactions.from_frame(frame(*rows), users=users)
    found = People.fit(view).learned["table"]
    assert found.min() == -MOST  # 5 against 1,005 expected
    assert found.max() == pytest.approx(np.log(2_005 / 1_005), rel=1e-5)


def test_a_user_who_came_after_fitting_is_nobody_in_particular():
    view = full_shop()
    group = People.fit(view)
    more = view.append(frame(("newcomer", "i1", 900)))
    histories = Histories.of([more.history("newcomer"), more.history("u1")])
    found = each(group, question(view, histories))[0]
    assert not found[0].any()
    assert found[1].any()


def test_nothing_is_learnt_where_nothing_is_known():
    view = Interactions.from_frame(random_events(1))
    assert People.fit(view) is None
    assert Circumstances.fit(view) is None
    empty = pd.DataFrame({"user_id": ["u1"], "age": pd.Series([None], dtype="str")})
    assert People.fit(Interactions.from_frame(random_events(1), users=empty)) is None
    unsaid = random_events(1).assign(device=pd.Series([None] * 60, dtype="str"))
    group = Circumstances.fit(Interactions.from_frame(unsaid, contexts=["device"]))
    assert not each(group, question(view, [replace(History(), context=(0,))])).any()
