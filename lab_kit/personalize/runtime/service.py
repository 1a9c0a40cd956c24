"""The operations of `personalize-runtime`: requests are held against the rules, then answered.

Source: https://docs.aws.amazon.com/personalize/latest/dg/API_Operations_Amazon_Personalize_Runtime.html.
"""

import logging
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Call
from lab_kit.personalize import refusals
from lab_kit.personalize.filters.syntax import Expression
from lab_kit.personalize.runtime.deployed import Deployed, deployed, filter_of, of_campaign
from lab_kit.personalize.runtime.impressions import Impressions, recommendation_id
from lab_kit.personalize.runtime.remembered import Remembered

if TYPE_CHECKING:
    from lab_kit.personalize.runtime.answering import Answering, Asked, Filtered, Promotion

USUAL_RESULTS = 25
MOST_RESULTS = 500
MOST_WITH_METADATA = 50
MOST_COLUMNS = 10
USUAL_ACTIONS = 5
MOST_ACTIONS = 100
MOST_IMPRESSIONS = 25
_FOR_USERS = ("USER_PERSONALIZATION",)
_log = logging.getLogger(__name__)
_RECOMMENDS = ("USER_PERSONALIZATION", "POPULAR_ITEMS", "RELATED_ITEMS")


class Runtime:
    """Recommendations, rankings and actions.

    Args:
        ground: What the local cloud stands on.
        impressions: Where it is noted what was shown.
    """

    def __init__(self, ground: Ground, impressions: Impressions) -> None:
        self._ground = ground
        self._impressions = impressions
        self._remembered = Remembered(ground.database)

    @cached_property
    def answering(self) -> "Answering":
        """What answers; it is made, and NumPy and pandas loaded, when somebody asks."""
        from lab_kit.personalize.runtime.answering import Answering

        return Answering(self._ground, self._remembered)

    def warm(self, campaign: str) -> None:
        """Load the model of a campaign that is being created, in the background."""

        def load() -> None:
            try:
                what = of_campaign(self._ground, self._ground.registry.require(campaign))
                self.answering.group(what)
                self.answering.live(what)
            except Exception:  # whoever asks will meet it again, and be told
                _log.warning("the model of %s could not be loaded", campaign, exc_info=True)

        threading.Thread(target=load, name="warm", daemon=True).start()

    def get_recommendations(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Items for a user, or like an item."""
        from lab_kit.personalize.runtime.answering import Asked

        what = self._asked_of(request, call)
        self._check_kind(what, "GetRecommendations", _RECOMMENDS)
        _check_subjects(what, request)
        columns = self._columns(what, request)
        asked = Asked(
            what,
            _number(request, USUAL_RESULTS, MOST_WITH_METADATA if columns else MOST_RESULTS),
            request.get("userId"),
            request.get("itemId"),
            self._context(what, request),
            self._filter(what, request, call),
            self._promotion(what, request, call),
            columns,
        )
        answered = self.answering.items(asked)
        return self._answer(asked, "itemList", self.answering.shown(asked, answered))

    def get_personalized_ranking(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """The items of a list, sorted for a user."""
        from lab_kit.personalize.runtime.answering import Asked

        what = self._asked_of(request, call)
        self._check_kind(what, "GetPersonalizedRanking", ("PERSONALIZED_RANKING",))
        columns = self._columns(what, request)
        wanted = list(dict.fromkeys(request["inputList"]))
        most = MOST_WITH_METADATA if columns else MOST_RESULTS
        if not 1 <= len(request["inputList"]) <= most:
            raise refusals.invalid(
                f"inputList holds {len(request['inputList'])} items, and has to hold 1 to {most}."
            )
        asked = Asked(
            what,
            len(wanted),
            request["userId"],
            context=self._context(what, request),
            filter=self._filter(what, request, call),
            columns=columns,
        )
        answered = self.answering.ranking(asked, wanted)
        codes = answered.ranked.ids.codes(wanted)
        items = self.answering.shown(asked, answered, codes[codes >= 0])
        unknown = [item for item, code in zip(wanted, codes, strict=True) if code < 0]
        items += [{"itemId": item, "score": 0.0} for item in unknown]
        return self._answer(asked, "personalizedRanking", items)

    def get_action_recommendations(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Actions to suggest to a user."""
        from lab_kit.personalize.runtime.answering import Asked

        what = self._asked_of(request, call)
        self._check_kind(what, "GetActionRecommendations", ("PERSONALIZED_ACTIONS",))
        if not request.get("userId"):
            raise refusals.invalid("userId is required.")
        number = _number(request, USUAL_ACTIONS, MOST_ACTIONS)
        asked = Asked(
            what, number, request["userId"], filter=self._filter(what, request, call, "ActionID")
        )
        return self._answer(asked, "actionList", self.answering.actions(asked))

    # ---- parts of a request

    def _asked_of(self, request: dict[str, Any], call: Call) -> Deployed:
        campaign, recommender = request.get("campaignArn"), request.get("recommenderArn")
        if (campaign is None) == (recommender is None):
            raise refusals.invalid("Give either a campaignArn or a recommenderArn.")
        noun, arn = ("Campaign", campaign) if campaign else ("Recommender", recommender)
        key = "deployed", arn, call.region
        return self._remembered(key, lambda: deployed(self._ground, noun, str(arn), call.region))

    def _check_kind(self, what: Deployed, operation: str, types: tuple[str, ...]) -> None:
        if what.recipe.type not in types:
            raise refusals.invalid(
                f"{operation} is not for recipe {what.recipe.name}, of type {what.recipe.type}: "
                f"{what.arn}"
            )

    def _context(self, what: Deployed, request: dict[str, Any]) -> dict[str, str]:
        context: dict[str, str] = request.get("context", {})
        if context:
            known = self.answering.group(what).columns("INTERACTIONS")
            lost = [name for name in context if name.upper() not in known]
            if lost:
                raise refusals.invalid(
                    f"The Interactions dataset has no field {', '.join(lost)}, so it cannot be "
                    "given as context."
                )
        return context

    def _filter(
        self, what: Deployed, request: dict[str, Any], call: Call, target: str = "ItemID"
    ) -> "Filtered | None":
        from lab_kit.personalize.runtime.answering import Filtered

        arn = request.get("filterArn")
        if arn is None:
            if request.get("filterValues"):
                raise refusals.invalid("filterValues were given without a filterArn.")
            return None
        found: Expression = self._remembered(
            ("filter", arn, what.group, call.region),
            lambda: filter_of(self._ground, arn, what.group, call.region),
        )
        if found.target != target:
            raise refusals.invalid(
                f"The filter is about {found.target}, and the answer about {target}: {arn}"
            )
        if found.about_current_item and what.recipe.type != "RELATED_ITEMS":
            raise refusals.invalid(
                f"A filter with CurrentItem is for recipes of related items only: {arn}"
            )
        return Filtered(found, request.get("filterValues", {}))

    def _promotion(self, what: Deployed, request: dict[str, Any], call: Call) -> "Promotion | None":
        from lab_kit.personalize.runtime.answering import Promotion

        for given in request.get("promotions", []):
            if "name" not in given or "percentPromotedItems" not in given:
                raise refusals.invalid("A promotion needs a name and percentPromotedItems.")
            if "filterArn" not in given:
                raise refusals.invalid("A promotion needs a filterArn: what is promoted.")
            by = self._filter(what, given, call)
            return Promotion(given["name"], given["percentPromotedItems"], by)
        return None

    def _columns(self, what: Deployed, request: dict[str, Any]) -> tuple[str, ...]:
        wanted = request.get("metadataColumns", {})
        if not wanted:
            return ()
        if list(wanted) != ["ITEMS"]:
            raise refusals.invalid("metadataColumns are of dataset type ITEMS.")
        if not what.has_metadata:
            raise refusals.invalid(
                "Metadata in recommendations is not enabled: create or update with "
                f"enableMetadataWithRecommendations. {what.arn}"
            )
        columns = tuple(wanted["ITEMS"])
        if len(columns) > MOST_COLUMNS:
            raise refusals.invalid(f"At most {MOST_COLUMNS} metadata columns may be asked for.")
        known = self.answering.group(what).columns("ITEMS")
        lost = [name for name in columns if name.upper() not in known]
        if lost:
            raise refusals.invalid(f"The Items dataset has no field {', '.join(lost)}.")
        return columns

    def _answer(self, asked: "Asked", member: str, items: list[dict[str, Any]]) -> dict[str, Any]:
        name = recommendation_id(asked.what.arn)
        shown = [each.get("itemId", each.get("actionId", "")) for each in items]
        self._impressions.note(name, shown[:MOST_IMPRESSIONS])
        return {member: items, "recommendationId": name}


def _check_subjects(what: Deployed, request: dict[str, Any]) -> None:
    use_case = what.use_case
    needs_user = use_case.needs_user or (
        what.recipe.domain is None and what.recipe.type in _FOR_USERS
    )
    needs_item = use_case.needs_item or what.recipe.type == "RELATED_ITEMS"
    if needs_user and not request.get("userId"):
        raise refusals.invalid(f"userId is required for recipe {what.recipe.name}.")
    if needs_item and not request.get("itemId"):
        raise refusals.invalid(f"itemId is required for recipe {what.recipe.name}.")


def _number(request: dict[str, Any], usual: int, most: int) -> int:
    number = request.get("numResults") or usual
    if number > most:
        raise refusals.invalid(f"numResults is {number}, and may be at most {most}.")
    return number
