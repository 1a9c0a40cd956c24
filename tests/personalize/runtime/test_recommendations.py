"""Recommendations, rankings and what they carry, in a shop whose tastes are known."""

import numpy as np
import pytest

from tests.personalize.runtime.shop import KINDS, interactions, items

KIND_OF = {row[0]: row[1] for row in items()}
ALL = len(KIND_OF)


def ids(answer):
    return [each["itemId"] for each in answer["itemList"]]


@pytest.fixture(scope="module")
def filters(shop):
    opened, arns = shop
    texts = {
        "kind": "INCLUDE ItemID WHERE Items.KIND IN ($KIND)",
        "bought": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")',
        "cheap": "INCLUDE ItemID WHERE Items.PRICE < 10",
        "dearer": "INCLUDE ItemID WHERE Items.PRICE > CurrentItem.PRICE",
        "mine": 'INCLUDE ItemID WHERE Items.PRICE < 3 IF CurrentUser.KIND = "meat"',
        "users": 'INCLUDE UserID WHERE Users.KIND IN ("meat")',
    }
    return {
        name: opened.create(
            "filter", name=name, datasetGroupArn=arns["group"], filterExpression=text
        )
        for name, text in texts.items()
    }


@pytest.mark.parametrize("user", range(0, 60, 7))
def test_users_are_given_what_they_like(shop, user):
    opened, arns = shop
    answer = opened.runtime.get_recommendations(
        campaignArn=arns["you"], userId=f"u{user:02}", numResults=5
    )
    assert [KIND_OF[item] for item in ids(answer)].count(KINDS[user % 3]) >= 4
    scores = [each["score"] for each in answer["itemList"]]
    assert scores == sorted(scores, reverse=True)
    assert len(answer["recommendationId"]) == 40


def test_there_are_25_unless_another_number_is_asked_for(shop):
    opened, arns = shop
    ask = opened.runtime.get_recommendations
    assert len(ids(ask(campaignArn=arns["you"], userId="u01"))) == 25
    assert len(ids(ask(campaignArn=arns["you"], userId="u01", numResults=0))) == 25
    assert len(ids(ask(campaignArn=arns["you"], userId="u01", numResults=3))) == 3


@pytest.mark.parametrize("user", ["u01", "nobody"])
def test_scores_of_the_whole_catalogue_add_up_to_one(shop, user):
    opened, arns = shop
    answer = opened.runtime.get_recommendations(
        campaignArn=arns["you"], userId=user, numResults=500
    )
    assert len(set(ids(answer))) == ALL
    assert sum(each["score"] for each in answer["itemList"]) == pytest.approx(1, abs=1e-5)


def test_a_filter_leaves_scores_as_they_are(shop, filters):
    opened, arns = shop
    plain = opened.runtime.get_recommendations(
        campaignArn=arns["you"], userId="u05", numResults=500
    )
    asked = {"filterArn": filters["kind"], "filterValues": {"KIND": '"fruit","fish"'}}
    left = opened.runtime.get_recommendations(
        campaignArn=arns["you"], userId="u05", numResults=500, **asked
    )
    kept = [each for each in plain["itemList"] if KIND_OF[each["itemId"]] in ("fruit", "fish")]
    assert left["itemList"] == kept


def test_what_was_bought_is_left_out(shop, filters):
    opened, arns = shop
    bought = {row[1] for row in interactions() if row[0] == "u10" and row[3] == "Purchase"}
    found = ids(
        opened.runtime.get_recommendations(
            campaignArn=arns["you"], userId="u10", numResults=500, filterArn=filters["bought"]
        )
    )
    assert set(found) == set(KIND_OF) - bought


def test_the_current_user_decides(shop, filters):
    opened, arns = shop
    for user, number in (("u00", 10), ("u01", ALL)):  # meat, fish
        answer = opened.runtime.get_recommendations(
            campaignArn=arns["you"], userId=user, numResults=500, filterArn=filters["mine"]
        )
        cheap = [item for item, price in ((row[0], row[2]) for row in items()) if price < 3]
        assert len(ids(answer)) == (len(cheap) if user == "u00" else number)


