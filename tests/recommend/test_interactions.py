"""The view of who did what: what is in it, in which order, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import DAY, HOUR, Interactions
from lab_kit.recommend.reading import milliseconds
from lab_kit.recommend.recency import VISIT_GAP
from tests.recommend.shops import frame, interactions, random_events


def names(view, history):
    return view.items.values[history.events.item].tolist()


def test_a_history_is_in_the_order_of_time_and_ties_keep_their_order():
    view = interactions(("a", "z", 5), ("b", "q", 1), ("a", "y", 2), ("a", "x", 2))
    assert names(view, view.history("a")) == ["y", "x", "z"]
    assert len(view.history("nobody")) == 0
    assert len(view) == 4


def test_codes_follow_neither_the_ids_nor_the_order_of_the_rows():
    events = random_events(0, items=40, events=400)
    one, other = (
        Interactions.from_frame(table) for table in (events, events.sample(frac=1, random_state=1))
    )
    assert one.items.values.tolist() == other.items.values.tolist()
    assert one.items.values.tolist() != sorted(one.items.values)


def test_the_matrix_sums_the_weights_of_each_pair():
    events = random_events(1).assign(weight=np.linspace(0.5, 2, 60))
    view = Interactions.from_frame(events)
    slow = events.pivot_table(
        index="user_id", columns="item_id", values="weight", aggfunc="sum", fill_value=0
    ).loc[view.users.values, view.items.values]
    np.testing.assert_allclose(view.matrix().toarray(), slow, rtol=1e-6)


def weighted(seed, **columns):
    weight = np.random.default_rng(seed).uniform(0.2, 3, 60)
    return Interactions.from_frame(random_events(seed).assign(weight=weight, **columns))


@pytest.mark.parametrize("seed", range(5))
def test_the_strength_of_a_pair_is_its_heaviest_event_against_the_heaviest_of_all(seed):
    view = weighted(seed)
    slow = np.zeros((len(view.users), len(view.items)))
    for user, item, weight in zip(view.user, view.events.item, view.events.weight, strict=True):
        slow[user, item] = max(slow[user, item], weight / view.events.weight.max())
    np.testing.assert_allclose(view.strength().toarray(), slow, rtol=1e-6)
    assert view.strength().has_canonical_format
    assert view.relative_weight.max() == 1


def test_strength_is_1_where_events_have_no_weights():
    view = Interactions.from_frame(random_events(3))
    np.testing.assert_array_equal(view.strength().toarray(), view.matrix().toarray() > 0)


@pytest.mark.parametrize("seed", range(5))
def test_each_visit_is_a_user_of_its_own(seed):
    view = weighted(seed, event_type="View")
    visits, slow = view.of_visits(), []
    for user in view.users.values:
        events = view.history(user).events
        for place, time in enumerate(events.time):
            if not place or time - events.time[place - 1] > VISIT_GAP:
                slow.append([])
            slow[-1].append(int(events.item[place]))
    rows = [visits.histories(np.array([n])).events.item.tolist() for n in range(len(visits.users))]
    assert rows == slow
    assert len(visits) == len(view)
    np.testing.assert_array_equal(visits.events.weight, view.events.weight)
    assert visits.event_types == view.event_types
    of_event, begin, of_user = view.visits()
    assert np.bincount(of_event).tolist() == [len(row) for row in slow]
    np.testing.assert_array_equal(begin, view.events.time[visits.start[:-1]])
    first = [int(of_event[place]) for place in view.start[:-1]]
    assert of_user.tolist() == [*first, len(slow)]


def test_users_are_drawn_with_all_their_events_until_there_are_enough():
    view = Interactions.from_frame(random_events(6, users=20, items=9, events=300))
    assert view.some_users(300, seed=0) is view
    sizes = np.diff(view.start)
    drawn = set()
    for seed in range(4):
        some = view.some_users(100, seed=seed)
        kept = np.diff(some.start)
        chosen = kept > 0
        np.testing.assert_array_equal(kept[chosen], sizes[chosen])
        assert 100 <= len(some) < 100 + sizes.max()
        assert (some.users, some.items) == (view.users, view.items)
        drawn.add(tuple(np.flatnonzero(chosen)))
        again = view.some_users(100, seed=seed)
        np.testing.assert_array_equal(again.events.item, some.events.item)
    assert len(drawn) == 4


def test_weights_of_event_types_multiply():
    events = frame(("a", "x", 1), ("a", "y", 2), event_type=["View", "Buy"], weight=[2.0, 3.0])
    view = Interactions.from_frame(events, weights={"Buy": 5})
    assert view.event_types == ("View", "Buy")
    assert view.history("a").events.weight.tolist() == [2, 15]


def test_popularity_counts_users_not_events():
    view = interactions(("a", "x", 0), ("a", "x", 1), ("b", "x", 30), ("b", "y", 31))
    place = view.items.codes(["x", "y"])
    assert view.popularity()[place].tolist() == [2, 1]
    now = milliseconds(frame(("a", "x", 31))["timestamp"])[0]
    assert view.popularity(now=now, window=DAY)[place].tolist() == [1, 0]  # 31 is not before 31
    halved = view.popularity(now=now, half_life=15 * HOUR)[place]
    np.testing.assert_allclose(halved, [0.5**2 + 0.5 ** (1 / 15), 0])


@pytest.mark.parametrize("settled", [False, True])
def test_appended_events_are_as_if_they_had_always_been_there(settled):
    old, new = random_events(2), random_events(3, users=12, items=9, events=20)
    view = Interactions.from_frame(old).append(new)
    whole = Interactions.from_frame(pd.concat([old, new], ignore_index=True))
    assert len(view) == len(whole) == 80
    if settled:
        assert len(view.events) == 80
    for user in whole.users.values:
        np.testing.assert_array_equal(
            view.history(user).events.time, whole.history(user).events.time
        )
        assert sorted(names(view, view.history(user))) == sorted(names(whole, whole.history(user)))
    order = view.items.codes(whole.items.values)
    np.testing.assert_array_equal(view.popularity()[order], whole.popularity())


def test_codes_of_a_column_are_those_of_its_ids_and_of_none_where_one_is_missing():
    ids = interactions(("a", "x", 1), ("b", "y", 2)).users
    column = pd.Series(["b", None, "a", "stranger", "b"], dtype="str")
    assert ids.codes(column).tolist() == [ids.code("b"), -1, ids.code("a"), -1, ids.code("b")]
    more = ids.with_new(["stranger"])
    assert more.codes(column).tolist()[3] == 2


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 9)), min_size=1))
def test_one_event_after_another_is_the_same_as_all_appended_at_once(rows):
    begin = frame(("u0", "i0", 5), ("u0", "i1", 7), ("u1", "i0", 6))
    more = frame(*[(f"u{user}", f"i{item}", time) for user, item, time in rows])
    more["event_type"] = [f"type {item}" for _, item, _ in rows]
    more["device"] = [f"device {user}" for user, _, _ in rows]
    view = Interactions.from_frame(begin.assign(device="tv"), contexts=["device"])
    single = view
    for (user, item, _), time, kind, device in zip(
        rows, milliseconds(more["timestamp"]), more["event_type"], more["device"], strict=True
    ):
        single = single.append_event(
            f"u{user}", f"i{item}", int(time), event_type=kind, context={"device": device}
        )
    together = view.append(more)
    assert single.event_types == together.event_types
    assert single.contexts == together.contexts
    assert single.users.values.tolist() == together.users.values.tolist()
    np.testing.assert_array_equal(single.start, together.start)
    for one, other in zip(single.events.columns(), together.events.columns(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"user": 7}, "The user is 7, and ids are text"),
        ({"item": ""}, "The item is '', and ids are text"),
        ({"weight": -1.0}, "weight -1.0, which is no number above 0"),
        ({"weight": float("nan")}, "weight nan"),
        ({"context": {"device": "tv"}}, "There is no context 'device'"),
    ],
)
def test_a_wrong_event_is_refused_with_the_mend(event, said):
    view = Interactions.from_frame(frame(("a", "x", 1)))
    with pytest.raises(LabKitError, match=f"{said}.*Next: "):
        view.append_event(**{"user": "a", "item": "x", "time": 1} | event)


def test_appending_leaves_the_old_view_as_it_was():
    view = interactions(("a", "x", 1))
    more = view.append(frame(("a", "y", 0), ("c", "x", 1)))
    assert (len(view), len(more)) == (1, 3)
    assert names(more, more.history("a")) == ["y", "x"]
    assert names(view, view.history("a")) == ["x"]


def test_many_histories_are_the_single_ones_side_by_side():
    view = Interactions.from_frame(random_events(4))
    users = [*view.users.values[::-1], "nobody"]
    table = view.histories(users)
    for row, user in enumerate(users):
        np.testing.assert_array_equal(table[row].events.item, view.history(user).events.item)
        assert table[row].user == view.users.code(user)


def test_an_item_counts_as_much_as_its_newest_event():
    view = interactions(("a", "x", 1), ("a", "y", 2), ("a", "x", 3), ("b", "y", 1))
    weights = view.histories(["a", "b"]).weights(2, tau=2).toarray()
    place = view.items.codes(["x", "y"])
    np.testing.assert_allclose(weights[:, place], [[1, np.exp(-0.5)], [0, 1]])
    single = Histories.of([view.history("a")]).weights(2, tau=2).toarray()
    np.testing.assert_array_equal(single[0], weights[0])


def test_a_history_grows_by_one_event_and_unknown_items_are_skipped():
    history = History().add(1).add(-1).add(0)
    assert Histories.of([history]).weights(2).toarray().tolist() == [[1, 1]]
    assert Histories.of([history]).seen(2)[1].tolist() == [1, 0]


def test_attributes_come_from_text_lists_and_numbers():
    items = pd.DataFrame(
        {
            "item_id": ["x", "y", "w"],
            "genres": ["Comedy|War", "War", None],
            "price": [1.0, 5.0, 9.0],
        }
    )
    view = interactions(("a", "x", 1), items=items)
    found = view.item_attributes
    row = dict(zip(found.names, found.table[[view.items.code("x")]].toarray()[0], strict=True))
    assert (row["genres=Comedy"], row["genres=War"]) == (1, 1)
    assert sum(value for name, value in row.items() if name.startswith("price")) == 1
    assert len(view.items) == 3


def test_what_was_saved_is_read_back(tmp_path):
    view = Interactions.from_frame(random_events(5).assign(event_type="View"))
    view.save(tmp_path / "view.npz")
    again = Interactions.load(tmp_path / "view.npz")
    assert again.event_types == ("View",)
    assert again.users.values.tolist() == view.users.values.tolist()
    for ours, theirs in zip(view.events.columns(), again.events.columns(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"user_id": [1, 2]}, 'Column "user_id" holds 1, and ids are text'),
        ({"item_id": ["x", None]}, 'Column "item_id" holds nan, and ids are text'),
        ({"item_id": ["x", ""]}, "holds '', and ids are text"),
        ({"item_id": ["x", 7]}, 'Column "item_id" holds 7, and ids are text'),
        ({"weight": [1.0, -1.0]}, "1 events have a weight that is no number above 0"),
        ({"weight": [np.nan, 1.0]}, "1 events have a weight that is no number above 0"),
        ({"timestamp": [1, 2]}, 'Column "timestamp" holds int64, not times in UTC'),
    ],
)
def test_bad_events_are_refused_with_the_row_and_the_mend(change, said):
    with pytest.raises(LabKitError, match="Next: ") as caught:
        Interactions.from_frame(frame(("a", "x", 1), ("b", "y", 2)).assign(**change))
    assert said in str(caught.value)


def test_a_missing_column_is_named():
    with pytest.raises(LabKitError, match="Columns are missing: timestamp"):
        Interactions.from_frame(frame(("a", "x", 1)).drop(columns="timestamp"))
