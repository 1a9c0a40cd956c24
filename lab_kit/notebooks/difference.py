"""Where notebooks in the repository differ from what their source would give."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab_kit.errors import LabKitError
from lab_kit.notebooks.cells import source_of
from lab_kit.notebooks.files import notebook_text, read_notebook

_DIFF_LINES = 12


@dataclass(frozen=True)
class Difference:
    """One place where a file is not what `build` would write."""

    file: Path
    cell: str | None
    """The id of the cell; None where it concerns the whole file."""
    what: str
    """A sentence."""
    diff: str = ""
    """The first changed lines, "-" as in the file, "+" as the source has it."""

    def __str__(self) -> str:
        place = f"{self.file}, cell {self.cell}" if self.cell else str(self.file)
        return f"{place}: {self.what}" + (f"\n{self.diff}" if self.diff else "")


def compare_learner(path: Path, expected: dict[str, Any]) -> list[Difference]:
    """Compare a learner notebook with the generated one, byte by byte."""
    found = _compare(path, expected)
    if found or path.read_bytes() == notebook_text(expected).encode():
        return found
    return [Difference(path, None, "the file is not written as build writes it")]


def compare_solution(path: Path, expected: dict[str, Any]) -> list[Difference]:
    """Compare an executed solution with the generated one, leaving outputs out."""
    return _compare(path, expected)


def _compare(path: Path, expected: Mapping[str, Any]) -> list[Difference]:
    if not path.is_file():
        return [Difference(path, None, "the notebook is not there")]
    try:
        stored = read_notebook(path)
    except LabKitError as error:
        return [Difference(path, None, error.what)]
    found = []
    for key in ("nbformat", "nbformat_minor", "metadata"):
        if stored.get(key) != expected[key]:
            found.append(_differs(path, None, key, str(stored.get(key)), str(expected[key])))
    by_id = {cell.get("id"): cell for cell in stored["cells"]}
    for cell in expected["cells"]:
        there = by_id.pop(cell["id"], None)
        if there is None:
            found.append(Difference(path, cell["id"], "the cell is missing"))
            continue
        if source_of(there) != cell["source"]:
            found.append(_differs(path, cell["id"], "source", source_of(there), cell["source"]))
        for key in ("cell_type", "metadata"):
            if there.get(key) != cell[key]:
                found.append(_differs(path, cell["id"], key, str(there.get(key)), str(cell[key])))
    found += [Difference(path, left, "the source has no such cell") for left in by_id]
    if not found and [c.get("id") for c in stored["cells"]] != [c["id"] for c in expected["cells"]]:
        found.append(Difference(path, None, "the cells stand in another order"))
    return found


def _differs(path: Path, cell: str | None, key: str, stored: str, expected: str) -> Difference:
    lines = difflib.unified_diff(stored.splitlines(), expected.splitlines(), lineterm="", n=1)
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return Difference(path, cell, f"the {key} differs", "\n".join(changed[:_DIFF_LINES]))
