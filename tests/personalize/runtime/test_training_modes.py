"""Versions that are brought up to date, tuned, or chosen among recipes, as boto3 shows them."""

from datetime import timedelta

import numpy as np
import pytest

from lab_kit.personalize.storage.places import model_folder
from lab_kit.personalize.training import tuning
from lab_kit.personalize.training.trained import Trained
from tests.personalize.runtime.shop import LATEST, settle
from tests.personalize.runtime.test_at_once import KIND_OF, best, put_item, view

RECIPE = "arn:aws:personalize:::recipe/"


def version_of(opened, solution, **more):
    """A new version of a solution, as it is described and as it was trained."""
    arn = opened.create("solution_version", solutionArn=solution, **more)
    shown = opened.personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
    return shown, Trained.load(model_folder(opened.ground, opened.ground.registry.require(arn)))


def solution_of(opened, arns, name, **request):
    return opened.create("solution", name=name, datasetGroupArn=arns["group"], **request)


def metrics_of(opened, version):
    return opened.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]


@pytest.fixture
def updated(changing):
    """The shop after new events, a new user and a new item, and an UPDATE that has seen them."""
    opened, arns = changing
    for user in range(9):
        view(opened, arns, f"late {user}", "i01", "fresh", "i04", at=LATEST + 60 + user)
    put_item(opened, arns, "fresh", kind="fish", price=3, creationTimestamp=LATEST)
    opened.events.put_users(
        datasetArn=arns["Users"], users=[{"userId": "late 0", "properties": '{"kind": "fish"}'}]
    )
    solution = arns["you1 version"].rpartition("/")[0]
    shown, trained = version_of(opened, solution, trainingMode="UPDATE")
    opened.personalize.update_campaign(
        campaignArn=arns["you1"], solutionVersionArn=shown["solutionVersionArn"]
    )
    return opened, arns, shown, trained


def test_an_update_knows_what_has_come_since_the_full_training(updated):
    opened, arns, shown, trained = updated
    assert (shown["trainingMode"], shown["trainingType"]) == ("UPDATE", "MANUAL")
    assert "fresh" not in best(opened, arns, "late 0", 500, "you1")  # until the campaign has it
    settle(opened.cloud)
    known = trained.interactions
    assert known.items.values[known.history("late 3").events.item].tolist() == [
        "i01",
        "fresh",
        "i04",
    ]
    assert "fresh" in best(opened, arns, "late 0", 10, "you1")
    old = [KIND_OF[item] for item in best(opened, arns, "late 0", 8, "you1") if item in KIND_OF]
    assert old.count("fish") >= len(old) - 1


def test_an_update_keeps_what_the_full_training_has_found(updated):
    opened, arns, _, trained = updated
    full = opened.ground.registry.require(arns["you1 version"])
    parent = Trained.load(model_folder(opened.ground, full))
    for case in ("visit", "back"):
        assert np.array_equal(trained.model.learned[case], parent.model.learned[case])
    assert trained.model.signals == parent.model.signals
    assert trained.hyperparameters == parent.hyperparameters


def test_an_update_ends_the_automatic_ones(updated):
    opened, arns, *_ = updated
    settle(opened.cloud)
    put_item(opened, arns, "newest", kind="fish", price=3, creationTimestamp=LATEST)
    opened.ground.clock.advance(timedelta(hours=2, minutes=1))
    assert "newest" not in best(opened, arns, "u01", 500, "you1")
    assert "newest" in best(opened, arns, "u01", 500, "you")


def test_an_update_of_a_tuned_version_keeps_its_hyperparameters(changing, monkeypatch):
    monkeypatch.setattr(tuning, "MOST_TRIALS", 2)
    opened, arns = changing
    ranges = {"integerHyperParameterRanges": [{"name": "bptt", "minValue": 3, "maxValue": 5}]}
    solution = solution_of(
        opened,
        arns,
        "tuned",
        recipeArn=f"{RECIPE}aws-user-personalization",
        performHPO=True,
        solutionConfig={
            "algorithmHyperParameters": {"hidden_dimension": "32"},
            "hpoConfig": {"algorithmHyperParameterRanges": ranges},
        },
    )
    shown, trained = version_of(opened, solution)
    told = shown["tunedHPOParams"]["algorithmHyperParameters"]
    assert told.keys() == {"bptt", "recency_mask"}
    assert 3 <= int(told["bptt"]) <= 5
    assert trained.hyperparameters["bptt"] == int(told["bptt"])
    assert trained.model.learned["factors factors"].shape[0] == 32
    later, again = version_of(opened, solution, trainingMode="UPDATE")
    assert again.hyperparameters == trained.hyperparameters
    assert "tunedHPOParams" not in later


def test_automl_tunes_and_chooses_and_shows_what_it_chose(changing, monkeypatch):
    """Each of the recipes is trained by itself, too, and AutoML's is the best of these."""
    monkeypatch.setattr(tuning, "MOST_TRIALS", 1)
    opened, arns = changing
    names = ("aws-popularity-count", "aws-user-personalization")
    alone = {}
    for name in names:
        solution = solution_of(
            opened, arns, name, recipeArn=RECIPE + name, performHPO=True, eventType="View"
        )
        shown, _ = version_of(opened, solution)
        alone[RECIPE + name] = metrics_of(opened, shown["solutionVersionArn"])
    solution = solution_of(
        opened,
        arns,
        "automl",
        performAutoML=True,
        eventType="View",
        solutionConfig={
            "autoMLConfig": {"recipeList": [RECIPE + name for name in names]},
            "algorithmHyperParameters": {"nothing": "is looked at here"},
        },
    )
    shown, trained = version_of(opened, solution)
    best_of = max(alone, key=lambda arn: alone[arn]["precision_at_25"])
    assert shown["recipeArn"] == trained.recipe.arn == best_of
    assert shown["tunedHPOParams"]["algorithmHyperParameters"].keys() == {
        "hidden_dimension",
        "bptt",
        "recency_mask",
    }
    assert metrics_of(opened, shown["solutionVersionArn"]) == alone[best_of]
    described = opened.personalize.describe_solution(solutionArn=solution)["solution"]
    assert described["autoMLResult"] == {"bestRecipeArn": best_of}
    assert (described["performAutoML"], described["performHPO"]) == (True, True)
    assert "recipeArn" not in described
