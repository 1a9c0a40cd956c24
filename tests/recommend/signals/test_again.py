"""What is known of items had before: by hand, and counted event by event."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.signals.again import AGES, FADING, Again
from lab_kit.recommend.signals.hazard import at
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
        nearest = np.array([min(since, default=np.inf)])
        row += at(again.learned["hazards"], np.array([item]), nearest).tolist()
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
    rice = np.array([view.items.code("rice")])
    nine = at(again.learned["hazards"], rice, np.array([9.0]))[0]
    assert found["time since it was taken"] == pytest.approx(nine)
    soap = numbers_of(again, history, view.items.code("soap"))
    assert soap["time since it was taken"] == 0


def test_where_the_types_that_satisfy_a_wish_do_not_occur_all_do():
    """Also where the type is known by name, and all its events were left out."""
    view = SHOP.where(SHOP.events.kind != SHOP.event_types.index("Purchase"))
    assert "Purchase" in view.event_types
    again, unnamed = Again.fit(view, ("Purchase",)), Again.fit(view, ())
    for name in ("taking", "hazards"):
        np.testing.assert_array_equal(again.learned[name], unnamed.learned[name])
    one, other = (found.pairs(view.histories(), 500)[2] for found in (again, unnamed))
    np.testing.assert_array_equal(one, other)
    assert one[:, -1].any()
