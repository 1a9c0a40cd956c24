"""What the author wrote about an exercise, found in the lab's solution notebook.

Rules for authors, so that a check can run the stored solution beside the learner's work:

- An exercise binds a name of its own and never reads that name: where the prompt is still blank,
  the name holds `...`.
- A solution changes nothing that cells above made. Frames, lists, dicts, sets and arrays it names
  are copied before it runs (`lab_kit.teach.answers`), objects inside them are not.
- A solution draws no random numbers without a seed of its own, and takes well under a second: it
  runs again at every check.
- A mistake is an expression; it may use every name that the solution binds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lab_kit.errors import LabKitError
from lab_kit.paths import labs_folder
from lab_kit.teach.labs import LabInfo, lab_id_of, lab_info


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer and what to say to it."""

    when: str
    """A Python expression that gives the wrong answer in the notebook's namespace."""
    say: str


@dataclass(frozen=True)
class Exercise:
    """One exercise: what is asked for, how it is solved, and the help there is."""

    id: str
    variable: str
    """The name the learner fills in."""
    solution: str
    """The code that binds it."""
    hints: tuple[str, ...]
    """From a nudge to almost the answer."""
    mistakes: tuple[Mistake, ...]


def exercise(exercise_id: str) -> Exercise:
    """The exercise with this id.

    Args:
        exercise_id: Such as "1.2".

    Raises:
        LabKitError: Where the id is malformed, the lab unknown, its solution notebook missing or
            damaged, or the lab has no such exercise; the message lists those it has.
    """
    info = lab_info(lab_id_of(exercise_id))
    found = exercises(info)
    if exercise_id not in found:
        raise LabKitError(
            f"Lab {info.id} has no exercise {exercise_id}",
            next_step="choose one of " + (", ".join(found) or "none yet"),
        )
    return found[exercise_id]


def exercises(info: LabInfo) -> Mapping[str, Exercise]:
    """The exercises of a lab by id, in the order of its notebook.

    Raises:
        LabKitError: Where the solution notebook is missing or damaged.
    """
    path = labs_folder() / "solutions" / f"{info.stem}.ipynb"
    try:
        stamp = path.stat()
        return _read(path, stamp.st_mtime_ns, stamp.st_size)
    except OSError as error:
        problem = f"The solutions of lab {info.id} cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError) as error:
        problem = f"The solutions of lab {info.id} are damaged: {error!r}"
    raise LabKitError(
        problem,
        where=str(path),
        next_step="install the kit again, or build the labs with `lab-kit build`",
    )


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int, _size: int) -> Mapping[str, Exercise]:
    """Read a solution notebook; its time of change and size make a rebuilt one another key."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notes = [cell["metadata"].get("lab_kit", {}) for cell in notebook["cells"]]
    return {note["exercise"]: _exercise(note) for note in notes if "exercise" in note}


def _exercise(note: Mapping[str, Any]) -> Exercise:
    return Exercise(
        id=note["exercise"],
        variable=note["variable"],
        solution=note["solution"],
        hints=tuple(note["hints"]),
        mistakes=tuple(Mistake(entry["when"], entry["say"]) for entry in note["mistakes"]),
    )
