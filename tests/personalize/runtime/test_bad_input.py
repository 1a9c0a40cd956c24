"""What comes in from outside and is unusual or wrong: answered or refused, and nothing is lost."""

import json
import re
import threading

import pytest
from botocore.exceptions import ClientError

from lab_kit.personalize.storage.places import records
from tests.personalize.runtime.shop import (
    BUCKET,
    DAY,
    LATEST,
    ROLE,
    SCHEMAS,
    interactions,
    items,
    settle,
    users,
)
from tests.personalize.runtime.test_at_once import best, chances, ids, view

RECIPE = "arn:aws:personalize:::recipe/"
KOREAN = {"fish": "생선", "fruit": "과일", "meat": "고기"}
BEGIN = {"u": "손님🙂 ", "i": "물건🐟 ", "n": "신상✨ "}


def renamed(text):
    """An id or a kind of the shop in Korean, with emoji."""
    if text in KOREAN:
        return KOREAN[text]
    if re.fullmatch(r"[uin]\d\d", str(text)):
        return BEGIN[text[0]] + text[1:]
    return text


def deployed(opened, group, name, recipe):
    """A campaign of a recipe, and the version it answers with."""
    solution = opened.create(
        "solution", name=name, datasetGroupArn=group, recipeArn=RECIPE + recipe
    )
    version = opened.create("solution_version", solutionArn=solution)
    still = {"itemExplorationConfig": {"explorationWeight": "0"}}
    campaign = opened.create(
        "campaign", name=name, solutionVersionArn=version, campaignConfig=still
    )
    return campaign, version


@pytest.fixture
def korean(changing):
    """The same shop a second time, with all ids and kinds renamed."""
    opened, _ = changing
    group = opened.create("dataset_group", name="korean")
    made = {"group": group}
    for type, rows in (
        ("Interactions", interactions()),
        ("Items", items()),
        ("Users", users()),
    ):
        named = [tuple(map(renamed, row)) for row in rows]
        made[type] = opened.load(group, type, SCHEMAS[type], named, name=f"korean-{type}")
    return opened, made


def test_korean_and_emoji_ids_are_answered_as_plain_ones_are(korean):
    opened, made = korean
    made["alike"], _ = deployed(opened, made["group"], "k-alike", "aws-similar-items")
    made["you"], version = deployed(opened, made["group"], "k-you", "aws-user-personalization-v2")
    tracker = opened.personalize.create_event_tracker(name="k", datasetGroupArn=made["group"])
    settle(opened.cloud)
    made["tracking"] = tracker["trackingId"]
    ask = opened.runtime.get_recommendations
    kinds = {renamed(row[0]): row[1] for row in items()}
    for user, kind in users():
        found = ids(ask(campaignArn=made["you"], userId=renamed(user), numResults=5))
        assert [kinds[item] for item in found].count(kind) >= 4
    for item in ("i03", "i07"):
        found = ids(ask(campaignArn=made["alike"], itemId=renamed(item), numResults=5))
        assert [kinds[each] for each in found].count(kinds[renamed(item)]) >= 4
    everything = ids(ask(campaignArn=made["you"], userId="nobody", numResults=500))
    assert set(everything) == set(kinds)

    # A filter with a value of the request's, and an event of a moment ago.
    only = opened.create(
        "filter",
        name="k",
        datasetGroupArn=made["group"],
        filterExpression=(
            "INCLUDE ItemID WHERE Items.KIND IN ($KIND) "
            '| EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("샀음🛒")'
        ),
    )
    view(opened, made, renamed("u01"), renamed("i04"), kind="샀음🛒")
    found = best(opened, made, renamed("u01"), 34, filterArn=only, filterValues={"KIND": '"생선"'})
    fish = {renamed(row[0]) for row in items() if row[1] == "fish"}
    assert set(found) == fish - {renamed("i04")}

    # A batch, and an export of all that is there.
    asked = json.dumps({"userId": renamed("u31")}, ensure_ascii=False).encode("utf-8")
    opened.s3.put_object(Bucket=BUCKET, Key="k.json", Body=asked)
    opened.create(
        "batch_inference_job",
        jobName="k",
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/k.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        roleArn=ROLE,
        numResults=5,
        batchInferenceJobConfig={"itemExplorationConfig": {"explorationWeight": "0"}},
    )
    line = json.loads(opened.s3.get_object(Bucket=BUCKET, Key="out/k.json.out")["Body"].read())
    live = ids(ask(campaignArn=made["you"], userId=renamed("u31"), numResults=5))
    assert line["output"]["recommendedItems"] == live
    opened.create(
        "dataset_export_job",
        jobName="k",
        datasetArn=made["Items"],
        ingestionMode="BULK",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
    )
    text = opened.s3.get_object(Bucket=BUCKET, Key="out/k.csv")["Body"].read().decode("utf-8")
    assert [row.split(",")[0] for row in text.splitlines()[1:]] == [
        renamed(row[0]) for row in items()
    ]


