"""What is inside: the same numbers as the answers, and parts that add up to them."""

from datetime import timedelta

import numpy as np
import pytest

from lab_kit.errors import LabKitError
from lab_kit.personalize import inspect
from tests.personalize.runtime.shop import interactions, items
from tests.personalize.runtime.test_at_once import best, ids, put_item, view

KIND_OF = {row[0]: row[1] for row in items()}


@pytest.fixture(scope="module")
def inside(shop):
    opened, arns = shop
    return inspect(arns["you1"], ground=opened.ground)


def test_the_ranking_is_the_answer(shop, inside):
    opened, arns = shop
    answer = opened.runtime.get_recommendations(
        campaignArn=arns["you1"], userId="u03", numResults=500
    )
    found = inside.ranking("u03")
    assert found["item_id"].tolist() == ids(answer)
    assert found["chance"].to_numpy() == pytest.approx(
        [each["score"] for each in answer["itemList"]], rel=1e-5
    )


@pytest.mark.parametrize("user", ["u03", "u99", "stranger"])
@pytest.mark.parametrize("item", ["i03", "i07", "n01"])
def test_the_parts_of_a_score_add_up_to_it(inside, user, item):
    why = inside.why(user, item)
    parts = why.parts
    total = parts.loc[parts["kind"] != "exploration", "contribution"].sum()
    assert total == pytest.approx(why.score, abs=1e-3 * max(1, abs(why.score)))
    ranking = inside.ranking(user)
    assert ranking["item_id"].iloc[why.rank - 1] == item
    assert why.chance == pytest.approx(ranking["chance"].iloc[why.rank - 1])


def test_what_somebody_did_is_why(inside):
    liked = inside.why("u03", "i03")  # meat, of which this user lives
    other = inside.why("u03", "i04")
    assert liked.events["contribution"].sum() > other.events["contribution"].sum()
    had = {row[1] for row in interactions() if row[0] == "u03"}
    assert set(liked.events["item_id"]) <= had
    assert "event with" in repr(liked)
    assert "<table" in liked._repr_html_()


def test_which_part_of_a_filter_removed_what(shop, inside):
    opened, arns = shop
    text = (
        'INCLUDE ItemID WHERE Items.KIND IN ("meat", "fish") | EXCLUDE ItemID WHERE '
        "Items.PRICE < $LEAST"
    )
    arn = opened.create(
        "filter", name="parts", datasetGroupArn=arns["group"], filterExpression=text
    )
    found = inside.removed("u03", arn, {"LEAST": "10"})
    fruit = {item for item, kind in KIND_OF.items() if kind == "fruit"}
    cheap = {row[0] for row in items() if row[2] < 10} - fruit
    include, exclude = (part.strip() for part in text.split("|"))
    assert found.parts == {include: len(fruit), exclude: len(cheap)}
    assert found.left == len(KIND_OF) - len(fruit) - len(cheap)
    by = found.items.set_index("item_id")["removed_by"]
    assert set(by[by == exclude].index) == cheap
    why = inside.why("u03", "i05", filter_arn=arn, filter_values={"LEAST": "10"})
    assert (why.rank, why.removed_by) == (None, include)
    ranks = inside.ranking("u03")["item_id"].tolist()
    assert [ranks[rank - 1] for rank in found.items["rank"]] == found.items["item_id"].tolist()


def test_metrics_are_those_of_the_solution_not_rounded_and_can_be_computed_again(shop, inside):
    opened, arns = shop
    told = opened.personalize.get_solution_metrics(solutionVersionArn=arns["you1 version"])
    found = inside.metrics()
    held = inside.held_out
    assert len(held)
    for name in set(told["metrics"]) & set(found.index):
        assert told["metrics"][name] == round(found.loc[name, "mean"], 4)
    # The second way, from what was answered and what was to be found.
    reciprocal, precise = [], []
    for _, row in held.iterrows():
        hits = [item in set(row["to_find"]) for item in row["answered"]]
        reciprocal.append(1 / (hits.index(True) + 1) if any(hits) else 0)
        precise.append(sum(hits[:5]) / 5)
    assert found.loc["mean_reciprocal_rank_at_25", "mean"] == pytest.approx(np.mean(reciprocal))
    assert found.loc["precision_at_5", "mean"] == pytest.approx(np.mean(precise))
    assert (found["low"] <= found["mean"]).all()
    assert (found["mean"] <= found["high"]).all()


def test_what_it_was_trained_on(inside):
    events = inside.events()
    assert len(events) == len(interactions()) == inside.facts["interactions"]
    own = events[events["user_id"] == "u03"]
    assert inside.history("u03")["item_id"].tolist() == own["item_id"].tolist()
    assert "1,440 events of 61 users with 34 items" in repr(inside)


def test_neighbours_signals_and_factors(shop, inside):
    opened, arns = shop
    assert set(inside.signals().columns) == {"visit", "back", "cold"}
    alike = inspect(arns["alike"], ground=opened.ground)
    near = alike.neighbours("i04", 5)
    assert {KIND_OF[item] for item in near["item_id"]} == {"fish"}
    assert len(alike.factors()) == len(KIND_OF)
    with pytest.raises(LabKitError, match="does not answer for users"):
        alike.why("u03", "i03")
    with pytest.raises(LabKitError, match="has no signals"):
        alike.signals()


def test_the_clock_and_what_comes_with_it(changing):
    opened, arns = changing
    before = inspect(arns["you"], ground=opened.ground).clock()
    assert before["automatic updates since training"] == 0
    put_item(opened, arns, "new", kind="fish", creationTimestamp=1)
    opened.ground.clock.advance(timedelta(hours=5))
    inside = inspect(arns["you"], ground=opened.ground)
    after = inside.clock()
    assert after["automatic updates since training"] == 2
    assert 0.9 < after["hours to the next one"] <= 1
    assert (before["new items taken in"], after["new items taken in"]) == (0, 1)
    assert (after["now"] - before["now"]).total_seconds() == pytest.approx(5 * 3600, abs=60)
    why = inside.why("u01", "new")
    assert why.score == pytest.approx(sum(why.others.values()), abs=1e-4)
    assert len(why.others) == 10


def test_an_event_shows_when_asked_again(changing):
    opened, arns = changing
    view(opened, arns, "visitor", "i01", "i04")
    inside = inspect(arns["you"], ground=opened.ground)
    assert inside.history("visitor")["item_id"].tolist() == ["i01", "i04"]
    assert inside.ranking("visitor")["item_id"].tolist() == best(opened, arns, "visitor", 500)


def test_what_cannot_be_looked_into(shop):
    opened, arns = shop
    with pytest.raises(LabKitError, match="no campaign, recommender or solution version"):
        inspect(arns["group"], ground=opened.ground)


def test_what_if_somebody_clicked_is_what_happens_when_they_do(changing):
    opened, arns = changing
    view(opened, arns, "visitor", "i01")
    inside = inspect(arns["you"], ground=opened.ground)
    before = inside.answer("visitor", 5)
    supposed = inside.answer("visitor", 5, after=["i00", "i03", "i06"])
    assert before["item_id"].tolist() == inside.answer("visitor", 5)["item_id"].tolist()
    assert [KIND_OF[item] for item in supposed["item_id"]].count("meat") >= 3
    view(opened, arns, "visitor", "i00", "i03", "i06")
    found = inspect(arns["you"], ground=opened.ground).answer("visitor", 5)
    # Events that came in one second are told apart by their order alone.
    assert len(set(found["item_id"]) & set(supposed["item_id"])) >= 4
    assert (found["adds"] > 0).all()
