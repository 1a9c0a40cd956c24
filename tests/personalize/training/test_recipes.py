"""Every recipe learns what was put into the data, and hyperparameters do what AWS says they do."""

import numpy as np
import pandas as pd
import pytest

from lab_kit.personalize.catalogue import recipes
from lab_kit.personalize.training.recipes import _PLANS, values_of
from lab_kit.recommend import History
from tests.personalize.group import ITEMS, START, sources
from tests.personalize.training.conftest import PREFIX

HALF = ITEMS // 2


def half_of(items):
    """Which half of the catalogue items belong to."""
    return np.array([int(item[1:]) >= HALF for item in items])


def test_every_recipe_of_the_catalogue_has_a_plan():
    assert set(_PLANS) == {each.name for each in recipes().values()}


@pytest.mark.parametrize("recipe", ["aws-user-personalization", "aws-user-personalization-v2"])
def test_users_are_recommended_what_their_team_takes(fit, recipe):
    _, trained = fit(recipe)
    for user in range(20):
        found = half_of(trained.model.recommend(f"u{user}", 10, repeats=True).items)
        assert (found == (user % 2)).mean() >= 0.9


def test_what_comes_next_is_close_by(fit):
    """Items follow each other in the data: after item 5 come 6, 7, 8, in a circle of 30."""
    _, trained = fit("aws-user-personalization-v2")
    ids, steps = trained.model.items, []
    for first in range(HALF):
        history = History()
        for number in range(first, first + 5):
            history = history.add(ids.code(f"i{number % HALF}"))
        found = trained.model.recommend(history, 3).items
        steps += [(int(item[1:]) - first - 4) % HALF for item in found]
    near = np.mean([1 <= step <= 8 for step in steps])
    assert near >= 0.8  # by chance 8 of 30


@pytest.mark.parametrize(
    "recipe",
    [
        "aws-similar-items",
        "aws-sims",
        "aws-semantic-similarity",
    ],
)
def test_similar_items_are_of_the_same_half(fit, recipe):
    _, trained = fit(recipe)
    found = [half_of(trained.model.similar(f"i{n}", 5).items) == (n >= HALF) for n in range(ITEMS)]
    assert np.mean(found) >= 0.9


def test_popularity_counts_different_users_of_all_events(fit, group):
    from lab_kit.personalize.storage.frames import read

    _, trained = fit("aws-popularity-count")
    events = read(group["INTERACTIONS"])
    counts = events.groupby("item_id")["user_id"].nunique()
    found = trained.model.recommend("nobody", 60, repeats=True)
    assert found.scores.tolist() == counts[found.items].tolist()
    assert len(found) == counts.size


@pytest.mark.parametrize("recipe", ["aws-item-affinity", "aws-item-attribute-affinity"])
def test_segments_are_of_the_team_that_takes_the_item(fit, recipe):
    said, trained = fit(recipe)
    users = trained.model.users_for("i3", 20).users
    assert np.mean([int(user[1:]) % 2 == 0 for user in users]) >= 0.9
    assert set(said["metrics"]) == {"coverage", "hits_at_1_percent", "recall_at_1_percent"}


def test_actions_are_suggested_to_those_who_take_them(fit):
    _, trained = fit("aws-next-best-action")
    join = [trained.model.propensities(f"u{n}")["join"] for n in range(40)]
    assert min(join[::2]) > max(join[1::2])
    assert trained.model.propensities("u0")["gift"] == 0  # nobody has met it yet


