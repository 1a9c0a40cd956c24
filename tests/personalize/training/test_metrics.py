"""The figures equal those another way computes from what is kept of the held-out users."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from lab_kit.personalize.storage.frames import read
from lab_kit.personalize.training import action_metrics, metrics
from lab_kit.prepare.split.rules import least_events
from lab_kit.recommend.evaluate.metrics import Hits, ndcg_of_hits
from lab_kit.recommend.held_out import by_user
from lab_kit.recommend.interactions import Interactions

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


def test_figures_of_actions_by_hand():
    """Four users, three actions; the guide: correctly predicted / predicted, and / took it."""
    chance = np.array([[0.9, 0.4, 0.0], [0.6, 0.5, 0.0], [0.2, 0.5, 0.0], [0.5, 0.1, 0.0]])
    taken = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 0, 0]], bool)
    # The first was predicted for users 1, 2 and 4; of these 1 and 4 took it, and 3 did, too.
    # The second was predicted for users 2 and 3, of whom 2 took it. The third never was.
    assert action_metrics.precision(chance, taken) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert action_metrics.recall(chance, taken) == pytest.approx((2 / 3 + 1 / 1) / 2)
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a in chance[taken] for b in chance[~taken]]
    assert action_metrics.area_under_the_curve(chance, taken) == pytest.approx(np.mean(wins))
    nobody = np.zeros((2, 2), bool)
    for figure in (
        action_metrics.precision,
        action_metrics.recall,
        action_metrics.area_under_the_curve,
    ):
        assert figure(np.ones((2, 2)) * 0.4, nobody) == 0


def test_figures_of_actions_can_be_computed_again(fit, group):
    """Which actions users took in the newest tenth of their events, from the log itself."""
    said, trained = fit("aws-next-best-action")
    log = read(group["ACTION_INTERACTIONS"]).sort_values("timestamp", kind="stable")
    asked, actions = trained.held_out, trained.model.actions.ids.values.tolist()
    took = {
        user: set(own.loc[own["event_type"] == "Taken", "action_id"])
        for user, events in log[log["user_id"].isin(asked.index)].groupby("user_id")
        for own in [events.iloc[math.ceil(0.9 * len(events) - 1e-9) :]]
    }
    assert {user: set(row) for user, row in asked["to_find"].items()} == took
    chance = np.array(asked["propensities"].tolist())
    taken = np.array([[action in took[user] for action in actions] for user in asked.index])
    exact = trained.facts["metrics"]
    shares = {"precision": [], "recall": []}
    for place in range(len(actions)):
        predicted, right = chance[:, place] >= 0.5, taken[:, place]
        if predicted.any():
            shares["precision"].append((predicted & right).sum() / predicted.sum())
        if right.any():
            shares["recall"].append((predicted & right).sum() / right.sum())
    for name, each in shares.items():
        assert exact[name] == pytest.approx(np.mean(each), abs=1e-9)
    assert exact["auc"] == pytest.approx(roc_auc_score(taken.ravel(), chance.ravel()), abs=1e-9)
    assert exact["auc"] > 0.7
    gains = by_hand(asked[asked["to_find"].map(len) > 0], len(actions))
    ranked = {name for name in KEYS if name.startswith("normalized")}
    assert {name: exact[name] for name in ranked} == pytest.approx(
        {name: gains[name] for name in ranked}
    )
    assert set(said["metrics"]) == {"coverage", "precision", "recall", "auc", *ranked}
    assert said["metrics"] == {name: round(exact[name], 4) for name in said["metrics"]}


def test_weights_of_events_count_in_a_gain_of_their_own(fit, group):
    """The guide's example: a purchase of weight 0.3 and a click of 0.1 gain three to one."""
    weight = {"Buy": 0.3, "View": 0.1}
    listed = [{"eventType": name, "weight": value} for name, value in weight.items()]
    config = {"eventsConfig": {"eventParametersList": listed}}
    said, trained = fit("aws-user-personalization-v2", solutionConfig=config)
    events = read(group["INTERACTIONS"]).sort_values("timestamp", kind="stable")
    found = []
    for row in trained.held_out.reset_index().itertuples():
        own = events[events["user_id"] == row.user_id].iloc[-len(row.to_find) :]
        assert own["item_id"].tolist() == list(row.to_find)
        gain = own["event_type"].map(weight).groupby(own["item_id"]).max()
        hits = [gain.get(item, 0.0) for item in row.answered]
        best = sorted(hits, reverse=True)
        total, most = (
            sum(each / math.log2(1 + place) for place, each in enumerate(order, 1))
            for order in (hits, best)
        )
        found.append(total / most if most else 0.0)
    exact = trained.held_out[metrics.WEIGHTED]
    assert exact.tolist() == pytest.approx(found, abs=1e-6)
    assert said["metrics"][metrics.WEIGHTED] == round(exact.mean(), 4)
    plain = trained.held_out["normalized_discounted_cumulative_gain_at_25"]
    assert not np.allclose(exact, plain)
    assert metrics.WEIGHTED not in fit("aws-user-personalization-v2")[0]["metrics"]


def test_the_weightiest_event_with_an_item_is_what_a_hit_gains():
    """Of w, x, x, y the last three are to be found; y and x stand on places 1 and 3."""
    frame = pd.DataFrame(
        {
            "user_id": "u",
            "item_id": ["w", "x", "x", "y"],
            "timestamp": pd.to_datetime([1, 2, 3, 4], unit="s", utc=True),
            "event_type": ["View", "Buy", "View", "View"],
            "weight": [0.1, 0.3, 0.1, 0.1],
        }
    )
    events = Interactions.from_frame(frame)
    held_out = by_user(events, np.array([0]), np.array([0]), 0.25, True)
    codes = events.items.codes(["y", "w", "x"])[None, :]
    found = metrics.weighted_gain(codes, held_out)
    second, third = math.log2(3), math.log2(4)
    assert found == pytest.approx([(0.1 + 0.3 / third) / (0.3 + 0.1 / second)])
    assert metrics.weighted_gain(events.items.codes(["w"])[None, :], held_out) == [0]
