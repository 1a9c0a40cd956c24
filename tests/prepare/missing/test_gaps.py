import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare.missing import make_gaps, profile

RNG = np.random.default_rng(0)
AGES = pd.DataFrame({"age": RNG.permutation(2000) / 1, "visits": RNG.permutation(2000) / 1})


@given(
    rate=st.floats(0.01, 0.99),
    mechanism=st.sampled_from(["MCAR", "MAR", "MNAR"]),
    seed=st.integers(0, 99),
)
def test_the_rate_is_kept_and_nothing_else_is_touched(rate, mechanism, seed):
    driver = "visits" if mechanism == "MAR" else None
    gaps = make_gaps(AGES, "age", mechanism, rate=rate, driver=driver, seed=seed)
    assert gaps.frame["age"].isna().sum() == len(gaps.truth) == round(rate * len(AGES))
    pd.testing.assert_series_equal(gaps.frame["age"].fillna(gaps.truth), AGES["age"])
    pd.testing.assert_series_equal(gaps.frame["visits"], AGES["visits"])


@pytest.mark.parametrize(
    ("mechanism", "driver", "by_age", "by_visits"),
    [("MCAR", None, False, False), ("MAR", "visits", False, True), ("MNAR", None, True, False)],
)
def test_only_what_drives_the_gaps_differs_where_there_is_one(mechanism, driver, by_age, by_visits):
    gaps = make_gaps(AGES, "age", mechanism, driver=driver, seed=4)
    gone = gaps.frame["age"].isna()
    for column, differs in (("age", by_age), ("visits", by_visits)):
        apart = (AGES[column][gone].mean() - AGES[column][~gone].mean()) / AGES[column].std()
        # 2,000 rows: by chance alone the means are 0.05 apart, with the driver more than 1.
        assert (apart > 1) if differs else (abs(apart) < 0.2)


def test_the_rarer_category_gets_more_gaps():
    table = pd.DataFrame({"job": ["clerk"] * 900 + ["pilot"] * 100})
    lost = make_gaps(table, "job", "MNAR", rate=0.2, seed=1).truth.value_counts()
    assert lost["pilot"] / 100 > 2 * lost["clerk"] / 900


def test_gaps_that_were_there_stay_and_are_no_truth():
    table = AGES.assign(age=AGES["age"].mask(AGES["age"] < 500))
    gaps = make_gaps(table, "age", "MCAR", rate=0.5, seed=1)
    assert gaps.frame["age"].isna().sum() == 500 + 750
    assert gaps.truth.notna().all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mechanism": "MAR"}, "need that column"),
        ({"mechanism": "MAR", "driver": "age"}, "need that column"),
        ({"mechanism": "MCAR", "driver": "visits"}, "need that column"),
        ({"mechanism": "MCAR", "rate": 1.0}, "rate of 1.0"),
        ({"mechanism": "chance"}, 'no mechanism "chance"'),
    ],
)
def test_what_makes_no_sense_is_refused(options, said):
    with pytest.raises(LabKitError, match=said):
        make_gaps(AGES, "age", seed=1, **options)


def test_a_profile_one_can_check_by_eye():
    table = pd.DataFrame(
        {
            "a": [1, None, None, 4, None],
            "b": ["x", None, None, "y", "z"],
            "c": [1, 2, 3, 4, 5],
            "group": ["p", "p", "q", "q", "q"],
            "day": pd.to_datetime(
                ["2026-01-05", "2026-01-06", "2026-02-01", "2026-02-02", "2026-02-03"]
            ),
        }
    )
    found = profile(table, by="group", time="day")
    assert (found.rows, found.complete) == (5, 2)
    assert found.columns.to_dict("list") == {
        "column": ["a", "b"],
        "missing": [3, 2],
        "share": [0.6, 0.4],
    }
    assert found.patterns["columns"].tolist()[0] in ("", "a, b")
    assert dict(zip(found.patterns["columns"], found.patterns["rows"], strict=True)) == {
        "": 2,
        "a, b": 2,
        "a": 1,
    }
    assert found.by_group.loc["q", "a"] == pytest.approx(2 / 3)
    assert found.over_time.loc["2026-01"].tolist() == [0.5, 0.5]
    # phi of (0 1 1 0 1) and (0 1 1 0 0): (5*2 - 3*2) / sqrt(3*2*2*3)
    assert found.together.loc["a", "b"] == pytest.approx(4 / 6)
    assert "2 rows miss exactly: a, b." in repr(found)


def test_a_table_without_gaps_has_an_empty_profile():
    found = profile(AGES)
    assert found.complete == len(AGES)
    assert found.columns.empty
    assert "2,000 of them without a gap (100%)" in repr(found)