def test_trending_is_what_is_on_its_way_up(fit, tmp_path):
    """Every four days six other items are in fashion, and the last change was a day ago."""
    rng = np.random.default_rng(0)
    hour = np.sort(rng.integers(0, 25 * 24, 6_000))
    hot = (hour // 96 * 6 + rng.integers(0, 6, len(hour))) % ITEMS
    item = np.where(rng.random(len(hour)) < 0.7, hot, rng.integers(0, ITEMS, len(hour)))
    frame = pd.DataFrame(
        {
            "USER_ID": [f"u{n}" for n in rng.integers(0, 120, len(hour))],
            "ITEM_ID": [f"i{n}" for n in item],
            "EVENT_TYPE": "View",
            "EVENT_VALUE": 1.0,
            "DEVICE": "phone",
            "TIMESTAMP": START + hour * 3_600 + rng.integers(0, 3_600, len(hour)),
        }
    )
    config = {"featureTransformationParameters": {"trend_discovery_frequency": "1 day"}}
    said, trained = fit(
        "aws-trending-now", given=sources(tmp_path, INTERACTIONS=frame), solutionConfig=config
    )
    found = trained.model.recommend("u1", 6, repeats=True).items
    assert set(found) == {f"i{(24 * 24 // 96 * 6 + n) % ITEMS}" for n in range(6)}
    assert 0.5 < said["metrics"]["trend_prediction_accuracy"] <= 1


def test_a_use_case_is_about_its_own_events(fit, group):
    from lab_kit.personalize.storage.frames import read

    events = read(group["INTERACTIONS"])
    said, trained = fit("aws-popularity-count", eventType="buy")
    counts = events[events["event_type"] == "Buy"].groupby("item_id")["user_id"].nunique()
    found = trained.model.recommend("nobody", 60, repeats=True)
    assert found.scores.tolist() == counts[found.items].tolist()
    assert said["recipe"] == PREFIX + "aws-popularity-count"


def hyper(**values):
    return {"algorithmHyperParameters": {name: str(value) for name, value in values.items()}}


def test_hidden_dimension_and_bptt_reach_the_model(fit):
    config = hyper(hidden_dimension=40, bptt=2)
    _, trained = fit("aws-user-personalization", solutionConfig=config)
    assert trained.model.learned["factors factors"].shape[0] == 40
    _, usual = fit("aws-user-personalization")
    assert trained.model.past == 2
    assert usual.model.past == 32


@pytest.mark.parametrize(
    ("recipe", "name"),
    [
        ("aws-user-personalization", "recency_mask"),
        ("aws-user-personalization-v2", "apply_recency_bias"),
    ],
)
def test_without_recency_the_latest_trends_weigh_nothing(fit, recipe, name):
    _, off = fit(recipe, solutionConfig=hyper(**{name: "false"}))
    _, on = fit(recipe)
    latest = ["popular this week", "popular this month", "new"]
    place = [off.model.signals.index(each) for each in latest]
    assert not off.model.learned["visit"][place].any()
    assert not off.model.learned["back"][place].any()
    assert on.model.learned["visit"][place].any()


def test_a_popularity_discount_finds_rarer_items(fit):
    counts = fit("aws-sims")[1].model.popular
    low, high = (
        fit("aws-sims", solutionConfig=hyper(popularity_discount_factor=discount))[1].model
        for discount in (0.0, 1.0)
    )
    ids = low.items

    def mean(model):
        return np.mean(
            [counts[ids.codes(model.similar(f"i{n}", 5).items)].mean() for n in range(ITEMS)]
        )

    assert mean(high) < mean(low)


def test_pairs_below_the_least_count_are_no_neighbours(fit):
    few, many = (
        fit("aws-sims", solutionConfig=hyper(min_cointeraction_count=count))[1]
        .model.learned["table"]
        .nnz
        for count in (0, 10)
    )
    assert many < few


def test_long_histories_can_be_left_out(fit):
    """With the upper half of the lengths left out, fewer events are learnt from."""
    config = hyper(max_user_history_length_percentile=0.5)
    _, half = fit("aws-user-personalization", solutionConfig=config)
    _, all = fit("aws-user-personalization")
    assert half.model.learned["events"].sum() < 0.6 * all.model.learned["events"].sum()


def test_values_have_the_type_of_their_default():
    used = recipes()[PREFIX + "aws-user-personalization"]
    values = values_of(used, {"bptt": "7", "recency_mask": "False"})
    assert values["bptt"] == 7
    assert values["recency_mask"] is False
    assert values["max_user_history_length_percentile"] == 0.99


@pytest.mark.parametrize(
    ("metric", "best"),
    [
        ("precision_at_5", "aws-user-personalization"),
        ("trend_prediction_accuracy", "aws-trending-now"),  # which the other has nothing of
    ],
)
def test_of_several_recipes_the_best_on_the_metric_is_kept(fit, metric, best):
    names = ("aws-user-personalization", "aws-trending-now")
    alone = {name: fit(name)[0]["metrics"].get(metric, 0) for name in names}
    assert max(alone, key=alone.__getitem__) == best
    for order in (names, names[::-1]):
        said, trained = fit(*order, solutionConfig={"autoMLConfig": {"metricName": metric}})
        assert said["recipe"] == trained.recipe.arn == PREFIX + best
        assert said["metrics"][metric] == alone[best]
