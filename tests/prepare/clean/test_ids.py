import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import clean


def ids(*raw):
    return pd.DataFrame({"user_id": pd.Series(raw, dtype="str")})


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("123", "U00123"),
        ("123.0", "U00123"),
        (" u123 ", "U00123"),
        ("U-123", "U00123"),
        ("U00123", "U00123"),
        ("u 7", "U00007"),
        ("0", "U00000"),
        ("1234567", "U1234567"),
    ],
)
def test_every_way_to_write_an_id_becomes_one(raw, canonical):
    frame, _ = clean.normalise_ids(ids(raw), "user_id", prefix="U", width=5)
    assert frame["user_id"].tolist() == [canonical]


def test_the_dash_of_a_web_shop_goes():
    frame = pd.DataFrame({"item_id": ["I-42", "42", "I0042"]})
    frame, step = clean.normalise_ids(frame, "item_id", prefix="I", width=4)
    assert frame["item_id"].tolist() == ["I0042"] * 3
    assert step.changed == 2


def test_what_is_no_id_is_kept_and_reported_and_blanks_are_counted():
    raw = ids("guest", "I0042", None, "  ", "12.5", "1 2", "3")
    frame, step = clean.normalise_ids(raw, "user_id", prefix="U", width=5)
    assert frame["user_id"].isna().tolist() == [True] * 6 + [False]
    unread = frame["user_id_unread"]
    assert unread.dropna().tolist() == ["guest", "I0042", "12.5", "1 2"]
    assert dict(step.counts) == {"blank": 2, "unreadable": 4}
    assert step.examples["row"].tolist() == [0, 1, 4, 5]


def test_two_finished_ids_are_never_made_one():
    with pytest.raises(LabKitError, match='"U00123" and "U000123" would both become "U00123"'):
        clean.normalise_ids(ids("U00123", "U000123"), "user_id", prefix="U", width=5)
    with pytest.raises(LabKitError, match='"7" and "007"'):
        clean.normalise_ids(ids("7", "007"), "user_id")


def test_numbers_are_ids_too():
    frame, _ = clean.normalise_ids(pd.DataFrame({"user_id": [1.0, 20.0, None]}), "user_id")
    assert frame["user_id"].tolist()[:2] == ["1", "20"]
    assert frame["user_id"].isna().tolist() == [False, False, True]


spellings = st.sampled_from(["{n}", "u{n}", " U-{n:03d} ", "U{n:05d}", "{n}.0", "x{n}", "", " "])


def slow(raw):
    """The rule, one id at a time."""
    text = raw.strip().upper()
    text = text[1:] if text.startswith("U") else text
    text = text[1:] if text.startswith("-") else text
    text = text[:-2] if text.endswith(".0") else text
    return f"U{int(text):05d}" if text.isdigit() else None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(spellings, st.integers(0, 99_999)), max_size=30))
def test_ids_agree_with_one_at_a_time(drawn):
    raw = [spelling.format(n=n) for spelling, n in drawn]
    frame, step = clean.normalise_ids(ids(*raw), "user_id", prefix="U", width=5)
    expected = [slow(text) for text in raw]
    assert [None if pd.isna(x) else x for x in frame["user_id"]] == expected
    again, step = clean.normalise_ids(frame, "user_id", prefix="U", width=5)
    assert step.changed == 0
    assert again["user_id"].equals(frame["user_id"])
