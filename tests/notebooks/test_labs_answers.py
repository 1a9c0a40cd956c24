"""Every exercise of every lab, answered blank, wrong in each way its author foresaw, and right.

The learner's notebook with the right answers is the solution, word for word. That one is executed
by `lab-kit run` and with nbval, and there each check stops the run that is not "done".
"""

import json
import re
import time
from dataclasses import dataclass

import pytest

from lab_kit.data import describe
from lab_kit.notebooks.build import learner_path, solution_path
from lab_kit.notebooks.execute import Child, Job, environment
from lab_kit.notebooks.files import notebook_text, read_notebook, write_whole
from lab_kit.notebooks.summary import CHECK_MIME
from lab_kit.paths import labs_folder
from lab_kit.teach.labs import labs

pytestmark = pytest.mark.notebooks

CELL_SECONDS = 120
LABS = [pytest.param(info, id=info.stem) for info in labs()]


@dataclass(frozen=True)
class Shown:
    """One thing `check` put on the screen."""

    exercise: str
    state: str
    text: str


def exercises(info):
    cells = read_notebook(solution_path(labs_folder(), info))["cells"]
    return [notes for cell in cells if (notes := cell["metadata"].get("lab_kit"))]


def blank(source, notes):
    return source


def wrong(source, notes):
    """The first mistake in place of the blank, then one more check for each of the others."""
    first, *others = [mistake["when"] for mistake in notes["mistakes"]]
    more = [f'check("{notes["exercise"]}", ({mistake}))' for mistake in others]
    lines = [filled(source, notes["variable"], f"{notes['variable']} = ({first})"), *more]
    return "\n".join(lines)


def right(source, notes):
    return filled(source, notes["variable"], notes["solution"])


def filled(source, variable, code):
    text, times = re.subn(rf"(?m)^{variable} = \.\.\.$", lambda _: code, source)
    assert times == 1
    return text


def answered(info, answer):
    """The learner's notebook with an answer in each exercise."""
    notes = {note["exercise"]: note for note in exercises(info)}
    notebook = read_notebook(learner_path(labs_folder(), info))
    for cell in notebook["cells"]:
        if exercise := cell["metadata"].get("lab_kit", {}).get("exercise"):
            cell["source"] = answer("".join(cell["source"]), notes[exercise])
    return notebook_text(notebook)


def start(info, answer, dataset, room):
    room = room / f"{answer.__name__}-{dataset}"
    work = room / "work"
    work.mkdir(parents=True)
    write_whole(room / "in.ipynb", answered(info, answer))
    job = Job(
        notebook=str(room / "in.ipynb"),
        output=str(room / "out.ipynb"),
        result=str(room / "result.json"),
        folder=str(work),
        cell_seconds=CELL_SECONDS,
        parameters={"dataset": dataset},
    )
    return Child(job, environment(labs_folder(), work, room / "home")), room / "out.ipynb"


def shown(*runs):
    """Wait for what was started, and read what each `check` said, in order."""
    try:
        while not all(child.finished() for child, _ in runs):
            time.sleep(0.05)
    finally:
        for child, _ in runs:
            child.stop()
    for child, _ in runs:
        assert child.outcome().failure is None
    return [list(said(read_notebook(output))) for _, output in runs]


def said(notebook):
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if note := output.get("data", {}).get(CHECK_MIME):
                text = "".join(output["data"]["text/plain"])
                yield Shown(note["exercise"], note["state"], " ".join(text.split()))


def assert_every_mistake_is_met(info, found):
    """Each wrong answer is "not yet", and is told what its author wrote about it."""
    expected = [
        (note["exercise"], " ".join(mistake["say"].split()))
        for note in exercises(info)
        for mistake in note["mistakes"]
    ]
    assert [(show.exercise, show.state) for show in found] == [
        (exercise, "not yet") for exercise, _ in expected
    ]
    assert [
        say for show, (_, say) in zip(found, expected, strict=True) if say not in show.text
    ] == []


@pytest.mark.parametrize("info", LABS)
def test_right_answers_make_the_solution(info):
    cells = json.loads(answered(info, right))["cells"]
    solution = read_notebook(solution_path(labs_folder(), info))["cells"]
    assert ["".join(cell["source"]) for cell in cells] == [
        "".join(cell["source"]) for cell in solution
    ]


@pytest.mark.parametrize("info", LABS)
def test_an_answer_is_not_started_or_not_yet(info, tmp_path):
    runs = [start(info, answer, info.datasets[0], tmp_path) for answer in (blank, wrong)]
    of_blank, of_wrong = shown(*runs)
    ids = [note["exercise"] for note in exercises(info)]
    assert len(ids) >= 4
    assert [(show.exercise, show.state) for show in of_blank] == [(i, "not started") for i in ids]
    assert_every_mistake_is_met(info, of_wrong)


@pytest.mark.real_data
@pytest.mark.parametrize("info", [each for each in LABS if len(each.values[0].datasets) > 1])
def test_a_mistake_is_also_one_on_real_data(info, tmp_path):
    others = [name for name in info.datasets[1:] if describe(name).at_hand]
    if not others:
        pytest.skip(f"{', '.join(info.datasets[1:])}: not on this computer")
    for found in shown(*(start(info, wrong, name, tmp_path) for name in others)):
        assert_every_mistake_is_met(info, found)
