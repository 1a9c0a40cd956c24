"""From one source the two notebooks: the learner's, blank, and the solution, not yet executed."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lab_kit.notebooks.cells import stable_ids
from lab_kit.notebooks.rendering import render
from lab_kit.notebooks.source import LabSource, SourceCell
from lab_kit.teach.labs import LabInfo

CHECK_OUTPUT = "nbval-check-output"
"""The tag of a cell whose stored output is held true by the tests."""
_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    # Without a version: the same notebook comes out of every Python the kit supports.
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}


def learner_notebook(lab: LabSource, labs: Sequence[LabInfo]) -> dict[str, Any]:
    """What the learner opens: exercises blank, no outputs, no check tags.

    Args:
        lab: The lab.
        labs: All labs, to name those it needs.
    """
    return _notebook(lab, labs, solved=False)


def solution_notebook(lab: LabSource, labs: Sequence[LabInfo]) -> dict[str, Any]:
    """The solved notebook before its execution; exercises carry all their author wrote.

    Args:
        lab: The lab.
        labs: All labs, to name those it needs.
    """
    return _notebook(lab, labs, solved=True)


def _notebook(lab: LabSource, labs: Sequence[LabInfo], *, solved: bool) -> dict[str, Any]:
    first, *rest = [_cell(cell, solved=solved) for cell in lab.cells]
    cells = [first, _header(lab.info, labs), *rest, _markdown("key_points.md.j2", lab=lab.info)]
    for cell, cell_id in zip(cells, stable_ids(cells), strict=True):
        cell["id"] = cell_id
    about = {
        "lab": lab.info.id,
        "title": lab.info.title,
        "minutes": lab.info.minutes,
        "objectives": list(lab.info.objectives),
        "key_points": list(lab.info.key_points),
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {**_KERNEL, "lab_kit": about},
        "cells": cells,
    }


def _cell(cell: SourceCell, *, solved: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if tags := [tag for tag in cell.tags if solved or tag != CHECK_OUTPUT]:
        metadata["tags"] = tags
    text = cell.text
    if cell.exercise is not None:
        text = cell.exercise.solved if solved else cell.exercise.blank
        notes = asdict(cell.exercise.exercise)
        exercise_id = {"exercise": notes.pop("id")}
        # Lists, not tuples: the metadata is compared with what JSON gives back.
        metadata["lab_kit"] = json.loads(json.dumps(exercise_id | (notes if solved else {})))
    if cell.kind == "markdown":
        return {"cell_type": "markdown", "metadata": metadata, "source": text}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": text,
        "execution_count": None,
        "outputs": [],
    }


def _header(info: LabInfo, labs: Sequence[LabInfo]) -> dict[str, Any]:
    titles = {lab.id: lab.title for lab in labs}
    needed = [f"lab {lab_id} ({titles[lab_id]})" for lab_id in info.needs]
    return _markdown("header.md.j2", lab=info, needed=needed)


def _markdown(template: str, **values: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": render(template, **values)}
