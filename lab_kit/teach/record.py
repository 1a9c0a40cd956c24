"""What a learner has done so far, as values that can be merged without losing anything.

Two kernels, a kernel and a full disk, a file that was edited meanwhile: whatever happened, both
sides are merged. For exercises the further state wins; for guesses and quiz answers, the later.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeVar, get_args

State = Literal["not started", "not yet", "done"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class ExerciseRecord:
    """How far an exercise got; "done" stays done when the notebook runs again."""

    state: State = "not started"
    hints: int = 0
    """How many hints were seen."""
    revealed: bool = False

    def merged(self, other: "ExerciseRecord") -> "ExerciseRecord":
        """The furthest of both in each respect."""
        return ExerciseRecord(
            max(self.state, other.state, key=STATES.index),
            max(self.hints, other.hints),
            self.revealed or other.revealed,
        )


@dataclass(frozen=True)
class PredictionRecord:
    """A guess made before running."""

    guess: float | int | str | bool
    at: str
    """When, as an ISO time in UTC."""

    def merged(self, other: "PredictionRecord") -> "PredictionRecord":
        """The later of both."""
        return max(self, other, key=lambda record: record.at)


@dataclass(frozen=True)
class QuizRecord:
    """The last answer to a quiz question."""

    answer: str
    """The letter of the option."""
    right: bool
    at: str
    """When, as an ISO time in UTC."""

    def merged(self, other: "QuizRecord") -> "QuizRecord":
        """The later of both."""
        return max(self, other, key=lambda record: record.at)


@dataclass(frozen=True)
class Record:
    """Everything kept of a learner, by id."""

    exercises: Mapping[str, ExerciseRecord] = field(default_factory=dict)
    predictions: Mapping[str, PredictionRecord] = field(default_factory=dict)
    quiz: Mapping[str, QuizRecord] = field(default_factory=dict)

    def exercise(self, exercise_id: str) -> ExerciseRecord:
        """How far this exercise got; "not started" where nothing is known of it."""
        return self.exercises.get(exercise_id, ExerciseRecord())

    def merged(self, other: "Record") -> "Record":
        """Both records in one; the order of merging makes no difference."""
        return Record(
            _merged(self.exercises, other.exercises),
            _merged(self.predictions, other.predictions),
            _merged(self.quiz, other.quiz),
        )

    def to_json(self) -> dict[str, Any]:
        """The record as JSON's own types."""
        return asdict(self)


def record_from_json(document: Any) -> Record:
    """The inverse of `Record.to_json`.

    Raises:
        ValueError: Where the document is not what `to_json` writes.
    """
    try:
        return Record(
            _entries(document["exercises"], _exercise),
            _entries(document["predictions"], _prediction),
            _entries(document["quiz"], _quiz),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a record of progress: {error!r}") from error


Entry = TypeVar("Entry", ExerciseRecord, PredictionRecord, QuizRecord)


def _merged(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> dict[str, Entry]:
    both = {key: one[key].merged(other[key]) for key in one.keys() & other.keys()}
    return dict(sorted({**one, **other, **both}.items()))


def _entries(document: Any, read: Callable[[dict[str, Any]], Entry]) -> dict[str, Entry]:
    return {str(key): read(fields) for key, fields in document.items()}


def _exercise(fields: dict[str, Any]) -> ExerciseRecord:
    record = ExerciseRecord(**fields)
    if record.state not in STATES:
        raise ValueError(f"{record.state!r} is no state")
    _require(record.hints, int)
    _require(record.revealed, bool)
    return record


def _prediction(fields: dict[str, Any]) -> PredictionRecord:
    record = PredictionRecord(**fields)
    _require(record.guess, (float, int, str, bool))
    _require(record.at, str)
    return record


def _quiz(fields: dict[str, Any]) -> QuizRecord:
    record = QuizRecord(**fields)
    _require(record.answer, str)
    _require(record.right, bool)
    _require(record.at, str)
    return record


def _require(value: object, kind: type | tuple[type, ...]) -> None:
    if not isinstance(value, kind):
        raise ValueError(f"{value!r} is of the wrong type")
