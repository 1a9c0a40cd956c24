import os
import re
import shlex
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from lab_kit.teach.labs import labs
from tests.cli.conftest import environment
from tests.project.conftest import ROOT, page, posix_only


def test_binder_installs_what_the_lock_says(uv):
    # The command maintainers are told, but to standard output.
    command = re.search(r"(?m)^uv (export .+) -o binder/requirements.txt$", page("CONTRIBUTING.md"))
    exported = subprocess.run(
        [uv, *shlex.split(command[1])], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert page("binder/requirements.txt") == exported.stdout


def test_binder_requirements_are_pinned_and_none_is_local():
    for line in page("binder/requirements.txt").splitlines():
        requirement = Requirement(line.strip())
        assert re.fullmatch(r"==[\d.]+(post\d+)?", str(requirement.specifier)), line
        assert requirement.url is None
        assert requirement.name != "lab-kit"


def test_binder_has_a_python_the_kit_allows():
    project = tomllib.loads(page("pyproject.toml"))["project"]
    version = re.fullmatch(r"python-(\d\.\d+)\n", page("binder/runtime.txt"))[1]
    assert SpecifierSet(project["requires-python"]).contains(version)


@pytest.mark.parametrize("name", ["binder/postBuild", "binder/start", ".ci/run"])
def test_scripts_are_executable_and_end_lines_as_linux_does(name):
    script = (ROOT / name).read_bytes()
    assert script.startswith(b"#!/")
    assert b"\r" not in script
    if os.name == "posix":
        assert (ROOT / name).stat().st_mode & stat.S_IXUSR


def test_binder_build_stops_at_the_first_error_and_adds_no_packages_of_its_own():
    script = page("binder/postBuild")
    assert re.search(r"^set -e$", script, re.MULTILINE)
    assert re.search(r"^pip install .*--no-deps \.$", script, re.MULTILINE)


@posix_only
@pytest.mark.parametrize("work_is_in_the_way", [False, True])
def test_binder_start_prepares_the_work_folder_and_hands_over(tmp_path, work_is_in_the_way):
    if work_is_in_the_way:
        (tmp_path / "work").write_text("", encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        [ROOT / "binder" / "start", "sh", "-c", 'echo "$LAB_KIT_WORK $1"; exit 5', "-", "a b"],
        cwd=tmp_path,
        env=environment(PATH=path),
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 5
    assert ended.stdout.splitlines()[-1] == f"{tmp_path / 'work'} a b"
    if work_is_in_the_way:
        assert "could not be copied" in ended.stderr
    else:
        copied = sorted(file.name for file in (tmp_path / "work").glob("*.ipynb"))
        assert copied == [f"{lab.stem}.ipynb" for lab in labs()]
