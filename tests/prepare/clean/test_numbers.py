import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import clean


def parse(*texts, **options):
    return clean.parse_numbers(
        pd.DataFrame({"price": pd.Series(texts, dtype="str")}), "price", **options
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12900", 12900),
        ("12,900원", 12900),
        ("₩12,900", 12900),
        (" KRW 1 200 ", 1200),
        ("１２，９００", 12900),
        ("1\u00a0234\u202f567", 1234567),
        ("-5", -5),
        ("−$1,234.50", -1234.5),
        ("0.5", 0.5),
    ],
)
def test_numbers_as_shops_write_them(text, number):
    assert parse(text)[0]["price"].tolist() == [number]


def test_the_european_way_must_be_declared():
    frame, step = parse("1 234,5", "1.234,50 €")
    assert step.counts == {"unreadable": 2}
    frame, _ = parse("1 234,5", "1.234,50 €", decimal=",", thousands=".")
    assert frame["price"].tolist() == [1234.5, 1234.5]


def test_one_sign_cannot_mean_two_things():
    with pytest.raises(LabKitError, match="cannot separate both"):
        parse("1", decimal=",")


@pytest.mark.parametrize(
    "text", ["12,9", "1,23,456", "free", "1,234 567", "1e3", "15%", "1.", "--5"]
)
def test_what_is_no_number_is_kept_and_reported(text):
    frame, step = parse(text, "5", None, " ")
    assert frame["price"].isna().tolist() == [True, False, True, True]
    assert frame["price_unread"].dropna().tolist() == [text]
    assert dict(step.counts) == {"blank": 2, "unreadable": 1}


def test_only_what_was_more_than_digits_counts_as_changed():
    assert parse("12900", "12,900", "-3.5", "3 원")[1].changed == 2


def test_whole_numbers_stay_whole():
    frame, step = parse("12,900", "3.0", "3.5", None, "9" * 19, whole=True)
    assert str(frame["price"].dtype) == "Int64"
    assert frame["price"].tolist()[:2] == [12900, 3]
    assert frame["price"].isna().tolist() == [False, False, True, True, True]
    assert step.counts["unreadable"] == 2


@settings(max_examples=25, deadline=None)
@given(st.floats(-1e12, 1e12), st.integers(0, 6), st.sampled_from(["", "원", " KRW"]))
def test_pythons_own_grouping_reads_back(number, places, unit):
    text = f"{number:,.{places}f}{unit}"
    assert math.isclose(parse(text)[0]["price"][0], round(number, places), rel_tol=1e-15)


def test_yes_and_no_in_many_ways():
    frame = pd.DataFrame({"ok": ["Y", " yes ", "예", "1", "N", "false", "maybe", None]})
    frame, step = clean.parse_booleans(frame, "ok")
    assert frame["ok"].tolist()[:6] == [True, True, True, True, False, False]
    assert frame["ok"].isna().tolist() == [False] * 6 + [True, True]
    assert frame["ok_unread"].dropna().tolist() == ["maybe"]
    assert dict(step.counts) == {"blank": 1, "unreadable": 1}


def test_rows_without_what_they_must_have_are_dropped_and_counted_by_reason():
    frame, _ = parse("5", "x", None, "7")
    frame["item_id"] = ["I1", None, "I3", None]
    kept, step = clean.drop_rows_without(frame, ["item_id", "price"])
    assert kept.to_dict("list") == {"price": [5.0], "item_id": ["I1"]}
    assert dict(step.counts) == {"item_id blank": 2, "price blank": 1}
    kept, step = clean.drop_rows_without(frame, ["price"])
    assert kept["price"].tolist() == [5.0, 7.0]
    assert dict(step.counts) == {"price unreadable": 1, "price blank": 1}
    assert step.examples["row"].tolist() == [1, 2]
