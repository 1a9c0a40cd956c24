"""The figures equal those another way computes from what is kept of the held-out users."""

import math

import numpy as np
import pandas as pd
import pytest

from lab_kit.personalize.storage.frames import read
from lab_kit.personalize.training import metrics
from lab_kit.prepare.split.rules import least_events
from lab_kit.recommend.evaluate.metrics import Hits, ndcg_of_hits

KEYS = {
    "coverage",
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_5",
    "precision_at_10",
    "precision_at_25",
}
RECIPES = [
    "aws-user-personalization-v2",
    "aws-user-personalization",
    "aws-popularity-count",
    "aws-similar-items",
]


def by_hand(users, items):
    """AWS's metrics by its own definitions, one user and one place at a time."""
    found = {key: [] for key in KEYS - {"coverage"}}
    for row in users.itertuples():
        wanted = set(row.to_find)
        hits = [item in wanted for item in row.answered]
        first = next((place for place, hit in enumerate(hits, 1) if hit), None)
        found["mean_reciprocal_rank_at_25"].append(1 / first if first else 0)
        for k in (5, 10, 25):
            gains = [1 / math.log2(1 + place) for place, hit in enumerate(hits[:k], 1) if hit]
            ideal = sum(1 / math.log2(1 + place) for place in range(1, len(gains) + 1))
            name = f"normalized_discounted_cumulative_gain_at_{k}"
            found[name].append(sum(gains) / ideal if gains else 0)
            found[f"precision_at_{k}"].append(len(gains) / k)
    answered = {item for items_of in users["answered"] for item in items_of}
    return {key: sum(each) / len(each) for key, each in found.items()} | {
        "coverage": len(answered) / items
    }


@pytest.mark.parametrize("recipe", RECIPES)
def test_figures_can_be_computed_again_from_the_held_out_users(fit, recipe):
    said, trained = fit(recipe)
    again = by_hand(trained.held_out, len(trained.interactions.items))
    exact = trained.facts["metrics"]
    assert {key: exact[key] for key in KEYS} == pytest.approx(again, abs=1e-12)
    assert said["metrics"] == {key: round(exact[key], 4) for key in KEYS}


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_held_out_users_are_a_tenth_with_their_newest_tenth_to_find(fit, group, recipe):
    _, trained = fit(recipe)
    events = read(group["INTERACTIONS"])
    asked = trained.held_out
    sizes = events.groupby("user_id").size()
    assert len(asked) <= np.ceil(len(sizes) / 10)
    assert len(asked) >= 0.8 * len(sizes) / 10
    for user, row in asked.iterrows():
        own = events[events["user_id"] == user].sort_values("timestamp", kind="stable")
        newest = len(own) - math.ceil(0.9 * len(own) - 1e-9)
        assert sizes[user] >= least_events(0.9)
        assert list(row["given"]) == own["item_id"].tolist()[: len(own) - newest]
        left = own["item_id"].tolist()[len(own) - newest :]
        if recipe == "aws-similar-items":  # the item asked about is not to be found
            left = [item for item in left if item != row["given"][-1]]
        assert list(row["to_find"]) == left


def test_nobody_held_out_was_fitted_on(fit, group):
    """The model knows 9 tenths of the users; items only the others took have no events in it."""
    _, trained = fit("aws-user-personalization")
    events = read(group["INTERACTIONS"])
    rest = events[~events["user_id"].isin(trained.held_out.index)]
    counted = pd.Series(trained.model.learned["events"], trained.model.items.values)
    assert counted.sum() <= len(rest)


def test_the_guides_worked_example():
    """Hits on places 2 and 5 of 5: precision 2/5, reciprocal rank 1/2, gain 0.6241."""
    there = np.array([[False, True, False, False, True]])
    hits = Hits(there, np.array([5]))
    assert ndcg_of_hits(hits, 5)[0] == pytest.approx(0.6241, abs=5e-5)
    named = {name: measure(hits, k)[0] for name, (measure, k) in metrics.NAMES.items()}
    assert named["precision_at_5"] == 0.4
    assert named["mean_reciprocal_rank_at_25"] == 0.5


def test_segments_are_measured_on_the_newest_fifth(fit, group):
    """Who took an item among everybody's newest events, against the one percent foretold."""
    _, trained = fit("aws-item-affinity")
    events = read(group["INTERACTIONS"]).sort_values("timestamp", kind="stable")
    size = events.groupby("user_id")["item_id"].transform("size")
    place = events.groupby("user_id").cumcount()
    later = events[place >= size - size // 5]
    took = later.groupby("item_id")["user_id"].unique()
    exact, hits, recalls = trained.held_out, [], []
    for item, row in exact.iterrows():
        right = set(took[item]) & set(row["answered"])
        hits.append(len(right))
        recalls.append(len(right) / len(took[item]))
        assert len(row["answered"]) == 2  # one percent of 120 users, rounded up
    assert trained.facts["metrics"]["hits_at_1_percent"] == pytest.approx(np.mean(hits))
    assert trained.facts["metrics"]["recall_at_1_percent"] == pytest.approx(np.mean(recalls))
    assert set(exact.index) == set(took.index)
