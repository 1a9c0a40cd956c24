import pytest

from lab_kit.errors import LabKitError
from lab_kit.plots import answers_compared

NAMES = {"a": "apples", "b": "bread", "c": "cheese with a name that is far too long to be shown"}


def finding(picture):
    return picture.figure.texts[0].get_text()


def test_what_is_new_is_counted_named_and_told_by_more_than_colour():
    picture = answers_compared(
        ["a", "b"], ["b", "c"], what="after a click", names=NAMES, reasons={"c": "because of bread"}
    )
    assert finding(picture) == "1 of 2 recommendations are new"
    words = [text.get_text() for text in picture.figure.axes[0].texts]
    assert "2  cheese with a name that is fa…  (new)" in words
    assert "because of bread" in words
    assert picture.alt == (
        "Two lists of recommendations, after a click. Before: 1. apples; 2. bread. After: 1. bread "
        f"(was 2); 2. {NAMES['c']} (new), because of bread."
    )


def test_lines_join_the_places_of_what_stays():
    picture = answers_compared(["a", "b", "c"], ["c", "d", "a"], what="x")
    joined = [
        line.get_ydata().tolist()
        for line in picture.figure.axes[0].lines
        if len(line.get_ydata()) == 2
    ]
    assert joined == [[0, 2], [2, 0]]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (["a", "b"], "The answer stays as it was"),
        (["b", "a"], "The same items, in another order"),
    ],
)
def test_what_did_not_change_is_said(after, said):
    assert finding(answers_compared(["a", "b"], after, what="x")) == said


def test_there_is_nothing_to_draw_of_an_empty_answer():
    with pytest.raises(LabKitError, match="no answer to draw"):
        answers_compared([], ["a"], what="x")
