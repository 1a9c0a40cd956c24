"""Next best action: what is suggested, to whom, and when no more."""

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.personalize.runtime.shop import LATEST, NULL, field, settle

FIELDS = {
    "Actions": [
        field("ACTION_ID", "string"),
        field("VALUE", [NULL, "long"]),
        field("GROUP", [NULL, "string"], categorical=True),
        field("EXPIRATION_TIMESTAMP", [NULL, "long"]),
        field("REPEAT_FREQUENCY", [NULL, "long"]),
    ],
    "Action_Interactions": [
        field("USER_ID", "string"),
        field("ACTION_ID", "string"),
        field("EVENT_TYPE", "string"),
        field("TIMESTAMP", "long"),
    ],
}


@pytest.fixture
def acting(changing):
    """The shop with actions: members join (and those who like meat do), others get news."""
    opened, arns = changing
    for type, fields in FIELDS.items():
        avro = {"type": "record", "name": type, "namespace": "x", "fields": fields}
        schema = opened.create("schema", name=type, schema=json.dumps(avro))
        arns = arns | {
            type: opened.create(
                "dataset",
                name=type,
                schemaArn=schema,
                datasetGroupArn=arns["group"],
                datasetType=type,
            )
        }
    rows = {
        "join": {"value": 9, "group": "money"},
        "news": {"value": 2, "group": "talk"},
        "old": {"value": 10, "group": "talk", "expirationTimestamp": LATEST - 1},
    }
    opened.events.put_actions(
        datasetArn=arns["Actions"],
        actions=[{"actionId": name, "properties": json.dumps(row)} for name, row in rows.items()],
    )
    for user in range(60):
        for turn in range(3):
            act(opened, arns, f"u{user:02}", "join", user % 3 == 0, LATEST - 86_400 * (turn + 1))
            act(opened, arns, f"u{user:02}", "news", user % 2 == 0, LATEST - 86_400 * turn - 9)
    solution = opened.create(
        "solution",
        name="actions",
        datasetGroupArn=arns["group"],
        recipeArn="arn:aws:personalize:::recipe/aws-next-best-action",
    )
    version = opened.create("solution_version", solutionArn=solution)
    opened.personalize.delete_campaign(campaignArn=arns["popular"])  # there may be five
    settle(opened.cloud)
    arns["acts"] = opened.create("campaign", name="actions", solutionVersionArn=version)
    return opened, arns


def act(opened, arns, user, action, taken, when):
    opened.events.put_action_interactions(
        trackingId=arns["tracking"],
        actionInteractions=[
            {
                "actionId": action,
                "userId": user,
                "sessionId": "s",
                "timestamp": when,
                "eventType": "TAKEN" if taken else "Not Taken",
            }
        ],
    )


def suggested(opened, arns, user, **more):
    answer = opened.runtime.get_action_recommendations(
        campaignArn=arns["acts"], userId=user, **more
    )
    assert len(answer["recommendationId"]) == 40
    return {each["actionId"]: each["score"] for each in answer["actionList"]}


def test_actions_are_suggested_to_those_who_take_them(acting):
    opened, arns = acting
    member, other = suggested(opened, arns, "u00"), suggested(opened, arns, "u01")
    assert set(member) == set(other) == {"join", "news"}  # "old" has expired
    assert member["join"] > 0.5 > other["join"]
    assert list(suggested(opened, arns, "u00", numResults=1)) == ["join"]
    talk = opened.create(
        "filter",
        name="talk",
        datasetGroupArn=arns["group"],
        filterExpression='INCLUDE ActionID WHERE Actions.GROUP IN ("talk")',
    )
    assert set(suggested(opened, arns, "u00", filterArn=talk)) == {"news"}
    done = opened.create(
        "filter",
        name="done",
        datasetGroupArn=arns["group"],
        filterExpression='EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("taken")',
    )
    assert set(suggested(opened, arns, "u03", filterArn=done)) == {"news"}
    act(opened, arns, "u03", "news", True, LATEST)
    assert suggested(opened, arns, "u03", filterArn=done) == {}
    opened.ground.clock.advance(timedelta(days=1))
    assert set(suggested(opened, arns, "u00")) == {"join", "news"}
    with pytest.raises(ClientError, match="may be at most 100"):
        suggested(opened, arns, "u00", numResults=101)
    with pytest.raises(ClientError, match="Taken, Not Taken or Viewed"):
        opened.events.put_action_interactions(
            trackingId=arns["tracking"],
            actionInteractions=[
                {"actionId": "a", "sessionId": "s", "timestamp": LATEST, "eventType": "Clicked"}
            ],
        )
