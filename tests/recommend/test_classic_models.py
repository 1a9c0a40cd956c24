"""The classic models against hand-counted shops, slow textbook versions and implicit itself."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from implicit.cpu.als import AlternatingLeastSquares

from lab_kit.errors import LabKitError
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import HOUR, Interactions
from lab_kit.recommend.models import item_knn
from lab_kit.recommend.models.als import ALS
from lab_kit.recommend.models.bpr import BPR
from lab_kit.recommend.models.co_purchase import CoPurchase
from lab_kit.recommend.models.item_knn import ItemKNN
from lab_kit.recommend.models.markov import Markov
from lab_kit.recommend.models.popularity import Popularity
from lab_kit.recommend.models.repeat_recent import RepeatRecent
from lab_kit.recommend.models.rp3beta import RP3beta
from lab_kit.recommend.models.trending import HALF_LIVES, Trending, forecast
from tests.recommend.shops import checkerboard, frame, interactions, random_events

SAME = [Popularity, Trending]
TABLES = [ItemKNN, RP3beta, CoPurchase, Markov]
PERSONAL = [*TABLES, ALS, BPR]
shapes = st.tuples(st.integers(0, 999), st.integers(1, 12), st.integers(1, 12), st.integers(2, 80))


def view_of(shape):
    seed, users, items, events = shape
    return Interactions.from_frame(random_events(seed, users, items, events))


def small(kind):
    """The model with settings that leave nothing of a small shop out."""
    return kind(min_count=1) if kind in (ItemKNN, CoPurchase) else kind()


def entry(model, first, second):
    return model.learned["table"][[model.items.code(first)], [model.items.code(second)]][0]


def score(model, item):
    return float(model.score(History(), [item])[0])


# ---- the same items again


def test_own_items_come_by_what_is_left_of_their_events_and_then_what_most_users_took():
    """a took x, then y and z at one moment, then x again; w has three users, v one."""
    view = interactions(
        *[("a", item, hour) for item, hour in zip("xyzx", (0, 5, 5, 9), strict=True)],
        *[(user, "w", 0) for user in "bcd"],
        *[("b", "v", 1), ("c", "z", 1)],
    )
    model = RepeatRecent(tau=2.0).fit(view)
    left = np.exp(-np.arange(3) / 2)
    popularity = np.array([1, 1, 2, 3, 1]) / 3 / 1000
    expected = np.array([left[0] + left[2], left[1], left[1], 0, 0]) + popularity
    np.testing.assert_allclose(model.score("a", list("xyzwv")), expected, rtol=1e-6)
    why = model.explain("a", "z")
    assert (why.causes["contribution"].max(), why.rest) == pytest.approx(
        (left[1], popularity[2]), abs=1e-6
    )


# ---- the same for everybody


def test_popularity_counts_users_in_the_window_and_lets_them_fade():
    view = interactions(
        ("a", "x", 0), ("a", "x", 1), ("b", "x", 2), ("c", "y", 47), ("a", "y", 48), ("d", "z", 24)
    )
    counted = Popularity().fit(view)
    assert [score(counted, item) for item in "xyz"] == [2, 2, 1]
    recent = Popularity(window_days=1).fit(view)  # from hour 24 and one millisecond on
    assert [score(recent, item) for item in "xyz"] == [0, 2, 0]
    fading = Popularity(half_life_days=1).fit(view)
    slow = [0.5 ** (47 / 24) + 0.5 ** (46 / 24), 1 + 0.5 ** (1 / 24), 0.5]
    np.testing.assert_allclose([score(fading, item) for item in "xyz"], slow, rtol=1e-5)


@pytest.mark.parametrize("kind", SAME)
def test_a_stranger_gets_the_same_list_as_a_known_user(kind):
    view = Interactions.from_frame(random_events(3, events=200))
    model = kind().fit(view)
    for user in view.users.values:
        np.testing.assert_array_equal(model.score(user), model.score("nobody"))
    assert list(model.recommend("u0", 7, repeats=True).items) == list(
        model.recommend("nobody", 7).items
    )
    assert "ranks the same for everybody" in model.explain("u0", "i0").how


def smoothed(past, half_life):
    """Weighted mean of the past, newest last: a count so many intervals old counts half."""
    worth = 0.5 ** (np.arange(len(past))[::-1] / half_life)
    return worth @ past / worth.sum()


@pytest.mark.parametrize("number", [2, 9, 40])
def test_the_forecast_is_the_least_squares_solution_row_by_row(number):
    counts = np.random.default_rng(0).poisson(2.0, (number, 5)).astype(float)

    def features(time, item):
        return [*(smoothed(counts[:time, item], length) for length in HALF_LIVES), 1]

    pairs = [
        (features(time, item), counts[time, item])
        for time in range(min(number // 4, 16) + 1, number)
        for item in range(5)
    ]
    past, targets = map(np.array, zip(*pairs, strict=True))
    penalty = 2 * np.diag([1.0] * len(HALF_LIVES) + [0])
    slow = np.linalg.solve(past.T @ past + penalty, past.T @ targets)
    expected = [slow @ features(number, item) for item in range(5)]
    np.testing.assert_allclose(forecast(sp.csr_array(counts), 2.0), expected, rtol=1e-7)


def test_trending_counts_different_users_backwards_from_the_newest_event():
    view = interactions(
        ("a", "x", 0), ("a", "x", 25), ("a", "x", 30), ("b", "x", 30), ("a", "y", 48),
        ("a", "y", 49), ("b", "x", 49),
    )  # fmt: skip
    counts = Trending()._counts(view).toarray()  # hours 1 < t <= 25 and 25 < t <= 49
    assert counts[:, view.items.codes(["x", "y"])].tolist() == [[1, 0], [2, 1]]


def steady_shop(days=20):
    """Item s sells to 10 users a day, r to one more a day, f to one fewer, n to 3 now and then."""
    sold = {
        "s": lambda _: 10,
        "r": lambda day: max(0, day - 8),
        "f": lambda day: max(0, 12 - day),
        "n": lambda day: 3 * (day % 5 == 0),
    }
    return [
        (f"{item}{day}-{n}", item, day * 24 + 12)
        for item, count in sold.items()
        for day in range(days)
        for n in range(count(day))
    ]


def test_trending_puts_a_riser_first_and_not_the_bestseller():
    view = interactions(*steady_shop(), ("z", "s", 0), ("z", "s", 20 * 24 - 1))
    model = Trending().fit(view)
    assert model.recommend("nobody", 1).items.tolist() == ["r"]
    assert Popularity().fit(view).recommend("nobody", 1).items.tolist() == ["s"]
    assert 10 < score(model, "r") + 66 / 20 < 13  # 11 were sold on the last day
    assert abs(score(model, "s")) < 0.2 * score(model, "r")  # much is sold of it, as ever
    assert score(model, "f") < 0


def test_trending_compares_with_the_usual_level_of_the_last_days():
    rows = [(f"u{day}-{n}", "x", 24 * day + 1) for day in range(60) for n in range(1 + day % 3)]
    rows += [("v", "y", 0), ("v", "y", 24 * 60)]
    view = interactions(*rows)
    months, week = (Trending(usual_days=days).fit(view) for days in (60, 7))
    last = [1 + day % 3 for day in range(53, 60)]
    # Days are counted backwards from the newest event, an hour before those of the loop end.
    assert score(months, "x") - score(week, "x") == pytest.approx(np.mean(last) - 2, abs=1e-4)


def test_trending_with_a_single_interval_is_popularity():
    view = Interactions.from_frame(random_events(5))
    model = Trending(interval_hours=1000).fit(view)
    np.testing.assert_array_equal(model.score("u0"), view.popularity())
    assert HOUR == 3_600_000


# ---- tables


@settings(max_examples=25, deadline=None)
@given(shapes, st.sampled_from(["cosine", "tfidf"]), st.sampled_from([0.0, 0.5, 0.8]))
def test_item_knn_is_the_discounted_cosine_of_columns(shape, similarity, discount):
    view = view_of(shape)
    model = ItemKNN(similarity, discount=discount).fit(view)
    ones = (view.matrix().toarray() > 0).astype(float)
    table = ones.copy()
    if similarity == "tfidf":
        table *= np.log(1 + ones.shape[1] / ones.sum(axis=1, keepdims=True))
    slow = np.zeros((ones.shape[1],) * 2)
    for i, j in combinations(range(ones.shape[1]), 2):
        if ones[:, i] @ ones[:, j] >= 2:
            both = table[:, i] @ table[:, j]
            a, b = np.linalg.norm(table[:, i]), np.linalg.norm(table[:, j])
            slow[i, j] = both / (a ** (2 - 2 * discount) * b ** (2 * discount))
            slow[j, i] = both / (b ** (2 - 2 * discount) * a ** (2 * discount))
    np.testing.assert_allclose(model.learned["table"].toarray(), slow, atol=1e-6)


def test_a_cosine_by_hand():
    view = interactions(
        ("a", "x", 0), ("a", "y", 1), ("b", "x", 0), ("b", "y", 1), ("c", "x", 0), ("d", "x", 0),
        ("d", "z", 1),
    )  # fmt: skip
    model = ItemKNN().fit(view)
    assert entry(model, "x", "y") == pytest.approx(2 / np.sqrt(4 * 2))
    assert entry(model, "x", "z") == 0  # one user in common
    assert entry(ItemKNN(min_count=1).fit(view), "z", "x") == pytest.approx(0.5)


def test_bm25_is_that_of_the_formula():
    view = Interactions.from_frame(random_events(11, events=100))
    counts = view.matrix().toarray().astype(float)
    slow = np.zeros_like(counts)
    for u, i in zip(*counts.nonzero(), strict=True):
        idf = np.log(1 + counts.shape[1] / (counts[u] > 0).sum())
        relative = counts[:, i].sum() / counts.sum(axis=0).mean()
        room = 1.2 * (0.25 + 0.75 * relative)
        slow[u, i] = idf * counts[u, i] * 2.2 / (counts[u, i] + room)
    slow = slow.T @ slow
    np.fill_diagonal(slow, 0)
    model = ItemKNN("bm25", discount=0.75, min_count=1).fit(view)
    np.testing.assert_allclose(model.learned["table"].toarray(), slow, rtol=1e-5)
    with pytest.raises(LabKitError, match="no similarity 'jaccard'"):
        ItemKNN("jaccard").fit(view)


@settings(max_examples=25, deadline=None)
@given(shapes, st.integers(1, 5))
def test_rows_keep_their_largest_entries(shape, neighbours):
    view = view_of(shape)
    whole = ItemKNN(min_count=1).fit(view).learned["table"].toarray()
    cut = ItemKNN(min_count=1, neighbours=neighbours).fit(view).learned["table"].toarray()
    for row, all_of_it in zip(cut, whole, strict=True):
        expected = np.sort(all_of_it)[::-1][:neighbours]
        np.testing.assert_array_equal(np.sort(row[row > 0])[::-1], expected[expected > 0])
        np.testing.assert_array_equal(row[row > 0], all_of_it[row > 0])


@pytest.mark.parametrize("kind", [ItemKNN, RP3beta, CoPurchase])
def test_the_size_of_the_chunks_changes_nothing(kind, monkeypatch):
    view = Interactions.from_frame(checkerboard())
    whole = small(kind).fit(view).learned["table"].toarray()
    assert whole.any()
    monkeypatch.setattr(item_knn, "CELLS", 2 * len(view.items))
    np.testing.assert_array_equal(small(kind).fit(view).learned["table"].toarray(), whole)


@settings(max_examples=25, deadline=None)
@given(shapes, st.sampled_from([0.7, 1.0, 1.8]), st.sampled_from([0.0, 0.6]))
def test_rp3beta_is_the_product_of_its_transition_matrices(shape, alpha, beta):
    view = view_of(shape)
    ones = (view.matrix().toarray() > 0).astype(float)
    to_item = (ones / ones.sum(axis=1, keepdims=True)) ** alpha
    to_user = (ones / ones.sum(axis=0)).T ** alpha
    slow = to_user @ to_item / ones.sum(axis=0) ** beta
    np.fill_diagonal(slow, 0)
    model = RP3beta(alpha, beta).fit(view)
    np.testing.assert_allclose(model.learned["table"].toarray(), slow, rtol=1e-5, atol=1e-7)


@settings(max_examples=25, deadline=None)
@given(shapes, st.integers(1, 6), st.sampled_from([0.0, 1.5]))
def test_markov_counts_what_follows(shape, lags, smoothing):
    view = view_of(shape)
    counts = np.zeros((len(view.items),) * 2)
    for user in view.users.values:
        items = view.history(user).events.item
        for (n, before), (m, after) in combinations(enumerate(items), 2):
            if m - n <= lags and before != after:
                counts[before, after] += np.exp(-(m - n - 1) / 2)
    total = counts.sum(axis=1, keepdims=True) + smoothing
    slow = counts / np.where(total > 0, total, 1)
    model = Markov(lags, 2.0, smoothing).fit(view)
    np.testing.assert_allclose(model.learned["table"].toarray(), slow, atol=1e-6)


def test_markov_by_hand():
    model = Markov(lags=2, future=1.0, smoothing=0.0).fit(
        interactions(("a", "x", 0), ("a", "y", 1), ("a", "z", 2), ("b", "x", 0), ("b", "y", 1))
    )
    assert entry(model, "x", "y") == pytest.approx(2 / (2 + np.exp(-1)))
    assert entry(model, "y", "z") == 1
    assert entry(model, "y", "x") == 0


BASKETS = frame(
    ("a", "beer", 0), ("a", "crisps", 0.5), ("a", "milk", 3),  # two baskets
    ("b", "beer", 3), ("b", "crisps", 3), ("b", "crisps", 3.2),
    ("c", "milk", 0), ("d", "milk", 9), ("d", "beer", 9),
    ("d", "crisps", 9.1),
).assign(event_type=["Purchase"] * 9 + ["View"])  # fmt: skip


def test_a_lift_by_hand():
    """Baskets: beer crisps, milk, beer crisps, milk, milk beer."""
    model = CoPurchase(min_count=1, shrinkage=2.0).fit(Interactions.from_frame(BASKETS))
    lift = 2 / 5 / (3 / 5 * 2 / 5)
    assert entry(model, "beer", "crisps") == pytest.approx(np.log(lift) * 2 / 4)
    assert entry(model, "milk", "beer") == 0  # lift 5 / 9: less often than by chance
    assert CoPurchase().fit(Interactions.from_frame(BASKETS)).learned["table"].nnz == 0
    everything = CoPurchase(None, min_count=1, shrinkage=2.0)
    everything.fit(Interactions.from_frame(BASKETS))
    lift = 3 * 5 / (3 * 3)  # now the last basket has crisps too
    assert entry(everything, "beer", "crisps") == pytest.approx(np.log(lift) * 3 / 5)
    untyped = CoPurchase(min_count=1, shrinkage=2.0)
    untyped.fit(Interactions.from_frame(BASKETS.drop(columns="event_type")))
    assert entry(untyped, "beer", "crisps") == entry(everything, "beer", "crisps")


@settings(max_examples=25, deadline=None)
@given(shapes)
def test_lifts_of_random_baskets(shape):
    view = view_of(shape)
    baskets = []
    for user in view.users.values:
        events, last = view.history(user).events, -(10**18)
        for item, time in zip(events.item, events.time, strict=True):
            if time - last > 20 * HOUR:
                baskets.append(set())
            baskets[-1].add(int(item))
            last = time
    slow = np.zeros((len(view.items),) * 2)
    for i, j in combinations(range(len(view.items)), 2):
        n_i, n_j = (sum(item in basket for basket in baskets) for item in (i, j))
        both = sum({i, j} <= basket for basket in baskets)
        if both >= 2:
            lift = np.log(both * len(baskets) / (n_i * n_j))
            slow[i, j] = slow[j, i] = max(0, lift * both / (both + 10))
    model = CoPurchase(min_count=2, gap_hours=20).fit(view)
    np.testing.assert_allclose(model.learned["table"].toarray(), slow, atol=1e-6)


# ---- factors


@pytest.mark.parametrize("alpha", [1.0, 5.0])
def test_folding_in_is_what_implicit_does(alpha):
    view = Interactions.from_frame(random_events(1, users=40, items=30, events=600))
    model = ALS(factors=8, alpha=alpha, tau=None).fit(view)
    other = AlternatingLeastSquares(factors=8, alpha=alpha, regularization=model.regularisation)
    other.item_factors = model.learned["factors"]
    weights = view.histories().weights(len(view.items))
    weights.data = np.random.default_rng(0).uniform(0.2, 3, weights.nnz).astype(np.float32)
    theirs = other.recalculate_user(np.arange(weights.shape[0]), sp.csr_matrix(weights))
    np.testing.assert_allclose(model._fold_in(weights), theirs, atol=1e-4)


def test_the_factors_are_those_of_implicit_and_always_the_same():
    view = Interactions.from_frame(random_events(2, users=20, items=15, events=200))
    other = AlternatingLeastSquares(factors=4, random_state=3, num_threads=1)
    other.fit(sp.csr_matrix(view.matrix()), show_progress=False)
    one, two = (ALS(factors=4, seed=3).fit(view).learned["factors"] for _ in range(2))
    np.testing.assert_allclose(one, other.item_factors, atol=1e-5)
    np.testing.assert_array_equal(one, two)
    assert not np.allclose(ALS(factors=4, seed=4).fit(view).learned["factors"], one)
    first, again = (BPR(factors=4, seed=3).fit(view).learned["factors"] for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_similar_items_of_als_are_those_with_the_largest_cosine():
    model = ALS(factors=4).fit(Interactions.from_frame(random_events(4, items=12, events=200)))
    factors = model.learned["factors"].astype(float)
    unit = factors / np.linalg.norm(factors, axis=1, keepdims=True)
    cosines = np.delete(unit @ unit[model.items.code("i3")], model.items.code("i3"))
    np.testing.assert_allclose(model.similar("i3", 11).scores, np.sort(cosines)[::-1], atol=1e-5)


def test_bpr_answers_with_the_weighted_mean_of_factors():
    view = Interactions.from_frame(random_events(4, users=30, items=12, events=300))
    model = BPR(factors=4).fit(view)
    factors, bias, scale = (model.learned[name] for name in ("factors", "bias", "scale"))
    items = view.histories(["u5"]).weights(12, 6.0).toarray()[0]
    user = scale * sum(w * y for w, y in zip(items, factors, strict=True)) / items.sum()
    np.testing.assert_allclose(model.score("u5"), factors @ user + bias, atol=1e-5)
    for item in view.items.values:
        assert model.explain("u5", item).rest == pytest.approx(
            bias[model.items.code(item)], abs=1e-5
        )


# ---- all of them


@pytest.mark.parametrize("kind", [*TABLES, ALS])
def test_contributions_add_up_to_the_score(kind):
    view = Interactions.from_frame(random_events(7))
    model = small(kind).fit(view)
    for user in view.users.values:
        for item in view.items.values:
            assert abs(model.explain(user, item).rest) < 1e-5


SHOPS = {
    "one event": [("a", "x", 0)],
    "one user": [("a", "x", 0), ("a", "y", 1), ("a", "z", 2)],
    "one item": [("a", "x", 0), ("b", "x", 1), ("b", "x", 2)],
    "one moment": [("a", "x", 0), ("a", "y", 0), ("b", "y", 0), ("b", "x", 0), ("c", "z", 0)],
    "duplicates": [("a", "x", 0), ("a", "x", 0), ("a", "x", 0), ("b", "x", 0), ("b", "y", 0)],
}


@pytest.mark.parametrize("kind", [*SAME, *PERSONAL])
@pytest.mark.parametrize("catalogue", [None, ["x", "never taken"]])
@pytest.mark.parametrize("shop", SHOPS)
def test_the_smallest_shops_are_answered(kind, catalogue, shop):
    items = None if catalogue is None else pd.DataFrame({"item_id": catalogue})
    users = None if catalogue is None else pd.DataFrame({"user_id": ["a", "idle"]})
    view = interactions(*SHOPS[shop], items=items, users=users)
    model = kind().fit(view)
    strange = History().add(-1).add(view.items.code("x")).add(len(view.items) + 3)
    rows = Histories.of([History(), strange, History().add(-1), view.history("a")])
    scores = model._scores(rows)
    assert scores.shape == (4, len(view.items))
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert np.isfinite(model._scores(Histories.of([History()]))).all()
    assert model.explain(strange, "x").score == pytest.approx(
        float(scores[1, view.items.code("x")])
    )
    lists = model.recommend_many(rows, 5, repeats=True)
    assert {*lists.codes[0]} - {-1} == {*range(len(view.items))}
    assert len(model.similar("x", 5)) == len(view.items) - 1


@pytest.mark.parametrize("kind", [*SAME, *PERSONAL])
def test_a_model_from_disk_answers_as_before_and_one_answer_as_many(kind, tmp_path):
    view = Interactions.from_frame(random_events(8))
    model = small(kind).fit(view)
    model.save(tmp_path)
    again = kind.load(tmp_path, view)
    lists = again.recommend_many(None, 4)
    for row, user in enumerate(view.users.values):
        np.testing.assert_array_equal(again.score(user), model.score(user))
        assert lists[row].items.tolist() == model.recommend(user, 4).items.tolist()


@pytest.mark.parametrize("kind", [*SAME, *PERSONAL])
def test_progress_rises_to_one(kind):
    told = []
    small(kind).fit(
        Interactions.from_frame(random_events(9)), progress=lambda done, _: told.append(done)
    )
    assert told == sorted(told)
    assert told[-1] == 1
