"""What every group of signals promises: one suite for all of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.files import read_arrays, write_arrays
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import silent
from lab_kit.recommend.signals.blend import GROUPS, Blend
from lab_kit.recommend.signals.bounds import Bounds
from tests.recommend.shops import full_shop, random_events
from tests.recommend.signals.questions import asked, each, question

SHOP = full_shop()
BLEND = Blend.fit(SHOP, Bounds(min_count=1, neighbours=12), ("Purchase",), silent)
LAST = int(SHOP.events.time[-1])


@pytest.fixture(params=GROUPS, ids=GROUPS)
def group(request):
    return BLEND.groups[request.param]


def strange_histories():
    """Nothing, only what is not known, a long way beyond the catalogue, an item without attributes,
    types never met, and circumstances given, half given and never met."""
    return [
        History(),
        History(user=3).at(LAST),
        History().add(-1, LAST).add(len(SHOP.items), LAST),
        History(user=len(SHOP.users) + 5).add(SHOP.items.code("bare"), LAST).add(-1),
        replace(History(user=2).add(4, LAST, kind=77).add(4).add(1, weight=2), context=(1, 0)),
        replace(History(user=1).add(2, LAST, kind=1), context=(1,)),
        replace(History(user=0).add(2, LAST), context=(99, -1)),
    ]


def weights_for(group, seed):
    return np.random.default_rng(seed).normal(size=len(group.names)).astype(np.float32)


def summed(group, asked, weights):
    scores = np.zeros((len(asked), len(group)), np.float32)
    group.weighted(weights)(scores, asked)
    return scores


def slowly(group, asked, weights):
    return np.tensordot(weights.astype(float), each(group, asked).astype(float), 1)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(list(GROUPS)), st.integers(0, 999), st.sampled_from([1, 2, 17, 40]))
def test_what_is_added_is_each_signal_times_its_weight(key, seed, size):
    group = BLEND.groups[key]
    users = np.random.default_rng(seed).permutation(len(SHOP.users))[:size]
    histories = SHOP.histories(users)
    context = np.random.default_rng(seed).integers(-1, 2, (size, 2)).astype(np.int16)
    some = question(SHOP, replace(histories, context=context))
    weights = weights_for(group, seed)
    expected = slowly(group, some, weights)
    np.testing.assert_allclose(summed(group, some, weights), expected, atol=3e-4)


def test_strange_histories_are_answered_the_same_one_by_one_and_together(group):
    histories = strange_histories()
    together, weights = question(SHOP, histories), weights_for(group, 1)
    found = summed(group, together, weights)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, slowly(group, together, weights), atol=3e-4)
    for row, history in enumerate(histories):
        alone = question(SHOP, [history])
        np.testing.assert_allclose(summed(group, alone, weights)[0], found[row], atol=2e-5)
        np.testing.assert_allclose(slowly(group, alone, weights)[0], found[row], atol=3e-4)


def test_scores_are_added_to_what_is_there(group):
    some, weights = asked(SHOP), weights_for(group, 2)
    scores = np.full((len(some), len(group)), 7, np.float32)
    group.weighted(weights)(scores, some)
    np.testing.assert_allclose(scores - 7, summed(group, some, weights), atol=1e-4)


def test_there_is_a_name_for_each_signal_and_a_column_for_each_item(group):
    circumstances = np.zeros((len(SHOP.users), 2), np.int16)
    found = each(group, question(SHOP, replace(SHOP.histories(), context=circumstances)))
    assert found.shape == (len(group.names), len(SHOP.users), len(SHOP.items))
    assert len(set(group.names)) == len(group.names)
    assert np.isfinite(found).all()
    assert (found.std(axis=2).max(axis=1) > 0).all()  # each tells items apart


def test_rows_of_a_question_are_that_question_to_fewer(group):
    some, weights = asked(SHOP), weights_for(group, 3)
    rows = np.array([5, 0, 31, 5])
    found = summed(group, some.rows(rows), weights)
    np.testing.assert_allclose(found, summed(group, some, weights)[rows], atol=1e-5)


def test_the_reasons_are_the_score(group):
    """Causes and rest of every item add up, for every sort of history."""
    weights = weights_for(group, 4)
    histories = [SHOP.history("u3"), *strange_histories()]
    for history in histories:
        alone = question(SHOP, [history])
        scores = summed(group, alone, weights)[0]
        for item in range(0, len(group), 3):
            part = group.part(alone, item, weights)
            causes = np.zeros(0) if part.causes is None else part.causes
            assert len(causes) in (0, len(alone.recent.item))
            assert part.rest + causes.sum() == pytest.approx(scores[item], abs=3e-4)


def test_written_and_read_it_says_the_same(group, tmp_path):
    write_arrays(tmp_path / "group.npz", group.learned)
    again = type(group)(read_arrays(tmp_path / "group.npz"))
    assert (again.names, len(again)) == (group.names, len(group))
    some = asked(SHOP)
    np.testing.assert_array_equal(each(again, some), each(group, some))


def test_a_blend_is_restored_with_every_group_and_its_names():
    again = Blend.restored(BLEND.learned)
    assert list(again.groups) == list(BLEND.groups) == list(GROUPS)
    assert again.names == BLEND.names
    weights = np.random.default_rng(0).normal(size=len(again.names)).astype(np.float32)
    one, other = (np.zeros((len(SHOP.users), len(SHOP.items)), np.float32) for _ in range(2))
    BLEND.weighted(weights)(one, asked(SHOP))
    again.weighted(weights)(other, asked(SHOP))
    np.testing.assert_array_equal(one, other)


def test_without_attributes_and_contexts_three_groups_stay_away():
    view = Interactions.from_frame(random_events(1))
    blend = Blend.fit(view, Bounds(min_count=1), None, silent)
    assert list(blend.groups) == ["tables", "factors", "popular"]
    assert blend.again is None
    assert list(Blend.restored(blend.learned).groups) == ["tables", "factors", "popular"]


def test_a_history_deeper_than_the_bound_is_its_newest_events(group):
    some = asked(SHOP, np.array([1, 2]), depth=6)
    cut = []
    for row in range(2):
        whole = SHOP.histories(np.array([row + 1]))[0]
        cut.append(replace(whole, events=whole.events.take(slice(-6, None))))
    weights = weights_for(group, 5)
    np.testing.assert_allclose(
        summed(group, some, weights),
        summed(group, question(SHOP, Histories.of(cut)), weights),
        atol=1e-5,
    )
