import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit import data
from lab_kit.errors import LabKitError
from lab_kit.prepare.combine import audit, compare, concat, join_as_of

APP = pd.DataFrame({"user_id": ["U1", "U2"], "device": ["phone", "tablet"], "n": [1, 2]})
WEB = pd.DataFrame({"member_no": ["U3"], "n": [None], "page": [7]})
MAPPING = {"web": {"member_no": "user_id"}}


def test_rows_are_stacked_and_know_where_they_came_from():
    frame, said = concat({"app": APP, "web": WEB}, MAPPING, provenance="log")
    assert frame.columns.tolist() == ["user_id", "device", "n", "page", "log"]
    assert frame["user_id"].tolist() == ["U1", "U2", "U3"]
    assert frame["log"].tolist() == ["app", "app", "web"]
    assert frame["n"].tolist() == [1, 2, pd.NA]
    assert frame["page"].tolist() == [pd.NA, pd.NA, 7]
    assert frame.dtypes.astype("str").tolist() == ["str", "str", "Int64", "Int64", "str"]
    assert [source.lacks for source in said.sources] == [("page",), ("device",)]
    assert said.step.rows_out == 3
    assert "device: missing in all 1 row of web" in repr(said)
    assert said.sql().endswith(
        "SELECT member_no AS user_id, NULL AS device, n, page, 'web' AS log\nFROM web"
    )


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([0.5], "float64"),
        ([1], "Int64"),
        ([True], "boolean"),
        (["a"], "str"),
        (pd.to_datetime(["2026-01-01"]), "datetime64[us]"),
        (pd.to_datetime(["2026-01-01"], utc=True), "datetime64[us, UTC]"),
    ],
)
def test_a_column_one_table_lacks_keeps_its_type(values, dtype):
    one, two = pd.DataFrame({"id": ["x"], "v": values}), pd.DataFrame({"id": ["y"]})
    for sources in ({"one": one, "two": two}, {"two": two, "one": one}):
        frame, _ = concat(sources)
        assert str(frame["v"].dtype) == dtype
        assert frame["v"].isna().sum() == 1


@pytest.mark.parametrize(
    ("web", "said"),
    [
        (WEB.assign(n=["many"]), 'Column "n" holds whole numbers in app; text in web'),
        (WEB.assign(n=[0.5]), 'Column "n" holds whole numbers in app; numbers that are fractions'),
        (WEB.assign(user_id=["U9"]), "Two columns would be called user_id"),
        (WEB.drop(columns="member_no"), '"member_no" is missing'),
    ],
)
def test_what_pandas_would_stack_silently_is_refused(web, said):
    with pytest.raises(LabKitError, match=said):
        concat({"app": APP, "web": web}, MAPPING)


def test_types_and_units_are_converted_as_declared():
    web = WEB.assign(n=["7,000"])
    convert = {"web": {"n": lambda texts: texts.str.replace(",", "").astype("int64") // 1000}}
    frame, _ = concat({"app": APP, "web": web}, MAPPING, convert=convert)
    assert frame["n"].tolist() == [1, 2, 7]
    assert frame["n"].dtype == "int64"
    with pytest.raises(LabKitError, match='"price" is missing'):
        concat({"app": APP, "web": web}, MAPPING, convert={"web": {"price": abs}})


def test_times_with_and_without_a_zone_are_not_stacked():
    times = pd.DataFrame({"t": pd.to_datetime(["2026-01-01"])})
    with pytest.raises(LabKitError, match="times without a zone in a; times with a zone in b"):
        concat({"a": times, "b": times.assign(t=times["t"].dt.tz_localize("UTC"))})


def test_tables_without_a_common_column_are_not_stacked():
    with pytest.raises(LabKitError, match="No column is common") as caught:
        concat({"app": APP[["device"]], "web": WEB[["page"]]})
    assert "join" in caught.value.next_step
    with pytest.raises(LabKitError, match="nothing to stack"):
        concat({})
    with pytest.raises(LabKitError, match='already a column "n"'):
        concat({"app": APP}, provenance="n")


def test_an_audit_says_what_keeps_keys_apart():
    found = audit(
        pd.DataFrame({"user_id": ["U00123", " u7", "U00009", None]}),
        pd.DataFrame({"user_id": [123, 7, 7, 55]}),
        "user_id",
    )
    assert found.cardinality == "one-to-many"
    assert found.keys_in_both == 0
    assert (found.left.nulls, found.left.spaced, found.right.repeated) == (1, 1, 1)
    assert found.mismatches == (("user_id", "text", "whole numbers"),)
    best = max(found.repairs, key=lambda repair: repair.keys)
    assert (best.name, best.keys, best.rows, best.merged) == ("write ids as U00001", 2, 2, 0)
    assert 'prefix="U", width=5' in best.how


days = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), min_size=1, max_size=8)


