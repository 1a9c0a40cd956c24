"""Recommenders of the domains: what each use case answers, leaves out, and learns by itself."""

import json
from collections import defaultdict
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.personalize.runtime import domains
from tests.personalize.runtime.domains import CIRCLE, USERS, item_of, kind_of
from tests.personalize.runtime.shop import LATEST, pass_time, settle

SHOP, VIDEO = "ECOMMERCE", "VIDEO_ON_DEMAND"
WEEK = timedelta(days=7)


def answer(opened, arns, name, number=10, **request):
    return opened.runtime.get_recommendations(
        recommenderArn=arns[name], numResults=number, **request
    )["itemList"]


def ids(opened, arns, name, number=10, **request):
    return [each["itemId"] for each in answer(opened, arns, name, number, **request)]


def happened(domain, type):
    """By user the things with which events of a type happened."""
    found = defaultdict(set)
    for user, item, _, kind in domains.interactions(domain):
        if kind == type:
            found[user].add(item)
    return found


def popular(domain, type):
    """How many users each thing had an event of a type with."""
    counts = defaultdict(int)
    for things in happened(domain, type).values():
        for item in things:
            counts[item] += 1
    return counts


def put(opened, arns, domain, user, item, kind, at=LATEST + 100):
    opened.events.put_events(
        trackingId=arns[f"{domain} tracking"],
        userId=user,
        sessionId="s",
        eventList=[{"eventType": kind, "itemId": item, "sentAt": at}],
    )


def put_item(opened, arns, domain, item, **properties):
    opened.events.put_items(
        datasetArn=arns[f"{domain} Items"],
        items=[{"itemId": item, "properties": json.dumps(properties)}],
    )


def record_of(opened, arn):
    return opened.ground.registry.require(arn).record


@pytest.mark.parametrize(
    ("name", "domain", "type"),
    [
        ("popular-items-by-views", SHOP, "View"),
        ("popular-items-by-purchases", SHOP, "Purchase"),
        ("most-popular", VIDEO, "Watch"),
    ],
)
def test_the_popular_are_those_most_users_had_such_an_event_with(asked, name, domain, type):
    counts = popular(domain, type)
    found = ids(*asked, name, 60, userId="anybody")
    assert [counts[item] for item in found] == sorted(counts.values(), reverse=True)


def test_what_is_bought_together_lies_side_by_side(asked):
    near = [
        (place - other) % CIRCLE in (1, CIRCLE - 1)
        for kind in range(3)
        for place in range(CIRCLE)
        for other in [
            int(ids(*asked, "frequently-bought-together", 1, itemId=item_of(kind, place))[0][1:])
        ]
    ]
    assert sum(near) / len(near) >= 0.95


@pytest.mark.parametrize(
    ("name", "domain", "taken"),
    [
        ("customers-who-viewed-x-also-viewed", SHOP, "Purchase"),
        ("because-you-watched-x", VIDEO, "Watch"),
        ("more-like-x", VIDEO, "Watch"),
    ],
)
def test_what_is_related_is_of_the_same_kind_and_not_what_the_user_has_had(
    asked, name, domain, taken
):
    had = happened(domain, taken)
    for user in range(0, USERS, 6):
        item = item_of((user + 1) % 3, user)  # of a kind this user takes nothing of
        found = ids(*asked, name, 5, userId=f"u{user:02}", itemId=item)
        assert [kind_of(each) for each in found].count(kind_of(item)) >= 4
        own = item_of(user % 3, user)
        everything = ids(*asked, name, 60, userId=f"u{user:02}", itemId=own)
        left = {item_of(kind, place) for kind in range(3) for place in range(CIRCLE)}
        assert set(everything) == left - had[f"u{user:02}"] - {own}


@pytest.mark.parametrize(
    ("name", "domain", "taken"),
    [("recommended-for-you", SHOP, "Purchase"), ("top-picks", VIDEO, "Watch")],
)
def test_users_get_what_they_like_and_have_not_had(asked, name, domain, taken):
    had = happened(domain, taken)
    for user in range(0, USERS, 7):
        left = CIRCLE - len(had[f"u{user:02}"])
        found = ids(*asked, name, 5, userId=f"u{user:02}")
        assert not set(found) & had[f"u{user:02}"]
        right = [kind_of(each) for each in found].count(user % 3)
        assert right >= min(left, 5) - 1