def test_items_that_exist_only_in_interactions_are_items(changing):
    """Half of the catalogue has no row in Items: it is recommended, and has no fields."""
    opened, _ = changing
    group = opened.create("dataset_group", name="half")
    opened.load(group, "Interactions", SCHEMAS["Interactions"], interactions(), name="half-i")
    known = [row for row in items() if int(row[0][1:]) % 2 == 0]
    opened.load(group, "Items", SCHEMAS["Items"], known, name="half-t")
    solution = opened.create(
        "solution", name="half", datasetGroupArn=group, recipeArn=f"{RECIPE}aws-similar-items"
    )
    campaign = opened.create(
        "campaign",
        name="half",
        solutionVersionArn=opened.create("solution_version", solutionArn=solution),
        campaignConfig={"enableMetadataWithRecommendations": True},
    )
    kinds = {row[0]: row[1] for row in items()}
    bare = {row[0] for row in items() if row[0].startswith("i")} - {row[0] for row in known}
    for item in ("i00", "i01"):  # one with fields, one without
        found = opened.runtime.get_recommendations(
            campaignArn=campaign,
            itemId=item,
            numResults=40,
            metadataColumns={"ITEMS": ["KIND"]},
        )["itemList"]
        assert bare - {item} <= {each["itemId"] for each in found}
        assert [kinds[each["itemId"]] for each in found[:5]].count(kinds[item]) >= 4
        for each in found:
            known_kind = {} if each["itemId"] in bare else {"kind": kinds[each["itemId"]]}
            assert each["metadata"] == known_kind


def test_an_event_with_an_item_nobody_knows_is_kept_and_answers_go_on(changing):
    opened, arns = changing
    view(opened, arns, "u01", "unheard of")
    assert "unheard of" not in best(opened, arns, "u01", 500)
    assert [each["itemId"] for each in chances(opened, arns, "u01")]
    store = opened.ground.registry.require(arns["Interactions"]).record["store"]
    assert records(opened.ground).since(store)[-1][1].record["ITEM_ID"] == "unheard of"
    ranked = opened.runtime.get_personalized_ranking(
        campaignArn=arns["ranking"], userId="u01", inputList=["unheard of", "i01"]
    )["personalizedRanking"]
    assert [each["itemId"] for each in ranked] == ["i01", "unheard of"]


def test_events_of_long_ago_count_as_what_they_are(changing):
    """An old event changes less than a new one, and nothing depends on which came first."""
    opened, arns = changing
    ago = LATEST - 200 * DAY
    for user, order in (("a", (ago, LATEST)), ("b", (LATEST, ago))):
        for at in order:
            view(opened, arns, user, "i00" if at == ago else "i01", at=at)
    kinds = {row[0]: row[1] for row in items() if row[0].startswith("i")}
    known = [
        {
            each["itemId"]: each["score"]
            for each in opened.runtime.get_personalized_ranking(
                campaignArn=arns["ranking"], userId=user, inputList=list(kinds)
            )["personalizedRanking"]
        }
        for user in "ab"
    ]
    assert known[0] == pytest.approx(known[1], rel=1e-3)  # they were asked a moment apart
    weight = {kind: sum(known[0][item] for item in kinds if kinds[item] == kind) for kind in KOREAN}
    assert weight["fish"] > weight["meat"] > weight["fruit"]


def test_a_filter_that_leaves_nothing_leaves_nothing_anywhere(changing):
    opened, arns = changing
    nothing = opened.create(
        "filter",
        name="nothing",
        datasetGroupArn=arns["group"],
        filterExpression="INCLUDE ItemID WHERE Items.PRICE < -1",
    )
    assert best(opened, arns, "u00", filterArn=nothing) == []
    assert best(opened, arns, "u00", campaign="popular", filterArn=nothing) == []
    promoted = {"name": "p", "percentPromotedItems": 50, "filterArn": nothing}
    assert len(best(opened, arns, "u00", 10, promotions=[promoted])) == 10
    ranked = opened.runtime.get_personalized_ranking(
        campaignArn=arns["ranking"], userId="u00", inputList=["i00", "i01"], filterArn=nothing
    )
    assert ranked["personalizedRanking"] == []
    opened.s3.put_object(Bucket=BUCKET, Key="in.json", Body=b'{"userId": "u00"}\n')
    opened.create(
        "batch_inference_job",
        jobName="nothing",
        solutionVersionArn=arns["you version"],
        filterArn=nothing,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        roleArn=ROLE,
    )
    line = json.loads(opened.s3.get_object(Bucket=BUCKET, Key="out/in.json.out")["Body"].read())
    assert line["output"] == {"recommendedItems": [], "scores": []}
    assert line["error"] is None


def test_a_campaign_that_is_deleted_while_many_ask_ends_in_not_found(changing):
    opened, arns = changing
    begun, said, wrong = threading.Event(), [], []

    def ask():
        while True:
            try:
                said.append(len(best(opened, arns, "u00", 5)))
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    wrong.append(error)
                return
            except Exception as error:
                wrong.append(error)
                return
            begun.set()

    many = [threading.Thread(target=ask, daemon=True) for _ in range(6)]
    for each in many:
        each.start()
    assert begun.wait(30)
    opened.personalize.delete_campaign(campaignArn=arns["you"])
    settle(opened.cloud)
    for each in many:
        each.join(30)
    assert not any(each.is_alive() for each in many)
    assert wrong == []
    assert set(said) == {5}


def test_data_of_a_single_user_fail_in_training_and_stay(changing):
    opened, _ = changing
    group = opened.create("dataset_group", name="single")
    rows = [("only", *row[1:]) for row in interactions()]
    opened.load(group, "Interactions", SCHEMAS["Interactions"], rows, name="single")
    solution = opened.create(
        "solution", name="single", datasetGroupArn=group, recipeArn=f"{RECIPE}aws-sims"
    )
    arn = opened.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    settle(opened.cloud)
    shown = opened.personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
    assert shown["status"] == "CREATE FAILED"
    assert shown["failureReason"] == (
        "Dataset has fewer than 25 users with at least 2 interactions each."
    )
