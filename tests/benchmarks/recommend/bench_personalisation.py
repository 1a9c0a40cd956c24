"""Is the personalisation model as good as it should be? Run with `pytest -s`.

Amazon Personalize's protocol: fitted on other users; of each test user the oldest nine tenths of
events are given and the newest tenth is to be found, items already seen left out, over the whole
catalogue. ALS is `implicit`'s own, used directly.
"""

import resource
import time
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from lab_kit import data
from lab_kit.recommend.held_out import HeldOut, come_back
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.personalisation import Personalisation
from lab_kit.recommend.models.sequence import LinearSequence

FOLDS = 8


def ndcg(scores, relevant, k=10):
    """(users,): textbook NDCG; ties fall as the codes do, which follow a hash of the ids."""
    first = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)[np.minimum(relevant.sum(axis=1), k) - 1]
    return (np.take_along_axis(relevant, first, 1) @ discount) / ideal


def new_users(view, fold):
    length = np.diff(view.start)
    folds = np.random.default_rng(0).permutation(len(length)) % FOLDS
    given = view.histories(np.flatnonzero((folds == fold) & (length >= 10)))
    size = np.diff(given.start)
    place = np.arange(len(given.events)) - np.repeat(given.start[:-1], size)
    past = place < np.repeat(size - size // 10, size)
    start = np.concatenate([[0], np.cumsum(size - size // 10)])
    relevant = np.zeros((len(given), len(view.items)), bool)
    relevant[given.row[~past], given.events.item[~past]] = True
    histories = replace(given, start=start, events=given.events.take(past))
    relevant[histories.seen(len(view.items))] = False
    asked = np.flatnonzero(relevant.any(axis=1))
    train = view.of_users(np.flatnonzero(folds != fold))
    return HeldOut(train, histories.take(asked), relevant[asked])


def als_scores(task, tau):
    with threadpool_limits(1, "blas"):
        ones = sp.csr_matrix(task.train.matrix())
        ones.data[:] = 1
        als = AlternatingLeastSquares(64, regularization=0.01, random_state=0, num_threads=2)
        als.fit(ones, show_progress=False)
        weights = sp.csr_matrix(task.histories.weights(len(task.train.items), tau))
        users = [als.recalculate_user(0, weights[row]) for row in range(weights.shape[0])]
    return np.vstack(users) @ als.item_factors.T


def baselines(task, repeats=False):
    """Scores by name: nothing here is tuned on the test users."""
    view, histories = task.train, task.histories
    now = int(histories.moment.max()) + 1
    row = np.ones((len(histories), 1))
    yield "popularity", row * view.popularity(now=now)
    yield "popularity of 7 days", row * view.popularity(now=now, window=7 * DAY)
    yield "EASE", EASE().fit(view)._scores(histories)
    yield "linear sequence", LinearSequence().fit(view)._scores(histories)
    yield "ALS-64", als_scores(task, None)
    yield "ALS-64, fading", als_scores(task, 10.0)
    if repeats:
        counts = np.zeros(task.relevant.shape)
        np.add.at(counts, histories.seen(len(view.items)), 1)
        yield "own counts", counts
        yield "own counts, fading", histories.weights(len(view.items), 10.0).toarray()


def measured(tasks, repeats=False):
    """Name to (users,) NDCG@10; prints means, standard errors, times and memory."""
    found = {}
    for task in tasks:
        begun = time.perf_counter()
        model = Personalisation(repeats=repeats).fit(task.train)
        fitted = time.perf_counter()
        scores = model._scores(task.histories)
        rate = len(task.histories) / (time.perf_counter() - fitted)
        print(f"fit {fitted - begun:.1f} s, {rate:,.0f} users/s")
        for name, table in [("personalisation", scores), *baselines(task, repeats)]:
            table = np.array(table, np.float64)
            if not repeats:
                table[task.histories.seen(table.shape[1])] = -np.inf
            found.setdefault(name, []).append(ndcg(table, task.relevant))
    found = {name: np.concatenate(parts) for name, parts in found.items()}
    for name, values in found.items():
        error = values.std() / len(values) ** 0.5
        print(f"{name:22} {values.mean():.4f} (standard error {error:.4f}, {len(values)} users)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak of this process, baselines included: {peak:.0f} MiB")
    return {name: values.mean() for name, values in found.items()}


def view_of(name):
    return Interactions.from_frame(data.load(name).interactions)


@pytest.mark.parametrize(
    ("name", "popularity", "als", "least"),
    [("movielens-small", 2.6, 1.6, 0.125), ("online-retail", 9, 1.6, 0)],
)
def test_new_users_get_better_lists_than_from_any_baseline(name, popularity, als, least):
    view = view_of(name)
    mean = measured(new_users(view, fold) for fold in range(FOLDS))
    assert mean["personalisation"] >= least
    assert mean["personalisation"] >= popularity * mean["popularity"]
    assert mean["personalisation"] >= als * mean["ALS-64"]


def test_next_month_is_foreseen_better_than_by_any_single_model():
    mean = measured([come_back(view_of("online-retail"), 10_000, repeats=False, seed=0)])
    singles = ("EASE", "linear sequence", "ALS-64", "ALS-64, fading")
    assert mean["personalisation"] >= 1.5 * mean["popularity of 7 days"]
    assert mean["personalisation"] >= 1.2 * max(mean[name] for name in singles)


def test_repeated_purchases_are_foreseen_better_than_by_own_counts():
    mean = measured([come_back(view_of("online-retail"), 10_000, True, seed=0)], repeats=True)
    assert mean["personalisation"] >= max(mean["own counts"], mean["own counts, fading"])
