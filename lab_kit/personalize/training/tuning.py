"""The search for hyperparameters: random ones of their ranges, and the best on users held out.

Source: https://docs.aws.amazon.com/personalize/latest/dg/customizing-solution-config-hpo.html.
Users the search looks at are not those the result is measured on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lab_kit.personalize.catalogue import Parameter, Recipe

METRIC = "normalized_discounted_cumulative_gain_at_25"
"""What is maximised, where nothing is said."""
MOST_TRIALS = 6
"""So many trainings at most: a search has to end in a minute. The first is with the values that
were set, or the defaults, where they lie within the ranges."""


def tuned(
    recipe: Recipe,
    values: Mapping[str, Any],
    config: Mapping[str, Any],
    quality: Callable[[Mapping[str, Any]], Mapping[str, float]],
    *,
    fixed: Collection[str] = (),
    seed: int = 0,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The best of a few choices.

    Args:
        recipe: Whose hyperparameters.
        values: What was set, and the defaults of the others.
        config: The `hpoConfig` of a solution.
        quality: The metrics of some values, by AWS's names.
        fixed: Names of those that were set. They stay as they are, but for those with a range.
        seed: Draws the choices.

    Returns:
        All values, and as text those the search was about.
    """
    ranges = _ranges(recipe, config.get("algorithmHyperParameterRanges", {}), fixed)
    if not ranges:
        return dict(values), {}
    resources = config.get("hpoResourceConfig", {})
    trials = min(int(resources.get("maxNumberOfTrainingJobs", MOST_TRIALS)), MOST_TRIALS)
    rng = np.random.default_rng(seed)
    within = {name: _nearest(values[name], among) for name, among in ranges.items()}
    choices = [{**values, **within}]
    for _ in range(trials - 1):
        choices.append({**values, **{name: _drawn(among, rng) for name, among in ranges.items()}})
    aim = config.get("hpoObjective", {})
    metric, sign = aim.get("metricName", METRIC), -1 if _is_minimised(aim) else 1
    figures = [sign * quality(choice).get(metric, 0.0) for choice in choices]
    best = choices[int(np.argmax(figures))]
    return best, {name: _text(best[name]) for name in ranges}


def _is_minimised(aim: Mapping[str, str]) -> bool:
    return aim.get("type", "").lower() == "minimize"


def _ranges(
    recipe: Recipe, given: Mapping[str, Any], fixed: Collection[str]
) -> dict[str, Parameter]:
    """What is tuned, in the ranges that are given or the usual ones."""
    known = {each.name: each for each in recipe.parameters if each.tunable}
    found = {name: each for name, each in known.items() if name not in fixed}
    for kind in ("integer", "continuous"):
        for each in given.get(f"{kind}HyperParameterRanges", ()):
            number = int if kind == "integer" else float
            ends = (number(each["minValue"]), number(each["maxValue"]))
            found[each["name"]] = replace(known[each["name"]], range=ends)
    for each in given.get("categoricalHyperParameterRanges", ()):
        found[each["name"]] = replace(known[each["name"]], values=tuple(each["values"]))
    return found


def _nearest(value: Any, among: Parameter) -> Any:
    """The same value, or that of a range which is closest to it."""
    if among.range is not None:
        return min(max(value, among.range[0]), among.range[1])
    allowed = [_typed(text) for text in among.values]
    return value if value in allowed else allowed[0]


def _typed(text: str) -> Any:
    return {"true": True, "false": False}.get(text.lower(), text)


def _drawn(among: Parameter, rng: np.random.Generator) -> Any:
    if among.range is None:
        return _typed(str(rng.choice(among.values)))
    low, high = among.range
    if among.kind == "integer":
        return int(rng.integers(int(low), int(high) + 1))
    return float(rng.uniform(low, high))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
