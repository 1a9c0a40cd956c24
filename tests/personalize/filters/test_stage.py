"""Filters over frames, as datasets are read: the same answers, found by id."""

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings

from lab_kit.personalize.filters.parser import parse
from lab_kit.personalize.filters.stage import Known, Stage, onto, stage_of_actions
from lab_kit.recommend.ids import Ids
from tests.personalize.filters.oracle import cases, lacks, left_by_oracle

FIELDS = {
    "ITEM_ID": {"type": "string"},
    "GENRES": {"type": ["null", "string"], "categorical": True},
    "BRAND": {"type": ["null", "string"]},
    "PRICE": {"type": "float"},
    "YEAR": {"type": ["long", "null"]},
    "CREATION_TIMESTAMP": {"type": "long"},
}
PEOPLE = {"PLAN": {"type": "string"}, "AGE": {"type": "int"}}
EVENTS = pd.DataFrame(
    {
        "user_id": ["a", "a", "b", "c"],
        "item_id": ["x", "y", "x", "new"],
        "timestamp": pd.to_datetime([1, 2, 3, 4], unit="s", utc=True),
        "event_type": ["Click", "click", "Buy", "Click"],
    }
)
ITEMS = pd.DataFrame(
    {
        "item_id": ["x", "y", "z"],
        "genres": ["a|b", None, "b"],
        "price": [1.0, 2.0, np.nan],
        "creation_timestamp": pd.to_datetime([100, 200, None], unit="s", utc=True),
    }
)


def stage_of(case):
    """The case as frames; an event with no row is one with an item nobody knows."""
    ids = [f"i{row}" for row in range(len(case.rows))]
    items = pd.DataFrame({"item_id": ids})
    items["genres"] = ["|".join(row["GENRES"]) if "GENRES" in row else None for row in case.rows]
    items["brand"] = [row["BRAND"][0] if "BRAND" in row else None for row in case.rows]
    for name in ("PRICE", "YEAR"):
        items[name.lower()] = [row.get(name, np.nan) for row in case.rows]
    events = pd.DataFrame(
        {
            "user_id": ["u"] * len(case.events),
            "item_id": ["else" if row < 0 else ids[row] for _, row in case.events],
            "timestamp": pd.to_datetime(range(len(case.events)), unit="s", utc=True),
            "event_type": pd.Series([kind for kind, _ in case.events], dtype="str"),
        }
    )
    user = pd.DataFrame(
        {
            "user_id": ["u"],
            "plan": [case.user["PLAN"][0] if "PLAN" in case.user else None],
            "age": [case.user.get("AGE", np.nan)],
        }
    )
    for frame in (events, items, user):
        for name in frame.columns.intersection(["user_id", "item_id", "genres", "brand", "plan"]):
            frame[name] = frame[name].astype("str")
    return Stage(events if len(events) else None, Known(items, FIELDS), Known(user, PEOPLE)), ids


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_frames_are_filtered_as_the_oracle_filters(case):
    if lacks(case):
        return
    stage, ids = stage_of(case)
    given_values = {
        name: ",".join(f"'{text}'" if '"' in text else f'"{text}"' for text in texts)
        for name, texts in case.given.items()
    }
    item = ids[case.item] if case.item >= 0 else None
    left = stage.left(parse(case.text), given_values, user="u", item=item)
    assert onto(left, stage.items, Ids(ids)).tolist() == left_by_oracle(case), case.text


def left(stage, text, **who):
    expression = parse(text)
    return sorted(stage.ids(expression).values[stage.left(expression, {}, **who)])


def test_items_of_events_alone_have_no_fields_and_are_there():
    stage = Stage(EVENTS, Known(ITEMS, FIELDS))
    assert left(stage, 'EXCLUDE ItemID WHERE Items.GENRES IN ("a")') == ["new", "y", "z"]
    assert left(stage, 'INCLUDE ItemID WHERE Items.ITEM_ID IN ("x","new")') == ["x"]
    assert left(stage, "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > 100") == ["y"]
    assert stage.value("creation_timestamp", "x") == 100
    assert stage.value("genres", "y") is None
    assert stage.value("genres", "new") is None


def test_a_new_event_counts_at_once():
    stage = Stage(EVENTS, Known(ITEMS, FIELDS))
    bought = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")'
    assert left(stage, bought, user="a") == ["new", "x", "y", "z"]
    stage.append(
        pd.DataFrame(
            {
                "user_id": ["a", "a"],
                "item_id": ["z", "newer"],
                "timestamp": pd.to_datetime([5, 6], unit="s", utc=True),
                "event_type": ["BUY", "Click"],
            }
        )
    )
    assert left(stage, bought, user="a") == ["new", "newer", "x", "y"]
    assert left(stage, 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', user="a") == [
        "newer",
        "x",
        "y",
        "z",
    ]


def test_what_is_known_can_be_replaced():
    stage = Stage(EVENTS, Known(ITEMS, FIELDS))
    dear = "EXCLUDE ItemID WHERE Items.PRICE > 5"
    assert left(stage, dear) == ["new", "x", "y", "z"]
    more = pd.DataFrame({"item_id": ["x", "fresh"], "price": [9.0, 1.0]})
    stage.know(items=Known(more, FIELDS), users=None)
    assert left(stage, dear) == ["fresh", "new", "y"]
    assert stage.value("price", "x") == 9.0


def test_users_are_filtered_by_what_they_did_with_an_item():
    users = pd.DataFrame({"user_id": ["a", "d"], "age": [20, 30]})
    stage = Stage(EVENTS, None, Known(users, PEOPLE))
    assert left(stage, 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click")', item="x") == [
        "a"
    ]
    assert left(stage, 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("*")', item="x") == [
        "c",
        "d",
    ]
    assert left(stage, "INCLUDE UserID WHERE Users.AGE > 25") == ["d"]


def test_only_the_newest_hundred_events_of_a_user_count_for_users_too():
    events = pd.DataFrame(
        {
            "user_id": ["a"] * 102 + ["b"],
            "item_id": ["x"] + ["y"] * 101 + ["x"],
            "timestamp": pd.to_datetime(range(103), unit="s", utc=True),
            "event_type": ["Click", "click"] + ["Click"] * 101,
        }
    )
    text = 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click")'
    assert left(Stage(events), text, item="x") == ["b"]


def test_actions():
    events = EVENTS.rename(columns={"item_id": "action_id"})
    actions = pd.DataFrame({"action_id": ["x", "z"], "value": [3, 9]})
    fields = {"ACTION_ID": {"type": "string"}, "VALUE": {"type": "long"}}
    stage = stage_of_actions(events, Known(actions, fields), None)
    assert left(stage, "INCLUDE ActionID WHERE Actions.VALUE > 5") == ["z"]
    assert left(stage, 'INCLUDE ActionID WHERE Actions.ACTION_ID = "x"') == ["x"]
    text = 'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("click")'
    assert left(stage, text, user="a") == ["new", "z"]
