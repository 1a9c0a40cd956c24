"""Every recipe as a model of `lab_kit.recommend`: which, with which parameters, from which events.

Source: https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html and
the pages of the use cases of the domains. What AWS says a hyperparameter does, it does here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lab_kit.personalize.catalogue import Recipe

if TYPE_CHECKING:
    from lab_kit.recommend import (
        CoPurchase,
        ItemKNN,
        NextBestAction,
        Personalisation,
        Popularity,
        Semantic,
        SimilarItems,
        Trending,
        UserSegments,
    )

Kind = Literal["items", "related", "segments", "actions"]
Values = Mapping[str, Any]
"""Hyperparameters, each of the type its default has."""

ONLY_WHERE_GIVEN = (
    "min_item_interaction_count_percentile",
    "max_item_interaction_count_percentile",
)
"""Hyperparameters of aws-sims whose defaults are not applied: they leave out the commonest tenth of
the items, and these stand at the head of the lists in AWS's own sample outputs."""
BUDGET: dict[str, Any] = {
    "most_items": 2_000,
    "most_users": 150,
    "most_following": 30_000,
    "quick": True,
}
"""What the personalisation model may take here: seconds on two cores instead of minutes."""
INTERVALS = {"30 minutes": 0.5, "1 hour": 1.0, "3 hours": 3.0, "1 day": 24.0}
"""Hours, by the words for a trend discovery frequency."""
VOD_INTERVAL = 2.0
"""Hours: the use case trending now looks for new trends every two hours."""
USUAL_DIMENSIONS = 149
"""The default of hidden_dimension."""
USUAL_DISCOUNT = 0.25
"""That of aws-sims: half of its popularity_discount_factor, see `_sims`."""


@dataclass(frozen=True)
class Plan:
    """How a recipe is trained."""

    kind: Kind
    """What it is asked: items for a user, items for an item, users for items, actions for a user.
    """
    make: Callable[[Values], Any]
    """Its model, not yet fitted: a `Model`, `UserSegments` or `NextBestAction`."""
    event: str | None = None
    """The type of events a use case is about; None: all."""
    needs: tuple[str, ...] = ()
    """Datasets it cannot do without, besides the interactions."""
    personal: bool = False
    """Whether it is the personalisation model, which is kept as it was measured, fitted on nine
    tenths of the users, as on AWS: a fit takes long, and those it was not fitted on are known by
    their histories. Others are fitted again on everybody."""
    scored: bool = False
    """Whether its answers have scores, which add up to 1."""


def plan_of(recipe: Recipe) -> Plan:
    """The plan of a recipe."""
    return _PLANS[recipe.name]


def values_of(recipe: Recipe, given: Mapping[str, str]) -> dict[str, Any]:
    """Hyperparameters of a recipe: those given, the defaults of the others.

    Args:
        recipe: Whose.
        given: As a request has them, all as text; parameters of its feature transformation too.
    """
    values = {
        each.name: _typed(given.get(each.name, each.default), each.default)
        for each in recipe.parameters
        if each.name in given or each.name not in ONLY_WHERE_GIVEN
    }
    return {**given, **values}


def _typed(text: str, default: str) -> Any:
    if default in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text) if "." in default else int(float(text))
    except ValueError:
        return text


def _personalisation(values: Values) -> Personalisation:
    """Hidden dimensions are factors; bptt is how far back what comes next depends on."""
    from lab_kit.recommend import Personalisation

    return Personalisation(
        repeats=True,
        factors=values.get("hidden_dimension", 64),
        past=values.get("bptt"),
        recency=values.get("apply_recency_bias", values.get("recency_mask", True)),
        **BUDGET,
    )


def _sims(values: Values) -> ItemKNN:
    """A factor of 0 asks for P(j | i), which is the popular; 1 for the plain cosine, the rarer."""
    from lab_kit.recommend import ItemKNN

    return ItemKNN(
        discount=values["popularity_discount_factor"] / 2,
        min_count=values["min_cointeraction_count"],
    )


