"""Taste by attributes, and what follows: slowly, event by event."""

from dataclasses import replace
from math import ceil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.histories import History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.taste import (
    COLUMNS,
    DOUBT,
    FUTURE,
    LAST,
    MOST,
    REGULARISATION,
    TASTES,
    TYPES,
    Taste,
    common_types,
)
from tests.recommend.shops import frame, full_shop, random_events
from tests.recommend.signals.questions import asked, each, question


def attributes_of(view):
    """(items, attributes) of the attributes that some event's item has, and their columns."""
    known = view.item_attributes
    table = known.table.toarray()
    used = table[view.events.item].any(axis=0)
    names = [name for name, kept in zip(known.names, used, strict=True) if kept]
    return table[:, used], [name.partition("=")[0].split(" ")[0] for name in names]


def usual(view, table):
    """(attributes,): part of the events, by weight, that each attribute has."""
    return view.events.weight @ table[view.events.item] / view.events.weight.sum()


def seen(view, table, some, row, tau):
    """Sums of attributes over the distinct items of a history, newest event each, and weights."""
    history = some.histories[row]
    newest = {int(item): n for n, item in enumerate(history.events.item)}
    total, found = 0.0, np.zeros(table.shape[1])
    for item, place in newest.items():
        weight = history.events.weight[place] / view.events.weight.max()
        weight *= np.exp(-(len(history) - 1 - place) / tau)
        total += weight
        found += weight * table[item]
    return found, total


def of_items(table, profile):
    return table @ profile / np.maximum(table.sum(axis=1), 1)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 99))
def test_taste_is_the_log_of_how_much_commoner_attributes_are_here(seed):
    view = full_shop(seed, events=300)
    group = Taste.fit(view, Bounds())
    table, columns = attributes_of(view)
    some, share = asked(view), usual(view, table)
    found = dict(zip(group.names, each(group, some), strict=True))
    for row in range(0, len(some), 7):
        short, long = (
            np.log((counts + DOUBT * share) / (total + DOUBT) / share).clip(-MOST, MOST)
            for counts, total in (seen(view, table, some, row, tau) for tau in TASTES)
        )
        expected = of_items(table, short)
        np.testing.assert_allclose(found["taste, short memory"][row], expected, atol=1e-5)
        for column in set(columns):
            only = np.where([name == column for name in columns], long, 0)
            expected = of_items(table, only)
            np.testing.assert_allclose(found[f"taste for {column}"][row], expected, atol=1e-5)


def regression(view, table, kinds):
    """What follows, by an explicit ridge regression with a row for every event but each last."""
    width, past, future = table.shape[1], [], []
    weight = view.events.weight / view.events.weight.max()
    for begin, end in zip(view.start[:-1], view.start[1:], strict=True):
        for place in range(begin, end - 1):
            row, after = np.zeros(width * (1 + len(kinds))), np.zeros(width)
            for back in range(ceil(4 * LAST)):
                event = place - back
                if event < begin:
                    break
                own = weight[event] * np.exp(-back / LAST) * table[view.events.item[event]]
                row[:width] += own
                for number, kind in enumerate(kinds, 1):
                    if view.events.kind[event] == kind:
                        row[width * number : width * (number + 1)] += own
            for ahead in range(ceil(4 * FUTURE)):
                event = place + 1 + ahead
                if event >= end:
                    break
                item = view.events.item[event]
                after += weight[event] * np.exp(-ahead / FUTURE) * table[item]
            past.append(row)
            future.append(after)
    past, future = np.array(past), np.array(future)
    system = past.T @ past + REGULARISATION * np.eye(past.shape[1])
    return np.linalg.solve(system, past.T @ future)


def some_untyped(view):
    """The same, but of every third event nobody knows the type."""
    kind = np.where(np.arange(len(view)) % 3, view.events.kind, -1).astype(np.int16)
    return Interactions(
        view.users, view.items, view.start, replace(view.events, kind=kind), view.event_types,
        item_attributes=view.item_attributes,
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["all", "some", "none"])
def test_what_follows_is_a_ridge_regression_event_by_event(typed):
    view = full_shop(11, users=15, events=260)
    if typed == "none":
        view = view.where(view.events.kind == 0)
    elif typed == "some":
        view = some_untyped(view)
    group = Taste.fit(view, Bounds())
    table, _ = attributes_of(view)
    kinds = common_types(view)
    assert len(kinds) == (0 if typed == "none" else 3)
    slow = regression(view, table, kinds)
    np.testing.assert_allclose(group.learned["next"], slow, atol=2e-4)

    some, share = asked(view), usual(view, table)
    found = each(group, some)[-1]
    width = table.shape[1]
    for row in range(len(some)):
        history = some.histories[row]
        inputs = np.zeros(len(slow))
        newest = {int(item): n for n, item in enumerate(history.events.item)}
        for item, place in newest.items():
            weight = history.events.weight[place] / view.events.weight.max()
            own = weight * np.exp(-(len(history) - 1 - place) / LAST) * table[item]
            inputs[:width] += own
            for number, kind in enumerate(kinds, 1):
                if history.events.kind[place] == kind:
                    inputs[width * number : width * (number + 1)] += own
        follows = inputs @ slow
        level = np.maximum(follows / np.abs(follows).sum(), 1e-6) / (share / share.sum())
        expected = of_items(table, np.log(level).clip(-MOST, MOST))
        np.testing.assert_allclose(found[row], expected, atol=2e-3)