def timed(rows, name, value):
    frame = pd.DataFrame(rows, columns=["item", name])
    frame[name] = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame[name], unit="D")
    return frame.assign(**{value: range(len(rows))})


@settings(max_examples=300, deadline=None)
@given(days, days, st.one_of(st.none(), st.integers(0, 5)))
def test_as_of_is_the_newest_that_was_there_by_then(asked, known, age):
    left, right = timed(asked, "day", "l"), timed(known, "since", "r")
    tolerance = None if age is None else f"{age}D"
    frame, said = join_as_of(
        left, right, time="day", right_time="since", by="item", tolerance=tolerance
    )
    expected, old, later = [], 0, 0
    for item, day in asked:
        there = [(d, r) for r, (i, d) in enumerate(known) if i == item and d <= day]
        newest = max(there, default=None)
        later += any(i == item and d > day for i, d in known)
        if newest is not None and age is not None and day - newest[0] > age:
            old += 1
            newest = None
        expected.append(None if newest is None else newest[1])
    assert [None if pd.isna(r) else int(r) for r in frame["r"]] == expected
    assert frame["l"].tolist() == left["l"].tolist()
    assert said.matched == sum(r is not None for r in expected)
    assert (said.too_old, said.superseded) == (old, later)
    assert said.rows == said.matched + said.too_old + said.none_yet
    assert (frame["since"] <= frame["day"]).sum() == said.matched


def test_as_of_wants_times_of_one_sort():
    left, right = timed([("a", 1)], "day", "l"), timed([("a", 0)], "since", "r")
    options = {"time": "day", "right_time": "since", "by": "item"}
    zoned = right.assign(since=right["since"].dt.tz_localize("UTC"))
    with pytest.raises(LabKitError, match="have a zone"):
        join_as_of(left, zoned, **options)
    with pytest.raises(LabKitError, match="not times"):
        join_as_of(left, right.assign(since="yesterday"), **options)
    with pytest.raises(LabKitError, match="Both tables have l"):
        join_as_of(left, right.assign(l=1), **options)


def test_rows_without_a_key_or_a_time_find_nothing():
    left = timed([("a", 1), ("a", 2)], "day", "l")
    left.loc[0, "day"] = pd.NaT
    left = pd.concat([left, left.tail(1).assign(item=None)], ignore_index=True)
    frame, said = join_as_of(
        left, timed([("a", 0)], "since", "r"), time="day", right_time="since", by="item"
    )
    assert frame["r"].isna().tolist() == [True, False, True]
    assert said.none_yet == 2


def test_the_price_paid_is_the_price_at_that_time():
    shop = data.load("shop")
    bought = shop.interactions.query("event_type == 'Purchase'")
    prices = shop.tables["prices"].rename(columns={"price": "unit_price"})
    frame, said = join_as_of(
        bought, prices, time="timestamp", right_time="valid_from", by="item_id"
    )
    assert said.matched == len(bought)
    assert (frame["unit_price"] * frame["quantity"] == frame["event_value"]).all()
    assert said.superseded > 0


def test_double_counting_shows_in_the_total():
    orders = pd.DataFrame({"user_id": ["U1", "U2"], "won": [100, 50], "day": [1, 2]})
    profiles = pd.DataFrame({"user_id": ["U1", "U1", "U3"], "age": [1, 2, 3]})
    table = compare(orders, profiles, "user_id", total="won", wrong_on=("day", "age")).table
    by_way = table.set_index("way")
    assert by_way.loc["concat", ["rows", "total"]].tolist() == [5, 150]
    assert by_way.loc["inner join", ["rows", "total"]].tolist() == [2, 200]
    assert by_way.loc["left join", ["rows", "total", "missing"]].tolist() == [3, 250, 1]
    assert by_way.loc["right join", ["rows", "total"]].tolist() == [3, 200]
    assert by_way.loc["outer join", ["rows", "total"]].tolist() == [4, 250]
    assert by_way.loc["day = age, the wrong key", "rows"] == 2
    assert by_way.loc["every pair of rows", "rows"] == 6
    assert by_way.loc["left join", "error"] == pytest.approx(100 / 150)


def test_a_comparison_needs_something_to_add_up():
    with pytest.raises(LabKitError, match='no column of numbers "won"'):
        compare(APP, APP, "user_id", total="won")
