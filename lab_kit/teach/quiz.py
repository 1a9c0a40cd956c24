"""`quiz`: a question from labs.toml, answered with a click or with a letter."""

from string import ascii_lowercase
from typing import Any

from lab_kit.errors import LabKitError
from lab_kit.plots.display import show
from lab_kit.teach.clock import now
from lab_kit.teach.labs import QuizQuestion, lab_id_of, lab_info
from lab_kit.teach.messages import words
from lab_kit.teach.record import QuizRecord, Record
from lab_kit.teach.say import COLOURS, Card, render, say
from lab_kit.teach.store import store


def quiz(question_id: str, *, answer: Any = ...) -> None:
    """Ask a quiz question, or say what is to be said about an answer to it.

    Args:
        question_id: Such as "1.q1".
        answer: The letter of an option, `...` while there is none.

    Raises:
        LabKitError: Where there is no such question; never for an answer.
    """
    question = _question(question_id)
    letters = ascii_lowercase[: len(question.options)]
    if answer is ...:
        _ask(question, letters)
        return
    letter = str(answer).strip().strip("().").lower()
    if len(letter) == 1 and letter in letters:
        say(_judged(question, letters.index(letter), words("quiz.again")))
    else:
        line = words("quiz.no_such_letter", answer=answer, first=letters[0], last=letters[-1])
        say(Card("not yet", words("quiz.word"), question.question, (line,)))


def _question(question_id: str) -> QuizQuestion:
    info = lab_info(lab_id_of(question_id))
    for question in info.quiz:
        if question.id == question_id:
            return question
    raise LabKitError(
        f"Lab {info.id} has no quiz question {question_id}",
        next_step="choose one of " + (", ".join(each.id for each in info.quiz) or "none yet"),
    )


def _ask(question: QuizQuestion, letters: str) -> None:
    # ipywidgets is imported where a widget is shown, so that importing the kit stays light.
    from lab_kit.teach.widgets import quiz_form

    how = words("quiz.how", id=question.id)
    options = list(zip(letters, question.options, strict=True))
    lines = tuple(f"{letter}) {option.text}" for letter, option in options)
    text = Card("not started", words("quiz.word"), question.question, (*lines, how)).text
    colour = COLOURS["info"]
    html = render("quiz.html", question=question, options=options, how=how, colour=colour)
    again = words("quiz.another")
    show(html, text, widget=quiz_form(question, lambda place: _judged(question, place, again)))


def _judged(question: QuizQuestion, place: int, again: str) -> Card:
    """What to say to an option, which is recorded as the answer."""
    option = question.options[place]
    letter = ascii_lowercase[place]
    known = store().read().quiz.get(question.id)
    if known is None or known.answer != letter:
        news = QuizRecord(letter, option.right, now())
        store().add(Record(quiz={question.id: news}))
    chosen = words("quiz.chosen", letter=letter, text=option.text)
    if option.right:
        return Card("done", words("quiz.right"), chosen, (option.why,))
    return Card("not yet", words("quiz.wrong"), chosen, (option.why, again))
