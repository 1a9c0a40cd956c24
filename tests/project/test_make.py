import os
import re
import shutil
import subprocess

import pytest

from tests.cli.conftest import environment
from tests.project.conftest import ROOT, executable, page, posix_only


@pytest.fixture
def make(tmp_path):
    """Run make in a copy of the Makefile, with nothing on the PATH but what a test puts there."""
    if shutil.which("make") is None:
        pytest.skip("make is not on this machine")
    shutil.copy(ROOT / "Makefile", tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "rm", "find", "mkdir"):
        (tools / name).symlink_to(shutil.which(name))

    def run(*targets):
        return subprocess.run(
            [shutil.which("make"), *targets],
            cwd=tmp_path,
            env={"PATH": str(tools)},
            capture_output=True,
            text=True,
        )

    return run


@posix_only
def test_make_says_what_there_is(make):
    listed = re.findall(r"^make ([a-z]+) ", make().stdout, re.MULTILINE)
    phony = re.search(r"^\.PHONY: help (.+)$", page("Makefile"), re.MULTILINE)[1]
    assert sorted(listed) == sorted(phony.split())


@posix_only
def test_make_runs_exactly_the_locked_packages_and_passes_failure_on(make, tmp_path):
    executable(tmp_path / "tools" / "uv", 'echo "uv $@"; exit 7')
    for target, command in {
        "labs": "uv run --locked --no-dev lab-kit run",
        "start": "uv run --locked --no-dev lab-kit start",
        "test": "uv run --locked pytest",
    }.items():
        ended = make(target)
        assert ended.stdout == f"{command}\n"
        assert ended.returncode != 0


@posix_only
def test_make_without_a_usable_python_says_what_to_install(make, tmp_path):
    for name in ("python3.13", "python3"):  # a shim without its version; a Python that is too old
        executable(tmp_path / "tools" / name, "exit 1")
    ended = make("labs")
    assert ended.returncode != 0
    assert "No Python 3.11, 3.12 or 3.13 with venv was found" in ended.stdout
    assert "https://www.python.org/downloads/" in ended.stdout
    assert not (tmp_path / ".tools").exists()


@posix_only
def test_make_leaves_no_half_made_tools_when_uv_cannot_be_installed(make, tmp_path):
    executable(
        tmp_path / "tools" / "python3.12",
        'case "$1" in -c) exit 0;; esac\n'  # "yes, I am of the right age"
        "mkdir -p .tools/bin\n"  # python3.12 -m venv .tools
        "echo '#!/bin/sh' > .tools/bin/python; echo 'exit 1' >> .tools/bin/python",
    )
    ended = make("labs")
    assert ended.returncode != 0
    assert "uv could not be installed" in ended.stdout
    assert not (tmp_path / ".tools").exists()


@posix_only
def test_make_clean_spares_the_work_folder(make, tmp_path):
    for name in ("build/report", "work", ".ruff_cache", "lab_kit/__pycache__", "tests", "labs"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "work" / "mine.ipynb").write_text("mine", encoding="utf-8")
    assert make("clean").returncode == 0
    assert (tmp_path / "work" / "mine.ipynb").exists()
    assert not any((tmp_path / name).exists() for name in ("build", ".ruff_cache"))
    assert not (tmp_path / "lab_kit" / "__pycache__").exists()


@posix_only
@pytest.mark.parametrize("failing", ["labs", "lint", "test", None])
def test_ci_stops_at_the_first_failure_and_runs_the_tests_last(tmp_path, failing):
    (tmp_path / "tools").mkdir()
    executable(tmp_path / "tools" / "make", f'echo "$1"; [ "$1" != "{failing}" ]')
    path = f"{tmp_path / 'tools'}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        [ROOT / ".ci" / "run"], env=environment(PATH=path), capture_output=True, text=True
    )
    steps = ["labs", "lint", "test"]
    assert ended.stdout.split() == steps[: steps.index(failing) + 1 if failing else None]
    assert ended.returncode == (1 if failing else 0)
