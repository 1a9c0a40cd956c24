"""Read `labs/source/NN_name.py`: a lab as its author wrote it, in py:percent with solutions."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lab_kit.errors import LabKitError
from lab_kit.notebooks.exercise import ExerciseCell, parse_exercise
from lab_kit.teach.labs import LabInfo

_MARKER = re.compile(r"# %%(\s|$)")
_OPTIONS = {"tags", "exercise"}
_BOOKKEEPING = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}
"""What jupytext notes about blank lines between cells."""


@dataclass(frozen=True)
class SourceCell:
    """One cell as written, exercises taken apart."""

    kind: Literal["markdown", "code"]
    text: str
    tags: tuple[str, ...] = ()
    exercise: ExerciseCell | None = None


@dataclass(frozen=True)
class LabSource:
    """A lab's description and its cells."""

    info: LabInfo
    cells: tuple[SourceCell, ...]


def read_source(info: LabInfo, folder: Path) -> LabSource:
    """The source of one lab.

    Args:
        info: The lab, as labs.toml describes it.
        folder: The labs folder, which holds `source/`.

    Raises:
        LabKitError: Where the file is missing or an author's slip is found; the message names the
            file and the line.
    """
    path = folder / "source" / f"{info.stem}.py"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LabKitError(
            f"The source of lab {info.id} cannot be read: {error.strerror}",
            where=str(path),
            next_step="write it, or correct the name of the lab in labs.toml",
        ) from error
    except UnicodeDecodeError as error:
        raise LabKitError(
            "The source is not UTF-8", where=str(path), next_step="save it as UTF-8"
        ) from error
    cells = _jupytext_cells(text, path)
    first_lines = _first_lines(text)
    if len(first_lines) != len(cells):
        raise LabKitError(
            "There is text before the first cell",
            where=f"{path}, line 1",
            next_step="begin the file with a line '# %% [markdown]'",
        )
    lab = LabSource(
        info,
        tuple(
            _cell(cell, _namer(path, line), info)
            for cell, line in zip(cells, first_lines, strict=True)
        ),
    )
    _refuse_repeated_exercises(lab, path)
    return lab


def _jupytext_cells(text: str, path: Path) -> list[dict[str, Any]]:
    try:
        import jupytext
    except ImportError as error:
        raise LabKitError(
            "jupytext is not installed; only those who edit labs need it",
            next_step="install the author group: uv sync --group author",
        ) from error
    try:
        return list(jupytext.reads(text, fmt="py:percent").cells)
    except (ValueError, SyntaxError) as error:
        raise LabKitError(
            f"The source is not py:percent: {error}",
            where=str(path),
            next_step="compare it with another lab's source",
        ) from error


def _first_lines(text: str) -> list[int]:
    """For each cell the number, from 1, of the first line of its text."""
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines):
        if _MARKER.match(line):
            first = number + 1
            while first < len(lines) and not lines[first].strip():
                first += 1
            found.append(first + 1)
    return found


def _namer(path: Path, first_line: int) -> Callable[[int], str]:
    return lambda line: f"{path}, line {first_line + line}"


def _cell(cell: dict[str, Any], where: Callable[[int], str], info: LabInfo) -> SourceCell:
    kind, text, options = cell["cell_type"], cell["source"].strip("\n"), cell["metadata"]
    if kind not in ("markdown", "code"):
        raise LabKitError(
            f"A cell of type {kind!r} has no place in a lab",
            where=where(0),
            next_step="use a code cell or [markdown]",
        )
    if unknown := sorted(set(options) - _OPTIONS - _BOOKKEEPING):
        raise LabKitError(
            f"Unknown cell option {unknown[0]!r}",
            where=where(-1),
            next_step="use " + " or ".join(sorted(_OPTIONS)),
        )
    exercise = None
    if "exercise" in options:
        exercise_id = str(options["exercise"])
        if not re.fullmatch(rf"{info.number}\.\d+", exercise_id):
            raise LabKitError(
                f"The exercise is numbered {exercise_id!r}",
                where=where(-1),
                next_step=f"in lab {info.id} write {info.number}.1, {info.number}.2 and so on",
            )
        exercise = parse_exercise(exercise_id, text, where)
    return SourceCell(kind, text, tuple(options.get("tags", ())), exercise)


def _refuse_repeated_exercises(lab: LabSource, path: Path) -> None:
    seen = set()
    for cell in lab.cells:
        if cell.exercise is None:
            continue
        exercise_id = cell.exercise.exercise.id
        if exercise_id in seen:
            raise LabKitError(
                f"Exercise {exercise_id} stands there twice",
                where=str(path),
                next_step="number the second one differently",
            )
        seen.add(exercise_id)
