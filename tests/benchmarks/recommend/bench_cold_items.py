"""Are items nobody touched, and users who did nothing, answered well? Run with `pytest -s`.

Items: a tenth is hidden, in five draws; each user with a history ranks the hidden ones, and finds
those they took. Content cosine is that of an item and the mean of the history. Users: of a fifth,
in three draws, only attributes are known. NDCG@10, with intervals over users.

In the shop true tastes and the true kinds of items are known. The true tastes of every user, with
what attributes tell of the kinds of the hidden items, are about the most an answer by attributes is
made of; 1.4 times content cosine lies above that, so that there the truth is the bar.
"""

import time

import numpy as np
import pytest
import scipy.sparse as sp

from lab_kit import data
from lab_kit.recommend import ALS, ColdStart
from lab_kit.recommend.smoothing import Smoothing, with_constant
from tests.benchmarks.recommend.side import (
    SETS,
    a_tenth,
    ranking_quality,
    show,
    surely_more,
    taken,
    view_of,
    without_items,
)

DRAWS = 5
TRUTH = "true tastes, kinds by attributes"


def unit(table):
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sp.csr_array(sp.diags_array(1 / np.where(length > 0, length, 1)) @ table)


def cosine(features, histories, hidden):
    return ((histories @ unit(features)) @ unit(features)[hidden].T).toarray()


def mapped_als(known, histories, hidden, features):
    """Gantner et al. 2010: ridge regression from features to the factors of ALS."""
    als = ALS(tau=None).fit(known)
    weight = np.log1p(np.diff(taken(known).tocsc().indptr))
    factors = Smoothing(with_constant(features), weight, 10.0)(als.learned["factors"])
    return als._fold_in(histories) @ factors[hidden].T


def true_tastes(known, users):
    people = data.load("shop").truth["users"].set_index("user_id")
    return people.filter(like="taste_").loc[known.users.values[users]].to_numpy()


def kinds_by_attributes(known, hidden):
    """(hidden items, kinds): what the other items' attributes say of the true kinds of these."""
    items = data.load("shop").truth["items"].set_index("item_id")
    kinds = items.filter(like="factor_").loc[known.items.values].to_numpy(np.float32)
    weight = np.ones(len(known.items))
    weight[hidden] = 0
    features = with_constant(known.item_attributes.features())
    return Smoothing(features, weight, 1.0)(kinds)[hidden]


def contenders(name, known, users, hidden, seed):
    """Name to scores (users, hidden items)."""
    of_users = known.histories(users)
    histories = of_users.weights(len(known.items))
    attributes = known.item_attributes
    yield "cold start", ColdStart().fit(known).from_histories(of_users)[:, hidden]
    yield "content cosine", cosine(attributes.table, histories, hidden)
    yield "content cosine, words too", cosine(attributes.features(), histories, hidden)
    yield "ALS from attributes", mapped_als(known, histories, hidden, attributes.features())
    if name == "shop":
        yield TRUTH, true_tastes(known, users) @ kinds_by_attributes(known, hidden).T
    yield "random", np.random.default_rng(seed).random((len(users), len(hidden)))


@pytest.mark.parametrize("name", SETS)
def test_items_nobody_took_are_ranked_well(name):
    view = view_of(name)
    found = {}
    for seed in range(DRAWS):
        mask = a_tenth(view, seed)
        hidden = np.flatnonzero(mask)
        known = without_items(view, mask)
        relevant = taken(view)[:, hidden]
        there = (np.diff(known.start) > 0) & (np.diff(relevant.indptr) > 0)
        users = np.flatnonzero(there)
        for what, scores in contenders(name, known, users, hidden, seed):
            found.setdefault(what, []).append(ranking_quality(scores, relevant[users]))
    draws = {what: np.round([part.mean() for part in parts], 3) for what, parts in found.items()}
    found = {what: np.concatenate(parts) for what, parts in found.items()}
    show(f"{name}: NDCG@10 among items nobody took", found)
    print(f"  draws: {draws['cold start']}")
    mean = {what: values.mean() for what, values in found.items()}
    assert mean["cold start"] >= 5 * mean["random"]
    if name == "shop":
        assert mean["cold start"] >= 0.95 * mean[TRUTH]
    else:
        assert mean["cold start"] >= 1.4 * mean["content cosine"]
    for other in ("content cosine, words too", "ALS from attributes"):
        assert surely_more(found["cold start"], found[other])


@pytest.mark.parametrize("name", ["online-retail", "shop"])
def test_users_who_did_nothing_are_answered_by_their_attributes(name):
    view = view_of(name)
    found = {"cold start": [], "popularity": []}
    active = np.flatnonzero(np.diff(view.start) > 0)
    for seed in range(3):
        silent = np.random.default_rng(seed).permutation(active)[: len(active) // 5]
        model = ColdStart().fit(view.of_users(np.setdiff1d(active, silent)))
        relevant = taken(view)[silent]
        found["cold start"].append(ranking_quality(model.from_attributes(silent), relevant))
        popular = np.tile(model.popular, (len(silent), 1))
        found["popularity"].append(ranking_quality(popular, relevant))
    found = {what: np.concatenate(parts) for what, parts in found.items()}
    show(f"{name}: NDCG@10 for users who did nothing", found)
    assert surely_more(found["cold start"], found["popularity"])


def test_the_signal_is_cheap():
    view = view_of("movielens-small")
    begun = time.perf_counter()
    model = ColdStart().fit(view)
    print(f"\nfit {time.perf_counter() - begun:.1f} s, {len(view.items):,} items")
    spent = []
    for user in range(400):
        one = view.histories(np.array([user]))
        begun = time.perf_counter()
        model.from_histories(one)
        spent.append(time.perf_counter() - begun)
    p50, p99 = np.quantile(spent, [0.5, 0.99]) * 1e3
    print(f"one history: p50 {p50:.3f} ms, p99 {p99:.3f} ms")
    assert p50 < 0.5