def test_trends_need_no_user(asked):
    found = ids(*asked, "trending-now", 5)
    assert found == ids(*asked, "trending-now", 5, userId="u00")
    assert len(set(found)) == 5


@pytest.mark.parametrize("name", ["top-picks", "because-you-watched-x", "most-popular"])
def test_recommenders_show_no_scores(asked, name):
    item = {"itemId": "m00"} if name.endswith("x") else {}
    assert all("score" not in each for each in answer(*asked, name, userId="u01", **item))


@pytest.mark.parametrize(
    ("name", "request_", "said"),
    [
        ("recommended-for-you", {}, "userId is required"),
        ("more-like-x", {"userId": "u01"}, "itemId is required"),
        ("more-like-x", {"itemId": "m00"}, "userId is required"),
        ("frequently-bought-together", {"userId": "u01"}, "itemId is required"),
        ("most-popular", {}, "userId is required"),
    ],
)
def test_a_use_case_says_what_it_needs(asked, name, request_, said):
    with pytest.raises(ClientError, match=said) as refused:
        answer(*asked, name, **request_)
    assert refused.value.response["Error"]["Code"] == "InvalidInputException"


def test_metrics_stand_in_the_description(asked):
    opened, arns = asked
    for name in ("top-picks", "more-like-x", "most-popular"):
        shown = opened.personalize.describe_recommender(recommenderArn=arns[name])["recommender"]
        assert 0 < shown["modelMetrics"]["coverage"] <= 1
        assert "precision_at_25" in shown["modelMetrics"]
    assert shown["recommenderConfig"] == {"minRecommendationRequestsPerSecond": 1}


@pytest.mark.parametrize(
    ("name", "domain", "taken", "passed"),
    [
        ("recommended-for-you", SHOP, "Purchase", "View"),
        ("top-picks", VIDEO, "watch", "Click"),
        ("because-you-watched-x", VIDEO, "Watch", "Click"),
    ],
)
def test_what_was_taken_just_now_is_left_out_at_once(changed, name, domain, taken, passed):
    opened, arns = changed
    about = {"itemId": "t00"} if name.endswith("x") else {}
    first, second, *_ = ids(opened, arns, name, userId="u01", **about)
    put(opened, arns, domain, "u01", second, passed)
    assert second in ids(opened, arns, name, 60, userId="u01", **about)
    put(opened, arns, domain, "u01", first, taken)
    assert first not in ids(opened, arns, name, 60, userId="u01", **about)
    assert first in ids(opened, arns, name, 60, userId="somebody else", **about)


def test_an_event_changes_the_next_answer_of_that_user(changed):
    opened, arns = changed
    for domain, name in ((SHOP, "recommended-for-you"), (VIDEO, "top-picks")):
        for place in range(4):
            put(opened, arns, domain, "new", item_of(2, place), domains.STEP[domain][0])
        found = ids(opened, arns, name, 5, userId="new")
        assert [kind_of(each) for each in found].count(2) >= 4


def test_a_stopped_recommender_answers_again_after_its_start(changed):
    opened, arns = changed
    arn = arns["top-picks"]
    before = ids(opened, arns, "top-picks", userId="u01")
    opened.personalize.stop_recommender(recommenderArn=arn)
    for state in ("STOP PENDING", "INACTIVE"):
        with pytest.raises(ClientError, match=f"has status {state}") as refused:
            answer(opened, arns, "top-picks", userId="u01")
        assert refused.value.response["Error"]["Code"] == "InvalidInputException"
        settle(opened.cloud)
    opened.personalize.start_recommender(recommenderArn=arn)
    settle(opened.cloud)
    assert ids(opened, arns, "top-picks", userId="u01") == before