def _similar(values: Values) -> SimilarItems:
    """Dimensions of the id: how many items behaviour points at; of metadata: of the attributes."""
    from lab_kit.recommend import SimilarItems

    return SimilarItems(
        neighbours=values.get("item_id_hidden_dim", 100),
        factors=values.get("item_metadata_hidden_dim", 100),
    )


def _segments(values: Values) -> UserSegments:
    """More dimensions make room for rarer patterns: the table is regularised less."""
    from lab_kit.recommend import UserSegments

    usual = UserSegments.regularisation
    return UserSegments(regularisation=usual * USUAL_DIMENSIONS / values["hidden_dimension"])


def _trending(values: Values) -> Trending:
    from lab_kit.recommend import Trending

    return Trending(interval_hours=INTERVALS[values.get("trend_discovery_frequency", "3 hours")])


def _next_best_action(values: Values) -> NextBestAction:
    from lab_kit.recommend import NextBestAction

    return NextBestAction(period_days=float(values.get("action_optimization_period", 14)))


def _vod_trending(_: Values) -> Trending:
    from lab_kit.recommend import Trending

    return Trending(interval_hours=VOD_INTERVAL)


def _neighbours(_: Values) -> ItemKNN:
    from lab_kit.recommend import ItemKNN

    return ItemKNN(discount=USUAL_DISCOUNT)


def _bought_together(_: Values) -> CoPurchase:
    from lab_kit.recommend import CoPurchase

    return CoPurchase()


def _semantic(_: Values) -> Semantic:
    from lab_kit.recommend import Semantic

    return Semantic()


def _popularity(_: Values) -> Popularity:
    from lab_kit.recommend import Popularity

    return Popularity()


_PERSONAL = Plan("items", _personalisation, personal=True, scored=True)
_FOR_YOU = Plan("items", _personalisation, personal=True)

_PLANS: dict[str, Plan] = {
    "aws-user-personalization-v2": _PERSONAL,
    "aws-user-personalization": _PERSONAL,
    "aws-personalized-ranking-v2": _PERSONAL,
    "aws-personalized-ranking": _PERSONAL,
    "aws-hrnn": _PERSONAL,
    "aws-hrnn-metadata": _PERSONAL,
    "aws-hrnn-coldstart": _PERSONAL,
    "aws-similar-items": Plan("related", _similar),
    "aws-sims": Plan("related", _sims),
    "aws-semantic-similarity": Plan("related", _semantic, needs=("ITEMS",)),
    "aws-popularity-count": Plan("items", _popularity),
    "aws-trending-now": Plan("items", _trending),
    "aws-next-best-action": Plan("actions", _next_best_action, needs=("ACTIONS",)),
    "aws-item-affinity": Plan("segments", _segments),
    "aws-item-attribute-affinity": Plan("segments", _segments, needs=("ITEMS",)),
    "aws-ecomm-popular-items-by-views": Plan("items", _popularity, "View"),
    "aws-ecomm-popular-items-by-purchases": Plan("items", _popularity, "Purchase"),
    "aws-ecomm-frequently-bought-together": Plan("related", _bought_together, "Purchase"),
    "aws-ecomm-customers-who-viewed-x-also-viewed": Plan("related", _neighbours, "View"),
    "aws-ecomm-recommended-for-you": _FOR_YOU,
    "aws-vod-because-you-watched-x": Plan("related", _neighbours, "Watch"),
    "aws-vod-more-like-x": Plan("related", _similar, needs=("ITEMS",)),
    "aws-vod-most-popular": Plan("items", _popularity, "Watch"),
    "aws-vod-trending-now": Plan("items", _vod_trending),
    "aws-vod-top-picks": Plan("items", _personalisation, needs=("ITEMS",), personal=True),
}
