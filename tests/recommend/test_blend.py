"""How the personalisation model finds its weights, and what it knows of a moment."""

from dataclasses import replace

import numpy as np
import pytest

from lab_kit.recommend.held_out import come_back, visit
from lab_kit.recommend.histories import NO_TIME
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.models.personalisation import VISIT_GAP, Personalisation
from lab_kit.recommend.moments import in_random_order
from lab_kit.recommend.reading import milliseconds
from lab_kit.recommend.recent import Recent, standardised
from lab_kit.recommend.weights import Evidence, Search, by_likelihood
from tests.recommend.shops import frame, random_events

HOUR = 3_600_000


def taken(signals, weights, seed=0):
    """One item a user, drawn from the conditional logit with these weights."""
    rng = np.random.default_rng(seed)
    noise = rng.gumbel(size=signals.shape[1:])
    best = (np.tensordot(weights, signals, 1) + noise).argmax(axis=1)
    return np.arange(signals.shape[2]) == best[:, None]


def test_the_likelihood_finds_the_weights_the_choices_were_made_with():
    signals = np.random.default_rng(1).normal(size=(3, 4_000, 20)).astype(np.float32)
    truth = np.array([1.0, -0.5, 0.0])
    relevant = taken(signals, truth)
    found = by_likelihood(Evidence.of(signals, relevant))
    np.testing.assert_allclose(found, truth, atol=0.08)


def test_the_ranking_leaves_useless_starts_and_never_gets_worse():
    signals = np.random.default_rng(2).normal(size=(2, 300, 40)).astype(np.float32)
    relevant = taken(signals, np.array([3.0, 0.0]))
    starts = [np.array([0.0, 1.0]), np.array([0.5, 0.4])]
    found = Search(Evidence.of(signals, relevant), starts[0], starts[1:]).best()
    assert found[0] > 3 * abs(found[1])


def test_what_is_hidden_cannot_be_taken():
    signals = np.zeros((1, 50, 4), np.float32)
    signals[0, :, 0] = 5  # the best by far, and hidden for everybody
    signals[0, :, 1] = 1
    relevant = np.zeros((50, 4), bool)
    relevant[:, 1] = True
    hidden = np.zeros((50, 4), bool)
    hidden[:, 0] = True
    evidence = replace(Evidence.of(signals, relevant), hidden=hidden)
    assert by_likelihood(evidence)[0] > 1


def test_what_is_known_of_single_pairs_counts_like_a_signal_that_is_0_elsewhere():
    rng = np.random.default_rng(3)
    signals = rng.normal(size=(2, 300, 20)).astype(np.float32)
    pairs = np.sort(rng.permutation(300 * 20)[:900])
    full = np.zeros((300 * 20, 2), np.float32)
    full[pairs] = numbers = rng.normal(size=(900, 2)).astype(np.float32)
    wide = np.concatenate([signals, full.T.reshape(2, 300, 20)])
    relevant = taken(wide, np.array([1.0, -0.5, 2.0, -1.0]))
    narrow = Evidence(signals, relevant, np.zeros(relevant.shape, bool), pairs, numbers)
    weights = by_likelihood(narrow)
    np.testing.assert_allclose(weights, by_likelihood(Evidence.of(wide, relevant)), atol=0.02)
    np.testing.assert_allclose(narrow.scores(weights), np.tensordot(weights, wide, 1), atol=1e-4)
    assert weights[2] > 1.5


def test_held_out_visitors_are_split_nine_to_one_and_not_fitted_on():
    view = Interactions.from_frame(random_events(1, users=20, items=60, events=500))
    held_out = visit(view, 100, repeats=True, seed=0)
    assert len(held_out.histories) == 6  # a third of all
    view = in_random_order(view, seed=0)
    for row, user in enumerate(held_out.histories.user):
        events = view.histories(np.array([user])).events
        cut = len(events) - len(events) // 10
        np.testing.assert_array_equal(held_out.histories[row].events.item, events.item[:cut])
        assert set(np.flatnonzero(held_out.relevant[row])) == set(events.item[cut:])
        assert not len(held_out.train.histories(np.array([user])).events)


