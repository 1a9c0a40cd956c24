import json

import pytest

from lab_kit.notebooks.difference import compare_learner, compare_solution
from lab_kit.notebooks.files import notebook_text, read_notebook, write_whole


def cell(cell_id, source="x = 1", **metadata):
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": metadata,
        "source": source,
        "execution_count": None,
        "outputs": [],
    }


def notebook(*cells):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "01_tiny.ipynb"

    def store(*cells):
        write_whole(path, notebook_text(notebook(*cells)))
        return path

    return store


def found(path, *cells):
    return [
        (difference.cell, difference.what) for difference in compare_learner(path, notebook(*cells))
    ]


def test_what_build_wrote_has_no_difference(stored):
    assert found(stored(cell("a"), cell("b")), cell("a"), cell("b")) == []


def test_a_changed_source_is_shown_line_by_line(stored):
    path = stored(cell("a", "x = 1\ny = 2\nz = 3"))
    (difference,) = compare_learner(path, notebook(cell("a", "x = 1\ny = 5\nz = 3")))
    assert difference.cell == "a"
    assert difference.diff.splitlines() == [" x = 1", "-y = 2", "+y = 5", " z = 3"]
    assert "cell a: the source differs\n" in str(difference)


def test_missing_extra_moved_and_retagged_cells_are_told_apart(stored):
    assert found(stored(cell("a")), cell("a"), cell("b")) == [("b", "the cell is missing")]
    assert found(stored(cell("a"), cell("b")), cell("a")) == [("b", "the source has no such cell")]
    assert found(stored(cell("b"), cell("a")), cell("a"), cell("b")) == [
        (None, "the cells stand in another order")
    ]
    assert found(stored(cell("a")), cell("a", tags=["parameters"])) == [
        ("a", "the metadata differs")
    ]


def test_a_learner_notebook_with_an_output_or_other_spacing_differs(stored):
    path = stored(cell("a"))
    whole = "the file is not written as build writes it"
    path.write_text(json.dumps(read_notebook(path)), encoding="utf-8")
    assert found(path, cell("a")) == [(None, whole)]


def test_a_missing_or_damaged_file_is_a_difference(stored, tmp_path):
    assert found(tmp_path / "none.ipynb", cell("a")) == [(None, "the notebook is not there")]
    path = stored(cell("a"))
    path.write_text("{", encoding="utf-8")
    ((place, what),) = found(path, cell("a"))
    assert place is None
    assert "not valid JSON" in what


def test_a_solution_may_have_any_outputs(stored):
    output = {"output_type": "stream", "name": "stdout", "text": "2\n"}
    path = stored({**cell("a"), "outputs": [output], "execution_count": 1})
    assert compare_solution(path, notebook(cell("a"))) == []
    assert len(compare_solution(path, notebook(cell("a", "x = 2")))) == 1
