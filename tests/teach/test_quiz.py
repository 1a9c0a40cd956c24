import pytest

from lab_kit.errors import LabKitError
from lab_kit.teach.labs import lab_info
from lab_kit.teach.quiz import quiz
from lab_kit.teach.say import Card
from lab_kit.teach.store import store
from lab_kit.teach.widgets import quiz_form


def kept():
    return store().read().quiz.get("1.q1")


def test_a_blank_lists_the_options_by_letter(capsys):
    assert quiz("1.q1") is None
    assert capsys.readouterr().out == (
        "[Quiz] Which of these is `a & b`?\n"
        "  a) the <left> one\n"
        "  b) the right one\n"
        '  Write the letter of your answer: `quiz("1.q1", answer="a")`.\n'
    )
    assert kept() is None


@pytest.mark.parametrize("answer", ["b", "B", " b) ", "(b)"])
def test_the_right_letter_gets_its_reason(capsys, answer):
    quiz("1.q1", answer=answer)
    assert capsys.readouterr().out == "[Right] b) the right one\n  Indeed it is.\n"
    assert (kept().answer, kept().right) == ("b", True)


def test_a_wrong_letter_gets_its_reason_and_not_the_answer(capsys):
    quiz("1.q1", answer="a")
    out = capsys.readouterr().out
    assert out.startswith("[Not quite] a) the <left> one\n  Look at the other side.")
    assert "right one" not in out
    assert kept().right is False


@pytest.mark.parametrize("answer", ["c", "", "ab", 3, None, 0.5])
def test_no_letter_never_raises_and_is_not_kept(capsys, answer):
    quiz("1.q1", answer=answer)
    assert "from a to b" in capsys.readouterr().out
    assert kept() is None


def test_the_last_answer_counts():
    quiz("1.q1", answer="a")
    quiz("1.q1", answer="b")
    assert kept().right


def test_an_unknown_question_is_answered_with_those_there_are():
    with pytest.raises(LabKitError, match=r"no quiz question 1\.q9.*1\.q1"):
        quiz("1.q9")


def test_clicking_gives_the_feedback():
    (question,) = lab_info("01").quiz
    head, options, feedback = quiz_form(
        question, lambda place: Card("info", f"chose {place}")
    ).children
    assert "a &amp; b</code>" in head.value
    assert options.value is None
    assert feedback.value == ""
    options.index = 1
    assert "chose 1" in feedback.value
    options.index = 0
    assert "chose 0" in feedback.value
