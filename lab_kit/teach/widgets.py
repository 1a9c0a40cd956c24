"""The forms a live notebook shows: buttons below a check, and a quiz to click.

Imported only where one is shown. Everything they say, the HTML and the text beside them say too.
"""

from collections.abc import Callable

import ipywidgets

from lab_kit.teach.exercises import Exercise
from lab_kit.teach.hints import hints_seen, next_hint, solution
from lab_kit.teach.labs import QuizQuestion
from lab_kit.teach.messages import words
from lab_kit.teach.say import COLOURS, Card, render

INDENT = "0 0 4px 14px"


def with_help(card: Card, what: Exercise) -> ipywidgets.VBox:
    """A card with two buttons below it: the next hint, and the solution."""
    more = _button("")
    show = _button(words("hint.button_reveal"))
    hint_area, solution_area = ipywidgets.HTML(), ipywidgets.HTML()

    def name_the_next() -> None:
        seen, total = hints_seen(what), len(what.hints)
        more.disabled = seen >= total and bool(hint_area.value)
        more.description = words("hint.word", number=min(seen + 1, total), total=total)

    def on_hint(_: ipywidgets.Button) -> None:
        hint_area.value = next_hint(what).html
        name_the_next()

    def on_reveal(_: ipywidgets.Button) -> None:
        solution_area.value = solution(what).html
        show.disabled = True

    more.on_click(on_hint)
    show.on_click(on_reveal)
    name_the_next()
    buttons = ipywidgets.HBox([more, show], layout={"margin": INDENT})
    return ipywidgets.VBox([ipywidgets.HTML(card.html), buttons, hint_area, solution_area])


def quiz_form(question: QuizQuestion, judge: Callable[[int], Card]) -> ipywidgets.VBox:
    """A question with its options to click.

    Args:
        question: From labs.toml.
        judge: Given the position of the option chosen, says what to think of it.
    """
    options = ipywidgets.RadioButtons(
        options=[(_plain(option.text), place) for place, option in enumerate(question.options)],
        index=None,
        layout={"width": "auto", "margin": INDENT},
    )
    feedback = ipywidgets.HTML()

    def on_choice(change: dict[str, object]) -> None:
        if isinstance(place := change["new"], int):
            feedback.value = judge(place).html

    options.observe(on_choice, names="value")
    head = ipywidgets.HTML(render("quiz_head.html", question=question, colour=COLOURS["info"]))
    return ipywidgets.VBox([head, options, feedback])


def _button(description: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=description, layout={"width": "auto"})


def _plain(sentence: str) -> str:
    """A radio button's label cannot set code apart."""
    return sentence.replace("`", "")