def test_a_filter_may_leave_nothing(shop, filters):
    opened, arns = shop
    asked = {"filterArn": filters["kind"], "filterValues": {"KIND": '"stone"'}}
    answer = opened.runtime.get_recommendations(campaignArn=arns["you"], userId="u05", **asked)
    assert answer["itemList"] == []


def test_promoted_items_take_their_part_and_only_they_may_be_what_the_filter_forbids(shop, filters):
    opened, arns = shop
    answer = opened.runtime.get_recommendations(
        campaignArn=arns["you"],
        userId="u04",
        numResults=10,
        filterArn=filters["kind"],
        filterValues={"KIND": '"fish"'},
        promotions=[
            {
                "name": "fruits",
                "percentPromotedItems": 30,
                "filterArn": filters["kind"],
                "filterValues": {"KIND": '"fruit"'},
            }
        ],
    )
    promoted = [each for each in answer["itemList"] if "promotionName" in each]
    others = [each for each in answer["itemList"] if "promotionName" not in each]
    assert [KIND_OF[each["itemId"]] for each in promoted] == ["fruit"] * 3
    assert [KIND_OF[each["itemId"]] for each in others] == ["fish"] * 7
    assert {each["promotionName"] for each in promoted} == {"fruits"}
    assert all(each["reason"] == ["Promoted item"] for each in promoted)
    for part in (promoted, others):
        scores = [each["score"] for each in part]
        assert scores == sorted(scores, reverse=True)


def test_where_too_few_can_be_promoted_others_fill_the_list(shop, filters):
    opened, arns = shop
    promotion = {"name": "p", "percentPromotedItems": 100, "filterArn": filters["cheap"]}
    answer = opened.runtime.get_recommendations(
        campaignArn=arns["you"], userId="u04", numResults=20, promotions=[promotion]
    )
    cheap = {row[0] for row in items() if row[2] < 10}
    assert len(answer["itemList"]) == 20
    promoted = {each["itemId"] for each in answer["itemList"] if "promotionName" in each}
    assert promoted == cheap


def test_fields_come_back_as_text_under_lower_case_names(shop):
    opened, arns = shop
    answer = opened.runtime.get_recommendations(
        campaignArn=arns["you"],
        userId="u04",
        numResults=2,
        metadataColumns={"ITEMS": ["KIND", "PRICE", "creation_timestamp"]},
    )
    rows = {row[0]: row for row in items()}
    for each in answer["itemList"]:
        row = rows[each["itemId"]]
        assert each["metadata"] == {
            "kind": row[1],
            "price": str(row[2]),
            "creation_timestamp": str(row[4]),
        }


def test_somebody_who_has_done_nothing_is_answered_by_attributes(shop):
    opened, arns = shop
    ask = opened.runtime.get_recommendations
    likes_fish = ids(ask(campaignArn=arns["you1"], userId="u99", numResults=500))
    had = [KIND_OF[item] for item in likes_fish if item.startswith("i")]
    assert had[:8].count("fish") >= 7


def test_strangers_are_all_answered_the_same_but_for_exploration(shop):
    opened, arns = shop
    ask = opened.runtime.get_recommendations
    young = {"n00", "n01", "n02", "n03"}
    one, other = (
        ids(ask(campaignArn=arns["you"], userId=name, numResults=500))
        for name in ("stranger", "somebody else")
    )
    assert [item for item in one if item not in young] == [
        item for item in other if item not in young
    ]


def test_the_context_tells_on_those_of_whom_nothing_else_is_known(shop):
    opened, arns = shop
    found = {
        device: ids(
            opened.runtime.get_recommendations(
                campaignArn=arns["you"],
                userId="stranger",
                numResults=10,
                context={"DEVICE": device},
            )
        )
        for device in ("phone", "desk")
    }
    on_phone = [KIND_OF[item] for item in found["phone"]].count("meat")
    assert on_phone > [KIND_OF[item] for item in found["desk"]].count("meat")


