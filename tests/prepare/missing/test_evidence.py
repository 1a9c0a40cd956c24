import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from lab_kit.errors import LabKitError
from lab_kit.prepare.missing import evidence, little_test, make_gaps
from lab_kit.prepare.missing.little import _by_pattern, _em


def normal(rows, seed):
    rng = np.random.default_rng(seed)
    first = rng.normal(size=rows)
    return pd.DataFrame({"x": first, "y": 0.8 * first + 0.6 * rng.normal(size=rows)})


def test_the_means_are_andersons_where_one_column_is_complete():
    """T. W. Anderson (JASA 1957): regress y on x where both are seen, and predict at x's mean."""
    table = make_gaps(normal(400, 1), "y", "MAR", driver="x", seed=2).frame
    values = table.to_numpy()
    mean, covariance = _em(_by_pattern(values), 2)
    seen = table.dropna()
    slope = np.cov(seen["x"], seen["y"])[0, 1] / seen["x"].var()
    at_mean = seen["y"].mean() + slope * (table["x"].mean() - seen["x"].mean())
    assert mean == pytest.approx([table["x"].mean(), at_mean], abs=1e-4)
    assert covariance[0, 0] == pytest.approx(table["x"].var(ddof=0), abs=1e-4)
    assert covariance[0, 1] / covariance[0, 0] == pytest.approx(slope, abs=1e-4)


def test_under_complete_randomness_p_is_uniform():
    found = [
        little_test(make_gaps(normal(300, seed), "y", "MCAR", seed=seed).frame).p
        for seed in range(120)
    ]
    assert kstest(found, "uniform").pvalue > 0.01


def test_gaps_driven_by_another_column_are_found_out():
    test = little_test(make_gaps(normal(500, 3), "y", "MAR", driver="x", seed=3).frame)
    assert test.p < 1e-6
    assert (test.degrees, test.patterns, test.columns) == (1, 2, ("x", "y"))


@pytest.mark.parametrize("columns", [["x"], ["x", "text"]])
def test_littles_test_needs_two_numbers_and_a_gap(columns):
    table = normal(50, 1).assign(text="a")
    with pytest.raises(LabKitError, match="two or more numeric columns"):
        little_test(table[columns])


@pytest.fixture(scope="module")
def people():
    return normal(3000, 5).assign(city=np.random.default_rng(1).choice(["A", "B", "C"], 3000))


def test_evidence_names_what_drives_the_gaps(people):
    found = evidence(make_gaps(people, "y", "MAR", driver="x", seed=1).frame, "y")
    assert found.predictable
    assert found.drivers["column"].iloc[0] == "x"
    assert "not completely at random" in repr(found)
    assert "no table can show" in repr(found)


def test_evidence_finds_nothing_where_there_is_nothing(people):
    found = evidence(make_gaps(people, "y", "MCAR", seed=1).frame, "y")
    assert not found.predictable
    assert "That fits gaps completely at random" in found.verdict


def test_a_value_that_hides_itself_and_has_no_relatives_cannot_be_found_out(people):
    lonely = people.assign(y=np.random.default_rng(9).normal(size=len(people)))
    assert not evidence(make_gaps(lonely, "y", "MNAR", seed=1).frame, "y").predictable


def test_too_few_gaps_say_nothing(people):
    with pytest.raises(LabKitError, match="0 gaps and 3,000 known"):
        evidence(people, "y")
