"""What Personalize brings along: recipes, with their algorithms and feature transformations."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lab_kit.aws.protocol.service import Call
from lab_kit.personalize import refusals

_ARN = "arn:aws:personalize:::"
_SINCE = 1560124800.0
"""2019-06-10, when Personalize opened; AWS's own dates of each recipe are not known here."""
SEMANTIC = "aws-semantic-similarity"
"""The recipe that reads texts: popularity and freshness may influence its answers, which can always
hold metadata, and it may take in new items by itself."""
_TRANSFORMATION = f"{_ARN}feature-transformation/JSON-percentile-filtering"


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter."""

    name: str
    default: str
    range: tuple[float, float] | None = None
    """The least and the greatest value."""
    values: tuple[str, ...] = ()
    """Those it may have, where it is no number."""
    tunable: bool = False
    """Whether the search for hyperparameters tries it."""

    @property
    def kind(self) -> str:
        """As the members of requests and answers that hold ranges begin: "integer"."""
        if self.range is None:
            return "categorical"
        return "integer" if isinstance(self.range[0], int) else "continuous"


@dataclass(frozen=True)
class Recipe:
    """One recipe."""

    name: str
    type: str
    description: str
    algorithm: str = ""
    """The name of its algorithm, where that is another than its own."""
    domain: str | None = None
    batch: bool = False
    legacy: bool = False
    parameters: tuple[Parameter, ...] = ()

    @property
    def arn(self) -> str:
        """Its ARN, which names neither account nor region."""
        return f"{_ARN}recipe/{self.name}"

    @property
    def algorithm_arn(self) -> str:
        """The ARN of its algorithm."""
        return f"{_ARN}algorithm/{self.algorithm or self.name}"


@cache
def recipes() -> dict[str, Recipe]:
    """All recipes, by ARN."""
    text = files("lab_kit.personalize").joinpath("catalogue.toml").read_text(encoding="utf-8")
    found = (_recipe(entry) for entry in tomllib.loads(text)["recipe"])
    return {each.arn: each for each in found}


def recipe(arn: str) -> Recipe:
    """The recipe of an ARN.

    Raises:
        ServiceError: There is none.
    """
    found = recipes().get(arn)
    if found is None:
        raise refusals.not_found("recipe", arn)
    return found


class Catalogue:
    """The operations on what Personalize brings along."""

    def list_recipes(self, request: dict[str, Any], _: Call) -> dict[str, Any]:
        """A page of the recipes: all, or those of a domain."""
        domain = request.get("domain")
        listed = [
            each
            for each in recipes().values()
            if not each.legacy and (domain is None or each.domain == domain)
        ]
        begin, end = request["nextToken"], request["nextToken"] + request["maxResults"]
        return {
            "recipes": [_shown(each) for each in listed[begin:end]],
            "nextToken": end if end < len(listed) else None,
        }

    def describe_recipe(self, request: dict[str, Any], _: Call) -> dict[str, Any]:
        """One recipe."""
        return {"recipe": _shown(recipe(request["recipeArn"]))}

    def describe_algorithm(self, request: dict[str, Any], _: Call) -> dict[str, Any]:
        """The algorithm of a recipe, with its hyperparameters."""
        arn = request["algorithmArn"]
        found = next((each for each in recipes().values() if each.algorithm_arn == arn), None)
        if found is None:
            raise refusals.not_found("algorithm", arn)
        return {
            "algorithm": {
                "name": arn.rpartition("/")[2],
                "algorithmArn": arn,
                "defaultHyperParameters": {each.name: each.default for each in found.parameters},
                "defaultHyperParameterRanges": _ranges(found.parameters),
                "trainingInputMode": "File",
                "creationDateTime": _SINCE,
                "lastUpdatedDateTime": _SINCE,
            }
        }

    def describe_feature_transformation(self, request: dict[str, Any], _: Call) -> dict[str, Any]:
        """What is done to the data before training: users with too much history are left out."""
        arn = request["featureTransformationArn"]
        if arn != _TRANSFORMATION:
            raise refusals.not_found("feature transformation", arn)
        return {
            "featureTransformation": {
                "name": arn.rpartition("/")[2],
                "featureTransformationArn": arn,
                "defaultParameters": {
                    "min_user_history_length_percentile": "0.0",
                    "max_user_history_length_percentile": "0.99",
                },
                "status": "ACTIVE",
                "creationDateTime": _SINCE,
                "lastUpdatedDateTime": _SINCE,
            }
        }


def _recipe(entry: dict[str, Any]) -> Recipe:
    parameters = tuple(
        Parameter(
            **each
            | {"range": tuple(each["range"]) if "range" in each else None}
            | {"values": tuple(each.get("values", ()))}
        )
        for each in entry.pop("parameters", ())
    )
    return Recipe(**entry, parameters=parameters)


def _shown(one: Recipe) -> dict[str, Any]:
    return {
        "name": one.name,
        "recipeArn": one.arn,
        "algorithmArn": one.algorithm_arn,
        "featureTransformationArn": _TRANSFORMATION,
        "status": "ACTIVE",
        "description": one.description,
        "recipeType": one.type,
        "domain": one.domain,
        "creationDateTime": _SINCE,
        "lastUpdatedDateTime": _SINCE,
    }


def _ranges(parameters: tuple[Parameter, ...]) -> dict[str, list[dict[str, Any]]]:
    ranges: dict[str, list[dict[str, Any]]] = {
        "integerHyperParameterRanges": [],
        "continuousHyperParameterRanges": [],
        "categoricalHyperParameterRanges": [],
    }
    for each in parameters:
        common = {"name": each.name, "isTunable": each.tunable}
        if each.range is None:
            ranges["categoricalHyperParameterRanges"].append({**common, "values": each.values})
            continue
        low, high = each.range
        ranges[f"{each.kind}HyperParameterRanges"].append(
            {**common, "minValue": low, "maxValue": high}
        )
    return ranges