def test_those_who_come_back_are_asked_at_the_cut_and_nothing_later_is_known():
    view = Interactions.from_frame(random_events(2, users=20, items=60, events=500))
    held_out = come_back(view, 100, repeats=False, seed=0)
    cut = held_out.histories.now[0]
    assert held_out.train.events.time.max() < cut <= np.quantile(view.events.time, 0.91)
    assert (held_out.histories.events.time < cut).all()
    row, item = held_out.histories.seen(len(view.items))
    assert not held_out.relevant[row, item].any()
    user = held_out.histories.user[0]
    events = view.histories(np.array([user])).events
    later = set(events.item[events.time >= cut]) - set(events.item[events.time < cut])
    assert set(np.flatnonzero(held_out.relevant[0])) == later


def test_nobody_with_ten_events_gives_no_visitors():
    view = Interactions.from_frame(frame(*[(f"u{n}", "x", n) for n in range(30)]))
    assert visit(view, 10, repeats=True, seed=0) is None
    assert come_back(view, 10, repeats=True, seed=0) is None


def recent(days, items):
    weight = np.ones(len(days), np.float32)
    return Recent(np.array(days, np.int64) * DAY, np.array(items, np.int32), weight, 3, (7, np.inf))


def test_recent_popularity_fades_and_knows_only_what_came_before():
    asked = recent([0, 5, 12, 13], [0, 0, 1, 2])
    half = 0.5 ** (np.array([12, 7]) / 7)  # days 0 and 5, seen from day 12
    expected = np.log1p(np.array([[half.sum(), 0, 0], [2, 0, 0]]))
    np.testing.assert_allclose(asked.at(12 * DAY), standardised(expected), rtol=1e-5)


def test_moments_are_answered_the_same_in_any_order():
    days, items = list(range(20)), [n % 3 for n in range(20)]
    forward, backward = recent(days, items), recent(days, items)
    moments = [n * DAY for n in (2, 3, 7, 11, 19)]
    one = {moment: forward.at(moment) for moment in moments}
    for moment in reversed(moments):
        np.testing.assert_allclose(one[moment], backward.at(moment), rtol=1e-5)


@pytest.mark.parametrize("day", [2, 9_999, -1])
def test_moments_outside_are_answered_with_all_events(day):
    """Those before the first event are of histories without times."""
    asked = recent([0, 1], [0, 1])
    expected = standardised(np.log1p(np.array([[1.0, 1, 0]])))[0]
    (moment,) = asked.rounded(np.array([day * DAY]))
    np.testing.assert_allclose(asked.at(int(moment))[1], expected, rtol=1e-5)


@pytest.mark.parametrize(("later", "which"), [(1, "visit"), (VISIT_GAP + 1, "back")])
def test_a_visit_and_a_return_have_weights_of_their_own(later, which):
    view = Interactions.from_frame(random_events(3, users=60, items=30, events=2_000))
    model = Personalisation(min_count=1).fit(view)
    model.learned["back"] = -model.learned["visit"]
    history = view.history("u1")
    sign = 1 if which == "visit" else -1
    asked = history.at(int(history.events.time[-1]) + later)
    score = model.score(asked)
    model.learned["back"] = model.learned["visit"]
    np.testing.assert_allclose(score, sign * model.score(asked), atol=1e-6)


def test_right_after_the_last_event_is_the_default_moment():
    view = Interactions.from_frame(random_events(4, users=60, items=30, events=2_000))
    model = Personalisation(min_count=1).fit(view)
    history = view.history("u1")
    assert history.now == NO_TIME
    at_last = history.at(int(milliseconds(frame(("u", "i", 0))["timestamp"])[0]))
    assert len(model.score(at_last)) == 30
    same = history.at(int(history.events.time[-1]))
    np.testing.assert_array_equal(model.score(history), model.score(same))
