import pandas as pd
import pytest
from matplotlib.patches import PathPatch

from lab_kit.errors import LabKitError
from lab_kit.plots import spellings
from lab_kit.plots.spelling import AT_MOST, flows_between

BEFORE = pd.Series(["view", "View", "view", "VIEW", "buy", "???", None, "view"])
AFTER = pd.Series(["View", "View", "View", "View", "Purchase", None, None])  # the last row left


def test_rows_are_counted_by_spelling_and_category():
    flows = flows_between(BEFORE, AFTER)
    assert [tuple(row) for row in flows.itertuples(index=False)] == [
        ("view", "View", 2),
        ("VIEW", "View", 1),
        ("View", "View", 1),
        ("buy", "Purchase", 1),
        ("???", "(none)", 1),
        ("view", "(none)", 1),
    ]


def test_rows_are_matched_by_the_index_not_by_their_place():
    pd.testing.assert_frame_equal(
        flows_between(BEFORE, AFTER.iloc[::-1]), flows_between(BEFORE, AFTER)
    )


def test_the_words_tell_how_many_became_how_few():
    picture = spellings(BEFORE, AFTER, "event types")
    assert picture.alt.startswith("5 spellings were 2 event types; 2 rows have none now.")
    assert "View (4 rows) from “view”, “VIEW”, “View”" in picture.alt


def test_a_line_is_wider_where_there_are_more_rows():
    curves = [
        patch for patch in spellings(BEFORE, AFTER).figure.axes[0].patches
        if isinstance(patch, PathPatch)
    ]  # fmt: skip
    widths = [curve.get_linewidth() for curve in curves]
    assert len(widths) == 6
    assert widths[0] > widths[1] == widths[2] == widths[5]


def test_of_many_spellings_the_rare_ones_are_only_counted():
    before = pd.Series([f"spelling {n}" for n in range(40) for _ in range(n + 1)])
    picture = spellings(before, pd.Series("one", index=before.index), "kinds")
    assert len(picture.figure.axes[0].patches) == AT_MOST
    assert picture.alt.startswith("40 spellings were 1 kinds")
    assert "16 rare" in picture.figure.texts[1].get_text()


def test_an_empty_column_is_refused():
    with pytest.raises(LabKitError, match="no value to draw"):
        spellings(pd.Series([None, None]), pd.Series([None, None]))
