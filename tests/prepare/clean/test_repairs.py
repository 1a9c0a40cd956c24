import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import clean


def repair(*values, **options):
    frame = pd.DataFrame({"c": pd.Series(values, dtype="str")})
    return clean.repair_categories(frame, "c", **options)


def test_spellings_become_the_category_and_what_fits_nothing_is_left():
    frame, step = repair(
        "female", "FEMALE ", "femal", "F", "여자", "robot", None, " ",
        allowed=["female", "male"], aliases={"f": "female", "여자": "female"},
    )  # fmt: skip
    assert frame["c"].tolist()[:6] == ["female"] * 5 + ["robot"]
    assert pd.isna(frame["c"][6])
    assert frame["c"][7] == " "
    assert step.changed == 4
    assert dict(step.counts) == {
        "other spelling": 1, "misspelt": 1, "alias": 2, "unknown (left)": 1, "blank": 1,
    }  # fmt: skip
    assert step.examples["row"].tolist() == [1, 2, 3, 4, 5]
    assert step.examples["became"].tolist() == ["female"] * 4 + ["robot"]


def test_what_is_as_near_to_two_categories_is_left():
    frame, step = repair("red wane", allowed=["red wine", "red lane", "white"])
    assert frame["c"].tolist() == ["red wane"]
    assert step.counts == {"ambiguous (left)": 1}


def test_hangul_is_compared_letter_by_letter():
    frame, _ = repair("패숀", "여섬", allowed=["패션", "마트", "여성"])
    assert frame["c"].tolist() == ["패션", "여성"]


def test_a_short_word_does_not_become_a_long_one():
    assert repair("mal", "ale", allowed=["female"])[0]["c"].tolist() == ["mal", "ale"]


def test_misspelt_aliases_mean_what_the_alias_means():
    words = {"page_view": "View", "order": "Purchase", "조회": "View"}
    frame, step = repair("page_veiw", "ordr", "조희", allowed=["View", "Purchase"], aliases=words)
    assert frame["c"].tolist() == ["View", "Purchase", "View"]
    assert step.counts == {"misspelt": 3}


def test_words_for_nothing_become_missing():
    frame = pd.DataFrame({"a": ["-", "F", " n/a ", None], "b": ["미입력", "none of it", "x", "y"]})
    out, step = clean.clear_placeholders(frame, ["a", "b"])
    assert out["a"].isna().tolist() == [True, False, True, True]
    assert out["b"].isna().tolist() == [True, False, False, False]
    assert dict(step.counts) == {"a": 2, "b": 1}
    assert (step.changed, step.examples["row"].tolist()) == (2, [0, 2])


def test_an_alias_must_mean_something_allowed():
    with pytest.raises(LabKitError, match='"F" means "woman"'):
        repair("F", allowed=["female"], aliases={"F": "woman"})
    with pytest.raises(LabKitError, match="No category is allowed"):
        repair("F", allowed=[])


AGES = pd.DataFrame({"age": [-1.0, 14, 50, 99, 999, None]})


@pytest.mark.parametrize(
    ("action", "expected", "changed"),
    [
        ("null", [None, 14, 50, 99, None, None], 2),
        ("drop", [14, 50, 99, None], 0),
        ("clip", [14, 14, 50, 99, 99, None], 2),
        ("flag", [-1, 14, 50, 99, 999, None], 0),
    ],
)
def test_what_cannot_be_true_is_dealt_with_as_asked(action, expected, changed):
    frame, step = clean.repair_range(AGES, "age", low=14, high=99, action=action)
    assert [None if pd.isna(age) else age for age in frame["age"]] == expected
    assert step.changed == changed
    assert dict(step.counts) == {"too low": 1, "too high": 1}
    assert step.examples["row"].tolist() == [0, 4]
    if action == "flag":
        assert frame["age_out_of_range"].tolist() == [True, False, False, False, True, False]


def test_times_have_ranges_too_and_one_bound_is_enough():
    times = pd.to_datetime(pd.Series(["2026-01-01", "2027-01-01", None]), utc=True)
    limit = pd.Timestamp("2026-06-30", tz="UTC")
    frame, step = clean.repair_range(pd.DataFrame({"t": times}), "t", high=limit, action="drop")
    assert len(frame) == 2
    assert dict(step.counts) == {"too high": 1}


def test_whole_numbers_that_may_be_missing_have_ranges_too():
    frame = pd.DataFrame({"n": pd.Series([1, 50, None], dtype="Int64")})
    out, _ = clean.repair_range(frame, "n", low=5, action="null")
    assert out["n"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"action": "null"}, "No bound"),
        ({"action": "null", "low": 9, "high": 1}, "No value is from 9 to 1"),
        ({"action": "hide", "low": 9}, 'no action "hide"'),
    ],
)
def test_a_range_must_make_sense(options, message):
    with pytest.raises(LabKitError, match=message):
        clean.repair_range(AGES, "age", **options)


def test_text_has_no_range():
    with pytest.raises(LabKitError, match="parse_numbers"):
        clean.repair_range(pd.DataFrame({"age": ["5"]}), "age", low=1, action="null")


def test_outliers_by_hand():
    frame = pd.DataFrame({"n": [1.0, 2, 3, 4, 100, None]})
    # Quartiles 2 and 4: the fences are -1 and 7. Median 3, MAD 1: the score of 100 is 65.4.
    for flag in (clean.flag_outliers_iqr, clean.flag_outliers_mad):
        out, step = flag(frame, "n")
        assert out["n_outlier"].tolist() == [False] * 4 + [True, False]
        assert (step.rows_out, step.counts["outlier"]) == (6, 1)


def test_a_value_is_judged_among_its_like():
    frame = pd.DataFrame(
        {"kind": ["gum"] * 5 + ["coat"] * 5, "price": [1, 2, 3, 2, 90, 80, 90, 95, 85, 90]}
    )
    for flag in (clean.flag_outliers_iqr, clean.flag_outliers_mad):
        assert flag(frame, "price", by=["kind"])[0]["price_outlier"].tolist() == (
            [False] * 4 + [True] + [False] * 5
        )
        assert not flag(frame, "price")[0]["price_outlier"][4]  # 90 is a fair price for a coat


def test_a_group_without_spread_has_no_outliers_and_is_counted():
    frame = pd.DataFrame({"n": [5, 5, 5, 5, 6]})
    for flag in (clean.flag_outliers_iqr, clean.flag_outliers_mad):
        out, step = flag(frame, "n")
        assert not out["n_outlier"].any()
        assert "1 without spread" in step.why


def slow_fences(numbers, times):
    low, high = np.quantile(numbers, [0.25, 0.75])
    width = high - low
    return [width > 0 and not low - times * width <= x <= high + times * width for x in numbers]


def slow_scores(numbers, threshold):
    middle = np.median(numbers)
    mad = np.median([abs(x - middle) for x in numbers])
    return [mad > 0 and 0.6745 * abs(x - middle) / mad > threshold for x in numbers]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(-50, 50)), min_size=1, max_size=25))
def test_outliers_agree_with_numpy_group_by_group(rows):
    frame = pd.DataFrame(rows, columns=["group", "n"])
    for flag, slow, limit in (
        (clean.flag_outliers_iqr, slow_fences, 1.5),
        (clean.flag_outliers_mad, slow_scores, 3.5),
    ):
        out = flag(frame, "n", by=["group"])[0]
        for _, part in out.groupby("group"):
            assert part["n_outlier"].tolist() == slow(part["n"].tolist(), limit)
