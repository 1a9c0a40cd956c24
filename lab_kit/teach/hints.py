"""Hints one at a time, then the solution: a ladder, never a wall."""

from lab_kit.teach.exercises import Exercise, exercise
from lab_kit.teach.messages import words
from lab_kit.teach.record import ExerciseRecord, Record
from lab_kit.teach.say import Card, say
from lab_kit.teach.store import store


def hint(exercise_id: str) -> None:
    """Show the next hint of an exercise, below those already seen.

    Raises:
        LabKitError: Where there is no such exercise.
    """
    say(next_hint(exercise(exercise_id)))


def reveal(exercise_id: str) -> None:
    """Show the solution of an exercise, and how many hints there still were.

    Raises:
        LabKitError: Where there is no such exercise.
    """
    say(solution(exercise(exercise_id)))


def hints_seen(what: Exercise) -> int:
    """How many of an exercise's hints were seen, in this kernel or before."""
    return min(store().read().exercise(what.id).hints, len(what.hints))


def next_hint(what: Exercise) -> Card:
    """The hints up to the next one, which is recorded as seen."""
    total = len(what.hints)
    seen = min(hints_seen(what) + 1, total)
    store().add(Record(exercises={what.id: ExerciseRecord(hints=seen)}))
    last = (words("hint.then_reveal", id=what.id),) if seen == total else ()
    return Card(
        "info",
        words("hint.word", number=seen, total=total),
        words("check.title", id=what.id),
        (*what.hints[:seen], *last),
    )


def solution(what: Exercise) -> Card:
    """The solution, which is recorded as seen."""
    left = len(what.hints) - hints_seen(what)
    store().add(Record(exercises={what.id: ExerciseRecord(revealed=True)}))
    return Card(
        "info",
        words("hint.solution"),
        words("check.title", id=what.id),
        code=what.solution,
        after=(words("hint.left", count=left, id=what.id),) if left else (),
    )
