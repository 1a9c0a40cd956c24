"""`check`: is an exercise not started, not yet right, or done?"""

import os
import sys
from collections.abc import Mapping
from typing import Any

from IPython.core.getipython import get_ipython

from lab_kit.errors import LabKitError
from lab_kit.teach.answers import Answer, SolutionError, answer
from lab_kit.teach.exercises import Exercise, exercise
from lab_kit.teach.messages import words
from lab_kit.teach.record import ExerciseRecord, Record, State
from lab_kit.teach.same import difference
from lab_kit.teach.say import Card, say
from lab_kit.teach.store import store

MIME = "application/vnd.lab-kit.check+json"
"""Under which a check's state is kept in the notebook, for the kit's own tools."""
STATE_WORDS: Mapping[State, str] = {
    "not started": "check.not_started",
    "not yet": "check.not_yet",
    "done": "check.done",
}


class CheckFailed(LabKitError):  # noqa: N818 - the name a strict run prints
    """An exercise that is not done, where LAB_KIT_STRICT asks that all are."""


def check(exercise_id: str, value: Any, *, namespace: Mapping[str, Any] | None = None) -> Any:
    """Say whether an exercise is not started (`...`), not yet right, or done.

    The expected value is computed from what the notebook holds, so that it fits the data set.

    Args:
        exercise_id: Such as "1.2".
        value: The learner's answer.
        namespace: The names the exercise works with; the notebook's by default, or the globals of
            the caller where there is no notebook.

    Returns:
        The learner's value where it is right, the kit's own otherwise, so that the cells that
        follow work. Where the kit has none (cells above were not run), the learner's value.

    Raises:
        CheckFailed: With LAB_KIT_STRICT=1, where the exercise is not done.
        LabKitError: Where there is no such exercise.
    """
    if namespace is None:
        shell = get_ipython()
        # The names of the cell or script that called: a learner never has to pass them.
        namespace = sys._getframe(1).f_globals if shell is None else shell.user_ns
    what = exercise(exercise_id)
    try:
        expected = answer(what, namespace)
    except SolutionError as failure:
        _say(what, "not started" if value is ... else "not yet", _cells_above(failure))
        return value
    if value is ...:
        _record(what, "not started")
        _say(what, "not started", (words("check.blank", variable=what.variable),))
        return expected.value
    found = difference(value, expected.value, ordered=expected.ordered)
    if found is None:
        _record(what, "done")
        _say(what, "done", ())
        return value
    _record(what, "not yet")
    _say(what, "not yet", (_mistake(what, value, expected) or found,))
    return expected.value


def _mistake(what: Exercise, value: Any, expected: Answer) -> str | None:
    """What the author says to this very answer, if it is a typical one."""
    for mistake in what.mistakes:
        typical = expected.typical(mistake.when)
        if typical is ... or difference(typical, expected.value, ordered=expected.ordered) is None:
            continue  # on this data set the mistake cannot be made, or makes no difference
        if difference(value, typical, ordered=expected.ordered) is None:
            return mistake.say
    return None


def _cells_above(failure: SolutionError) -> tuple[str, ...]:
    if failure.missing:
        reason = words("check.name_missing", name=failure.missing)
    elif failure.blank:
        reason = words("check.name_blank", name=failure.blank[0])
    else:
        reason = words("check.cannot_run", error=failure)
    return (reason, words("check.run_above"))


def _record(what: Exercise, state: State) -> None:
    store().add(Record(exercises={what.id: ExerciseRecord(state)}))


def _say(what: Exercise, state: State, lines: tuple[str, ...]) -> None:
    title = words("check.title", id=what.id)
    data = {MIME: {"exercise": what.id, "state": state}}
    if state == "done":
        say(Card("done", words("check.done"), title), data=data)
        return
    # ipywidgets is imported where a widget is shown, so that importing the kit stays light.
    from lab_kit.teach.widgets import with_help

    fallback = words("check.help", id=what.id)
    card = Card(state, words(STATE_WORDS[state]), title, (*lines, fallback))
    say(
        card,
        widget=with_help(Card(state, words(STATE_WORDS[state]), title, lines), what),
        data=data,
    )
    if os.environ.get("LAB_KIT_STRICT", "0") not in ("", "0"):
        reason = " ".join(lines).removesuffix(".")
        raise CheckFailed(
            words("check.strict", id=what.id, state=state, reason=reason),
            next_step=words("check.strict_next"),
        )