def test_after_a_view_comes_the_same_and_after_a_purchase_the_other():
    """Everybody views red things until they buy one, then goes on with blue ones."""
    rows, types = [], []
    for user in range(60):
        for hour in range(32):
            colour = "red" if (hour // 8) % 2 == user % 2 else "blue"
            rows.append((f"u{user}", f"{colour}{(hour + user) % 4}", hour))
            types.append("Purchase" if hour % 8 == 7 else "View")
    items = pd.DataFrame({"item_id": [f"{c}{n}" for c in ("red", "blue") for n in range(4)]})
    items["colour"] = ["red"] * 4 + ["blue"] * 4
    view = Interactions.from_frame(frame(*rows, event_type=types), items=items.astype("str"))
    group = Taste.fit(view, Bounds())
    red, blue = view.items.codes(["red0", "blue0"])
    for name, same in (("View", True), ("Purchase", False)):
        history = History().add(int(red), 0, kind=view.event_types.index(name))
        found = each(group, question(view, [history]))[-1, 0]
        assert (found[red] > found[blue]) == same


def test_eight_columns_have_a_weight_and_the_rest_share_one():
    """The columns most items have a value of come first; there are ten."""
    view = Interactions.from_frame(random_events(1, items=12, events=200))
    number = view.items.values
    items = pd.DataFrame({"item_id": number})
    for column in range(10):
        kept = np.arange(12) < 12 - column
        items[f"c{column}"] = pd.Series(np.where(kept, "yes", None), dtype="str")
    view = Interactions.from_frame(random_events(1, items=12, events=200), items=items)
    group = Taste.fit(view, Bounds())
    names = [f"taste for c{column}" for column in range(COLUMNS - 1)]
    assert group.names == (
        "taste, short memory",
        *names,
        "taste for others",
        "attributes that follow",
    )
    held = [group.learned["column"][n] for n in range(10)]
    assert sorted(held) == [*range(COLUMNS - 1), *[COLUMNS - 1] * 3]


def test_common_types_are_the_most_frequent_and_none_where_all_are_alike():
    events = random_events(2, events=60)
    kinds = ["a"] * 5 + ["b"] * 20 + ["c"] * 10 + ["d"] * 9 + ["e"] * 15 + [None]
    view = Interactions.from_frame(events.assign(event_type=kinds))
    assert TYPES == 4
    assert [view.event_types[n] for n in common_types(view)] == ["b", "e", "c", "d"]
    assert not len(common_types(Interactions.from_frame(events.assign(event_type="a"))))
    assert not len(common_types(Interactions.from_frame(events)))
    only = view.where(view.events.kind == view.event_types.index("b"))
    assert not len(common_types(only))


def test_an_item_without_attributes_and_a_history_of_such_say_nothing():
    view = full_shop(3)
    group = Taste.fit(view, Bounds())
    bare = view.items.code("bare")
    found = each(group, asked(view))
    assert not found[:, :, bare].any()
    alone = each(group, question(view, [History().add(bare), History(), History().add(-1)]))
    assert not alone[-1].any()  # nothing follows
    # One item without attributes is a little evidence against every attribute.
    assert (alone[0, 0] <= 0).all()
    np.testing.assert_allclose(alone[:-1, 1:], 0, atol=1e-6)


def test_attributes_nobody_touched_are_not_learnt_and_without_any_there_is_no_taste():
    items = pd.DataFrame({"item_id": ["x", "y"], "colour": ["red", "blue"]}).astype("str")
    view = Interactions.from_frame(frame(("a", "x", 1), ("b", "x", 2)), items=items)
    assert len(Taste.fit(view, Bounds()).learned["usual"]) == 1
    assert Taste.fit(Interactions.from_frame(frame(("a", "z", 1)), items=items), Bounds()) is None
    assert Taste.fit(Interactions.from_frame(random_events(1)), Bounds()) is None
