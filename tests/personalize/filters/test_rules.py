"""What filter expressions have to keep to, and the values requests give."""

import pytest

from lab_kit.personalize.filters.parser import parse
from lab_kit.personalize.filters.rules import check, fields_of
from lab_kit.personalize.filters.syntax import FilterError
from lab_kit.personalize.filters.values import read_values

SCHEMAS = {
    "Items": {
        "GENRES": {"name": "GENRES", "type": ["null", "string"], "categorical": True},
        "PRICE": {"name": "PRICE", "type": "float"},
        "STORY": {"name": "STORY", "type": "string", "textual": True},
        "ADULT": {"name": "ADULT", "type": "boolean"},
    },
    "Interactions": {"EVENT_TYPE": {"name": "EVENT_TYPE", "type": "string"}},
    "Users": {"AGE": {"name": "AGE", "type": "int"}},
}


def test_what_keeps_to_the_rules():
    expression = parse(
        'INCLUDE ItemID WHERE items.genres IN ("a") AND Items.PRICE > CurrentItem.price IF '
        'CurrentUser.AGE > 3 | EXCLUDE ItemID WHERE Interactions.event_type IN ("*")'
    )
    check(expression, SCHEMAS)
    assert fields_of(expression) == {
        ("Items", "GENRES"),
        ("Items", "PRICE"),
        ("Users", "AGE"),
        ("Interactions", "EVENT_TYPE"),
    }


@pytest.mark.parametrize(
    ("text", "pointed", "what"),
    [
        (
            'INCLUDE ItemID WHERE Items.PRICE > 1 AND Interactions.EVENT_TYPE IN ("a")',
            "Interactions",
            "One expression looks at one dataset: join one about Items and one about Interactions",
        ),
        (
            "INCLUDE ItemID WHERE Items.PRICE > 1 | EXCLUDE UserID WHERE Users.AGE = 1",
            "EXCLUDE",
            "All expressions have to be about the same, ItemID",
        ),
        ("INCLUDE ItemID WHERE Users.AGE > 1", "Users", "filtered by Interactions or Items, not"),
        ('INCLUDE ItemID WHERE Interactions.DEVICE IN ("a")', "Inter", "by EVENT_TYPE only"),
        ("INCLUDE ItemID WHERE Interactions.EVENT_TYPE > 1", "Inter", "IN, NOT IN, = and != only"),
        ('INCLUDE ItemID WHERE Items.GENRES IN ("*")', '"*"', "stands for any event type"),
        ("INCLUDE ItemID WHERE Items.COLOUR > 1", "Items", "Dataset Items has no field COLOUR"),
        ('INCLUDE ItemID WHERE Items.STORY IN ("a")', "Items", "Textual fields, as STORY"),
        ('INCLUDE ItemID WHERE Items.ADULT = "True"', "Items", 'use text, "True"'),
        ("INCLUDE ItemID WHERE Items.GENRES > 1", "Items", "compares numbers, and GENRES holds"),
        ('INCLUDE ItemID WHERE Items.PRICE IN ("low")', '"low"', "PRICE holds numbers, and this"),
        (
            "INCLUDE ItemID WHERE Items.PRICE = CurrentItem.GENRES",
            "CurrentItem",
            "PRICE holds numbers, GENRES text",
        ),
        (
            "INCLUDE ItemID WHERE Items.PRICE > 1 IF CurrentUser.PLAN = 1",
            "CurrentUser",
            "Dataset Users has no field PLAN",
        ),
        (
            "INCLUDE UserID WHERE Users.AGE = CurrentItem.PRICE",
            "CurrentItem",
            "can only be compared with fields of Items",
        ),
    ],
)
def test_what_breaks_a_rule_is_pointed_at(text, pointed, what):
    with pytest.raises(FilterError) as raised:
        check(parse(text), SCHEMAS)
    assert what in str(raised.value)
    assert raised.value.place == text.rindex(pointed)


def test_fields_of_a_dataset_that_is_not_there_are_not_checked():
    check(parse("INCLUDE ActionID WHERE Actions.COST > 3"), SCHEMAS)


def test_no_more_than_five_fields():
    many = " AND ".join(f"Actions.F{n} = 1" for n in range(5))
    check(parse(f"INCLUDE ActionID WHERE {many}"), {})
    with pytest.raises(FilterError, match="no more than 5 different fields"):
        check(parse(f"INCLUDE ActionID WHERE {many} AND Actions.F5 = 1"), {})


GENRE_AND_PRICE = parse("INCLUDE ItemID WHERE Items.G IN ($G) AND Items.P > $P")


def test_values_as_requests_give_them():
    read = read_values({"G": '"a, b" , \'c"\', ""', "P": "-1.5"}, GENRE_AND_PRICE)
    assert read == {"G": ("a, b", 'c"', ""), "P": ("-1.5",)}


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"G": '"a"'}, r"has to give a value for \$P"),
        ({"G": "drama", "P": "1"}, r"filterValues of G: a number, or text in quotes"),
        ({"G": '"a" "b"', "P": "1"}, "filterValues of G: a comma was expected at character 5"),
        ({"G": '"a",', "P": "1"}, "a number, or text in quotes"),
        ({"G": '"a', "P": "1"}, "a number, or text in quotes"),
        ({"G": "1e", "P": "1"}, "a number, or text in quotes"),
        ({"G": '"a"', "P": "1,2"}, r"> takes one value, and \$P has 2"),
        ({"G": '"a"', "P": '"x"'}, r"> takes a number, and \$P is x"),
        ({"G": '"a"', "P": "1", "p": "1"}, r"has no parameter \$p \(it has: \$G, \$P\)"),
    ],
)
def test_values_that_cannot_be_used(given, what):
    with pytest.raises(FilterError, match=what):
        read_values(given, GENRE_AND_PRICE)
