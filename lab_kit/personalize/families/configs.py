"""What a solution may be told: hyperparameters in their ranges, events, how often to train.

Source: https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config.html and the
pages of the recipes.
"""

import re
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import Parameter, Recipe

RATE = re.compile(r"rate\(\s*(\d+)\s+(day|days)\s*\)")
"""How often a solution trains by itself."""
MOST_DAYS = 30
FREQUENCIES = ("30 minutes", "1 hour", "3 hours", "1 day")
"""How often aws-trending-now looks for new trends."""
PERIOD = "action_optimization_period"
_OTHERS = {
    "aws-trending-now": ("trend_discovery_frequency",),
    "aws-next-best-action": (PERIOD,),
}
"""Parameters that DescribeAlgorithm does not show."""
NUMBERS = {"double", "float", "int", "long"}
"""Types of fields."""
EXPLORATION = {"explorationWeight": (0, 1), "explorationItemAgeCutOff": (0, inf)}
"""The least and the greatest value; the cut-off is one of days."""
Fields = Mapping[str, Mapping[str, Any]]
"""Avro fields by their names in capitals."""


def check_config(recipe: Recipe, config: Mapping[str, Any]) -> None:
    """Hold the configuration of a solution against its recipe.

    Raises:
        ServiceError: It does not fit.
    """
    known = {each.name: each for each in recipe.parameters}
    given = {
        **config.get("algorithmHyperParameters", {}),
        **config.get("featureTransformationParameters", {}),
    }
    for name, text in given.items():
        if name in known:
            _check_value(recipe, known[name], text)
        elif name not in _OTHERS.get(recipe.name, ()):
            raise refusals.invalid(f"{name} is no hyperparameter of {recipe.name}.")
    frequency = given.get("trend_discovery_frequency", FREQUENCIES[0])
    if frequency not in FREQUENCIES:
        raise refusals.invalid(
            f"trend_discovery_frequency has to be one of {', '.join(FREQUENCIES)}."
        )
    if PERIOD in given and not (_is_number(given[PERIOD]) and float(given[PERIOD]) > 0):
        raise refusals.invalid(f"{PERIOD} has to be a number of days above 0.")
    _check_events(recipe, config.get("eventsConfig", {}).get("eventParametersList", []))
    threshold = config.get("eventValueThreshold")
    if threshold and not _is_number(threshold):
        raise refusals.invalid("eventValueThreshold has to be a number.")
    check_rate(config.get("autoTrainingConfig", {}).get("schedulingExpression"))


def check_objective(recipe: Recipe, config: Mapping[str, Any], items: Fields | None) -> None:
    """Hold the objective of a solution against its recipe and the items.

    Source: https://docs.aws.amazon.com/personalize/latest/dg/optimizing-solution-for-objective.html.

    Args:
        recipe: Of the solution.
        config: Of the solution.
        items: The fields of the Items dataset; None where there is none yet.

    Raises:
        ServiceError: It does not fit.
    """
    named = config.get("optimizationObjective", {}).get("itemAttribute")
    if not named:
        return
    if "-personalization" not in recipe.name and "-personalized-ranking" not in recipe.name:
        raise refusals.invalid(
            "An optimizationObjective is for the User-Personalization and Personalized-Ranking "
            f"recipes, not for {recipe.name}."
        )
    columns = config.get("trainingDataConfig", {})
    only = _of_items(columns.get("includedDatasetColumns", {}))
    if named.upper() in _of_items(columns.get("excludedDatasetColumns", {})) or (
        only and named.upper() not in only
    ):
        raise refusals.invalid(
            f"{named} is the itemAttribute of the optimizationObjective, and cannot be excluded "
            "from training."
        )
    if items is None:
        return
    declared = items.get(named.upper(), {}).get("type")
    if not isinstance(declared, str) or declared not in NUMBERS:
        raise refusals.invalid(
            f"The itemAttribute {named} of the optimizationObjective has to be a column of the "
            "Items dataset that has a numerical type, and null is not one of its types."
        )


def _of_items(columns: Mapping[str, Sequence[str]]) -> set[str]:
    """Names of columns of the Items dataset, in capitals."""
    return {
        name.upper() for type, names in columns.items() if type.upper() == "ITEMS" for name in names
    }


def _check_events(recipe: Recipe, listed: Sequence[Mapping[str, Any]]) -> None:
    if listed and "-v2" not in recipe.name:
        raise refusals.invalid(f"eventsConfig is not supported by {recipe.name}.")
    if listed and not any(each.get("weight", 1.0) > 0 for each in listed):
        raise refusals.invalid("eventsConfig needs an event type whose weight is above 0.")
    types = [each.get("eventType", "").casefold() for each in listed]
    for each in listed:
        if types.count(each.get("eventType", "").casefold()) > 1:
            raise refusals.invalid(f"eventsConfig has {each['eventType']} several times.")


def check_exploration(config: Mapping[str, Any]) -> None:
    """Hold what a campaign, a recommender or a batch job is told of exploration against its limits.

    Args:
        config: `campaignConfig`, `recommenderConfig` or `batchInferenceJobConfig`.

    Raises:
        ServiceError: It does not keep to them.
    """
    for name, text in config.get("itemExplorationConfig", {}).items():
        if name not in EXPLORATION:
            raise refusals.invalid(f"{name} is nothing that itemExplorationConfig knows.")
        low, high = EXPLORATION[name]
        if not _is_number(text) or not low <= float(text) <= high:
            upto = "or more" if high == inf else f"to {high}"
            raise refusals.invalid(f"{name} has to be a number, {low} {upto}.")


def check_rate(expression: str | None) -> None:
    """Make sure that an expression says how often to train.

    Raises:
        ServiceError: It does not.
    """
    found = None if expression is None else RATE.fullmatch(expression)
    if expression is not None and (found is None or not 1 <= int(found[1]) <= MOST_DAYS):
        raise refusals.invalid(
            f"schedulingExpression has to be rate(N days), with 1 to {MOST_DAYS} days."
        )


def check_word(recipe: Recipe, parameter: Parameter, text: str) -> None:
    """Make sure that a hyperparameter may have a value that is no number.

    Raises:
        ServiceError: It may not.
    """
    if parameter.values and text.lower() not in map(str.lower, parameter.values):
        raise refusals.invalid(
            f"{parameter.name} of {recipe.name} has to be one of {', '.join(parameter.values)}."
        )


def check_number(recipe: Recipe, parameter: Parameter, number: float) -> None:
    """Make sure that a hyperparameter may have a value.

    Raises:
        ServiceError: It lies outside of its range.
    """
    assert parameter.range is not None
    low, high = parameter.range
    if not low <= number <= high:
        raise refusals.invalid(
            f"{parameter.name} of {recipe.name} has to lie between {low} and {high}."
        )


def _check_value(recipe: Recipe, parameter: Parameter, text: str) -> None:
    if parameter.kind == "categorical":
        check_word(recipe, parameter, text)
        return
    whole = parameter.kind == "integer"
    if not _is_number(text) or (whole and not float(text).is_integer()):
        kind = "a whole number" if whole else "a number"
        raise refusals.invalid(f"{parameter.name} of {recipe.name} has to be {kind}.")
    check_number(recipe, parameter, float(text))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text) is not None
