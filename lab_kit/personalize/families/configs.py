"""What a solution may be told: hyperparameters in their ranges, events, how often to train.

Source: https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config.html and the
pages of the recipes.
"""

import re
from collections.abc import Mapping
from typing import Any

from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import Parameter, Recipe

RATE = re.compile(r"rate\(\s*(\d+)\s+(day|days)\s*\)")
"""How often a solution trains by itself."""
MOST_DAYS = 30
FREQUENCIES = ("30 minutes", "1 hour", "3 hours", "1 day")
"""How often aws-trending-now looks for new trends."""
_OTHERS = {
    "aws-trending-now": ("trend_discovery_frequency",),
    "aws-next-best-action": ("action_optimization_period",),
}
"""Parameters that DescribeAlgorithm does not show."""


def check_config(recipe: Recipe, config: Mapping[str, Any]) -> None:
    """Hold the configuration of a solution against its recipe.

    Raises:
        ServiceError: It does not fit.
    """
    known = {each.name: each for each in recipe.parameters}
    features = config.get("featureTransformationParameters", {})
    for name, text in (*config.get("algorithmHyperParameters", {}).items(), *features.items()):
        if name in known:
            _check_value(recipe, known[name], text)
        elif name not in _OTHERS.get(recipe.name, ()):
            raise refusals.invalid(f"{name} is no hyperparameter of {recipe.name}.")
    frequency = features.get("trend_discovery_frequency", FREQUENCIES[0])
    if frequency not in FREQUENCIES:
        raise refusals.invalid(
            f"trend_discovery_frequency has to be one of {', '.join(FREQUENCIES)}."
        )
    if config.get("eventsConfig", {}).get("eventParametersList") and "-v2" not in recipe.name:
        raise refusals.invalid(f"eventsConfig is not supported by {recipe.name}.")
    threshold = config.get("eventValueThreshold")
    if threshold and not _is_number(threshold):
        raise refusals.invalid("eventValueThreshold has to be a number.")
    check_rate(config.get("autoTrainingConfig", {}).get("schedulingExpression"))


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


def _check_value(recipe: Recipe, parameter: Parameter, text: str) -> None:
    if parameter.range is None:
        if parameter.values and text.lower() not in map(str.lower, parameter.values):
            raise refusals.invalid(
                f"{parameter.name} of {recipe.name} has to be one of {', '.join(parameter.values)}."
            )
        return
    low, high = parameter.range
    whole = isinstance(low, int)
    if not _is_number(text) or (whole and not float(text).is_integer()):
        kind = "a whole number" if whole else "a number"
        raise refusals.invalid(f"{parameter.name} of {recipe.name} has to be {kind}.")
    if not low <= float(text) <= high:
        raise refusals.invalid(
            f"{parameter.name} of {recipe.name} has to lie between {low} and {high}."
        )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text) is not None
