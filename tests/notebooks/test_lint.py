from pathlib import Path

import pytest

from lab_kit.errors import LabKitError
from lab_kit.notebooks.files import read_notebook
from lab_kit.notebooks.lint import lint, lint_labs

FIXTURES = Path(__file__).parent / "fixtures" / "lint"
RULES = {
    "check-without-output",
    "error-output",
    "exercise-hints",
    "exercise-mistake",
    "exercise-solution",
    "figure-alt",
    "figure-size",
    "heading-jump",
    "id-missing",
    "id-unstable",
    "lab-key-points",
    "lab-minutes",
    "lab-objectives",
    "learner-check-tag",
    "learner-output",
    "long-cell",
    "long-line",
    "second-h1",
}


def notebooks_that(clean):
    paths = [path for path in sorted(FIXTURES.glob("*/*.ipynb")) if (path.stem == "clean") == clean]
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in paths]


def rule_of(path):
    return path.stem.partition("__")[0]


def with_figure(size):
    notebook = read_notebook(FIXTURES / "solution" / "clean.ipynb")
    encoded = "A" * (size * 4 // 3)
    html = f'<img alt="noise" src="data:image/png;base64,{encoded}">'
    notebook["cells"][4]["outputs"][0]["data"]["text/html"] = html
    return notebook


@pytest.mark.parametrize("path", notebooks_that(clean=True))
def test_a_clean_notebook_is_not_refused(path):
    assert lint(read_notebook(path), path.parent.name) == []


@pytest.mark.parametrize("path", notebooks_that(clean=False))
def test_each_fixture_is_refused_for_what_its_name_says_and_nothing_else(path):
    findings = lint(read_notebook(path), path.parent.name, path.name)
    assert [finding.rule for finding in findings] == [rule_of(path)]
    assert findings[0].fix
    assert path.name in str(findings[0])


def test_every_rule_has_a_fixture():
    assert {rule_of(param.values[0]) for param in notebooks_that(clean=False)} == RULES


def test_a_finding_names_the_cell():
    path = FIXTURES / "learner" / "heading-jump.ipynb"
    finding = lint(read_notebook(path), "learner", "01.ipynb")[0]
    assert finding.cell == "look-1"
    assert "01.ipynb, cell look-1" in str(finding)
    assert '"Look" jumps from level 1 to 3' in finding.message


def test_a_figure_of_exactly_150_kb_is_small_enough():
    assert lint(with_figure(150_000), "solution") == []
    assert [f.rule for f in lint(with_figure(150_003), "solution")] == ["figure-size"]


def test_long_lines_that_markdown_cannot_break_are_let_through():
    notebook = read_notebook(FIXTURES / "learner" / "clean.ipynb")
    row = "| " + " | ".join(["a column of a table"] * 6) + " |"
    link = "[the paper](https://example.org/" + "a" * 80 + ")"
    notebook["cells"][2]["source"] = f"## Look\n\n{row}\n\n{link}"
    assert lint(notebook, "learner") == []


def test_linting_a_folder_names_files_from_within_it(tmp_path):
    clean = (FIXTURES / "learner" / "clean.ipynb").read_text(encoding="utf-8")
    (tmp_path / "01_tiny.ipynb").write_text(clean, encoding="utf-8")
    (tmp_path / "solutions").mkdir()
    broken = (FIXTURES / "solution" / "exercise-hints.ipynb").read_text(encoding="utf-8")
    (tmp_path / "solutions" / "01_tiny.ipynb").write_text(broken, encoding="utf-8")
    assert [(f.file, f.rule) for f in lint_labs(tmp_path)] == [
        ("solutions/01_tiny.ipynb", "exercise-hints")
    ]


def test_a_folder_without_notebooks_is_an_error_and_not_a_pass(tmp_path):
    with pytest.raises(LabKitError, match="no notebooks to lint"):
        lint_labs(tmp_path)


@pytest.mark.parametrize("text", ['{"cells": [', "[]", '{"cells": 3}'])
def test_a_damaged_notebook_is_named(tmp_path, text):
    path = tmp_path / "01_tiny.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabKitError, match=r"01_tiny\.ipynb"):
        read_notebook(path)
