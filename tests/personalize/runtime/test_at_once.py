"""Events, items and users that are put count from the next answer on."""

import time
from datetime import timedelta

import numpy as np
import pytest
from botocore.exceptions import ClientError

from tests.personalize.runtime.shop import LATEST, Shop, items, settle

KIND_OF = {row[0]: row[1] for row in items()}


def ids(answer):
    return [each["itemId"] for each in answer["itemList"]]


def view(opened, arns, user, *viewed, session="s", kind="View", at=None):
    events = [
        {"eventType": kind, "itemId": item, "sentAt": at or opened.ground.clock.time()}
        for item in viewed
    ]
    who = {} if user is None else {"userId": user}
    opened.events.put_events(
        trackingId=arns["tracking"], sessionId=session, eventList=events, **who
    )


def best(opened, arns, user, number=5, campaign="you", **more):
    answer = opened.runtime.get_recommendations(
        campaignArn=arns[campaign], userId=user, numResults=number, **more
    )
    return ids(answer)


def chances(opened, arns, user):
    """All items and their scores."""
    return opened.runtime.get_recommendations(campaignArn=arns["you"], userId=user, numResults=500)[
        "itemList"
    ]


def test_after_every_event_the_next_answer_knows_it(changing):
    opened, arns = changing
    rng = np.random.default_rng(1)
    seen = opened.create(
        "filter",
        name="seen",
        datasetGroupArn=arns["group"],
        filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    )
    viewed = {}
    for turn in range(60):
        user = f"new {rng.integers(4)}"
        before = chances(opened, arns, user)
        item = f"i{rng.integers(30):02}"
        view(opened, arns, user, item, at=opened.ground.clock.time() + turn)
        viewed.setdefault(user, set()).add(item)
        assert chances(opened, arns, user) != before
        assert set(best(opened, arns, user, 500, filterArn=seen)) == set(KIND_OF) - viewed[user]


def test_what_somebody_does_tells_what_they_like(changing):
    opened, arns = changing
    for kind, first in (("meat", "i00"), ("fish", "i01"), ("fruit", "i02")):
        view(opened, arns, kind, first, f"i{int(first[1:]) + 3:02}")
        assert [KIND_OF[item] for item in best(opened, arns, kind)].count(kind) >= 4


def test_an_event_of_one_user_changes_no_other_answer(changing):
    opened, arns = changing
    before = best(opened, arns, "u07", 500)
    view(opened, arns, "u08", "i00", "i03")
    assert best(opened, arns, "u07", 500) == before


def test_events_outlive_the_server(changing, tmp_path):
    opened, arns = changing
    view(opened, arns, "new", "i00", "i03", "i06")
    before = best(opened, arns, "new", 500)
    opened.close()
    again = Shop(tmp_path / "cloud")
    assert best(again, arns, "new", 500) == before
    again.close()


def test_a_session_without_a_user_may_be_asked_for(changing):
    opened, arns = changing
    view(opened, arns, None, "i01", "i04", session="visit 1")
    assert [KIND_OF[item] for item in best(opened, arns, "visit 1")].count("fish") >= 4


def test_the_same_event_counts_once(changing):
    opened, arns = changing
    store = opened.ground.registry.require(arns["Interactions"]).record["store"]
    from lab_kit.personalize.storage.places import records

    for _ in range(3):
        view(opened, arns, "new", "i00", at=LATEST)
    kept = records(opened.ground)
    assert len(kept.since(store)) == 1
    for item in ("i00", "i01"):
        opened.events.put_events(
            trackingId=arns["tracking"],
            userId="new",
            sessionId="s",
            eventList=[
                {"eventId": "e1", "eventType": "View", "itemId": item, "sentAt": LATEST + 1}
            ],
        )
    assert [put.record["ITEM_ID"] for _, put in kept.since(store)] == ["i00", "i00"]


def test_popularity_and_likeness_wait_for_the_next_training(changing):
    opened, arns = changing
    popular = best(opened, arns, "u00", 500, "popular")
    for _ in range(5):
        view(opened, arns, "u00", *["i29"] * 3)
    assert best(opened, arns, "u00", 500, "popular") == popular


