"""The weights of a blend against brute force, and a search done slowly over the whole catalogue."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from lab_kit.recommend.weights import (
    DEPTH,
    HARDLY,
    NEAR,
    ROUNDING,
    ROUNDS,
    SHRINKAGE,
    STEPS,
    Evidence,
    Search,
    by_likelihood,
    scale,
    together,
)


def by_ranking(evidence, likely, others):
    """What one search finds for all users alike."""
    search = Search(evidence, likely, others)
    return search.whole(search.best())


def evidence_of(seed, users=12, items=18, signals=3, numbers=0, hidden=0.0):
    """Random signals; every user took one to four items none of which is hidden."""
    rng = np.random.default_rng(seed)
    relevant = np.zeros((users, items), bool)
    for row in relevant:
        row[rng.permutation(items)[: rng.integers(1, 5)]] = True
    found = Evidence.of(rng.normal(size=(signals, users, items)).astype(np.float32), relevant)
    found = replace(found, hidden=(rng.random(relevant.shape) < hidden) & ~relevant)
    if numbers:
        pairs = np.sort(rng.permutation(users * items)[: users * items // 4])
        known = rng.normal(size=(len(pairs), numbers)).astype(np.float32)
        found = replace(found, pairs=pairs, numbers=known)
    return found


def scores_slowly(evidence, weights):
    signals, users, items = evidence.signals.shape
    scores = np.zeros((users, items))
    for user, item in product(range(users), range(items)):
        scores[user, item] = weights[:signals] @ evidence.signals[:, user, item].astype(float)
    for place, numbers in zip(evidence.pairs, evidence.numbers, strict=True):
        scores[place // items, place % items] += weights[signals:] @ numbers.astype(float)
    scores[evidence.hidden] = -np.inf
    return scores


def ndcg_slowly(scores, relevant):
    """Textbook NDCG@10 of each user."""
    found = []
    for line, wanted in zip(scores, relevant, strict=True):
        best = sorted(range(len(line)), key=lambda item: -line[item])[:DEPTH]
        gain = sum(wanted[item] / np.log2(rank + 2) for rank, item in enumerate(best))
        perfect = sum(1 / np.log2(rank + 2) for rank in range(min(DEPTH, wanted.sum())))
        found.append(gain / perfect)
    return np.array(found)


def search_slowly(evidence, likely, others):
    """The search in its own words, over all items and with nothing prepared."""
    signals = len(evidence.signals)
    plain = replace(evidence, pairs=np.zeros(0, int), numbers=np.zeros((0, 0), np.float32))
    own = scores_slowly(
        replace(evidence, signals=evidence.signals[:0]), likely[signals:].astype(np.float32)
    )

    def quality(weights):
        scores = scores_slowly(plain, weights[:signals])
        return ndcg_slowly(scores + weights[signals] * own, evidence.relevant)

    own[evidence.hidden] = 0
    share = 1.0 if evidence.numbers.size else 0.0
    starts = [np.append(start[:signals], share) for start in (likely, *others)]
    best = starts[int(np.argmax([quality(start).mean() for start in starts]))]
    reached = quality(best)
    for _, number, step in product(range(ROUNDS), range(signals + bool(share)), STEPS):
        moved = best.copy()
        moved[number] += step * np.abs(best).max()
        gain = quality(moved) - reached
        if gain.mean() > 0.5 * gain.std() / np.sqrt(len(gain)) + ROUNDING:
            best, reached = moved, quality(moved)
    return np.append(best[:signals], best[signals] * likely[signals:])


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 999), st.integers(0, 2), st.sampled_from([0.0, 0.3]))
@example(603, 2, 0.0)  # a move that changes the order of sums alone
def test_the_search_is_the_slow_one_over_the_whole_catalogue(seed, numbers, hidden):
    evidence = evidence_of(seed, numbers=numbers, hidden=hidden)
    rng = np.random.default_rng(seed)
    likely, *others = rng.normal(size=(3, 3 + numbers))
    found = by_ranking(evidence, likely, others)
    np.testing.assert_allclose(found, search_slowly(evidence, likely, others), atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.sampled_from([0.0, 0.3]))
def test_the_list_is_never_worse_than_with_any_start(seed, hidden):
    """Also where the catalogue is larger than what is looked at closely."""
    evidence = evidence_of(seed, items=NEAR + 90, hidden=hidden)
    starts = np.random.default_rng(seed).normal(size=(3, 3))
    found = by_ranking(evidence, starts[0], starts[1:])
    reached = ndcg_slowly(scores_slowly(evidence, found), evidence.relevant).mean()
    begun = [ndcg_slowly(scores_slowly(evidence, s), evidence.relevant).mean() for s in starts]
    assert reached >= max(begun) - 1e-9


def test_on_a_fine_grid_no_direction_is_much_better():
    """Two signals, one of which tells: of 90 directions the best is hardly above what is found."""
    rng = np.random.default_rng(5)
    signals = rng.normal(size=(2, 80, 30)).astype(np.float32)
    utility = 2 * signals[0] + signals[1] + rng.gumbel(size=(80, 30))
    evidence = Evidence.of(signals, utility >= np.sort(utility, axis=1)[:, [-2]])
    grid = [
        np.array([np.cos(angle), np.sin(angle)])
        for angle in np.linspace(0, 2 * np.pi, 90, endpoint=False)
    ]
    best = max(
        ndcg_slowly(scores_slowly(evidence, weights), evidence.relevant).mean() for weights in grid
    )
    found = by_ranking(evidence, by_likelihood(evidence), [np.array([0.0, 1.0])])
    reached = ndcg_slowly(scores_slowly(evidence, found), evidence.relevant).mean()
    assert reached > best - 0.02


def choices(seed, users):
    """Users who choose two of 40 items by one thing, of which eight signals say the same."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(users, 40))
    signals = (taste + rng.normal(size=(8, users, 40))).astype(np.float32)
    utility = taste + rng.gumbel(size=(users, 40))
    return Evidence.of(signals, utility >= np.sort(utility, axis=1)[:, [-2]])


