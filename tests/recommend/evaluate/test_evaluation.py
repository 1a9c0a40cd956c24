"""Figures of one model: their values, their slices, and several parts put together."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lab_kit.recommend import evaluate
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.evaluate.evaluation import MEASURES, Evaluation
from lab_kit.recommend.evaluate.metrics import Hits
from lab_kit.recommend.evaluate.slices import head, sliced
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.popularity import Popularity
from tests.recommend.evaluate.models import Oracle
from tests.recommend.shops import frame, random_events


@pytest.fixture
def view():
    return Interactions.from_frame(random_events(2, users=40, items=50, events=1_500))


@pytest.fixture
def task(view):
    return evaluate.new_users(view, folds=3)


def test_who_knows_the_future_is_perfect(task):
    found = evaluate.measure(Oracle.of(task).fit(task.train), task)
    for name in ("NDCG", "MRR", "MAP", "hit rate", "NDCG of hits"):
        np.testing.assert_allclose(found.values[f"{name}@5"], 1, err_msg=name)
    np.testing.assert_allclose(found.values["recall@25"], 1)


def test_values_are_those_of_the_lists_unrounded(task):
    model = EASE(regularisation=5.0).fit(task.train)
    found = evaluate.measure(model, task, depths=(3, 7))
    lists = model.recommend_many(task.histories, 7)
    hits = Hits.of(lists.codes, task.targets)
    for name, measure in MEASURES.items():
        np.testing.assert_array_equal(found.values[f"{name}@7"], measure(hits, 7))
    assert found["NDCG@3"] == found.values["NDCG@3"].mean()
    assert found["coverage@7"] == len(np.unique(lists.codes)) / 50
    assert found.values.index.tolist() == task.users.tolist()
    assert set(found.values.index) <= set(task.train.users.values)
    by_lists = evaluate.measure(lists, task, depths=(3, 7))
    pd.testing.assert_frame_equal(by_lists.values, found.values)


def test_rewards_are_measured_where_events_have_values(view):
    assert not any(name.startswith("reward") for name in measured(view).values)
    valued = random_events(2, users=40, items=50, events=1_500).assign(event_value=2.0)
    found = measured(Interactions.from_frame(valued))
    hits = found.values["precision@25"] * 25
    assert (found.values["reward@25"] >= 2 * hits).all()  # an item may be bought more than once
    assert found.values["reward share@25"].between(0, 1).all()


def measured(view):
    task = evaluate.new_users(view, folds=3)
    return evaluate.measure(Popularity().fit(task.train), task)


def test_a_report_says_what_was_ranked_and_gives_intervals(task):
    found = evaluate.measure(EASE().fit(task.train), task)
    text = repr(found)
    assert "Every list is the best of all 50 items; nothing is sampled." in text
    assert f"EASE: {len(task)} users asked; means, and 95% intervals" in text
    row = found.frame.set_index("metric").loc["NDCG@10"]
    assert f"{row.value:.4f} ({row.low:.4f} to {row.high:.4f})" in text
    assert "<caption" in found._repr_html_()
    narrow = task.among(task.train.items.values[:20])
    about = evaluate.measure(EASE().fit(task.train), narrow).about[0]
    assert "the best of 20 named candidates out of 50 items: not comparable" in about


def test_folds_put_together_are_all_their_users(view):
    parts = []
    for fold in range(3):
        task = evaluate.new_users(view, folds=3, fold=fold)
        parts.append(evaluate.measure(Popularity().fit(task.train), task))
    whole = Evaluation.joined(parts)
    sums = sum(part["NDCG@10"] * len(part) for part in parts)
    assert whole["NDCG@10"] == pytest.approx(sums / len(whole))
    assert whole["coverage@25"] == pytest.approx(np.mean([part["coverage@25"] for part in parts]))
    assert sum(sliced(whole, "NDCG@10")["users"][:3]) == len(whole)


# ---- slices


def test_users_are_sliced_by_their_history():
    """One user without any history, two with 1 event, two with 4, two with 9."""
    rows = [
        (f"u{n}", f"i{hour}", hour) for n in range(7) for hour in range([0, 1, 1, 4, 4, 9, 9][n])
    ]
    rows += [(f"u{n}", "new", 20) for n in range(7)]
    view = Interactions.from_frame(frame(*rows))
    task = evaluate.by_time(view, share=0.8, cold=True)
    size = np.diff(task.histories.start)
    # Only those with 4 events find what they look for.
    codes = np.where(size == 4, view.items.code("new"), -1)[:, None]
    lists = Lists(view.items, codes.astype(np.int32), np.zeros(codes.shape, np.float32))
    table = sliced(evaluate.measure(lists, task, depths=(1,)), "hit rate@1")
    assert table[["slice", "users", "value"]].to_numpy().tolist()[:4] == [
        ["cold users, no history", 1, 0],
        ["history of 1 events", 2, 0],
        ["history of 4 events", 2, 1],
        ["history of 9 events", 2, 0],
    ]


def test_the_head_is_the_fewest_items_with_half_of_the_popularity():
    rows = [(f"u{n}", "x", n) for n in range(4)] + [(f"u{n}", "y", n) for n in range(2)]
    rows += [("u0", "z", 9), ("u1", "w", 9)]
    view = Interactions.from_frame(frame(*rows))
    task = evaluate.HeldOut(view, view.histories(), view.histories())
    assert set(view.items.values[head(task)]) == {"x"}  # 4 of 8
    more = view.append(frame(("u9", "y", 10)))
    task = replace(task, train=more)
    assert set(more.items.values[head(task)]) == {"x", "y"}  # 4 and 3 of 9


def test_head_and_tail_look_for_different_items():
    rows = [(f"u{n}", "popular", n) for n in range(9)] + [("u9", f"rare{n}", n) for n in range(3)]
    rows += [("a", "rare0", 0), ("b", "rare0", 0), ("c", "rare1", 0)]
    later = [("a", "popular", 99), ("b", "popular", 99), ("b", "rare2", 99), ("c", "rare2", 99)]
    view = Interactions.from_frame(frame(*rows, *later))
    task = evaluate.by_time(view, cutoff="2026-01-05")
    table = sliced(evaluate.measure(Popularity().fit(task.train), task), "recall@5").tail(2)
    assert table["slice"].tolist() == [
        "head items, half of all popularity",
        "tail items, half of all popularity",
    ]
    assert table["users"].tolist() == [2, 2]
    assert table["value"].tolist() == [1, 1]
    found = evaluate.measure(Popularity().fit(task.train), task, depths=(1,))
    assert sliced(found, "recall@1").tail(2)["value"].tolist() == [1, 0]
