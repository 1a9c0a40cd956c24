import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.plots import before_after

AGES = pd.Series([20, 20, 21, 23, 999, 999, -1, None], name="age")


def heights(picture):
    """Counts after, counts before, and the bars of what lay outside."""
    from matplotlib.patches import Rectangle, StepPatch

    patches = picture.figure.axes[0].patches
    steps = [patch.get_data().values.tolist() for patch in patches if isinstance(patch, StepPatch)]
    return *steps, [patch.get_height() for patch in patches if isinstance(patch, Rectangle)]


def test_bars_are_the_counts_and_what_lay_outside_has_its_own():
    after, before, outside = heights(before_after(AGES, AGES[AGES.between(0, 100)]))
    assert after == before == [2, 1, 0, 1]
    assert outside == [1, 2]


def test_the_words_count_what_lay_outside():
    picture = before_after(AGES, AGES[AGES.between(0, 100)], "age in years")
    assert (
        picture.figure.texts[0].get_text() == "3 of 7 values of age in years lay outside 20 to 23"
    )
    assert "Before: 7 values from −1 to 999, 1 missing" in picture.alt
    assert "1 values lay below and 2 above" in picture.alt
    assert "the median goes from 21 to 20.5" in picture.alt


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50),
)
def test_every_number_is_in_exactly_one_bar(before, after):
    drawn_after, drawn_before, outside = heights(before_after(pd.Series(before), pd.Series(after)))
    assert sum(drawn_after) == len(after)
    assert sum(drawn_before) + sum(outside) == len(before)


def test_a_column_of_text_before_is_all_missing():
    picture = before_after(pd.Series(["a", "b"]), pd.Series([1.0, 2.0]), "price")
    assert "Before: no number, 2 missing" in picture.alt
    assert "the median after is 1.5" in picture.alt


def test_nothing_left_is_an_error_in_words():
    with pytest.raises(LabKitError, match=r"No number is left to draw \(age\)"):
        before_after(AGES, AGES.iloc[:0])


def test_infinite_values_count_as_missing():
    assert (
        "Before: 1 values from 1 to 1, 1 missing"
        in before_after(pd.Series([np.inf, 1.0]), pd.Series([1.0])).alt
    )
