"""Is the personalisation model as good as it should be? Run with `pytest -s`.

The protocols and measures are those of `recommend.evaluate`: the whole catalogue is ranked, figures
have intervals over users. ALS is `implicit` used directly, with its own way to fold a user in.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from lab_kit import data
from lab_kit.data.shop import true_log_odds
from lab_kit.recommend import (
    EASE,
    Interactions,
    LinearSequence,
    Model,
    Personalisation,
    Popularity,
    RepeatRecent,
    compare,
    evaluate,
)
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.evaluate.bootstrap import resampled_means
from lab_kit.recommend.held_out import answerable
from lab_kit.recommend.model import silent
from lab_kit.recommend.top import top
from tests.benchmarks import process
from tests.benchmarks.recommend.side import show

FOLDS = 8
METRIC = "NDCG@10"
LENGTH = 25


@dataclass(eq=False, repr=False)
class Implicit(Model):
    """implicit's ALS with 64 factors, alpha 1 and lambda .01, as its own users would use it."""

    name: ClassVar[str] = "ALS-64"
    paper: ClassVar[str] = "Hu, Koren & Volinsky, ICDM 2008"
    tau: float | None = None

    def _learn(self, interactions, progress):
        ones = sp.csr_matrix(interactions.matrix())
        ones.data[:] = 1
        with threadpool_limits(1, "blas"):
            self.als = AlternatingLeastSquares(
                64, regularization=0.01, random_state=0, num_threads=2
            )
            self.als.fit(ones, show_progress=False)

    def _scores(self, histories):
        weights = sp.csr_matrix(histories.weights(len(self.items), self.tau))
        with threadpool_limits(1, "blas"):
            users = [self.als.recalculate_user(0, weights[row]) for row in range(len(histories))]
        return (np.vstack(users) @ self.als.item_factors.T).astype(np.float32)


def compared(tasks):
    models = {
        "personalisation": Personalisation(repeats=tasks[0].repeats),
        "EASE": EASE(),
        "linear sequence": LinearSequence(),
        "ALS-64": Implicit(),
        "ALS-64, fading": Implicit(tau=10.0),
    }
    found = compare(tasks, models, metric=METRIC, progress=silent)
    print(f"\n{found}")
    return found


def times(found, other):
    """The quality of the personalisation model / that of the other; printed with its interval."""
    row = found.pairs("personalisation", other)[METRIC]
    print(
        f"{row.ratio:.2f} times {other} ({row.ratio_low:.2f} to {row.ratio_high:.2f}); difference "
        f"{row.difference:+.4f} ({row.low:+.4f} to {row.high:+.4f})"
    )
    return row.ratio


def view_of(name):
    return Interactions.from_frame(data.load(name).interactions)


@pytest.mark.parametrize(
    ("name", "popularity", "als", "least"),
    [("movielens-small", 2.6, 1.6, 0.125), ("online-retail", 9, 1.6, 0)],
)
def test_new_users_get_better_lists_than_from_any_baseline(name, popularity, als, least):
    view = view_of(name)
    found = compared([evaluate.new_users(view, folds=FOLDS, fold=fold) for fold in range(FOLDS)])
    ratios = {other: times(found, other) for other in found.evaluations}
    assert found["personalisation"][METRIC] >= least
    assert ratios["popularity"] >= popularity
    assert ratios["ALS-64"] >= als


def test_next_month_is_foreseen_better_than_by_any_single_model():
    found = compared([evaluate.by_time(view_of("online-retail"), share=0.9)])
    ratios = {other: times(found, other) for other in found.evaluations}
    singles = ("EASE", "linear sequence", "ALS-64", "ALS-64, fading")
    assert ratios["popularity, 7 days"] >= 1.5
    assert min(ratios[name] for name in singles) >= 1.2


def test_repeated_purchases_are_foreseen_better_than_by_own_counts():
    found = compared([evaluate.by_time(view_of("online-retail"), share=0.9, repeats=True)])
    ratios = {other: times(found, other) for other in found.evaluations}
    assert ratios["repeat recent"] >= 1


def next_views(shop, view, fold):
    """Somebody nobody fitted on comes to look at something: which of the next things will it be?

    Asked at the moment of the first look that is held out; what was looked at before counts too.
    """
    asked = evaluate.new_users(view, folds=FOLDS, fold=fold, repeats=True)
    looks = asked.future.events.kind == view.event_types.index("View")
    asked = answerable(replace(asked, future=asked.future.where(looks)))
    now = asked.future.events.time[asked.future.start[:-1]]
    asked = replace(asked, histories=replace(asked.histories, now=now))
    moments = pd.Series(pd.to_datetime(now, unit="ms", utc=True), index=asked.users)
    odds = true_log_odds(shop, moments)[list(view.items.values)].to_numpy(np.float32)
    codes = np.stack([top(row, LENGTH) for row in odds]).astype(np.int32)
    return asked, Lists(view.items, codes, np.take_along_axis(odds, codes.astype(int), 1))


def test_the_shop_is_foreseen_nearly_as_well_as_by_its_truth():
    """Ranking by the true tastes and sequence effects is the best anybody could do."""
    shop = data.load("shop")
    view = Interactions.from_frame(
        shop.interactions, users=shop.users, items=shop.items, contexts=["device"]
    )
    found = {"truth": [], "personalisation": [], "repeat recent": [], "popularity, 28 days": []}
    for fold in range(FOLDS):
        task, truth = next_views(shop, view, fold)
        models = {
            "personalisation": Personalisation(repeats=True, wanted=("View",)),
            "repeat recent": RepeatRecent(),
            "popularity, 28 days": Popularity(window_days=28),
        }
        answers = {name: model.fit(task.train) for name, model in models.items()}
        for name, answer in {"truth": truth, **answers}.items():
            found[name].append(evaluate.measure(answer, task).values[METRIC])
    values = {name: np.concatenate(parts) for name, parts in found.items()}
    show(f"the shop, {METRIC} of the next looks", values)
    ours, truth = values["personalisation"], values["truth"]
    drawn = resampled_means(np.column_stack([ours, truth]))
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    print(f"  {ours.mean() / truth.mean():.3f} of the truth ({low:.3f} to {high:.3f})")
    assert ours.mean() >= 0.85 * truth.mean()


def test_a_fit_takes_seconds_and_little_memory():
    """In processes of their own, with as many threads as there are processors."""
    print()
    for name in ("movielens-small", "online-retail", "shop"):
        cost = process.run("tests.benchmarks.recommend.scale_runs", "personalisation", name)
        print(
            f"{name}: fitted in {cost['seconds']:.1f} s ({cost['worked']:.1f} s of a processor); "
            f"peak {cost['mib']:.0f} MiB, {cost['before_mib']:.0f} of them before the fit"
        )
        if name == "movielens-small":
            assert cost["seconds"] < 15
            assert cost["mib"] < 700
