"""What a search among hyperparameters, or among recipes, may be told.

Source: https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config-hpo.html. AWS
allows other ranges than the usual ones, within what the pages of the recipes allow.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import Parameter, Recipe, recipe
from lab_kit.personalize.families.configs import check_number, check_word

MOST_JOBS = {"maxNumberOfTrainingJobs": 40, "maxParallelTrainingJobs": 10}
DIRECTIONS = ("Maximize", "Minimize")
METRICS = (
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(
        f"{measure}_at_{k}"
        for measure in ("normalized_discounted_cumulative_gain", "precision")
        for k in (5, 10, 25)
    ),
)
"""What recipes that recommend items are measured by."""
SEARCHED = "USER_PERSONALIZATION"
"""The type of the recipes among which AutoML looks for the best one."""


def check_search(recipe: Recipe, config: Mapping[str, Any]) -> None:
    """Hold the `hpoConfig` of a solution against its recipe.

    Raises:
        ServiceError: It does not fit.
    """
    for name, most in MOST_JOBS.items():
        text = config.get("hpoResourceConfig", {}).get(name)
        if text is not None and not (text.isdecimal() and 1 <= int(text) <= most):
            raise refusals.invalid(f"{name} has to be a whole number between 1 and {most}.")
    aim = config.get("hpoObjective", {})
    _check_metric("hpoObjective", aim.get("metricName"))
    if aim.get("type", DIRECTIONS[0]).lower() not in map(str.lower, DIRECTIONS):
        raise refusals.invalid(f"The type of hpoObjective has to be one of {_listed(DIRECTIONS)}.")
    tunable = {each.name: each for each in recipe.parameters if each.tunable}
    named = set()
    for kind, given in _ranges(config.get("algorithmHyperParameterRanges", {})):
        name = given["name"]
        if name not in tunable:
            raise refusals.invalid(f"{name} is no hyperparameter of {recipe.name} that is tuned.")
        if name in named:
            raise refusals.invalid(f"{name} has several ranges.")
        named.add(name)
        _check_range(recipe, tunable[name], kind, given)


def check_automl(config: Mapping[str, Any]) -> None:
    """Hold an `autoMLConfig` against the recipes there are.

    Raises:
        ServiceError: It does not fit.
    """
    _check_metric("autoMLConfig", config.get("metricName"))
    for arn in config.get("recipeList", []):
        if recipe(arn).type != SEARCHED:
            raise refusals.invalid(f"AutoML chooses among recipes of type {SEARCHED}: {arn}")


def _ranges(given: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind in ("integer", "continuous", "categorical"):
        for each in given.get(f"{kind}HyperParameterRanges", []):
            if "name" not in each:
                raise refusals.invalid(f"A range of {kind}HyperParameterRanges has no name.")
            yield kind, each


def _check_range(recipe: Recipe, parameter: Parameter, kind: str, given: Mapping[str, Any]) -> None:
    if kind != parameter.kind:
        raise refusals.invalid(
            f"{parameter.name} of {recipe.name} has a range of type {parameter.kind}, not {kind}."
        )
    if kind == "categorical":
        if not given.get("values"):
            raise refusals.invalid(f"The range of {parameter.name} has no values.")
        for text in given["values"]:
            check_word(recipe, parameter, text)
        return
    if not {"minValue", "maxValue"} <= given.keys():
        raise refusals.invalid(f"The range of {parameter.name} needs a minValue and a maxValue.")
    low, high = given["minValue"], given["maxValue"]
    for end in (low, high):
        check_number(recipe, parameter, end)
    if low > high:
        raise refusals.invalid(
            f"The minValue of {parameter.name}, {low}, is above its maxValue, {high}."
        )


def _check_metric(where: str, name: str | None) -> None:
    if name is not None and name not in METRICS:
        raise refusals.invalid(f"The metricName of {where} has to be one of {_listed(METRICS)}.")


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)
