import numpy as np
import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.prepare import Ledger, Step
from lab_kit.prepare.ledger import example_rows, tally


def keep_first(frame, rows):
    return frame.head(rows), Step("keep first", len(frame), rows, why="Enough", counts={"late": 2})


def test_a_ledger_follows_the_rows_through_its_steps():
    ledger = Ledger("events")
    frame = ledger.run(keep_first, pd.DataFrame({"n": range(10)}), rows=8)
    frame = ledger.run(keep_first, frame, rows=6)
    assert len(frame) == 6
    assert (ledger.rows_in, ledger.rows_out) == (10, 6)
    assert [step.removed for step in ledger.steps] == [2, 2]
    assert ledger.to_frame().to_dict("records")[1] == {
        "step": "keep first",
        "rows_in": 8,
        "changed": 0,
        "removed": 2,
        "rows_out": 6,
        "found": "late 2",
        "why": "Enough",
    }


def test_a_step_must_begin_where_the_last_one_ended():
    ledger = Ledger("events")
    frame = pd.DataFrame({"n": range(10)})
    ledger.run(keep_first, frame, rows=8)
    with pytest.raises(
        LabKitError, match='"keep first" began with 10 rows, but "keep first" left 8'
    ):
        ledger.run(keep_first, frame, rows=6)
    assert len(ledger.steps) == 1


@pytest.mark.parametrize(
    ("rows_in", "rows_out", "changed"), [(-1, 0, 0), (1, -1, 0), (3, 2, 3), (3, 2, -1)]
)
def test_a_step_whose_numbers_contradict_each_other_is_refused(rows_in, rows_out, changed):
    with pytest.raises(LabKitError, match="A step cannot turn"):
        Step("odd", rows_in, rows_out, changed)


def test_a_ledger_prints_as_an_aligned_table():
    ledger = Ledger("주문")
    ledger.add(Step("날짜 읽기", 12_345, 12_345, 12_000, counts={"unreadable": 12}))
    ledger.add(Step("drop duplicates", 12_345, 12_000))
    assert repr(ledger) == "\n".join(
        [
            "주문: 12,345 rows came in, 12,000 are left",
            "step             rows in  changed  removed  rows out  what was found",
            "---------------  -------  -------  -------  --------  --------------",
            "날짜 읽기         12,345   12,000        0    12,345  unreadable 12",
            "drop duplicates   12,345        0      345    12,000",
        ]
    )


def test_an_empty_ledger_says_so():
    assert "no steps yet" in repr(Ledger("events"))
    assert (Ledger("events").rows_in, Ledger("events").rows_out) == (0, 0)


def test_the_html_table_has_a_caption_headed_columns_and_rows_and_escapes_text():
    ledger = Ledger("a < b")
    ledger.add(Step("<script>", 1, 1))
    html = ledger._repr_html_()
    assert "<caption" in html
    assert html.count('scope="col"') == 6
    assert html.count('scope="row"') == 1
    assert "a &lt; b" in html
    assert "<script>" not in html


def test_examples_carry_the_row_number_of_the_frame_that_came_in():
    frame = pd.DataFrame({"n": list("abcdefgh")}, index=range(100, 108))
    shown = example_rows(frame, range(2, 8), reason=list("uvwxyz"))
    assert shown["row"].tolist() == [2, 3, 4, 5, 6]
    assert shown["n"].tolist() == list("cdefg")
    assert shown["reason"].tolist() == list("uvwxy")


def test_tally_counts_words_and_leaves_out_empty_ones():
    assert tally(np.array(["b", "", "a", "b"], dtype=object)) == {"b": 2, "a": 1}
    assert tally(np.array([], dtype=object)) == {}
