"""Joins against two loops and an `if`, on random keys with gaps and repetitions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import Ledger
from lab_kit.prepare.combine import join

HOWS = ["inner", "left", "right", "outer"]
KEYS = {
    "text": (st.sampled_from(["a", "b", "c", "A", " a", ""]), "str"),
    "whole": (st.integers(-2, 3), "Int64"),
    "float": (st.sampled_from([0.0, 1.5, -1.0]), "float64"),
    "day": (st.sampled_from(pd.date_range("2026-01-01", periods=3).tolist()), "datetime64[us]"),
}


@st.composite
def tables(draw):
    kinds = draw(st.lists(st.sampled_from(list(KEYS)), min_size=1, max_size=2))
    frames = []
    for side in "lr":
        rows = draw(st.integers(1, 7))
        columns = {}
        for number, kind in enumerate(kinds):
            values, dtype = KEYS[kind]
            drawn = draw(st.lists(st.one_of(values, st.none()), min_size=rows, max_size=rows))
            columns[f"k{number}"] = pd.array(drawn, dtype=dtype)
        frames.append(pd.DataFrame({**columns, side: np.arange(rows)}))
    return *frames, [f"k{number}" for number in range(len(kinds))]


def by_hand(left, right, on, how):
    """Pairs of row numbers (l, r), None where a side has no row: the slow and obvious way."""
    ours, theirs = (list(frame[on].itertuples(index=False, name=None)) for frame in (left, right))
    pairs, met = [], set()
    for row, key in enumerate(ours):
        found = [
            other
            for other, its in enumerate(theirs)
            if not any(pd.isna(part) for part in (*key, *its)) and key == its
        ]
        met.update(found)
        pairs += [(row, other) for other in found]
        if not found and how in ("left", "outer"):
            pairs.append((row, None))
    if how in ("right", "outer"):
        pairs += [(None, other) for other in range(len(theirs)) if other not in met]
    return pairs


def all_missing(frame, on):
    return frame[on].isna().any(axis=1).all()


def of_two_kinds(left, right, on):
    """Fractions here and whole numbers only there: they are not taken for one kind of key."""

    def fractions(values):
        return values.dropna().mod(1).any()

    return any(
        left[c].dtype == "float64"
        and left[c].notna().any()
        and right[c].notna().any()
        and fractions(left[c]) != fractions(right[c])
        for c in on
    )


@settings(max_examples=2_000, deadline=None)
@given(tables(), st.sampled_from(HOWS))
def test_rows_and_every_figure_are_those_of_two_loops(made, how):
    left, right, on = made
    if all_missing(left, on) or all_missing(right, on):
        with pytest.raises(LabKitError, match="Every key of"):
            join(left, right, on, how=how, cardinality="many-to-many")
        return
    if of_two_kinds(left, right, on):
        with pytest.raises(LabKitError, match=" holds "):
            join(left, right, on, how=how, cardinality="many-to-many")
        return
    frame, said = join(left, right, on, how=how, cardinality="many-to-many")
    expected = by_hand(left, right, on, how)
    got = [
        tuple(None if pd.isna(value) else int(value) for value in pair)
        for pair in zip(frame["l"], frame["r"], strict=True)
    ]
    assert got == expected
    for (ours, theirs), row in zip(expected, frame[on].itertuples(index=False), strict=True):
        key = left[on].iloc[ours] if ours is not None else right[on].iloc[theirs]
        assert [None if pd.isna(v) else v for v in row] == [None if pd.isna(v) else v for v in key]
    inner = by_hand(left, right, on, "inner")
    per_key = pd.Series([str(left[on].iloc[ours].tolist()) for ours, _ in inner], dtype="str")
    assert (said.left, said.right, said.rows) == (len(left), len(right), len(expected))
    assert said.matches == len(inner)
    assert said.left_matched == len({ours for ours, _ in inner})
    assert said.right_matched == len({theirs for _, theirs in inner})
    assert said.left_only == len(left) - said.left_matched
    assert said.right_only == len(right) - said.right_matched
    assert said.left_without_key == left[on].isna().any(axis=1).sum()
    assert said.right_without_key == right[on].isna().any(axis=1).sum()
    assert said.most == per_key.value_counts().max() if len(inner) else said.most == 0
    assert said.fan_out == (len(inner) / said.left_matched if inner else 1)


ORDERS = pd.DataFrame({"user_id": ["U1", "U2", "U2", None], "won": [10, 20, 30, 40]})
USERS = pd.DataFrame({"user_id": ["U1", "U2", "U3"], "age": [31, 42, 53]})
NAMES = ("orders", "users")


def test_a_join_one_can_check_by_eye():
    frame, said = join(ORDERS, USERS, "user_id", names=NAMES)
    assert frame["age"].tolist() == [31, 42, 42, pd.NA]
    assert frame["won"].dtype == "int64"
    assert frame["age"].dtype == "Int64"
    assert said.sql() == (
        "SELECT *\nFROM orders\nLEFT JOIN users\n  ON orders.user_id = users.user_id"
    )
    assert "1 row of users were not needed" in repr(said)
    assert "orders left join users on user_id: 4 rows" in said._repr_html_()


def test_the_explanation_goes_into_a_ledger():
    ledger = Ledger("orders")
    _, said = join(ORDERS, USERS, "user_id", names=NAMES)
    ledger.add(said.step)
    assert ledger.rows_out == 4


def test_a_fan_out_is_told_with_its_numbers():
    twice = pd.concat([USERS, USERS])
    _, said = join(ORDERS, twice, "user_id", cardinality="many-to-many", names=NAMES)
    assert said.fan_out == 2
    assert said.rows == 7
    assert "Rows multiply: each row of orders that matched is there 2.00 times" in repr(said)


def test_a_wrong_declaration_names_the_keys():
    twice = pd.concat([USERS, USERS.head(2), USERS.head(1)])
    with pytest.raises(LabKitError) as caught:
        join(ORDERS, twice, "user_id", names=NAMES)
    assert '2 keys of users are there more than once: "U1" 3 times, "U2" 2 times' in str(
        caught.value
    )
    with pytest.raises(LabKitError, match='1 key of orders is there more than once: "U2" 2 times'):
        join(ORDERS, USERS, "user_id", cardinality="one-to-one", names=NAMES)


def test_accidental_fan_out_is_refused_before_it_is_built():
    many = pd.DataFrame({"day": ["monday"] * 10_000})
    with pytest.raises(
        LabKitError, match=r"would have 100,000,000 rows, made of 10,000 and 10,000"
    ):
        join(many, many, "day", cardinality="many-to-many")


def test_columns_of_one_name_get_the_name_of_their_table():
    frame, _ = join(ORDERS.assign(age=1), USERS, "user_id", names=NAMES)
    assert frame.columns.tolist() == ["user_id", "won", "age", "age_users"]


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (ORDERS, USERS.rename(columns={"user_id": "member", "age": "years"}), "no common column"),
        (ORDERS.assign(user_id=None), USERS, "Every key of orders is missing"),
        (
            ORDERS,
            USERS.assign(user_id=[1, 2, 3]),
            "holds text in orders and whole numbers in users",
        ),
    ],
)
def test_keys_that_cannot_match_are_refused(left, right, said):
    with pytest.raises(LabKitError, match=said):
        join(left, right, "user_id", names=NAMES)


def test_the_way_out_of_text_against_numbers_is_shown():
    orders = pd.DataFrame({"user_id": ["U00123", "U00007"]})
    users = pd.DataFrame({"user_id": [123, 7]})
    with pytest.raises(LabKitError) as caught:
        join(orders, users, "user_id", names=NAMES)
    assert "clean.normalise_ids" in caught.value.next_step


@pytest.mark.parametrize("options", [{"how": "sideways"}, {"cardinality": "few-to-few"}])
def test_a_word_that_means_nothing_is_refused(options):
    with pytest.raises(LabKitError, match="There is no"):
        join(ORDERS, USERS, "user_id", **options)
