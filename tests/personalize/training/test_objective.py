"""An objective moves lists towards what is worth more, and says what that brings."""

import numpy as np
import pytest

from tests.personalize.group import items

PRICE = items().set_index("ITEM_ID")["PRICE"]
LEVELS = ("OFF", "LOW", "MEDIUM", "HIGH")


def towards(sensitivity):
    return {
        "solutionConfig": {
            "optimizationObjective": {
                "itemAttribute": "price",  # names of fields are compared whatever their case
                "objectiveSensitivity": sensitivity,
            }
        }
    }


def answers(trained):
    return [trained.model.recommend(f"u{n}", 10, repeats=True).items for n in range(40)]


@pytest.mark.parametrize(
    ("recipe", "levels"),
    [("aws-user-personalization", LEVELS), ("aws-personalized-ranking-v2", ("OFF", "MEDIUM"))],
)
def test_the_more_an_objective_weighs_the_dearer_the_lists(fit, recipe, levels):
    lists = [answers(fit(recipe, **towards(level))[1]) for level in levels]
    spent = [np.mean([PRICE[each].mean() for each in level]) for level in lists]
    assert np.all(np.diff(spent) > 0), spent
    plain = answers(fit(recipe)[1])
    assert all((a == b).all() for a, b in zip(plain, lists[0], strict=True))  # OFF moves nothing


def test_every_list_moves_towards_what_is_worth_more(fit):
    off, high = (answers(fit("aws-user-personalization", **towards(n))[1]) for n in ("OFF", "HIGH"))
    gains = [PRICE[b].mean() - PRICE[a].mean() for a, b in zip(off, high, strict=True)]
    assert min(gains) >= 0


@pytest.mark.parametrize("level", ["OFF", "HIGH"])
def test_average_rewards_can_be_computed_again(fit, level):
    """For each user what the hits among 25 cost / what all that they took cost; then the mean."""
    said, trained = fit("aws-user-personalization", **towards(level))
    shares = []
    for row in trained.held_out.itertuples():
        took = set(row.to_find)
        total = sum(PRICE[item] for item in took)
        if total:
            shares.append(sum(PRICE[item] for item in took & set(row.answered)) / total)
    exact = trained.facts["metrics"]["average_rewards_at_k"]
    assert exact == pytest.approx(np.mean(shares), abs=1e-6)
    assert said["metrics"]["average_rewards_at_k"] == round(exact, 4)
    assert trained.held_out["average_rewards_at_k"].mean() == pytest.approx(exact)
    assert 0 < exact <= 1


def test_without_an_objective_there_are_no_rewards(fit):
    said, _ = fit("aws-user-personalization")
    assert "average_rewards_at_k" not in said["metrics"]
