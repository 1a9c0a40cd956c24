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


def nbval(notebook, tmp_path, **variables):
    """Run each cell as a test: none may raise, and tagged ones must show what is stored."""
    work, settings = tmp_path / "work", tmp_path / "pytest.ini"
    work.mkdir()
    settings.write_text("[pytest]\n", encoding="utf-8")  # none of this repository's own options
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env"]
    command += [f"--nbval-cell-timeout={CELL_SECONDS}", "--nbval-kernel-startup-timeout=60"]
    command += ["-p", "no:cacheprovider", "-c", str(settings), "--color=no", str(notebook)]
    done = subprocess.run(
        command,
        env=environment(labs_folder(), work, tmp_path / "home", **variables),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=10 * CELL_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("info", LABS)
def test_a_learner_notebook_runs_blank_as_it_ships(info, tmp_path):
    nbval(learner_path(labs_folder(), info), tmp_path)


@pytest.mark.parametrize("info", LABS)
def test_a_solution_shows_what_its_tagged_cells_stored(info, tmp_path):
    nbval(solution_path(labs_folder(), info), tmp_path, LAB_KIT_STRICT="1")
