"""Solutions, which say how to train, and their versions, which are trained."""

from collections.abc import Mapping
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import SEMANTIC, Recipe, recipe
from lab_kit.personalize.draft import Draft, eight_digits, named
from lab_kit.personalize.families.configs import check_config, check_objective
from lab_kit.personalize.families.filters import schemas_of
from lab_kit.personalize.families.searches import check_automl, check_search
from lab_kit.personalize.states import ACTIVE

_HANDED_DOWN = (
    "datasetGroupArn",
    "recipeArn",
    "eventType",
    "performHPO",
    "performAutoML",
    "performIncrementalUpdate",
    "solutionConfig",
)
"""What a version takes from its solution."""
_UPDATED = ("aws-user-personalization", "aws-hrnn-coldstart")
"""Recipes whose versions can be brought up to date without being trained anew."""


def complete_solution(ground: Ground, draft: Draft) -> None:
    """One recipe for custom use, or a search among several; never a domain's."""
    named(draft)
    record = draft.record
    for member, usual in (
        ("performHPO", False),
        ("performAutoML", False),
        ("performAutoTraining", True),
        ("performIncrementalUpdate", False),
    ):
        record.setdefault(member, usual)
    if ("recipeArn" in record) == record["performAutoML"]:
        raise refusals.invalid("Specify either a recipe or performAutoML, and not both.")
    config = record.get("solutionConfig", {})
    if record["performAutoML"]:
        record["performHPO"] = True  # "when performing AutoML, this parameter is always true"
        check_automl(config.get("autoMLConfig", {}))
    else:
        _check_recipe(ground, draft, recipe(record["recipeArn"]), config)


def _check_recipe(ground: Ground, draft: Draft, used: Recipe, config: Mapping[str, Any]) -> None:
    if used.domain:
        raise refusals.invalid(
            f"A recipe of a domain is for a recommender, not for a solution: {used.arn}"
        )
    if draft.record["performIncrementalUpdate"] and used.name != SEMANTIC:
        raise refusals.invalid(f"performIncrementalUpdate is for {SEMANTIC}, not for {used.name}.")
    check_config(used, config)
    check_search(used, config.get("hpoConfig", {}))
    check_objective(used, config, schemas_of(ground, draft.group.arn).get("Items"))


def complete_version(ground: Ground, draft: Draft) -> None:
    """A version is trained as its solution says; with UPDATE, from the last one."""
    solution = draft.parents["solutionArn"]
    draft.place(f"solution/{solution.name}/{eight_digits()}")
    mode = draft.record.setdefault("trainingMode", "FULL")
    if mode == "AUTOTRAIN":
        raise refusals.invalid("trainingMode AUTOTRAIN cannot be given; it is set by the service.")
    used = solution.record.get("recipeArn", "").rpartition("/")[2]
    if mode == "UPDATE" and used not in _UPDATED:
        raise refusals.invalid(
            f"trainingMode UPDATE is for the recipes {' and '.join(_UPDATED)}, not for {used}."
        )
    if mode == "UPDATE" and not any(
        each.status == ACTIVE and each.record["trainingMode"] == "FULL"
        for each in ground.registry.users(solution.arn, "SolutionVersion")
    ):
        raise refusals.invalid(
            "trainingMode UPDATE needs an ACTIVE solution version created with trainingMode FULL."
        )
    draft.record["trainingType"] = "MANUAL"
    draft.record |= {
        name: solution.record[name] for name in _HANDED_DOWN if name in solution.record
    }


def show_solution(ground: Ground, solution: Resource) -> dict[str, Any]:
    """Its latest version, in a few words."""
    versions = ground.registry.users(solution.arn, "SolutionVersion")
    if not versions:
        return {}
    last = versions[-1]
    return {
        "latestSolutionVersion": {
            **last.record,
            "solutionVersionArn": last.arn,
            "status": last.status,
            "creationDateTime": last.created,
            "lastUpdatedDateTime": last.updated,
        }
    }
