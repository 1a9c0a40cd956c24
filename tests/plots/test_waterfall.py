import itertools

import pytest
from matplotlib.patches import Rectangle

from lab_kit.plots import ledger_waterfall
from lab_kit.plots.theme import BLUE, FAINT, GREEN, MUTED, VERMILLION
from lab_kit.prepare.ledger import Ledger, Step


def ledger_of(*levels, changed=0):
    ledger = Ledger("events")
    for number, (rows_in, rows_out) in enumerate(itertools.pairwise(levels), start=1):
        ledger.add(
            Step(f"step {number}", rows_in, rows_out, changed=changed, why=f"Reason {number}.")
        )
    return ledger


def bars(picture, colour):
    """(left, width) of the bars of one colour, from the top."""
    axes = picture.figure.axes[0]
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    from matplotlib.colors import to_rgba

    wanted = [box for box in boxes if box.get_facecolor() == to_rgba(colour)]
    return [(box.get_x(), box.get_width()) for box in sorted(wanted, key=lambda box: box.get_y())]


def texts(picture):
    return [text.get_text() for text in picture.figure.findobj() if hasattr(text, "get_text")]


def test_bars_are_as_long_as_the_ledger_says():
    picture = ledger_waterfall(ledger_of(100, 70, 70, 45))
    assert bars(picture, MUTED) == [(0, 100)]
    assert bars(picture, FAINT) == [(0, 70), (0, 70), (0, 45)]
    assert bars(picture, VERMILLION) == [(70, 30), (45, 25)]
    assert bars(picture, BLUE) == [(0, 45)]


def test_a_step_that_adds_rows_stands_beyond_what_came_in():
    picture = ledger_waterfall(ledger_of(100, 180))
    assert bars(picture, GREEN) == [(100, 80)]
    assert "+80" in texts(picture)
    assert "added 80" in picture.alt


def test_numbers_names_and_reasons_are_written():
    written = texts(ledger_waterfall(ledger_of(1000, 700, changed=12)))
    assert {"1,000", "700", "−300, 12 changed", "step 1", "Reason 1."} <= set(written)


def test_the_alt_text_tells_every_step_with_its_numbers():
    alt = ledger_waterfall(ledger_of(1000, 700, 690)).alt
    assert "1,000 rows came in" in alt
    assert "step 1 removed 300 (Reason 1)" in alt
    assert "step 2 removed 10 (Reason 2)" in alt
    assert "690 rows are left, 69.0%" in alt


@pytest.mark.parametrize(
    ("levels", "starts_at_zero"), [((100, 50), True), ((1000, 980), False), ((10, 10), True)]
)
def test_only_small_losses_are_shown_on_an_axis_that_starts_elsewhere_and_says_so(
    levels, starts_at_zero
):
    axes = ledger_waterfall(ledger_of(*levels)).figure.axes[0]
    assert (axes.get_xlim()[0] == 0) == starts_at_zero
    assert ("not at 0" in axes.get_xlabel()) != starts_at_zero
    assert axes.get_xlim()[0] < min(levels)
    assert axes.get_xlim()[1] > max(levels)


def test_an_empty_ledger_and_an_empty_table_are_drawn():
    assert "0 rows came in" in ledger_waterfall(Ledger("nothing yet")).alt
    assert ledger_waterfall(ledger_of(0, 0)).png()
