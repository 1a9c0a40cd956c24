"""Are similar items what people take around an item? Run with `pytest -s`.

A fifth of the users is not fitted on. For items they took: which other items they took within ten
events of it, ranked by similarity over the whole catalogue. A tenth of the items is hidden from
fitting, in three draws: once the item asked about is one of the others, once it is one of the
hidden. NDCG@10, with intervals over questions. In the shop the true kinds of items are known: how
alike, by the cosine of their true factors, are an item and the ten said to be similar?
"""

import time

import numpy as np
import pytest
import scipy.sparse as sp

from lab_kit import data
from lab_kit.recommend import ALS, ItemKNN, SimilarItems
from tests.benchmarks.recommend.bench_cold_items import unit
from tests.benchmarks.recommend.side import (
    SETS,
    a_tenth,
    ranking_quality,
    show,
    surely_more,
    view_of,
    without_items,
)

DRAWS = 3
QUESTIONS = 700
NEAR = 10


def questions(view, users, rng):
    """Items asked about, and the table of what was taken near each."""
    asked, row, near = [], [], []
    for user in users:
        items = view.events.item[view.start[user] : view.start[user + 1]]
        for place in rng.permutation(len(items))[:12]:
            around = items[max(0, place - NEAR) : place + NEAR + 1]
            around = np.unique(around[around != items[place]])
            if len(around):
                row.append(np.full(len(around), len(asked)))
                near.append(around)
                asked.append(items[place])
    row, near = np.concatenate(row), np.concatenate(near)
    shape = (len(asked), len(view.items))
    return np.array(asked), sp.csr_array((np.ones(len(row)), (row, near)), shape=shape)


def likenesses(known):
    """Name to what gives the likeness (n, items) of items."""
    begun = time.perf_counter()
    model = SimilarItems().fit(known)
    print(f"\nfit {time.perf_counter() - begun:.1f} s")
    number = len(known.items)

    def one_hot(items):
        ones = np.ones(len(items), np.float32)
        return sp.csr_array((ones, (np.arange(len(items)), items)), shape=(len(items), number))

    knn = ItemKNN().fit(known).learned["table"]
    factors = unit(sp.csr_array(ALS(tau=None).fit(known).learned["factors"])).toarray()
    features = unit(known.item_attributes.features())
    popular = known.popularity()
    return model, {
        "similar items": lambda items: model._alike(one_hot(items)),
        "item-kNN": lambda items: knn[items].toarray(),
        "ALS, cosine": lambda items: factors[items] @ factors.T,
        "content cosine": lambda items: (features[items] @ features.T).toarray(),
        "popularity": lambda items: np.tile(popular, (len(items), 1)),
    }


def others(likeness, items):
    scores = np.array(likeness(items), np.float64)
    scores[np.arange(len(items)), items] = -np.inf
    return scores


@pytest.mark.parametrize("name", SETS)
def test_similar_items_are_what_people_take_around_them(name):
    view = view_of(name)
    known_kinds = true_kinds(view) if name == "shop" else None
    found, alike = {"warm": {}, "cold": {}}, {"warm": {}, "cold": {}}
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        users = rng.permutation(len(view.users))
        fifth = len(users) // 5
        hidden = a_tenth(view, seed)
        known = without_items(view.of_users(users[fifth:]), hidden)
        asked, near = questions(view, users[:fifth], rng)
        model, ways = likenesses(known)
        for kind, which in (("warm", ~hidden[asked]), ("cold", hidden[asked])):
            rows = rng.permutation(np.flatnonzero(which))[:QUESTIONS]
            for way, likeness in ways.items():
                scores = others(likeness, asked[rows])
                found[kind].setdefault(way, []).append(ranking_quality(scores, near[rows]))
                if known_kinds is not None:
                    listed = np.argsort(-scores, axis=1, kind="stable")[:, :10]
                    cosines = known_kinds[listed] @ known_kinds[asked[rows]][:, :, None]
                    alike[kind].setdefault(way, []).append(cosines.mean(axis=(1, 2)))
    for kind, ways in found.items():
        found[kind] = {way: np.concatenate(parts) for way, parts in ways.items()}
        show(f"{name}, {kind} items: NDCG@10 of what was taken near", found[kind])
        if alike[kind]:
            joined = {way: np.concatenate(parts) for way, parts in alike[kind].items()}
            show(f"{name}, {kind} items: true likeness of the first ten", joined)
    lists_to_look_at(name, model, hidden)
    warm, cold = found["warm"], found["cold"]
    assert warm["similar items"].mean() >= 0.95 * warm["item-kNN"].mean()
    assert surely_more(warm["similar items"], warm["ALS, cosine"])
    assert cold["similar items"].mean() > cold["content cosine"].mean()


def true_kinds(view):
    items = data.load("shop").truth["items"].set_index("item_id")
    factors = items.filter(like="factor_").loc[view.items.values].to_numpy()
    return factors / np.linalg.norm(factors, axis=1, keepdims=True)


def lists_to_look_at(name, model, hidden):
    """Print what is said to be similar to three items people know and two nobody took."""
    column = {"movielens-small": "title", "online-retail": "description", "shop": "name_en"}[name]
    titles = data.load(name).items.drop_duplicates("item_id").set_index("item_id")[column]
    order = np.argsort(-model.popular)
    for code in [*order[[0, 50, 300]], *np.flatnonzero(hidden)[:2]]:
        item = model.items.values[code]
        listed = [titles[other] for other in model.similar(item, 5).items]
        print(f"  {titles[item]}: {'; '.join(listed)}")
