"""What is known of items had before: by hand, and counted event by event."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.signals.again import (
    AGES,
    ANOTHER_DAY,
    DOUBT_USERS,
    DUE,
    FADING,
    Again,
)
from tests.recommend.shops import frame, full_shop

SHOP = full_shop(7, items=8, events=600)


def numbers_of(again, history, item, depth=500):
    """By name, what is known of the pair."""
    _, items, numbers = again.pairs(Histories.of([history]), depth)
    row = int(np.flatnonzero(items == item)[0])
    return dict(zip(again.names, numbers[row].tolist(), strict=True))


def slowly(again, view, history, depth):
    """{item: numbers}, one event after another."""
    moment = int(history.events.time[-1]) if history.now < 0 else history.now
    rows = {}
    events = list(zip(*history.events.columns()[:3], strict=True))[-depth:]
    for item in {int(item) for item, _, _ in events if 0 <= item < len(view.items)}:
        own = [(len(events) - 1 - n, *event) for n, event in enumerate(events) if event[0] == item]
        row = []
        for kind in again.learned["kinds"]:
            of = [event for event in own if kind < 0 or event[3] == kind]
            ages = [(moment - time) / DAY for _, _, time, _ in of]
            row += [
                np.log1p(len(of)),
                max((np.exp(-back / FADING) for back, *_ in of), default=0),
                *(float(any(age < days for age in ages)) for days in AGES),
            ]
        taking = again.learned["taking"].tolist()
        since = [(moment - time) / DAY for *_, time, kind in own if not taking or kind in taking]
        due = np.zeros(len(DUE) + 1)
        if since:
            part = min(since) / again.learned["interval"][item]
            due[sum(part >= bound for bound in DUE)] = 1
        row += [*due, *(due * again.learned["odds"][item])]
        rows[item] = np.array(row)
    return rows


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 39), st.integers(0, 90), st.sampled_from([3, 10, 500]), st.booleans())
def test_pairs_are_what_one_counts_event_by_event(user, days, depth, purchases):
    again = Again.fit(SHOP, ("Purchase",) if purchases else ("Nothing",))
    history = SHOP.histories(np.array([user]))[0]
    history = history.at(int(history.events.time[-1]) + days * DAY)
    _, items, numbers = again.pairs(Histories.of([history]), depth)
    expected = slowly(again, SHOP, history, depth)
    assert items.tolist() == sorted(expected)
    for item, row in zip(items.tolist(), numbers, strict=True):
        np.testing.assert_allclose(row, expected[item], atol=1e-5)


def test_many_histories_are_the_single_ones_below_each_other():
    again = Again.fit(SHOP, ("Purchase",))
    histories = [SHOP.history("u1"), History(), SHOP.history("u4"), History().add(-1).add(999)]
    row, item, numbers = again.pairs(Histories.of(histories), 20)
    for number, history in enumerate(histories):
        _, alone, own = again.pairs(Histories.of([history]), 20)
        np.testing.assert_array_equal(item[row == number], alone)
        np.testing.assert_allclose(numbers[row == number], own, atol=1e-6)
    assert not len(again.pairs(Histories.of([History()]), 20)[0])


def test_a_history_by_hand():
    """Rice viewed, bought, and viewed again; asked for nine days after the purchase."""
    rows = [("a", "rice", 0), ("a", "rice", 24), ("a", "soap", 30), ("a", "rice", 48)]
    types = ["View", "Purchase", "View", "View"]
    view = Interactions.from_frame(frame(*rows, event_type=types))
    again = Again.fit(view, ("Purchase",))
    history = view.history("a")
    start = int(history.events.time[0])
    found = numbers_of(again, history.at(start + 10 * DAY), view.items.code("rice"))
    view_type, buy = view.event_types.index("View"), view.event_types.index("Purchase")
    assert found["any: number"] == pytest.approx(np.log(4))
    assert found["any: fading"] == 1
    assert found[f"any of type {view_type}: number"] == pytest.approx(np.log(3))
    assert found[f"any of type {buy}: fading"] == pytest.approx(np.exp(-2 / FADING))
    assert found["any: younger than 7 days"] == 0
    assert found["any: younger than 28 days"] == 1
    # Nobody took anything twice: an item is due after 30 days, and 9 are fewer than half of them.
    assert again.learned["interval"].tolist() == pytest.approx([30, 30])
    assert found["soon after"] == 1
    assert found["0.5 of its interval"] == 0
    soap = numbers_of(again, history, view.items.code("soap"))
    assert (
        sum(soap[name] for name in again.names if "interval" in name or name == "soon after") == 0
    )


def bought(*rows):
    """Purchases of (user, item, day)."""
    events = frame(*[(user, item, 24 * day) for user, item, day in rows], event_type="Purchase")
    return Interactions.from_frame(events)


def test_the_interval_is_the_early_quarter_of_the_gaps_and_a_moment_lies_in_its_part():
    """Rice comes back after 8, 4, 20, 12, 16 and 30 days, the same evening not counted."""
    days = np.cumsum([0, 8, 0.25, 4, 20, 12, 16, 30])
    view = bought(*[("a", "rice", day) for day in days], ("a", "coat", 1), ("b", "rice", 0))
    again = Again.fit(view, ("Purchase",))
    rice, coat = view.items.codes(["rice", "coat"])
    # There is nothing it could be drawn to but itself.
    expected = np.quantile([8, 4, 20, 12, 16, 30], 0.25, method="lower")
    assert expected == 8
    assert again.learned["interval"][[rice, coat]].tolist() == pytest.approx([expected] * 2)
    history = view.history("a")
    for part, name in [(0.2, "soon after"), (0.6, "0.5 of"), (1.1, "0.8 of"), (9, "5 of")]:
        moment = int(history.events.time[-1]) + round(part * expected * DAY)
        found = numbers_of(again, history.at(moment), rice)
        due = [key for key in again.names[-12:-6] if found[key]]
        assert len(due) == 1
        assert due[0].startswith(name)
        assert found[f"{due[0]}, by odds"] == pytest.approx(again.learned["odds"][rice])


def test_odds_are_shares_of_buyers_who_took_it_again_shrunken_towards_the_mean():
    rows = [(f"u{n}", "rice", day) for n in range(30) for day in (0, 10)]
    rows += [(f"u{n}", "coat", 1) for n in range(30)]
    rows += [("u0", "soap", 2), ("u0", "soap", 2.3)]  # the same occasion
    view = bought(*rows)
    again = Again.fit(view, ("Purchase",))
    rice, coat, soap = view.items.codes(["rice", "coat", "soap"])
    buyers = np.zeros(3)
    buyers[[rice, coat, soap]] = [30, 30, 1]
    repeaters = np.zeros(3)
    repeaters[rice] = 30
    share = (repeaters + 0.02) / (buyers + 1)
    own = np.log(share / (1 - share))
    mean = np.average(own, weights=buyers)
    expected = (buyers * own + DOUBT_USERS * mean) / (buyers + DOUBT_USERS)
    expected -= np.average(expected, weights=buyers)
    np.testing.assert_allclose(again.learned["odds"], expected, atol=1e-4)
    assert again.learned["odds"][rice] > again.learned["odds"][soap] > again.learned["odds"][coat]


def test_attributes_suggest_the_interval_of_an_item_nobody_took_twice():
    days = [0, 5, 10, 15, 20, 25]
    rows = [(f"u{n}", item, day) for n in range(9) for item in ("rice", "bread") for day in days]
    rows += [(f"u{n}", "coat", day) for n in range(9) for day in (0, 90, 180)]
    rows += [("u0", "noodles", 3), ("u0", "jacket", 3)]
    items = pd.DataFrame(
        {
            "item_id": ["rice", "bread", "coat", "noodles", "jacket"],
            "kind": ["food", "food", "wear", "food", "wear"],
        }
    ).astype("str")
    events = frame(*[(u, i, 24 * day) for u, i, day in rows], event_type="Purchase")
    view = Interactions.from_frame(events, items=items)
    interval = Again.fit(view, ("Purchase",)).learned["interval"]
    rice, coat, noodles, jacket = view.items.codes(["rice", "coat", "noodles", "jacket"])
    assert interval[rice] == pytest.approx(5, rel=0.1)
    assert interval[coat] > 30
    assert interval[noodles] < 10 < 20 < interval[jacket]
    assert (interval >= ANOTHER_DAY).all()


def test_where_the_types_that_satisfy_a_wish_do_not_occur_all_do():
    """Also where the type is known by name, and all its events were left out."""
    view = SHOP.where(SHOP.events.kind != SHOP.event_types.index("Purchase"))
    assert "Purchase" in view.event_types
    again, unnamed = Again.fit(view, ("Purchase",)), Again.fit(view, ())
    for name in ("taking", "interval", "odds"):
        np.testing.assert_array_equal(again.learned[name], unnamed.learned[name])
    one, other = (found.pairs(view.histories(), 500)[2] for found in (again, unnamed))
    np.testing.assert_array_equal(one, other)
    assert one[:, -2 * (len(DUE) + 1) :].any()
