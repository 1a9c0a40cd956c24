import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.teach.same import difference

UTC_NOON = pd.Timestamp("2026-01-05 12:00", tz="UTC")

SAME = [
    (3, 3),
    (3.0, 3),
    (np.int64(3), 3),
    (np.array(3), 3),
    (3, 3.0),
    (1 / 3, 0.33333334),
    (1e-17, 0.0),
    (10**20, 10**20),
    (True, np.True_),
    (" milk \n", "milk"),
    (np.str_("milk"), "milk"),
    (None, float("nan")),
    (pd.NaT, None),
    (pd.NA, np.nan),
    ([1, 2], (1, 2)),
    ([1, [2, "a"]], [1, [2, "a"]]),
    ({1, 2}, frozenset({2, 1})),
    ({"b": 1.0, "a": None}, {"a": np.nan, "b": 1.00000001}),
    (dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC), UTC_NOON),
    (np.datetime64("2026-01-05"), pd.Timestamp("2026-01-05")),
    (dt.timedelta(hours=1), pd.Timedelta("60min")),
    (np.timedelta64(1, "h"), pd.Timedelta("60min")),
    (np.array([1.0, 2.0]), np.array([1, 2])),
    (pd.Index(["a", "b"]), pd.Index(["a", "b"], name="x")),
    (pd.Series(["a"]).array, pd.Series(["a"]).array),
]

DIFFERENT = [
    (4, 3, "too large"),
    (2, 3, "too small"),
    (3.0000001, 3, "too large"),
    (10**20 + 1, 10**20, "too large"),
    (0.3334, 1 / 3, "too large"),
    (35.0, 0.35, "not a percentage"),
    (0.35, 35.2, "too small"),
    (0.352, 35.2, "a percentage is asked for"),
    (-1.0, 1.5, "too small"),
    (math.inf, 1.5, "too large"),
    (True, 1, "Expected a number, this is True or False"),
    (1, True, "Expected True or False, this is a number"),
    (False, True, "other way round"),
    ("3", 3, "Expected a number, this is a text"),
    (None, 3, "this is an empty value"),
    (float("nan"), 3, "this is an empty value"),
    (3, None, "Expected an empty value"),
    (len, 3, "this is a function. Perhaps its parentheses"),
    (pd.DataFrame({"a": [1]}), 3, "this is a table"),
    (3, pd.Series([3]), "Expected a column"),
    ("Milk", "milk", "upper and lower case"),
    ("mi lk", "milk", "blanks"),
    ("tea", "milk", "another one"),
    ([1, 2, 3], [1, 2], "one entry too many"),
    ([1], [1, 2, 3], "2 entries are missing"),
    ([2, 1], [1, 2], "order is not"),
    ([[2], [1]], [[1], [2]], "Entry 1: Entry 1: The number is too large"),
    ([1, 5], [1, 2], "Entry 2: The number is too large"),
    (["a "], ["a"], "Entry 1: Only blanks"),
    ({1, 2, 3}, {1, 2}, "one entry too many"),
    ({1, 4}, {1, 2}, "Entries missing: 1. Entries that do not belong: 1"),
    ({"a": 1}, {"a": 1, "b": 2}, "key `b` is missing"),
    ({"a": 1, "b": 2}, {"a": 1}, "key `b` does not belong"),
    ({"a": 2}, {"a": 1}, "Key `a`: The number is too large"),
    (UTC_NOON.tz_localize(None), UTC_NOON, "has no time zone"),
    (UTC_NOON, UTC_NOON.tz_localize(None), "should have none"),
    (UTC_NOON.tz_convert("Asia/Seoul"), UTC_NOON, "another time zone"),
    (UTC_NOON + pd.Timedelta("1s"), UTC_NOON, "too late"),
    (UTC_NOON - pd.Timedelta("1s"), UTC_NOON, "too early"),
    (dt.timedelta(hours=2), pd.Timedelta("1h"), "too long"),
    (3600, pd.Timedelta("1h"), "Expected a length of time, this is a number"),
    (np.zeros((2, 2)), np.zeros(4), "number of dimensions"),
    (np.zeros((2, 2)), np.zeros((2, 3)), "wrong shape: 2 x 2"),
    (np.array([1, 3]), np.array([1, 2]), "The array differs in one of 2 rows"),
    (pd.Index(["b", "a"]), pd.Index(["a", "b"]), "order is not"),
    (object(), object(), "not the one that was asked for"),
    (3j, {"a": 1}, "Expected a dictionary, this is a complex"),
]


@pytest.mark.parametrize(("answer", "expected"), SAME)
def test_the_same(answer, expected):
    assert difference(answer, expected) is None


@pytest.mark.parametrize(("answer", "expected", "said"), DIFFERENT)
def test_different(answer, expected, said):
    assert said in difference(answer, expected)


plain = st.one_of(
    st.integers(), st.floats(), st.text(), st.booleans(), st.none(), st.datetimes(), st.timedeltas()
)
nested = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(nested)
def test_every_value_is_the_same_as_itself(value):
    assert difference(value, value) is None


@settings(max_examples=150, deadline=None)
@given(nested, nested)
def test_never_the_same_where_python_says_different_kinds(one, other):
    if type(one) is not type(other) and not {type(one), type(other)} <= {int, float}:
        missing = [value is None or value != value for value in (one, other)]
        assert (difference(one, other) is None) == all(missing)


@given(st.integers(), st.integers())
def test_whole_numbers_are_exact(one, other):
    assert (difference(one, other) is None) == (one == other)


@given(st.floats(1e-3, 1e9), st.floats(-1e-5, 1e-5))
def test_fractions_hold_to_one_part_in_a_million(expected, error):
    given_value = expected * (1 + error)
    if abs(abs(error) - 1e-6) > 1e-9:
        assert (difference(given_value, float(expected)) is None) == (abs(error) < 1e-6)
