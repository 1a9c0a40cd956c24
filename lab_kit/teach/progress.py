"""`progress()`: how far a learner is in each lab, in the notebook and as a page to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lab_kit.errors import LabKitError
from lab_kit.plots.display import show
from lab_kit.teach.checks import STATE_WORDS
from lab_kit.teach.exercises import exercises
from lab_kit.teach.labs import LabInfo, lab_id_of, labs
from lab_kit.teach.messages import words
from lab_kit.teach.predict import in_words
from lab_kit.teach.record import ExerciseRecord, PredictionRecord, QuizRecord, Record
from lab_kit.teach.say import COLOURS, SYMBOLS, render
from lab_kit.teach.store import store


@dataclass(frozen=True)
class ExerciseProgress:
    """One exercise as the overview shows it."""

    id: str
    record: ExerciseRecord

    @property
    def state(self) -> str:
        """The state in words."""
        return words(STATE_WORDS[self.record.state])

    @property
    def help(self) -> str:
        """Which help was used, "" where none was."""
        parts = []
        if self.record.hints:
            parts.append(words("progress.hints", count=self.record.hints))
        if self.record.revealed:
            parts.append(words("progress.revealed"))
        return ", ".join(parts)


@dataclass(frozen=True)
class LabProgress:
    """How far one lab got."""

    info: LabInfo
    exercises: tuple[ExerciseProgress, ...]
    quiz: tuple[tuple[str, QuizRecord | None], ...]
    predictions: tuple[tuple[str, PredictionRecord], ...]

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(each.record.state == "done" for each in self.exercises)

    @property
    def summary(self) -> str:
        """The lab in one line: "3 of 6 exercises done, quiz 1 of 2 right, 2 predictions"."""
        parts = []
        if self.exercises:
            parts.append(words("progress.done", done=self.done, count=len(self.exercises)))
        if any(record for _, record in self.quiz):
            right = sum(record is not None and record.right for _, record in self.quiz)
            parts.append(words("progress.quiz", right=right, total=len(self.quiz)))
        if self.predictions:
            parts.append(words("progress.predictions", count=len(self.predictions)))
        return ", ".join(parts) or words("progress.none_yet")


def progress() -> None:
    """Show how far every lab got: exercises, hints used, quiz answers and predictions."""
    overview = all_progress()
    html = render("progress.html", labs=overview, symbols=SYMBOLS, colours=COLOURS)
    show(html, _text(overview))


def progress_page(path: Path) -> Path:
    """Write the progress as one HTML file that needs nothing else, to keep, print or hand in.

    Args:
        path: The file to write; one that is there is replaced.

    Raises:
        LabKitError: Where the file cannot be written.
    """
    page = render(
        "progress_page.html",
        labs=all_progress(),
        symbols=SYMBOLS,
        colours=COLOURS,
        in_words=in_words,
        today=date.today().isoformat(),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page + "\n", encoding="utf-8")
    except OSError as error:
        raise LabKitError(
            f"The progress page cannot be written: {error.strerror}",
            where=str(path),
            next_step="choose another folder, or make room on the disk",
        ) from error
    return path


def all_progress() -> list[LabProgress]:
    """How far every lab of labs.toml got, in its order."""
    record = store().read()
    return [lab_progress(info, record) for info in labs()]


def lab_progress(info: LabInfo, record: Record) -> LabProgress:
    """What a record says of one lab."""
    return LabProgress(
        info=info,
        exercises=tuple(
            ExerciseProgress(each, record.exercise(each)) for each in _exercise_ids(info, record)
        ),
        quiz=tuple((question.id, record.quiz.get(question.id)) for question in info.quiz),
        predictions=tuple(
            (each, made) for each, made in record.predictions.items() if lab_id_of(each) == info.id
        ),
    )


def _exercise_ids(info: LabInfo, record: Record) -> list[str]:
    """All exercises of a lab; those that were tried where its solutions are not there to ask."""
    try:
        return list(exercises(info))
    except LabKitError:
        return [each for each in record.exercises if lab_id_of(each) == info.id]


def _text(overview: Sequence[LabProgress]) -> str:
    lines = [words("progress.title")]
    for lab in overview:
        lines.append(f"  {lab.info.id} {lab.info.title}: {lab.summary}")
        for each in lab.exercises:
            help_used = f" ({each.help})" if each.help else ""
            lines.append(f"    {each.id}  [{each.state}]{help_used}")
    return "\n".join(lines)
