import pytest

from lab_kit.errors import LabKitError
from lab_kit.teach.exercises import exercise
from lab_kit.teach.hints import hint, reveal
from lab_kit.teach.say import Card
from lab_kit.teach.store import store
from lab_kit.teach.widgets import with_help


def seen():
    record = store().read().exercise("1.1")
    return record.hints, record.revealed


def test_each_call_climbs_one_step_of_the_ladder(capsys):
    hint("1.1")
    first = capsys.readouterr().out
    assert first == "[Hint 1 of 2] Exercise 1.1\n  A person comes back many times.\n"
    hint("1.1")
    second = capsys.readouterr().out
    assert second.startswith("[Hint 2 of 2]")
    assert "comes back many times" in second
    assert "`nunique()` counts" in second
    assert 'reveal("1.1")' in second
    hint("1.1")
    assert capsys.readouterr().out == second
    assert seen() == (2, False)


def test_the_solution_is_shown_at_once_and_names_the_hints_left(capsys):
    reveal("1.1")
    out = capsys.readouterr().out
    assert '    n_users = events["user_id"].nunique()' in out
    assert "There are 2 more hints" in out
    assert seen() == (0, True)
    hint("1.1")
    reveal("1.1")
    assert "There is one more hint" in capsys.readouterr().out
    hint("1.1")
    capsys.readouterr()
    reveal("1.1")
    assert "more hint" not in capsys.readouterr().out


def test_an_unknown_exercise_is_refused():
    for ask in (hint, reveal):
        with pytest.raises(LabKitError, match=r"no exercise 1\.9"):
            ask("1.9")


def test_html_is_escaped_and_code_is_set_apart():
    html = Card("info", "<i>Hint", "", ("Is `a<b` & <b>?",), code="<script>").html
    assert "a&lt;b</code> &amp; &lt;b&gt;?" in html
    assert "&lt;script&gt;" in html
    assert "<i>" not in html
    assert "`" not in html


def test_a_card_says_its_state_in_words_in_both_forms():
    card = Card("not yet", "Not yet", "Exercise 1.1", ("Why.",), code="x = 1", after=("Then.",))
    for form in (card.html, card.text):
        for part in ("Not yet", "Exercise 1.1", "Why.", "x = 1", "Then."):
            assert part in form


def test_the_buttons_climb_the_same_ladder():
    form = with_help(Card("not yet", "Not yet"), exercise("1.1"))
    more, show = form.children[1].children
    hints, solution = form.children[2:]
    assert (more.description, show.description) == ("Hint 1 of 2", "Show the solution")
    more.click()
    assert "comes back many times" in hints.value
    assert more.description == "Hint 2 of 2"
    more.click()
    assert "nunique()" in hints.value
    assert more.disabled
    show.click()
    assert "nunique()" in solution.value
    assert show.disabled
    assert seen() == (2, True)


def test_the_buttons_know_the_hints_seen_before():
    hint("1.1")
    form = with_help(Card("not yet", "Not yet"), exercise("1.1"))
    assert form.children[1].children[0].description == "Hint 2 of 2"
