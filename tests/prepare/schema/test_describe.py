import json

import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.prepare import schema
from tests.prepare.schema.frames import good_interactions, good_items


def test_a_schema_as_the_developer_guide_prints_it():
    frame = good_interactions().drop(columns="event_type").assign(event_value=1.0)
    assert schema.describe(frame, schema.contract("interactions")).to_avro() == {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
            {"name": "EVENT_VALUE", "type": ["float", "null"]},
        ],
        "version": "1.0",
    }


def test_columns_of_your_own_are_described_by_what_they_hold():
    frame = good_items().assign(
        name=[f"item number {n}" for n in range(50)],
        price=1,
        weight=0.5,
        new=True,
        since=pd.Timestamp("2026-01-01"),
        kind=pd.Categorical(["a"] * 50),
    )
    fields = schema.describe(frame, schema.contract("items")).to_avro()["fields"]
    assert {
        field["name"]: (field["type"], field.get("categorical", False)) for field in fields
    } == {
        "ITEM_ID": ("string", False),
        "COLOUR": (["string", "null"], True),
        "NAME": (["string", "null"], False),
        "PRICE": (["long", "null"], False),
        "WEIGHT": (["float", "null"], False),
        "NEW": (["boolean", "null"], False),
        "SINCE": (["long", "null"], False),
        "KIND": (["string", "null"], True),
    }


def test_a_declaration_overrules_the_look_of_a_column():
    rule = schema.contract("items").declaring(plain=["colour"], textual=["story"])
    described = schema.describe(good_items().assign(story="red"), rule)
    assert [(f.name, f.categorical, f.textual) for f in described.fields] == [
        ("ITEM_ID", False, False),
        ("COLOUR", False, False),
        ("STORY", False, True),
    ]


def test_event_types_are_never_categorical():
    for domain in ("custom", "ECOMMERCE", "VIDEO_ON_DEMAND"):
        described = schema.describe(good_interactions(), schema.contract("interactions", domain))
        assert described.to_avro()["fields"][3] == {"name": "EVENT_TYPE", "type": "string"}


def test_a_schema_reads_back_as_it_was():
    for kind, frame in (("items", good_items()), ("interactions", good_interactions())):
        rule = schema.contract(kind)
        described = schema.describe(frame, rule)
        assert schema.from_avro(json.loads(described.to_json()), rule) == described


def test_schemas_as_samples_write_them_are_read():
    sample = {
        "type": "record",
        "name": "items",
        "fields": [
            {"name": "GENRES", "type": ["null", "string"], "categorical": True},
            {"name": "ITEM_ID", "type": "string"},
        ],
    }
    fields = schema.from_avro(sample, schema.contract("items")).fields
    assert [(f.name, f.nullable, f.categorical) for f in fields] == [
        ("GENRES", True, True),
        ("ITEM_ID", False, False),
    ]


@pytest.mark.parametrize(
    "field",
    [
        {"name": "X", "type": {"type": "array", "items": "string"}},
        {"name": "X", "type": ["string", "long"]},
        {"name": "X", "type": "date"},
        {"name": "X"},
    ],
)
def test_what_is_no_flat_field_is_refused(field):
    with pytest.raises(LabKitError, match="no schema of items"):
        schema.from_avro({"fields": [field]}, schema.contract("items"))


def test_a_column_without_a_type_cannot_be_described():
    with pytest.raises(LabKitError, match='"tags"'):
        schema.describe(good_items().assign(tags=[["a"]] * 50), schema.contract("items"))
