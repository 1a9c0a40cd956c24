"""The search for hyperparameters: random ones of their ranges, and the best on users held out.

Source: https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config-hpo.html.
Users the search looks at are not those the result is measured on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lab_kit.personalize.catalogue import Parameter, Recipe

METRIC = "normalized_discounted_cumulative_gain_at_25"
"""What is maximised, where nothing is said."""
MOST_TRIALS = 6
"""So many trainings at most, the defaults being the first: a search has to end in a minute."""


def tuned(
    recipe: Recipe,
    values: Mapping[str, Any],
    config: Mapping[str, Any],
    quality: Callable[[Mapping[str, Any]], Mapping[str, float]],
    seed: int = 0,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The best of a few choices.

    Args:
        recipe: Whose hyperparameters.
        values: What was set; of those that can be tuned, what the search begins with.
        config: The `hpoConfig` of a solution.
        quality: The metrics of some values, by AWS's names.
        seed: Draws the choices.

    Returns:
        All values, and as text those the search was about.
    """
    given = _ranges(recipe, config.get("algorithmHyperParameterRanges", {}))
    resources = config.get("hpoResourceConfig", {})
    trials = min(int(resources.get("maxNumberOfTrainingJobs", MOST_TRIALS)), MOST_TRIALS)
    metric = config.get("hpoObjective", {}).get("metricName") or METRIC
    rng = np.random.default_rng(seed)
    choices = [dict(values)]
    for _ in range(trials - 1 if given else 0):
        choices.append({**values, **{name: _drawn(among, rng) for name, among in given.items()}})
    figures = [quality(choice).get(metric, 0.0) for choice in choices]
    best = choices[int(np.argmax(figures))]
    return best, {name: _text(best[name]) for name in given}


def _ranges(recipe: Recipe, given: Mapping[str, Any]) -> dict[str, Parameter]:
    """What may be tuned, in the ranges that are given or the usual ones."""
    found = {each.name: each for each in recipe.parameters if each.tunable}
    for kind in ("integer", "continuous"):
        for each in given.get(f"{kind}HyperParameterRanges", ()):
            if each["name"] in found:
                number = int if kind == "integer" else float
                ends = (number(each["minValue"]), number(each["maxValue"]))
                found[each["name"]] = Parameter(each["name"], str(ends[0]), ends, tunable=True)
    for each in given.get("categoricalHyperParameterRanges", ()):
        if each["name"] in found:
            allowed = tuple(each["values"])
            found[each["name"]] = Parameter(each["name"], allowed[0], values=allowed, tunable=True)
    return found


def _drawn(among: Parameter, rng: np.random.Generator) -> Any:
    if among.range is None:
        text = str(rng.choice(among.values))
        return {"true": True, "false": False}.get(text.lower(), text)
    low, high = among.range
    if isinstance(low, int) and isinstance(high, int):
        return int(rng.integers(low, high + 1))
    return float(rng.uniform(low, high))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
