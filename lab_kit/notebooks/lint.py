"""What a notebook of the kit must not have, each refusal with the way to mend it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lab_kit.errors import LabKitError
from lab_kit.notebooks.cells import headings, source_of, stable_ids, tags_of
from lab_kit.notebooks.figures import figure_faults
from lab_kit.notebooks.files import read_notebook
from lab_kit.notebooks.generate import CHECK_OUTPUT

CELL_LINES = 25
LINE_WIDTH = 88
HINTS = 2
Kind = Literal["learner", "solution"]


@dataclass(frozen=True)
class Finding:
    """One refusal."""

    file: str
    cell: str | None
    """The id of the cell; its number where it has none; None for the whole notebook."""
    rule: str
    """The name of the refusal, such as "heading-jump"."""
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}, cell {self.cell}" if self.cell else self.file
        return f"{place}: {self.message} [{self.rule}]. Next: {self.fix}."


@dataclass(frozen=True)
class _Page:
    """A notebook under the linter's eyes."""

    notebook: Mapping[str, Any]
    kind: Kind
    file: str

    @property
    def cells(self) -> list[Mapping[str, Any]]:
        return self.notebook["cells"]

    def find(self, index: int | None, rule: str, message: str, fix: str) -> Finding:
        cell = None
        if index is not None:
            cell = self.cells[index].get("id") or f"number {index}"
        return Finding(self.file, cell, rule, message, fix)


def lint(notebook: Mapping[str, Any], kind: Kind, file: str = "") -> list[Finding]:
    """Every refusal of one notebook.

    Args:
        notebook: As the file holds it, see `files.read_notebook`.
        kind: What it is for: learners get no outputs, solutions carry what checks need.
        file: How findings name it.
    """
    page = _Page(notebook, kind, file)
    return [finding for rule in _RULES for finding in rule(page)]


def lint_labs(folder: Path) -> list[Finding]:
    """Every refusal of the notebooks in a labs folder and its `solutions/`.

    Raises:
        LabKitError: Where there is no notebook, or one cannot be read.
    """
    paths: dict[Kind, list[Path]] = {
        "learner": sorted(folder.glob("*.ipynb")),
        "solution": sorted((folder / "solutions").glob("*.ipynb")),
    }
    if not all(paths.values()):
        raise LabKitError(
            "There are no notebooks to lint", where=str(folder), next_step="run lab-kit build"
        )
    return [
        finding
        for kind, of_kind in paths.items()
        for path in of_kind
        for finding in lint(read_notebook(path), kind, path.relative_to(folder).as_posix())
    ]


def _ids(page: _Page) -> Iterator[Finding]:
    for index, (cell, wanted) in enumerate(zip(page.cells, stable_ids(page.cells), strict=True)):
        if "id" not in cell:
            yield page.find(index, "id-missing", "the cell has no id", "run lab-kit build")
        elif cell["id"] != wanted:
            message = f"the id does not follow from heading and place, which give {wanted}"
            yield page.find(index, "id-unstable", message, "run lab-kit build")


def _headings(page: _Page) -> Iterator[Finding]:
    above = 0
    for index, cell in enumerate(page.cells):
        if cell["cell_type"] != "markdown":
            continue
        for heading in headings(source_of(cell)):
            if heading.level == 1 and above:
                message = f'a second heading of level 1: "{heading.text}"'
                yield page.find(index, "second-h1", message, "write it with ##")
            elif heading.level > above + 1:
                message = (
                    f'the heading "{heading.text}" jumps from level {above} to {heading.level}'
                )
                fix = f"write it with {'#' * (above + 1)}"
                yield page.find(index, "heading-jump", message, fix)
            above = heading.level


def _widths(page: _Page) -> Iterator[Finding]:
    for index, cell in enumerate(page.cells):
        lines = source_of(cell).splitlines()
        if len(lines) > CELL_LINES:
            message = f"the cell has {len(lines)} lines, more than {CELL_LINES}"
            yield page.find(index, "long-cell", message, "split it where the thought changes")
        for number, line in enumerate(lines, start=1):
            if len(line) > LINE_WIDTH and not _unbreakable(cell, line):
                message = f"line {number} has {len(line)} characters, more than {LINE_WIDTH}"
                yield page.find(index, "long-line", message, "break it")


def _unbreakable(cell: Mapping[str, Any], line: str) -> bool:
    """Whether markdown gives no place to break the line: a row of a table, or one long link."""
    if cell["cell_type"] != "markdown":
        return False
    return line.lstrip().startswith("|") or max(map(len, line.split())) > LINE_WIDTH // 2


def _figures(page: _Page) -> Iterator[Finding]:
    for index, cell in enumerate(page.cells):
        for fault in figure_faults(cell):
            yield page.find(index, fault.rule, fault.message, fault.fix)


def _outputs(page: _Page) -> Iterator[Finding]:
    for index, cell in enumerate(page.cells):
        outputs = cell.get("outputs", [])
        if any(output["output_type"] == "error" for output in outputs):
            fix = "mend the source and run lab-kit build"
            yield page.find(index, "error-output", "the cell ended with an error", fix)
        tagged = CHECK_OUTPUT in tags_of(cell)
        if page.kind == "solution":
            if tagged and not outputs:
                message = f"the cell is tagged {CHECK_OUTPUT} and shows nothing"
                fix = "let its last line show something, or take the tag away"
                yield page.find(index, "check-without-output", message, fix)
            continue
        if tagged:
            message = f"learners' outputs differ, yet the cell is tagged {CHECK_OUTPUT}"
            yield page.find(index, "learner-check-tag", message, "run lab-kit build")
        if outputs or cell.get("execution_count") is not None:
            message = "a learner's notebook ships without outputs"
            yield page.find(index, "learner-output", message, "run lab-kit build")


def _exercises(page: _Page) -> Iterator[Finding]:
    """Exercises are complete; their help stands in the solutions only."""
    if page.kind != "solution":
        return
    for index, cell in enumerate(page.cells):
        notes = cell.get("metadata", {}).get("lab_kit", {})
        if "exercise" not in notes:
            continue
        name = f"exercise {notes['exercise']}"
        if len(notes.get("hints", [])) < HINTS:
            message = f"{name} has {len(notes.get('hints', []))} hints, fewer than {HINTS}"
            yield page.find(index, "exercise-hints", message, "add a line # hint: to the source")
        if not notes.get("solution") or not notes.get("variable"):
            fix = "mark it with # solution in the source"
            yield page.find(index, "exercise-solution", f"{name} has no solution", fix)
        if not notes.get("mistakes"):
            fix = "add a line # mistake: EXPRESSION -> what to say, to the source"
            yield page.find(index, "exercise-mistake", f"{name} has no typical mistake", fix)


def _lab(page: _Page) -> Iterator[Finding]:
    about = page.notebook.get("metadata", {}).get("lab_kit", {})
    for key in ("minutes", "objectives", "key_points"):
        if not about.get(key):
            fix = f"write {key} of this lab in labs.toml and run lab-kit build"
            name = key.replace("_", " ")
            yield page.find(None, f"lab-{name.replace(' ', '-')}", f"the lab has no {name}", fix)


_RULES: tuple[Callable[[_Page], Iterator[Finding]], ...] = (
    _ids,
    _headings,
    _widths,
    _figures,
    _outputs,
    _exercises,
    _lab,
)