def test_a_ranking_orders_the_list_and_nothing_else(shop, filters):
    opened, arns = shop
    wanted = ["i00", "i04", "i02", "n01", "what?", "i07", "i04", "i10", "i06", "i14"]
    answer = opened.runtime.get_personalized_ranking(
        campaignArn=arns["ranking"], userId="u04", inputList=wanted
    )
    found = [each["itemId"] for each in answer["personalizedRanking"]]
    assert sorted(found) == sorted(set(wanted))
    assert len({"i04", "i07", "i10"} & set(found[:4])) >= 2  # the fish
    assert answer["personalizedRanking"][-1] == {"itemId": "what?", "score": 0.0}
    scores = [each["score"] for each in answer["personalizedRanking"]]
    assert sum(scores) == pytest.approx(1, abs=1e-6)
    left = opened.runtime.get_personalized_ranking(
        campaignArn=arns["ranking"],
        userId="u04",
        inputList=wanted[:4],
        filterArn=filters["kind"],
        filterValues={"KIND": '"meat"'},
    )
    assert [each["itemId"] for each in left["personalizedRanking"]] == ["i00"]


def test_similar_items_are_alike(shop, filters):
    opened, arns = shop
    ask = opened.runtime.get_recommendations
    found = ids(ask(campaignArn=arns["alike"], itemId="i04", numResults=6))
    assert [KIND_OF[item] for item in found] == ["fish"] * 6
    assert "i04" not in found
    new = ids(ask(campaignArn=arns["alike"], itemId="n01", numResults=6))  # nobody has had it
    assert [KIND_OF[item] for item in new].count("fish") >= 5
    dearer = ids(
        ask(campaignArn=arns["alike"], itemId="i27", numResults=50, filterArn=filters["dearer"])
    )
    assert set(dearer) == {"i28", "i29"}
    nobody_knows = ask(campaignArn=arns["alike"], itemId="what?", numResults=3)
    popular = ask(campaignArn=arns["popular"], userId="u00", numResults=3)
    assert nobody_knows["itemList"] == popular["itemList"]
    assert "score" not in popular["itemList"][0]


def test_korean_and_emoji_ids_are_ids(shop):
    opened, arns = shop
    for user in ("김민지", "🍎", "a" * 256):
        assert len(ids(opened.runtime.get_recommendations(
            campaignArn=arns["you"], userId=user, numResults=3
        ))) == 3  # fmt: skip


# ---- exploration


def explored(opened, arn, weight, days="30", user="u00"):
    opened.personalize.update_campaign(
        campaignArn=arn,
        campaignConfig={
            "itemExplorationConfig": {
                "explorationWeight": weight,
                "explorationItemAgeCutOff": days,
            }
        },
    )
    from tests.personalize.runtime.shop import settle

    settle(opened.cloud)
    return ids(opened.runtime.get_recommendations(campaignArn=arn, userId=user, numResults=500))


def test_exploration_moves_young_items_up_and_no_others(changing):
    opened, arns = changing
    still = explored(opened, arns["you"], "0")
    moved = explored(opened, arns["you"], "1")
    young = {"n00", "n01", "n02", "n03"}  # 0, 8, 16 and 24 days old

    def rank(found):
        return np.mean([found.index(item) for item in young])

    assert rank(moved) < rank(still)
    assert [item for item in moved if item not in young] == [
        item for item in still if item not in young
    ]
    assert explored(opened, arns["you"], "1") == moved  # within an hour, the same
    week = explored(opened, arns["you"], "1", "7")
    assert [item for item in week if item != "n00"] == [item for item in still if item != "n00"]
    assert week.index("n00") < still.index("n00")


def test_items_grow_too_old_for_exploration_as_time_goes_by(changing):
    from datetime import timedelta

    opened, arns = changing
    still = explored(opened, arns["you"], "0")
    opened.ground.clock.advance(timedelta(days=31))
    later = explored(opened, arns["you"], "1")
    assert set(later) == set(still)
    plain = explored(opened, arns["you"], "0")
    assert later == plain