def test_recommenders_train_again_every_seven_days(changed):
    """A new thing that everybody watches is the most popular one after a week, not before."""
    opened, arns = changed
    arn = arns["most-popular"]
    stopped = arns["popular-items-by-views"]
    opened.personalize.stop_recommender(recommenderArn=stopped)
    settle(opened.cloud)
    at = {"creationTimestamp": LATEST}
    put_item(opened, arns, VIDEO, "hit", genres="meat", **at)
    for user in range(USERS):
        put(opened, arns, VIDEO, f"u{user:02}", "hit", "Watch")
    old = {each: dict(record_of(opened, each)) for each in (arn, stopped)}
    pass_time(opened.cloud, WEEK - timedelta(minutes=10))
    assert record_of(opened, arn)["model"] == old[arn]["model"]
    assert "hit" not in ids(opened, arns, "most-popular", 60, userId="u01")
    pass_time(opened.cloud, timedelta(minutes=20))
    shown = opened.personalize.describe_recommender(recommenderArn=arn)["recommender"]
    assert shown["status"] == "ACTIVE"
    assert ids(opened, arns, "most-popular", 60, userId="u01")[0] == "hit"
    assert record_of(opened, arn)["formerModel"] == old[arn]["model"]
    assert shown["modelMetrics"] != old[arn]["modelMetrics"]
    # Who was stopped costs nothing, and learns nothing.
    assert record_of(opened, stopped)["model"] == old[stopped]["model"]
    # The week after there is a third model, and the first is gone.
    second = record_of(opened, arn)["model"]
    pass_time(opened.cloud, WEEK)
    now = record_of(opened, arn)
    assert (now["formerModel"], now["model"] not in (second, old[arn]["model"])) == (second, True)
    models = {path.name for path in (opened.ground.folder / "personalize" / "models").iterdir()}
    assert {now["model"], second} <= models
    assert old[arn]["model"] not in models


def test_a_retraining_that_fails_leaves_the_recommender_as_it_is(changed):
    opened, arns = changed
    clicks = [(*row[:3], "Click") for row in domains.interactions(VIDEO)]
    opened.fill(arns[f"{VIDEO} Interactions"], domains.INTERACTIONS, clicks, "clicks")
    before = record_of(opened, arns["most-popular"])["model"]
    pass_time(opened.cloud, WEEK + timedelta(minutes=10))
    assert record_of(opened, arns["most-popular"])["model"] == before
    assert len(ids(opened, arns, "most-popular", userId="u01")) == 10


@pytest.mark.parametrize(
    ("domain", "name", "fields"),
    [
        (SHOP, "recommended-for-you", {"categoryL1": "fish", "price": 3}),
        (VIDEO, "top-picks", {"genres": "fish"}),
    ],
)
def test_new_things_come_in_every_two_hours(changed, domain, name, fields):
    opened, arns = changed
    put_item(opened, arns, domain, "new", creationTimestamp=LATEST, **fields)
    pass_time(opened.cloud, timedelta(hours=1, minutes=30))
    assert "new" not in ids(opened, arns, name, 100, userId="u01")
    pass_time(opened.cloud, timedelta(minutes=31))
    place = {
        user: ids(opened, arns, name, 100, userId=user).index("new") for user in ("u00", "u01")
    }
    assert place["u01"] < place["u00"]  # who likes fish, and who likes meat
    other = "most-popular" if domain == VIDEO else "popular-items-by-views"
    assert "new" not in ids(opened, arns, other, 100, userId="u01")


@pytest.mark.parametrize(
    ("domain", "use_case", "reason"),
    [
        (
            SHOP,
            "ecomm-popular-items-by-purchases",
            "Dataset has fewer than 1000 interactions after filtering by event type: Purchase",
        ),
        (
            VIDEO,
            "vod-because-you-watched-x",
            "Dataset has fewer than 1000 interactions after filtering by event type: Watch",
        ),
        (VIDEO, "vod-top-picks", "Recipe aws-vod-top-picks needs a dataset of type ITEMS."),
    ],
)
def test_too_little_data_says_so(changed, domain, use_case, reason):
    """Two thirds of what was taken was only looked at, and there are no items."""
    opened, _ = changed
    look, taken = domains.STEP[domain]
    rows = [
        (user, item, when, look if kind == taken and number % 3 else kind)
        for number, (user, item, when, kind) in enumerate(domains.interactions(domain))
    ]
    group = opened.create("dataset_group", name="few", domain=domain)
    opened.load(group, "Interactions", domains.INTERACTIONS, rows, domain, name="few")
    arn = opened.personalize.create_recommender(
        name="new", datasetGroupArn=group, recipeArn=f"arn:aws:personalize:::recipe/aws-{use_case}"
    )["recommenderArn"]
    settle(opened.cloud)
    shown = opened.personalize.describe_recommender(recommenderArn=arn)["recommender"]
    assert (shown["status"], shown["failureReason"]) == ("CREATE FAILED", reason)
    assert "modelMetrics" not in shown
    with pytest.raises(ClientError, match="has status CREATE FAILED"):
        opened.runtime.get_recommendations(recommenderArn=arn, userId="u01", itemId="m00")
