"""What filters leave, against an oracle and by eye."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from lab_kit.personalize.filters.columns import Table, number_column, text_column
from lab_kit.personalize.filters.evaluate import Scene, evaluate, newest
from lab_kit.personalize.filters.parser import parse
from lab_kit.personalize.filters.syntax import FilterError
from lab_kit.personalize.filters.values import read_values
from tests.personalize.filters.oracle import cases, lacks, left_by_oracle, scene_of


def agree(case):
    """The kit and the oracle answer the same."""
    expression = parse(case.text)
    values = {
        name: ",".join(f"'{text}'" if '"' in text else f'"{text}"' for text in texts)
        for name, texts in case.given.items()
    }
    if lacks(case):
        with pytest.raises(FilterError, match="has to give a value"):
            read_values(values, expression)
        return
    found = evaluate(expression, read_values(values, expression), scene_of(case))
    assert found.tolist() == left_by_oracle(case), case.text


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_random_filters_leave_what_the_oracle_leaves(case):
    agree(case)


#             0            1             2         3
GENRES = ["Drama", "Drama|Comedy", "Comedy", None]
PRICE = [1.0, 2.0, 3.0, None]
NAMES = ("Click", "Purchase")


def left(text, *, given=None, user=None, item=-1):
    """The rows that a filter leaves of four items; the user clicked 0 and 1, and purchased 1."""
    table = Table(
        4,
        {"GENRES": text_column(GENRES, categorical=True), "PRICE": number_column(PRICE)},
    )
    events = newest(np.array([0, 0, 1]), np.array([0, 1, 1]), NAMES)
    expression = parse(text)
    values = read_values(given or {}, expression)
    age = Table(1, {"AGE": number_column([user])})
    return np.flatnonzero(
        evaluate(expression, values, Scene(table, events, age, item=item))
    ).tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('INCLUDE ItemID WHERE Items.GENRES IN ("Comedy")', [1, 2]),
        ('INCLUDE ItemID WHERE Items.GENRES IN ("comedy")', []),  # values have a case
        ('EXCLUDE ItemID WHERE Items.GENRES IN ("Comedy")', [0, 3]),
        ('INCLUDE ItemID WHERE Items.GENRES NOT IN ("Comedy")', [0, 3]),  # 3 has no genre at all
        ("INCLUDE ItemID WHERE Items.PRICE >= 2", [1, 2]),
        ('INCLUDE ItemID WHERE Items.PRICE >= "2"', [1, 2]),
        ("INCLUDE ItemID WHERE Items.PRICE != 2", [0, 2, 3]),
        ('EXCLUDE itemId WHERE INTERACTIONS.event_type in ("PURCHASE")', [0, 2, 3]),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', [2, 3]),
        ('INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("Purchase")', [0, 2, 3]),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click, rating")', [0, 1, 2, 3]),
        # AND binds closer: comedies, and what is dear and a drama.
        (
            'INCLUDE ItemID WHERE Items.GENRES IN ("Comedy") OR Items.PRICE > 1 AND '
            'Items.GENRES IN ("Drama")',
            [1, 2],
        ),
        # Two INCLUDEs are a union, and so are two EXCLUDEs; their order does not matter.
        (
            'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase") | INCLUDE ItemID WHERE '
            'Items.GENRES IN ("Drama") | INCLUDE ItemID WHERE Items.PRICE = 3',
            [0, 2],
        ),
        (
            'EXCLUDE ItemID WHERE Items.GENRES IN ("Drama") | EXCLUDE ItemID WHERE Items.PRICE = 3',
            [3],
        ),
        ("INCLUDE ItemID WHERE Items.NOTHING = 3", []),
    ],
)
def test_by_eye(text, rows):
    assert left(text) == rows


def test_parameters():
    include = "INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)"
    assert left(include, given={"GENRE": '"Comedy","Horror"'}) == [1, 2]
    exclude = 'EXCLUDE ItemID WHERE Items.GENRES IN ("$GENRE") | EXCLUDE ItemID WHERE Items.PRICE<2'
    assert left(exclude) == [1, 2, 3]  # the first one does not apply
    assert left(exclude, given={"GENRE": '"Comedy"'}) == [3]
    assert left("INCLUDE ItemID WHERE Items.PRICE > $P", given={"P": "1"}) == [1, 2]
    assert left("INCLUDE ItemID WHERE Items.PRICE > ($P)", given={"P": '"1"'}) == [1, 2]


def test_the_current_user_decides_whether_a_clause_counts():
    text = "INCLUDE ItemID WHERE Items.PRICE < 2 IF CurrentUser.AGE < 18"
    assert left(text, user=12) == [0]
    assert left(text, user=30) == [0, 1, 2, 3]
    assert left(text) == [0, 1, 2, 3]  # of whom nothing is known


def test_the_current_item():
    assert left("INCLUDE ItemID WHERE Items.GENRES IN CurrentItem.GENRES", item=0) == [0, 1]
    assert left("INCLUDE ItemID WHERE Items.PRICE > CurrentItem.PRICE", item=1) == [2]
    assert left("INCLUDE ItemID WHERE Items.PRICE > CurrentItem.PRICE", item=3) == []
    assert left("EXCLUDE ItemID WHERE Items.GENRES IN CurrentItem.GENRES") == [0, 1, 2, 3]


def test_the_newest_hundred_events_of_each_type_count():
    kinds = np.array([0] * 101 + [1] * 3)
    rows = np.array([5] + [6] * 100 + [7, -1, 8])
    found = newest(kinds, rows, ("Click", "View"))
    assert set(found["click"].tolist()) == {6}
    assert found["view"].tolist() == [7, 8]
