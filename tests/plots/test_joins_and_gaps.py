"""The figures of joins and gaps: what they draw is what the reports say."""

import numpy as np
import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.plots import (
    filled_values,
    gap_patterns,
    matched_rows,
    strategies_scored,
    ways_compared,
)
from lab_kit.prepare import combine, missing

ORDERS = pd.DataFrame({"user_id": ["U1", "U2", "U9"], "won": [100, 50, 10]})
PROFILES = pd.DataFrame({"user_id": ["U1", "U1", "U3"], "age": [1, 2, 3]})
NAMES = ("orders", "profiles")


def joined(**options):
    return combine.join(ORDERS, PROFILES, "user_id", names=NAMES, **options)[1]


def widths(picture):
    return [patch.get_width() for patch in picture.figure.axes[0].patches]


def finding(picture):
    return picture.figure.texts[0].get_text()


def test_bars_are_matched_rows_lonely_rows_and_the_result():
    picture = matched_rows(joined(cardinality="many-to-many"))
    assert widths(picture) == [1, 2, 2, 1, 2, 2]
    assert finding(picture) == "Each row of orders that matched became 2.00 rows"
    assert "orders: 1 rows matched, 2 not" in picture.alt
    assert "The left join has 4 rows" in picture.alt


def test_a_join_without_doubles_says_so():
    _, said = combine.join(ORDERS, PROFILES.tail(2), "user_id", names=NAMES)
    assert finding(matched_rows(said)) == (
        "33.3% of the rows of orders found their match, and none was doubled"
    )


def test_nothing_matched_is_said():
    _, said = combine.join(ORDERS.tail(1), PROFILES.tail(1), "user_id", names=NAMES)
    assert finding(matched_rows(said)) == "Nothing matched"


def test_sums_are_drawn_and_the_wrong_ones_counted():
    comparison = combine.compare(ORDERS, PROFILES, "user_id", total="won", names=NAMES)
    picture = ways_compared(comparison)
    assert widths(picture) == [160, 200, 260, 200, 260]
    assert finding(picture) == "4 of 5 ways get the sum wrong"
    assert "left join 260 (+62.5%, 4 rows)" in picture.alt


def test_a_square_for_each_pattern_and_column():
    table = pd.DataFrame({"a": [1, None, None], "b": [1, None, 2], "c": [1, 2, 3]})
    picture = gap_patterns(table)
    assert sum(len(dots.get_offsets()) for dots in picture.figure.axes[0].collections) == 3 * 2
    assert finding(picture) == "2 of 3 rows have a gap"
    assert "1 rows miss a, b" in picture.alt
    with pytest.raises(LabKitError, match="no gap to draw"):
        gap_patterns(table.dropna())


def test_filled_and_true_values_are_counted_in_the_same_bars():
    truth = pd.Series([1.0, 3.0, 5.0], index=[2, 4, 6], name="age")
    picture = filled_values(pd.Series(3.0, index=range(8)), truth)
    filled, true = (patch.get_data().values for patch in picture.figure.axes[0].patches)
    assert (filled.sum(), filled.max()) == (3, 3)
    assert (true.sum(), true.max()) == (3, 1)
    assert finding(picture) == "The filled values keep 0% of the true spread"


def test_open_gaps_and_words_are_not_drawn():
    truth = pd.Series([1.0], index=[7], name="age")
    with pytest.raises(LabKitError, match="1 gaps of age are still open"):
        filled_values(pd.Series([1.0]), truth)
    with pytest.raises(LabKitError, match="no numbers"):
        filled_values(pd.Series(["a"]), pd.Series(["a"], name="job"))


@pytest.mark.parametrize("known", [True, False])
def test_a_dot_for_each_strategy_and_a_bar_for_each_known_error(known):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=200), "z": rng.normal(size=200)})
    table["y"] = table["x"] + table["z"] > 0
    gaps = missing.make_gaps(table, "x", "MCAR", seed=1)
    scores = missing.score(gaps.frame, "y", strategies=["drop", "mean"], folds=3)
    scores = scores.against(gaps.truth) if known else scores
    picture = strategies_scored(scores)
    assert len(picture.figure.axes) == (2 if known else 1)
    dots = [
        line.get_xdata()[0] for line in picture.figure.axes[0].lines if line.get_marker() == "o"
    ]
    assert dots == scores.table["score"].tolist()
    assert finding(picture) == f'For the model, "{scores.recommended}" is as good as any'