def test_for_other_users_the_mean_is_better_than_one_search():
    """From few users a single search learns more than there is to learn."""
    others, starts = choices(0, 300), [np.eye(8)[0]]

    def quality(weights):
        return ndcg_slowly(scores_slowly(others, weights), others.relevant).mean()

    shown = [choices(seed, 25) for seed in range(1, 25)]
    single = [quality(by_ranking(few, by_likelihood(few), starts)) for few in shown]
    mean = [quality(together(few, starts)) for few in shown]
    gain = np.subtract(mean, single)
    assert gain.mean() > 2 * gain.std() / len(gain) ** 0.5


def test_chances_by_the_mean_may_be_believed():
    """Of what gets a chance of so much, so much is taken; also by users it was not found on."""
    weights = together(choices(1, 400), [100 * np.eye(8)[0]])
    others = choices(2, 400)
    chance = np.exp(scores_slowly(others, weights))
    chance /= chance.sum(axis=1, keepdims=True)
    for low, high in [(0.01, 0.03), (0.03, 0.1), (0.1, 0.3)]:
        there = (chance > low) & (chance < high)
        taken = others.relevant[there].mean() / 2  # each takes two
        assert taken == pytest.approx(chance[there].mean(), rel=0.2)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 999), st.integers(0, 2))
def test_the_mean_is_of_scores_that_vary_alike(seed, numbers):
    """In whatever units a start came; what is known of pairs keeps its proportions."""
    evidence = evidence_of(seed, numbers=numbers)
    likely = by_likelihood(evidence)
    search = Search(evidence, likely, [])
    for start in (1.0, 250.0):
        weights = search.in_spreads(start * search.best())
        spread = scores_slowly(evidence, search.whole(weights)).std(axis=1)
        assert spread.mean() == pytest.approx(1, rel=1e-4)
    if numbers:
        found = together(evidence, [])[3:]
        np.testing.assert_allclose(found / found[0], likely[3:] / likely[3], rtol=1e-6)


def test_in_what_units_a_start_comes_changes_nothing():
    """Neither a large one nor a small one counts for more in the mean."""
    evidence = choices(5, 40)
    good = np.ones(8)
    found = [together(evidence, [times * good]) for times in (2.0**-10, 1.0, 2.0**10)]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)
    np.testing.assert_allclose(found[2], found[1], rtol=1e-5)


def test_a_search_is_for_those_who_count():
    """Half of the users like what the other half dislikes."""
    rng = np.random.default_rng(3)
    signals = rng.normal(size=(2, 60, 40)).astype(np.float32)
    liking = np.where(np.arange(60) < 30, 1, -1)[:, None] * signals[0]
    evidence = Evidence.of(signals, liking >= np.sort(liking, axis=1)[:, [-2]])
    search = Search(evidence, np.array([0.1, 1.0]), [])
    assert search.best(np.repeat([1 / 30, 0], 30))[0] > 0.5
    assert search.best(np.repeat([0, 1 / 30], 30))[0] < -0.5


def test_what_scores_like_all_others_is_not_found():
    """Else weights that say nothing would make perfect lists."""
    evidence = evidence_of(4)
    search = Search(evidence, np.ones(3), [])
    assert not search._quality(np.zeros(evidence.relevant.shape, np.float32)).any()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999), st.integers(0, 2), st.sampled_from([0.0, 0.3]))
def test_the_likelihood_is_as_high_as_it_gets(seed, numbers, hidden):
    """By the slow formula no small change of any weight makes it better."""
    evidence = evidence_of(seed, users=30, numbers=numbers, hidden=hidden)
    share = evidence.relevant / evidence.relevant.sum(axis=1, keepdims=True)

    def loss(weights):
        scores = scores_slowly(evidence, weights)
        said = np.where(share > 0, scores - logsumexp(scores, axis=1, keepdims=True), 0)
        return -(said * share).sum() / len(share) + 0.5 * SHRINKAGE * weights @ weights

    found = by_likelihood(evidence)
    for number, step in product(range(len(found)), (-0.05, 0.05)):
        moved = found.copy()
        moved[number] += step
        assert loss(moved) > loss(found)


def test_signals_are_brought_to_a_spread_of_one_over_the_items():
    evidence = evidence_of(1)
    evidence.signals[1] *= 1_000
    before = evidence.signals.copy()
    spread = scale(evidence)
    np.testing.assert_allclose(evidence.signals * spread[:, None, None], before, rtol=1e-5)
    np.testing.assert_allclose(evidence.signals.std(axis=2).mean(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("varies", [0.0, 1e-7, 0.5 * HARDLY])
def test_a_signal_that_hardly_varies_is_not_blown_up(varies):
    """Divided by next to nothing its constant part would drown the others in float32."""
    evidence = evidence_of(2)
    noise = evidence.signals[2]
    evidence.signals[2] = np.float32(0.9) * (1 + np.float32(varies) * noise)
    assert scale(evidence)[2] == 1
    assert np.abs(evidence.signals).max() < 10
