"""Requests for answers, and records, that break a rule: refused by name, and nothing is kept."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from lab_kit.aws.errors import ServiceError
from lab_kit.personalize.events.service import seconds_of
from lab_kit.personalize.storage.places import records
from tests.cloud.inprocess import connect
from tests.personalize.runtime.shop import LATEST

INVALID, NOT_FOUND = "InvalidInputException", "ResourceNotFoundException"


@pytest.fixture(scope="module")
def about(shop):
    """Filters that do not fit everywhere."""
    opened, arns = shop
    texts = {
        "include": "INCLUDE ItemID WHERE Items.PRICE < $MOST",
        "item": "INCLUDE ItemID WHERE Items.PRICE > CurrentItem.PRICE",
        "user": 'INCLUDE UserID WHERE Users.KIND IN ("meat")',
    }
    group = opened.create("dataset_group", name="other")
    elsewhere = opened.create(
        "filter",
        name="elsewhere",
        datasetGroupArn=group,
        filterExpression="INCLUDE ItemID WHERE Items.PRICE < 1",
    )
    found = {
        name: opened.create(
            "filter", name=f"r-{name}", datasetGroupArn=arns["group"], filterExpression=text
        )
        for name, text in texts.items()
    }
    unknown = elsewhere.replace("elsewhere", "nobody")
    return {**arns, **found, "elsewhere": elsewhere, "unknown": unknown, "other group": group}


def refused(call, **request):
    with pytest.raises(ClientError) as raised:
        call(**request)
    error = raised.value.response
    status = error["ResponseMetadata"]["HTTPStatusCode"]
    return error["Error"]["Code"], status, error["Error"]["Message"]


RECOMMENDATIONS = [
    ({"userId": "u"}, "Give either a campaignArn or a recommenderArn"),
    ({"campaignArn": "you", "recommenderArn": "you", "userId": "u"}, "Give either"),
    ({"campaignArn": "you"}, "userId is required"),
    ({"campaignArn": "you", "userId": ""}, "userId is required"),
    ({"campaignArn": "alike", "userId": "u"}, "itemId is required"),
    ({"campaignArn": "ranking", "userId": "u"}, "GetRecommendations is not for recipe"),
    ({"campaignArn": "you", "userId": "u", "numResults": 501}, "may be at most 500"),
    (
        {
            "campaignArn": "you",
            "userId": "u",
            "numResults": 51,
            "metadataColumns": {"ITEMS": ["KIND"]},
        },
        "may be at most 50",
    ),
    ({"campaignArn": "you", "userId": "u", "metadataColumns": {"USERS": ["KIND"]}}, "ITEMS"),
    (
        {"campaignArn": "you", "userId": "u", "metadataColumns": {"ITEMS": ["COLOUR"]}},
        "no field COLOUR",
    ),
    ({"campaignArn": "you", "userId": "u", "context": {"WEATHER": "rain"}}, "no field WEATHER"),
    ({"campaignArn": "you", "userId": "u", "filterArn": "include"}, r"a value for \$MOST"),
    (
        {
            "campaignArn": "you",
            "userId": "u",
            "filterArn": "include",
            "filterValues": {"most": "1"},
        },
        r"no parameter \$most",
    ),
    (
        {
            "campaignArn": "you",
            "userId": "u",
            "filterArn": "include",
            "filterValues": {"MOST": "x"},
        },
        "a number, or text in quotes",
    ),
    ({"campaignArn": "you", "userId": "u", "filterValues": {"MOST": "1"}}, "without a filterArn"),
    ({"campaignArn": "you", "userId": "u", "filterArn": "item"}, "related items only"),
    ({"campaignArn": "you", "userId": "u", "filterArn": "user"}, "The filter is about UserID"),
    ({"campaignArn": "you", "userId": "u", "filterArn": "elsewhere"}, "of another dataset group"),
    ({"campaignArn": "you", "userId": "u", "promotions": [{"name": "p"}]}, "percentPromotedItems"),
    (
        {
            "campaignArn": "you",
            "userId": "u",
            "promotions": [{"name": "p", "percentPromotedItems": 5}],
        },
        "needs a filterArn",
    ),
]


@pytest.mark.parametrize(("request_", "message"), RECOMMENDATIONS)
def test_recommendations_that_cannot_be_given(shop, about, request_, message):
    opened, _ = shop
    named = {
        key: about.get(value, value) if key.endswith("Arn") else value
        for key, value in request_.items()
    }
    code, status, said = refused(opened.runtime.get_recommendations, **named)
    assert (code, status) == (INVALID, 400)
    assert re.search(message, said)


@pytest.mark.parametrize("member", ["campaignArn", "recommenderArn"])
def test_what_is_not_there_is_not_found(shop, about, member):
    opened, arns = shop
    code, status, _ = refused(
        opened.runtime.get_recommendations, **{member: arns["tracker"]}, userId="u"
    )
    assert (code, status) == (NOT_FOUND, 404)
    code, status, _ = refused(
        opened.runtime.get_recommendations,
        campaignArn=arns["you"],
        userId="u",
        filterArn=about["unknown"],
    )
    assert (code, status) == (NOT_FOUND, 404)


def test_another_region_has_no_such_campaign(shop):
    opened, arns = shop
    elsewhere = connect(opened.cloud.answer, "personalize-runtime", region="eu-west-1")
    code, _, _ = refused(elsewhere.get_recommendations, campaignArn=arns["you"], userId="u")
    assert code == NOT_FOUND


@pytest.mark.parametrize("number", [0, 501])
def test_a_ranking_takes_1_to_500_items(shop, number):
    opened, arns = shop
    code, _, message = refused(
        opened.runtime.get_personalized_ranking,
        campaignArn=arns["ranking"],
        userId="u",
        inputList=[f"i{n}" for n in range(number)],
    )
    assert code == INVALID
    assert f"inputList holds {number} items, and has to hold 1 to 500" in message


def test_rankings_and_actions_need_recipes_of_their_own(shop):
    opened, arns = shop
    ranking, actions = (
        opened.runtime.get_personalized_ranking,
        opened.runtime.get_action_recommendations,
    )
    _, _, message = refused(ranking, campaignArn=arns["you"], userId="u", inputList=["i00"])
    assert "GetPersonalizedRanking is not for recipe aws-user-personalization-v2" in message
    _, _, message = refused(actions, campaignArn=arns["you"], userId="u")
    assert "GetActionRecommendations is not for recipe" in message


EVENT = {"eventType": "View", "itemId": "i00", "sentAt": LATEST}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sentAt": -1}, "not one in seconds since 1970"),
        ({"properties": "no json"}, "no JSON object"),
        ({"properties": "[1]"}, "no JSON object"),
        ({"properties": '{"colour": "red"}'}, "no field of the schema: colour"),
        ({"properties": '{"device": 3}'}, r"device of eventList\[1\] has to be text"),
        ({"properties": '{"eventValue": "much"}'}, "has to be a number of type float"),
    ],
)
def test_events_that_cannot_be_kept(shop, change, message):
    opened, arns = shop
    store = opened.ground.registry.require(arns["Interactions"]).record["store"]
    before = records(opened.ground).position(store)
    with pytest.raises(ClientError, match=message) as raised:
        opened.events.put_events(
            trackingId=arns["tracking"],
            userId="u",
            sessionId="s",
            eventList=[EVENT, {**EVENT, **change}],
        )
    assert raised.value.response["Error"]["Code"] == INVALID
    assert records(opened.ground).position(store) == before  # the good one is not kept either


def test_times_in_milliseconds_are_refused():
    # boto3 cannot send them: no calendar has that year. Others can.
    with pytest.raises(ServiceError, match="is it in milliseconds"):
        seconds_of(1_700_000_000_000)
    assert seconds_of("2023-11-14T22:13:20Z") == LATEST


def test_events_go_to_a_tracker_that_is_there(shop):
    opened, _ = shop
    code, _, message = refused(
        opened.events.put_events, trackingId="nobody", sessionId="s", eventList=[EVENT]
    )
    assert (code, message) == (INVALID, "Invalid trackingId: nobody")


def test_an_event_has_10_kb_at_most(shop):
    opened, arns = shop
    large = {**EVENT, "impression": ["김" * 200 for _ in range(25)]}
    code, _, message = refused(
        opened.events.put_events, trackingId=arns["tracking"], sessionId="s", eventList=[large]
    )
    assert code == INVALID
    assert "may have 10,240" in message


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"kind": "meat"}, "lack fields that are not nullable: CREATION_TIMESTAMP"),
        ({"creationTimestamp": "soon"}, "has to be a number of type long"),
        ({"creationTimestamp": 1.5}, "has to be a number of type long"),
        ({"creationTimestamp": None}, "the field is not nullable"),
        ({"creationTimestamp": 1, "kind": ["a"]}, "has to be text"),
        ({"creationTimestamp": 1, "kind": "a" * 1001}, "1,000 at most"),
    ],
)
def test_items_that_do_not_fit_the_schema(shop, properties, message):
    opened, arns = shop
    with pytest.raises(ClientError, match=message):
        opened.events.put_items(
            datasetArn=arns["Items"],
            items=[{"itemId": "new", "properties": json.dumps(properties)}],
        )


def test_records_go_to_a_dataset_of_their_type(shop):
    opened, arns = shop
    one = [{"itemId": "new", "properties": "{}"}]
    code, status, message = refused(opened.events.put_items, datasetArn=arns["Users"], items=one)
    assert (code, status) == (INVALID, 400)
    assert "is of type USERS, and has to be of type ITEMS" in message
    missing = arns["Items"].replace("ITEMS", "ACTIONS")
    code, status, _ = refused(opened.events.put_items, datasetArn=missing, items=one)
    assert (code, status) == (NOT_FOUND, 404)
    code, _, message = refused(
        opened.events.put_action_interactions,
        trackingId=arns["tracking"],
        actionInteractions=[
            {"actionId": "a", "sessionId": "s", "timestamp": LATEST, "eventType": "Taken"}
        ],
    )
    assert "no dataset of type ACTION_INTERACTIONS" in message
