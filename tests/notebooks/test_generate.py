import json

import pytest

from lab_kit.notebooks.files import notebook_text
from lab_kit.notebooks.generate import learner_notebook, solution_notebook
from lab_kit.notebooks.source import read_source
from lab_kit.teach.labs import labs
from tests.notebooks.labs_for_tests import LABS

KNOWN = labs(LABS)


@pytest.fixture(scope="module")
def first():
    return read_source(KNOWN[0], LABS)


@pytest.fixture(scope="module")
def learner(first):
    return learner_notebook(first, KNOWN)


@pytest.fixture(scope="module")
def solution(first):
    return solution_notebook(first, KNOWN)


def exercise_cells(notebook):
    return [cell for cell in notebook["cells"] if "lab_kit" in cell["metadata"]]


def test_both_notebooks_have_the_same_cells_but_for_the_exercises(learner, solution):
    assert [cell["id"] for cell in learner["cells"]] == [cell["id"] for cell in solution["cells"]]
    differing = [
        ours["id"]
        for ours, theirs in zip(learner["cells"], solution["cells"], strict=True)
        if ours["source"] != theirs["source"]
    ]
    assert differing == [cell["id"] for cell in exercise_cells(learner)]


def test_nothing_of_hints_mistakes_or_solutions_reaches_the_learner(learner, solution):
    text = notebook_text(learner)
    for cell in exercise_cells(solution):
        notes = cell["metadata"]["lab_kit"]
        secrets = [*notes["hints"], *notes["solution"].splitlines()]
        secrets += [
            word for mistake in notes["mistakes"] for word in mistake.values() if word != "0"
        ]
        assert [secret for secret in secrets if json.dumps(secret)[1:-1] in text] == []
    assert [cell["metadata"]["lab_kit"] for cell in exercise_cells(learner)] == [
        {"exercise": "1.1"},
        {"exercise": "1.2"},
    ]


def test_the_solution_carries_what_checks_need(solution):
    assert exercise_cells(solution)[0]["metadata"]["lab_kit"] == {
        "exercise": "1.1",
        "variable": "n_rows",
        "solution": "n_rows = len(values)",
        "hints": ["A list has a length.", "`len` gives it, for any list."],
        "mistakes": [
            {"when": "values[-1]", "say": "That is the last value, not how many there are."}
        ],
    }


def test_the_tag_of_checked_outputs_stays_with_the_solution(learner, solution):
    def tags(notebook):
        return [tag for cell in notebook["cells"] for tag in cell["metadata"].get("tags", [])]

    assert tags(learner) == ["parameters"]
    assert tags(solution) == ["parameters", "nbval-check-output"]


def test_header_and_key_points_come_from_the_description(learner):
    header, last = learner["cells"][1]["source"], learner["cells"][-1]["source"]
    assert header == (
        "**About 5 minutes.** When you are through, you can\n\n- count rows\n\n"
        "**What it needs:** nothing from another lab. It works with the data sets `shop` and\n"
        "`movielens-small`."
    )
    assert last == "## Key points\n\n- Counting comes first."
    assert learner["metadata"]["lab_kit"] == {
        "lab": "01",
        "title": "First",
        "minutes": 5,
        "objectives": ["count rows"],
        "key_points": ["Counting comes first."],
    }


def test_the_header_names_the_lab_that_is_needed():
    second = learner_notebook(read_source(KNOWN[1], LABS), KNOWN)
    assert second["cells"][1]["source"].endswith(
        "**What it needs:** the result of lab 01 (First). If it is not there, the kit makes it.\n"
        "It works with the data set `shop`."
    )


def test_no_version_of_python_is_written_down(solution):
    assert "version" not in solution["metadata"]["language_info"]


def test_generating_twice_gives_the_same_bytes(first, learner):
    again = notebook_text(learner_notebook(first, KNOWN))
    assert again == notebook_text(learner)
    assert again.endswith("}\n")
    assert "\r" not in again
