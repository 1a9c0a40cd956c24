import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.teach.same import difference

TIMES = pd.to_datetime(["2026-01-05 12:00", "2026-01-06 00:00", None], utc=True)


def table(**changes):
    columns = {"user_id": ["a", "b", "c"], "n": [1, 2, 3], "share": [0.5, 0.25, None], "t": TIMES}
    return pd.DataFrame({**columns, **changes})


SAME = {
    "itself": table(),
    "columns in another order": table()[["t", "share", "n", "user_id"]],
    "rows in another order": table().iloc[[2, 0, 1]],
    "numbered otherwise": table().set_axis([7, 8, 9]),
    "whole numbers as fractions": table(n=[1.0, 2.0, 3.0]),
    "nullable numbers": table(n=pd.array([1, 2, 3], dtype="Int64")),
    "numbers in an object column": table(n=pd.Series([1, 2, 3], dtype=object)),
    "a category": table(user_id=pd.Categorical(["a", "b", "c"])),
    "object texts": table(user_id=pd.Series(["a", "b", "c"], dtype=object)),
    "rounding": table(share=[0.5 + 1e-9, 0.25, None]),
    "coarser times": table(t=TIMES.as_unit("s")),
}
DIFFERENT = {
    "a column is missing": (table().drop(columns="n"), "Column `n` is missing."),
    "a column is spelt otherwise": (table().rename(columns={"n": "N"}), "`N` is spelt differen"),
    "a column too many": (table(x=1), "Column `x` does not belong"),
    "a column twice": (table()[["n", "n", "user_id", "share", "t"]], "`n` is there more than onc"),
    "a column is the index": (table().set_index("user_id"), "`user_id` is the index here"),
    "rows too many": (pd.concat([table()] * 5), "12 rows too many"),
    "a row is missing": (table().head(2), "One row is missing"),
    "texts for numbers": (table(n=["1", "2", "3"]), "Column `n` holds texts, not numbers"),
    "yes and no for numbers": (table(n=[True, False, True]), "True and False, not numbers"),
    "texts for times": (table(t=["x", "y", None]), "Column `t` holds texts, not times"),
    "no zone": (table(t=TIMES.tz_localize(None)), "Column `t` has no time zone"),
    "another zone": (table(t=TIMES.tz_convert("Asia/Seoul")), "in another time zone"),
    "a gap too many": (table(user_id=["a", None, "c"]), "`user_id` has one empty value too many"),
    "a gap too few": (table(share=[0.5, 0.25, 1.0]), "a value where one should be empty"),
    "all gaps": (table(n=[None, None, None]), "Column `n` has 3 empty values too many"),
    "other values": (table(n=[1, 2, 4]), "Column `n` holds other values"),
    "blanks": (table(user_id=["a", "b ", "c"]), "Column `user_id` holds other values"),
    "combined wrongly": (table(user_id=["b", "a", "c"]), "stand in the wrong rows"),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_table(case):
    assert difference(SAME[case], table(), ordered=False) is None


@pytest.mark.parametrize("case", DIFFERENT)
def test_a_different_table(case):
    answer, said = DIFFERENT[case]
    assert said in difference(answer, table(), ordered=False)
    assert difference(answer, table(), ordered=True) is not None


def test_where_order_counts_it_is_named_and_rows_are_counted():
    assert difference(table()[::-1], table()) == "The rows are right, their order is not."
    answer = table(n=[9, 9, 3])
    assert difference(answer, table()) == "Column `n` differs in 2 of 3 rows."


def test_another_zone_is_seen_in_shuffled_rows_too():
    answer = table(t=TIMES.tz_convert("Asia/Seoul"))[::-1]
    assert "another time zone" in difference(answer, table(), ordered=False)


def test_labels_that_mean_something_count():
    expected = table().groupby("user_id")["n"].sum()
    assert difference(expected[::-1], expected, ordered=False) is None
    assert "only numbered" in difference(expected.reset_index(drop=True), expected)
    renamed = expected.rename({"a": "z"})
    assert difference(renamed, expected, ordered=False) == "The index holds other values."
    as_table = expected.reset_index()
    assert "`user_id` is a column here" in difference(as_table, expected.to_frame())
    two = table().groupby(["user_id", "n"])["share"].sum()
    assert "should have 2 levels" in difference(expected, two)
    assert difference(two, two) is None


def test_columns_are_compared_without_their_name():
    expected = pd.Series([1, 2, 2], name="n")
    assert difference(expected.rename("m"), expected) is None
    assert difference(pd.Series([1, 2, 3]), expected) == "The column differs in one of 3 rows."
    assert difference(expected.head(1), expected) == "2 rows are missing."


def test_whole_numbers_in_columns_are_exact():
    big = pd.Series([2**60])
    assert difference(big + 1, big) is not None
    assert difference(pd.Series([1_000_000.5]), pd.Series([1_000_000])) is not None


def test_gaps_and_empty_texts_stay_apart_whatever_holds_them():
    texts = pd.Series(["b", None, "", "a", None])
    shuffled = texts.astype(object)[[4, 2, 0, 1, 3]]
    assert difference(shuffled, texts, ordered=False) is None
    assert difference(texts, shuffled, ordered=False) is None
    assert "should be empty" in difference(shuffled.fillna(""), texts, ordered=False)


def test_cells_may_hold_lists_and_arrays():
    lists, arrays = pd.Series([[1, 2], [3]]), pd.Series([np.array([1, 2]), np.array([3])])
    for cells in (lists, arrays):
        assert difference(cells.copy(), cells) is None
        assert "order" in difference(cells[::-1], cells)


def test_tables_without_rows():
    empty = table().head(0)
    assert difference(empty, empty, ordered=False) is None
    assert "3 rows are missing" in difference(empty, table())


def test_comparing_changes_neither_side():
    answer, expected = table()[::-1], table()
    difference(answer, expected, ordered=False)
    pd.testing.assert_frame_equal(answer, table()[::-1])
    pd.testing.assert_frame_equal(expected, table())


rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.sampled_from([0.5, 1.5, None])),
    max_size=6,
)


def frame(values):
    data = pd.DataFrame(values, columns=["x", "n", "f"])
    return data.astype({"x": "str", "n": "int64", "f": "float64"})


@settings(max_examples=80, deadline=None)
@given(rows, rows)
def test_without_order_tables_are_bags_of_rows(one, other):
    def bag(values):
        return sorted(values, key=repr)

    found = difference(frame(one), frame(other), ordered=False)
    assert (found is None) == (bag(one) == bag(other))


@settings(max_examples=80, deadline=None)
@given(rows.flatmap(lambda values: st.tuples(st.just(values), st.permutations(values))))
def test_without_order_a_shuffled_table_is_the_same(both):
    one, other = map(frame, both)
    assert difference(one, other, ordered=False) is None
    assert difference(one, other, ordered=True) in (None, "The rows are right, their order is not.")


@settings(max_examples=80, deadline=None)
@given(rows, rows)
def test_with_order_tables_are_lists_of_rows(one, other):
    assert (difference(frame(one), frame(other), ordered=True) is None) == (one == other)
