"""How long ago each item was met: counted event by event."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.recency import VISIT_GAP, recency

ITEMS = 6
events = st.tuples(st.integers(-1, ITEMS), st.integers(0, 3 * VISIT_GAP), st.integers(0, 2))
histories = st.lists(st.lists(events, max_size=12), min_size=1, max_size=4)


def history_of(events):
    """Items in the order given, each so many milliseconds after the one before."""
    history, time = History(), 0
    for number, (item, pause, kind) in enumerate(events):
        time += pause
        history = history.add(item, time, kind=kind, weight=1 + number)
    return history


def slowly(history, depth):
    """{item: (position, visit, weight, kind)}, the newest event of each known item."""
    rows, visit = {}, 0
    events = list(zip(*history.events.columns()[:5], strict=True))[-depth:][::-1]
    for position, (item, time, kind, _, weight) in enumerate(events):
        if position and events[position - 1][1] - time > VISIT_GAP:
            visit += 1
        if 0 <= item < ITEMS and item not in rows:
            rows[int(item)] = (position, visit, float(weight), int(kind))
    return rows


@settings(max_examples=150, deadline=None)
@given(histories, st.sampled_from([1, 3, 99]))
def test_every_item_stands_at_its_newest_event(rows, depth):
    single = [history_of(row) for row in rows]
    found = recency(Histories.of(single), ITEMS, depth)
    assert len(found) == len(rows)
    for row, history in enumerate(single):
        part = slice(found.start[row], found.start[row + 1])
        columns = (found.position, found.visit, found.weight, found.kind)
        got = zip(*(column[part].tolist() for column in columns), strict=True)
        items = found.item[part].tolist()
        assert items == sorted(items)
        assert dict(zip(items, got, strict=True)) == slowly(history, depth)
    np.testing.assert_array_equal(found.row, np.repeat(np.arange(len(rows)), np.diff(found.start)))


@settings(max_examples=60, deadline=None)
@given(histories, st.sampled_from([0.3, 5.0]))
def test_weights_their_sums_and_lengths_are_of_each_history_alone(rows, tau):
    found = recency(Histories.of([history_of(row) for row in rows]), ITEMS)
    fading, by_visit = found.fading(tau), found.fading_by_visit(tau)
    np.testing.assert_allclose(fading, found.weight * np.exp(-found.position / tau), rtol=1e-5)
    np.testing.assert_allclose(by_visit, found.weight * np.exp(-found.visit / tau), rtol=1e-5)
    np.testing.assert_array_equal(found.fading(None), found.weight)
    table = found.table(fading, ITEMS).toarray().astype(float)
    both = found.fading_each((tau, 2 * tau))
    np.testing.assert_allclose(both, [fading, found.fading(2 * tau)], rtol=1e-5)
    totals, shares, unit = found.totals(fading), found.shares(fading), found.unit(both)
    np.testing.assert_array_equal(unit[0], found.unit(fading))
    for place, row in enumerate(found.row):
        assert totals[row] == pytest.approx(table[row].sum(), rel=1e-4)
        assert shares[place] == pytest.approx(fading[place] / table[row].sum(), rel=1e-4)
        length = np.linalg.norm(table[row])
        assert unit[0, place] == pytest.approx(fading[place] / length, rel=1e-4)


@settings(max_examples=40, deadline=None)
@given(histories, st.integers(0, 99))
def test_some_rows_are_as_if_only_they_had_been_looked_at(rows, seed):
    single = [history_of(row) for row in rows]
    chosen = np.random.default_rng(seed).integers(0, len(rows), 3)
    taken = recency(Histories.of(single), ITEMS, 5).take(chosen)
    anew = recency(Histories.of([single[row] for row in chosen]), ITEMS, 5)
    for ours, theirs in zip(vars(taken).values(), vars(anew).values(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_pause_of_two_hours_is_none_and_a_millisecond_more_is_one():
    history = History().add(0, 0).add(1, VISIT_GAP).add(2, 2 * VISIT_GAP + 1)
    assert recency(Histories.of([history]), ITEMS).visit.tolist() == [1, 1, 0]


def test_the_pause_between_two_users_ends_no_visit():
    """The second user's events begin days before the first one's end."""
    late, early = History().add(0, 9 * VISIT_GAP).add(1), History().add(2, 0).add(3)
    for order in ([late, early], [early, late]):
        assert not recency(Histories.of(order), ITEMS).visit.any()
