"""The room in a real kernel: what a notebook stores, blank and solved."""

import nbclient
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lab_kit.plots.display import WIDGET_VIEW
from lab_kit.teach.checks import MIME
from lab_kit.teach.store import store

pytestmark = pytest.mark.notebooks

CELLS = """
from lab_kit.teach import begin, check, hint, outcome, predict, progress, quiz, reveal
lab = begin("01", dataset="shop")
---
guess = predict("1.p1", "How many?", guess=...)
---
outcome("1.p1", 3)
---
n_users = {answer}
n_users = check("1.1", n_users)
---
import pandas as pd
events = pd.DataFrame({{"user_id": ["a", "b", "a"]}})
---
n_users = {answer}
n_users = check("1.1", n_users)
---
assert n_users == 2
quiz("1.q1")
---
hint("1.1")
---
reveal("1.1")
---
progress()
"""


@pytest.fixture
def run():
    def run(answer):
        cells = CELLS.format(answer=answer).strip().split("\n---\n")
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
        return [[output.get("data") for output in cell.outputs] for cell in notebook.cells]

    return run


def without_widgets(outputs):
    kept = [
        [{kind: text for kind, text in data.items() if kind != WIDGET_VIEW} for data in cell]
        for cell in outputs
    ]
    return [[data for data in cell if data] for cell in kept]


def test_blank_nothing_is_raised_and_every_output_has_a_text_and_html(run, work_folder):
    outputs = without_widgets(run("..."))
    assert [len(cell) for cell in outputs] == [1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    for cell in outputs:
        for data in cell:
            assert {"text/html", "text/plain"} <= set(data)
    early, late = outputs[3][0], outputs[5][0]
    assert "`events` is not there" in early["text/plain"]
    assert late[MIME] == {"exercise": "1.1", "state": "not started"}
    (work_folder / "progress.json").unlink()
    assert without_widgets(run("...")) == outputs


def test_a_right_answer_needs_no_buttons_a_wrong_one_has_them(run):
    outputs = run("len(globals().get('events', ())) - 1")
    wrong, (right,) = outputs[3], outputs[5]
    assert wrong[0][MIME] == {"exercise": "1.1", "state": "not yet"}
    assert any(WIDGET_VIEW in data for data in wrong)
    assert right[MIME] == {"exercise": "1.1", "state": "done"}
    assert WIDGET_VIEW not in right
    assert store().read().exercise("1.1").state == "done"
