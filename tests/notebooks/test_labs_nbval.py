"""The one place that knows nbval: another runner of notebooks would replace this module."""

import subprocess
import sys

import pytest

from lab_kit.notebooks.build import learner_path, solution_path
from lab_kit.notebooks.execute import environment
from lab_kit.paths import labs_folder
from lab_kit.teach.labs import labs

pytestmark = pytest.mark.notebooks

CELL_SECONDS = 120
LABS = [pytest.param(info, id=info.stem) for info in labs()]


def nbval(notebook, room, **variables):
    """Start to run each cell as a test: none may raise, tagged ones must show what is stored."""
    work, settings = room / "work", room / "pytest.ini"
    work.mkdir(parents=True)
    settings.write_text("[pytest]\n", encoding="utf-8")  # none of this repository's own options
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env"]
    command += [f"--nbval-cell-timeout={CELL_SECONDS}", "--nbval-kernel-startup-timeout=60"]
    command += ["-p", "no:cacheprovider", "-c", str(settings), "--color=no", str(notebook)]
    return subprocess.Popen(
        command,
        env=environment(labs_folder(), work, room / "home", **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


@pytest.mark.parametrize("info", LABS)
def test_a_learner_notebook_runs_blank_and_a_solution_shows_what_it_stored(info, tmp_path):
    runs = [
        nbval(learner_path(labs_folder(), info), tmp_path / "learner"),
        nbval(solution_path(labs_folder(), info), tmp_path / "solution", LAB_KIT_STRICT="1"),
    ]
    try:
        said = [run.communicate(timeout=10 * CELL_SECONDS)[0] for run in runs]
    finally:
        for run in runs:
            run.kill()
    for run, text in zip(runs, said, strict=True):
        assert run.returncode == 0, text
