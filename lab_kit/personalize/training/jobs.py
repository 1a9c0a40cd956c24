"""Trainings, as the server sees them: what each is given, and what is kept of it."""

from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize.states import ACTIVE
from lab_kit.personalize.storage.places import discard, home, model_folder, new_name, sources_of

AUTOML = (
    "arn:aws:personalize:::recipe/aws-user-personalization",
    "arn:aws:personalize:::recipe/aws-popularity-count",
)
"""Among which recipes a search for the best one chooses, where none are named."""


def read_training(ground: Ground, trained: Resource, room: Path) -> dict[str, Any]:
    """The datasets of its group, and what was asked for.

    Where AWS looks for the best recipe, it looks at nothing else of the configuration.
    Source: https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html.
    """
    record = dict(trained.record)
    config = record.get("solutionConfig", {}).get("autoMLConfig", {})
    if record.get("performAutoML"):
        record["solutionConfig"] = {"autoMLConfig": config}
    among = config.get("recipeList") or AUTOML
    return {
        "sources": sources_of(ground, record["datasetGroupArn"], room),
        "record": record,
        "recipes": [record["recipeArn"]] if "recipeArn" in record else list(among),
        "started": ground.clock.time(),
        "parent": _parent(ground, trained),
    }


def keep_version(
    ground: Ground, version: Resource, result: dict[str, Any], output: Path
) -> dict[str, Any]:
    """The model moves to its place; the version remembers where, and how good it is."""
    found: dict[str, Any] = {
        "model": _placed(ground, output),
        "metrics": result["metrics"],
        "trainingHours": result["seconds"] / 3600,
        "recipeArn": result["recipe"],
    }
    if result["tuned"] is not None:
        found["tunedHPOParams"] = {"algorithmHyperParameters": result["tuned"]}
    if version.record.get("performAutoML"):
        ground.registry.update(
            version.record["solutionArn"], autoMLResult={"bestRecipeArn": result["recipe"]}
        )
    return found


def keep_recommender(
    ground: Ground, recommender: Resource, result: dict[str, Any], output: Path
) -> dict[str, Any]:
    """The same for a recommender. The model before may still answer; older ones are gone."""
    old = recommender.record
    if "formerModel" in old:
        discard(ground, {"model": old["formerModel"]})
    return {
        "formerModel": old.get("model"),
        "model": _placed(ground, output),
        "modelMetrics": result["metrics"],
        "trained": ground.clock.time(),
    }


def _placed(ground: Ground, output: Path) -> str:
    name = new_name()
    folder = home(ground) / "models" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    output.rename(folder)
    return name


def _parent(ground: Ground, trained: Resource) -> str | None:
    """The folder of the version that one with trainingMode UPDATE brings up to date."""
    if trained.record.get("trainingMode") != "UPDATE":
        return None
    versions = ground.registry.users(trained.record["solutionArn"], "SolutionVersion")
    whole = [
        each
        for each in versions
        if each.status == ACTIVE
        and each.record["trainingMode"] == "FULL"
        and "model" in each.record
    ]
    return str(model_folder(ground, whole[-1])) if whole else None
