import tempfile
from pathlib import Path

import pytest

from lab_kit.notebooks.build import build, solution_path
from lab_kit.notebooks.files import read_notebook
from lab_kit.notebooks.lint import lint_labs
from lab_kit.paths import labs_folder
from lab_kit.teach.labs import labs


def test_every_notebook_is_what_its_source_says():
    assert [str(difference) for difference in build(check=True)] == []


def test_every_notebook_keeps_the_rules():
    assert [str(finding) for finding in lint_labs(labs_folder())] == []


@pytest.mark.parametrize("info", labs(), ids=lambda info: info.stem)
def test_a_solution_shows_no_warning_and_no_folder_of_the_machine_it_ran_on(info):
    path = solution_path(labs_folder(), info)
    outputs = [o for cell in read_notebook(path)["cells"] for o in cell.get("outputs", [])]
    assert [o["text"] for o in outputs if o.get("name") == "stderr"] == []
    text = path.read_text("utf-8")
    folders = (labs_folder().parent, Path.home(), Path(tempfile.gettempdir()))
    assert [str(folder) for folder in folders if f"{folder}/" in text] == []
