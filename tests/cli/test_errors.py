import os
import signal
import subprocess
import sys
import time

import pytest

from lab_kit.cli.frame import explain
from lab_kit.errors import LabKitError
from tests.cli.conftest import environment

KIT = [sys.executable, "-m", "lab_kit.cli"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["strat"],
        ["--colour"],
        ["start", "01"],
        ["clean", "--everything"],
        ["data", "get"],
        ["data", "fetch"],
        ["run", "-p", "dataset"],
        ["run", "--timeout", "soon"],
        ["run", "--jobs", "0"],
    ],
)
def test_wrong_usage_leaves_with_2_and_one_error_line(lab_kit, arguments):
    outcome = lab_kit(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    errors = [line for line in outcome.err.splitlines() if line.startswith("Error: ")]
    assert outcome.err.splitlines()[-1:] == errors


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["run", "--help"], ["data", "-h"]])
def test_help_lists_what_there_is(lab_kit, arguments):
    outcome = lab_kit(*arguments)
    assert (outcome.out + outcome.err).startswith("Usage: lab-kit")


def test_version(lab_kit):
    from lab_kit import __version__

    assert __version__ in lab_kit("--version").out


@pytest.mark.parametrize("where", ["before", "after"])
def test_debug_shows_the_trace_that_is_hidden_without_it(lab_kit, clone, where):
    (clone / "work").write_text("in the way", encoding="utf-8")
    short = lab_kit("start", "--copy-only")
    assert short.code == 1
    assert short.err.count("\n") == 1
    arguments = ["--debug", "start"] if where == "before" else ["start", "--debug"]
    long = lab_kit(*arguments, "--copy-only")
    assert long.code == 1
    assert long.err.startswith("Traceback")
    assert "lab_kit.errors.LabKitError" in long.err


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            LabKitError("No such column", where="a.csv, row 3", next_step="rename it"),
            "No such column (a.csv, row 3). Next: rename it.",
        ),
        (
            PermissionError(13, "Permission denied", "/labs"),
            "Permission denied (/labs). Next: choose a folder you may write to, with LAB_KIT_WORK.",
        ),
        (
            OSError(28, "No space left on device"),
            "No space left on device. Next: run `lab-kit doctor`, "
            "which checks disk space and write access.",
        ),
        (
            KeyError("two\nlines"),
            "Something the kit did not expect: KeyError: 'two\\nlines'. "
            "Next: run the command again with --debug and report what it prints.",
        ),
        (
            RuntimeError("two\n  lines"),
            "Something the kit did not expect: RuntimeError: two lines. "
            "Next: run the command again with --debug and report what it prints.",
        ),
    ],
)
def test_every_error_is_one_line(error, line):
    assert explain(error) == line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_at_a_question_is_one_line_and_130(clone, lab_kit):
    lab_kit("start", "--copy-only")
    process = subprocess.Popen(
        [*KIT, "clean", "--work"],
        env=environment(LAB_KIT_WORK=str(clone / "work"), HOME=str(clone)),
        cwd=clone,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    asked = b""
    while b"cannot be undone" not in asked:
        asked += os.read(process.stdout.fileno(), 1000)
    time.sleep(0.2)  # from the question to the wait for its answer
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 130
    assert complaint.split() == [b"Stopped."]
    assert (clone / "work" / "00_hello.ipynb").exists()


def test_question_without_an_answer_does_nothing(clone, lab_kit):
    lab_kit("start", "--copy-only")
    ended = subprocess.run(
        [*KIT, "clean", "--work"],
        env=environment(LAB_KIT_WORK=str(clone / "work")),
        cwd=clone,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert ended.stderr == "Nothing was done: the question got no answer.\n"
    assert (clone / "work" / "00_hello.ipynb").exists()


def test_help_needs_none_of_the_heavy_packages():
    script = (
        "import sys; import lab_kit.cli;"
        "print(*{name.split('.')[0] for name in sys.modules} & {'pandas', 'numpy', 'matplotlib',"
        " 'sklearn', 'papermill', 'nbformat', 'jupyterlab', 'IPython', 'jinja2', 'psutil'})"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.strip() == ""
    assert ended.returncode == 0