def test_events_that_follow_an_answer_hold_what_it_showed(changing):
    opened, arns = changing
    answer = opened.runtime.get_recommendations(campaignArn=arns["you"], userId="u00", numResults=3)
    event = {
        "eventType": "View",
        "itemId": "i00",
        "sentAt": time.time(),
        "recommendationId": answer["recommendationId"],
        "properties": '{"device": "phone", "eventValue": "4"}',
    }
    put = opened.events.put_events
    put(trackingId=arns["tracking"], userId="u00", sessionId="s", eventList=[event])
    explicit = {**event, "itemId": "i03", "impression": ["i03", "i06"]}
    put(trackingId=arns["tracking"], userId="u00", sessionId="s", eventList=[explicit])
    from lab_kit.personalize.storage.places import records

    store = opened.ground.registry.require(arns["Interactions"]).record["store"]
    first, second = [put.record for _, put in records(opened.ground).since(store)]
    assert first["IMPRESSION"] == "|".join(ids(answer))
    assert second["IMPRESSION"] == "i03|i06"
    assert (first["DEVICE"], first["EVENT_VALUE"]) == ("phone", 4.0)
    assert first["RECOMMENDATION_ID"] == answer["recommendationId"]


def put_item(opened, arns, item, **properties):
    import json

    opened.events.put_items(
        datasetArn=arns["Items"],
        items=[{"itemId": item, "properties": json.dumps(properties)}],
    )


def test_filters_and_metadata_know_an_item_that_is_put_at_once(changing):
    opened, arns = changing
    cheap = opened.create(
        "filter",
        name="cheap",
        datasetGroupArn=arns["group"],
        filterExpression="INCLUDE ItemID WHERE Items.PRICE < 1",
    )
    assert set(best(opened, arns, "u00", 50, filterArn=cheap)) == {"i00", "n00"}
    put_item(opened, arns, "i05", kind="fruit", price=0.1, creationTimestamp=LATEST)
    found = opened.runtime.get_recommendations(
        campaignArn=arns["you"],
        userId="u00",
        numResults=50,
        filterArn=cheap,
        metadataColumns={"ITEMS": ["PRICE", "NAME"]},
    )
    assert set(ids(found)) == {"i00", "i05", "n00"}
    (changed,) = (each for each in found["itemList"] if each["itemId"] == "i05")
    assert changed["metadata"] == {"price": "0.1"}


def test_a_new_item_is_recommended_after_two_hours_to_those_who_like_its_kind(changing):
    opened, arns = changing
    put_item(opened, arns, "new", kind="fish", price=9, name="신상 🐟", creationTimestamp=LATEST)
    assert "new" not in best(opened, arns, "u01", 500)
    opened.ground.clock.advance(timedelta(hours=2, minutes=1))
    place = {user: best(opened, arns, user, 500).index("new") for user in ("u00", "u01")}
    assert place["u01"] < place["u00"]
    assert sum(
        each["score"]
        for each in opened.runtime.get_recommendations(
            campaignArn=arns["you"], userId="u01", numResults=500
        )["itemList"]
    ) == pytest.approx(1, abs=1e-5)
    assert "new" not in best(opened, arns, "u01", 500, "popular")


def test_a_new_user_is_answered_like_others_of_the_same_kind(changing):
    opened, arns = changing
    opened.events.put_users(
        datasetArn=arns["Users"], users=[{"userId": "somebody", "properties": '{"kind": "fruit"}'}]
    )
    known = [item for item in best(opened, arns, "somebody", 500) if item.startswith("i")]
    assert [KIND_OF[item] for item in known[:8]].count("fruit") >= 7


def test_a_campaign_that_is_being_deleted_is_gone(changing):
    opened, arns = changing
    opened.personalize.delete_campaign(campaignArn=arns["you"])
    for _ in range(2):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            best(opened, arns, "u00")
        settle(opened.cloud)


def test_after_an_update_the_campaign_answers_as_it_says(changing):
    opened, arns = changing
    with_fields = {"metadataColumns": {"ITEMS": ["KIND"]}}
    best(opened, arns, "u00", **with_fields)
    opened.personalize.update_campaign(
        campaignArn=arns["you"], campaignConfig={"enableMetadataWithRecommendations": False}
    )
    best(opened, arns, "u00", **with_fields)  # until the update is done, as before
    settle(opened.cloud)
    with pytest.raises(ClientError, match="Metadata in recommendations is not enabled"):
        best(opened, arns, "u00", **with_fields)
