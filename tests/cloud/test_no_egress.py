"""No byte leaves the machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab_kit.cloud import launch
from lab_kit.cloud.home import Home
from tests.cli.conftest import environment
from tests.cloud.conftest import ROOT

HERE = Path(__file__).parent
START = "import lab_kit.cloud; lab_kit.cloud.start()\n"


@pytest.fixture
def blocked(tmp_path):
    """An environment in which no Python process reaches another machine, and the notes of tries."""
    notes = tmp_path / "notes.txt"
    notes.touch()
    variables = environment(
        TEST_EGRESS_NOTES=str(notes),
        PYTHONPATH=os.pathsep.join([str(HERE / "egress"), str(ROOT)]),
        LAB_KIT_HOME=str(tmp_path / "home"),
        LAB_KIT_WORK=str(tmp_path / "work"),
    )
    yield variables, notes
    launch.stop(Home(tmp_path / "home" / "cloud"))


def run(variables, folder, *command):
    return subprocess.run(
        [sys.executable, *command],
        env=variables,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_block_blocks(blocked, tmp_path):
    variables, notes = blocked
    script = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    ended = run(variables, tmp_path, "-c", script)
    assert "blocked by the test" in ended.stderr
    assert "192.0.2.1" in notes.read_text(encoding="utf-8")


def test_a_workshops_notebook_runs_unchanged_and_reaches_nobody(blocked, tmp_path):
    variables, notes = blocked
    script = START + (HERE / "workshop.py").read_text(encoding="utf-8")
    # It sleeps a minute whenever something is not done; on a slow machine training takes its time.
    variables["LAB_KIT_CLOUD_PATIENCE"] = "600"
    ended = run(variables, tmp_path, "-c", script)
    assert ended.stderr.endswith("done\n"), ended.stderr
    assert notes.read_text(encoding="utf-8") == ""


@pytest.mark.notebooks
def test_a_whole_lab_reaches_nobody(blocked, tmp_path):
    variables, notes = blocked
    ended = run(variables, tmp_path, "-m", "lab_kit.cli", "run", "01", "--dataset", "shop")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert notes.read_text(encoding="utf-8") == ""
