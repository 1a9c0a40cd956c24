import json
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest

from tests.cli.conftest import described, environment

pytestmark = pytest.mark.notebooks


@pytest.fixture
def labs(clone):
    """Put labs into the clone whose solutions are one cell of code each."""

    def put(**cells: str):
        listed = ""
        for number, (name, code) in enumerate(cells.items()):
            listed += described(f"0{number}", name, title=name)
            first = nbformat.v4.new_code_cell(
                'dataset: str = "shop"\nrounds: int = 1', metadata={"tags": ["parameters"]}
            )
            notebook = nbformat.v4.new_notebook(
                cells=[first, nbformat.v4.new_code_cell(code, id="the-cell")],
                metadata={
                    "kernelspec": {"name": "python3", "display_name": "", "language": "python"}
                },
            )
            nbformat.write(notebook, clone / "labs" / "solutions" / f"0{number}_{name}.ipynb")
        (clone / "labs" / "labs.toml").write_text(listed, encoding="utf-8")

    return put


def report(clone):
    return json.loads((clone / "build" / "report.json").read_text(encoding="utf-8"))


def test_passing_labs_leave_a_report_and_0(lab_kit, labs, clone):
    labs(adds="assert 1 + 1 == 2", greets="print('hello')")
    outcome = lab_kit("run")
    assert outcome.code == 0
    page = clone / "build" / "report" / "index.html"
    assert f"2 of 2 passed in {report(clone)['seconds']:.0f} s. Report: {page}\n" in outcome.out
    assert page.is_file()
    assert not (clone / "work").exists()


def test_failing_lab_fails_the_command_names_its_cell_and_the_others_still_run(
    lab_kit, labs, clone
):
    labs(breaks="raise ValueError('no milk')", greets="print('hello')")
    outcome = lab_kit("run", "--jobs", "1")
    assert outcome.code == 1
    assert "the-cell" in outcome.out
    assert "ValueError: no milk" in outcome.out
    assert "1 of 2 passed" in outcome.out
    assert [lab["status"] for lab in report(clone)["labs"]] == ["failed", "passed"]


def test_only_the_named_lab_runs_with_its_parameter(lab_kit, labs, clone):
    labs(breaks="raise ValueError", counts="assert rounds == 3, rounds")
    assert lab_kit("run", "01", "-p", "rounds", "3").code == 0
    assert [lab["id"] for lab in report(clone)["labs"]] == ["01"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["-p", "round", "3"], "rounds"),
        (["-p", "rounds", "three"], "three"),
        (["07"], "07"),
        (["--dataset", "shoop"], "shoop"),
    ],
)
def test_what_cannot_run_is_one_line_before_anything_runs(lab_kit, labs, arguments, named):
    labs(never="raise SystemExit")
    outcome = lab_kit("run", *arguments)
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("Error: ")
    assert named in outcome.err


def test_cell_that_overruns_its_time_fails(lab_kit, labs):
    labs(sleeps="import time; time.sleep(60)")
    outcome = lab_kit("run", "--timeout", "1")
    assert outcome.code == 1
    assert "0 of 1 passed" in outcome.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_every_process_in_one_line(labs, clone):
    started = clone / "started"
    labs(
        sleeps=f"import os, pathlib, time\n"
        f"pathlib.Path({str(started)!r}).write_text(str(os.getpid()))\n"
        f"time.sleep(60)"
    )
    script = (
        "import sys; from pathlib import Path; from lab_kit import paths, cli;"
        f"paths.PACKAGE = Path({str(clone / 'lab_kit')!r});"
        "sys.argv = ['lab-kit', 'run']; cli.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment(),
        cwd=clone,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while not (started.exists() and started.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    kernel = int(started.read_text())
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert complaint.split() == [b"Stopped."]
    assert not psutil.pid_exists(kernel) or psutil.Process(kernel).status() == "zombie"
    assert report(clone)["interrupted"]
