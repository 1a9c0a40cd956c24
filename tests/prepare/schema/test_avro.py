import subprocess
import sys

import pytest

from lab_kit.prepare.schema.avro import breaches, contract_breaches, kind_of
from lab_kit.prepare.schema.contracts import contract

USER = {"name": "USER_ID", "type": "string"}
ITEM = {"name": "ITEM_ID", "type": "string"}
TIME = {"name": "TIMESTAMP", "type": "long"}


def record(*fields, name="Interactions"):
    return {"type": "record", "name": name, "fields": list(fields)}


def test_the_rules_need_no_pandas():
    script = (
        "import sys; import lab_kit.prepare.schema.avro, lab_kit.prepare.schema.contracts\n"
        "print([name for name in ('pandas', 'numpy', 'pyarrow') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.strip() == "[]", ended.stderr


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("interactions", "interactions"),
        ("ITEMS", "items"),
        ("Action_Interactions", "action_interactions"),
        ("Mine", None),
    ],
)
def test_a_schemas_name_tells_what_it_is_for_in_any_capitals(name, kind):
    assert kind_of(record(USER, name=name)) == kind


@pytest.mark.parametrize("avro", [None, [], {}, {"type": "record"}, record(), record("USER_ID")])
def test_what_is_no_record_of_fields_is_said(avro):
    assert list(breaches(avro))


def test_a_field_may_be_nullable_in_either_order_and_is_flat():
    good = record(
        USER, {"name": "A", "type": ["null", "int"]}, {"name": "B", "type": ["int", "null"]}
    )
    assert list(breaches(good)) == []
    for wrong in ("date", ["int", "string"], ["null"], {"type": "array"}, ["null", "int", "null"]):
        assert list(breaches(record(USER, {"name": "A", "type": wrong})))


def test_whole_numbers_may_stand_for_times_and_prices_and_texts_may_not():
    rule = contract("interactions")
    short = {"name": "TIMESTAMP", "type": "int"}
    worth = {"name": "EVENT_VALUE", "type": ["long", "null"]}
    assert list(contract_breaches(record(USER, ITEM, short, worth), rule)) == []
    text = {"name": "EVENT_VALUE", "type": "string"}
    assert list(contract_breaches(record(USER, ITEM, TIME, text), rule)) == [
        "EVENT_VALUE has to be float"
    ]


def test_actions_have_contracts_in_custom_groups_only():
    action = {"name": "ACTION_ID", "type": "string"}
    worth = {"name": "VALUE", "type": ["long", "null"]}
    rule = contract("actions")
    assert list(contract_breaches(record(action, worth, name="Actions"), rule)) == []
    taken = record(USER, action, {"name": "EVENT_TYPE", "type": "string"}, TIME)
    assert list(contract_breaches(taken, contract("action_interactions"))) == []
