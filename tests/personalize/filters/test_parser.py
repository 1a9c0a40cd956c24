"""Filter expressions AWS has published, and what is wrong with others."""

import pytest

from lab_kit.personalize.filters.parser import parse
from lab_kit.personalize.filters.syntax import CurrentItem, FilterError, Parameter, Value

PUBLISHED = [
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")',
    'EXCLUDE itemId WHERE INTERACTIONS.event_type in ("watch","click")',
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    'INCLUDE ItemID WHERE Items.CATEGORY IN ("shoes", "watches") AND Items.PRICE >= 9.99',
    "INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORY)",
    'INCLUDE ItemID WHERE Items.GENRE IN ("$GENRE")',
    "EXCLUDE ItemID WHERE Items.CREATION_TIMESTAMP < $DATE",
    'INCLUDE ItemID WHERE Items.YEAR = 1980 OR Items.YEAR <= ("$YEAR")',
    'EXCLUDE ItemID WHERE Items.CATEGORY IN ("shoe") IF CurrentUser.AGE < 18 AND '
    'CurrentUser.GENDER = "F"',
    'EXCLUDE UserID WHERE Users.MEMBERSHIP_STATUS IN ("silver")',
    "exclude UserId where users.country in ('kr')",
    "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE",
    "INCLUDE ItemID WHERE Items.GENRE IN CurrentItem.GENRE",
    "INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ($EVENT_TYPE)",
    'INCLUDE ActionID WHERE Action.MEMBERSHIP_LEVEL IN ("Premium") IF CurrentUser.MEMBERSHIP = '
    "$PREMIUM",
    'INCLUDE ItemID WHERE Items.A IN ("x") | EXCLUDE ItemID WHERE Interaction.EVENT_TYPE IN ("y")',
]
"""In the guide and in sample notebooks, names of fields shortened."""


@pytest.mark.parametrize("text", PUBLISHED)
def test_what_aws_has_published_can_be_read(text):
    assert parse(text).text == text


def test_structure():
    expression = parse(
        'INCLUDE ItemID WHERE Items.a NOT IN ("x", $P) OR Items.b <= -1.5e1 AND item.c = '
        "CurrentItem.d IF CurrentUser.e != 'it''"[:-1]
    )
    (clause,) = expression.clauses
    first, second = clause.any_of
    assert clause.includes
    assert [(each.dataset, each.field, each.operator) for each in (*first, *second)] == [
        ("Items", "A", "NOT IN"),
        ("Items", "B", "<="),
        ("Items", "C", "="),
    ]
    assert [type(each) for each in clause.operands] == [Value, Parameter, Value, CurrentItem, Value]
    assert second[0].operands[0].text == "-1.5e1"
    assert expression.parameters == ["P"]
    assert expression.about_current_item
    assert expression.about("CurrentUser")
    assert not expression.about("Interactions")


@pytest.mark.parametrize(
    ("text", "pointed", "what"),
    [
        ("", "", "INCLUDE or EXCLUDE was expected, and the expression ends"),
        ("SHOW ItemID", "SHOW", "INCLUDE or EXCLUDE was expected, and there is SHOW"),
        ("INCLUDE Item WHERE", "Item WHERE", "ItemID, UserID or ActionID was expected"),
        ("INCLUDE ItemID WERE Items.a = 1", "WERE", "WHERE was expected, and there is WERE"),
        ("INCLUDE ItemID WHERE Item.a IN (1)", "1)", 'A value in quotes was expected: "1"'),
        ("INCLUDE ItemID WHERE Products.a = 1", "Products", "The name of a dataset was expected"),
        ("INCLUDE ItemID WHERE Items = 1", "= 1", '"." was expected, and there is ='),
        ("INCLUDE ItemID WHERE Items.a IS 1", "IS", "IN, NOT IN, =, !=, <, <=, > or >= was"),
        ("INCLUDE ItemID WHERE Items.a IN ()", ")", "A value in quotes, or a parameter such as"),
        ('INCLUDE ItemID WHERE Items.a IN (""x"")', 'x"")', '")" was expected, and there is x'),
        ('INCLUDE ItemID WHERE Items.a IN ("x"', "", '")" was expected, and the expression ends'),
        ('INCLUDE ItemID WHERE Items.a IN ("x)', '"x)', 'symbol ": a quote that is not closed'),
        ("INCLUDE ItemID WHERE Items.a IN (“x”)", "“x”)", "Invalid input symbol “: use straight"),
        ("INCLUDE ItemID WHERE Items.a IN (*)", "*)", 'Invalid input symbol *: write "*"'),
        ("INCLUDE ItemID WHERE Items.a = $", "$", "the name of a parameter has to follow"),
        ("INCLUDE ItemID WHERE Items.a = 1 & 2", "& 2", "Invalid input symbol &"),
        ("INCLUDE ItemID WHERE Items.a = 1 Items.b = 2", "Items.b", "or the end was expected"),
        ("INCLUDE ItemID WHERE Items.a = 1 IF Users.b = 2", "Users", "CurrentUser was expected"),
        (
            "INCLUDE ItemID WHERE Items.a = 1 IF CurrentUser.b = 2 OR CurrentUser.c = 3",
            "OR",
            "joined with AND only",
        ),
        ("INCLUDE ItemID WHERE Items.a = 1 |", "", "INCLUDE or EXCLUDE was expected"),
        ("INCLUDE ItemID WHERE (Items.a = 1)", "(", "The name of a dataset was expected"),
    ],
)
def test_what_is_wrong_is_said_and_pointed_at(text, pointed, what):
    with pytest.raises(FilterError) as raised:
        parse(text)
    error = raised.value
    assert what in str(error)
    assert error.place == (text.rindex(pointed) if pointed else len(text))
    line, mark = str(error).splitlines()[-2:]
    assert line[mark.index("^") :][:5] == text[error.place :][:5]


def test_the_mark_stands_under_its_place_in_a_long_expression():
    text = "INCLUDE ItemID WHERE " + " OR ".join(["Items.a = 1"] * 30) + " AND Items.b ~ 2 OR " * 9
    with pytest.raises(FilterError) as raised:
        parse(text)
    line, mark = str(raised.value).splitlines()[-2:]
    assert line[mark.index("^")] == "~"
    assert len(line) < 90
