import json
import re
import shutil
import sys
from functools import partial

import pytest
from packaging.requirements import Requirement

from lab_kit import doctor, machine, paths
from lab_kit.doctor import Finding
from lab_kit.errors import LabKitError
from tests.cli.conftest import lab_kit as lab_kit

GIB = 2**30


def test_each_finding_says_its_state_what_was_found_and_the_fix():
    assert str(Finding("OK", "disk", "9 GiB free")) == "[OK]   disk: 9 GiB free"
    assert str(Finding("FAIL", "disk", "full", "free some space")) == (
        "[FAIL] disk: full\n       Fix: free some space."
    )


def test_python_outside_the_range_is_refused(monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.14.1")
    finding = doctor.check_python()
    assert finding.state == "FAIL"
    assert "3.14.1" in finding.detail
    assert "<3.14" in finding.detail


def test_packages_that_are_missing_or_too_old_are_named(monkeypatch):
    wanted = [
        "click>=8",
        "click>=1000",
        "no-such-package",
        "not-for-this-machine; sys_platform == 'amiga'",
    ]
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: wanted)
    version = doctor.metadata.version("click")
    finding = doctor.check_packages()
    assert finding.state == "FAIL"
    assert finding.detail == (f"click is {version}, wanted >=1000; no-such-package is missing")


def test_every_requirement_of_the_kit_is_checked():
    declared = re.findall(r"\d+", doctor.check_packages().detail)
    applicable = [
        requirement
        for requirement in map(Requirement, doctor.metadata.requires("lab-kit"))
        if requirement.marker is None or requirement.marker.evaluate()
    ]
    assert declared == [str(len(applicable))]


@pytest.mark.parametrize(
    ("limit", "used", "free"),
    [
        (f"{2 * GIB}\n", f"{GIB}\n", GIB),
        (f"{GIB}\n", f"{2 * GIB}\n", 0),
        (f"{2**60}\n", "0\n", None),
        ("max\n", f"{GIB}\n", None),
        (None, None, None),
    ],
)
def test_container_limit_counts_where_it_is_below_the_machines_memory(
    tmp_path, monkeypatch, limit, used, free
):
    class Memory:
        available = 7 * GIB

    monkeypatch.setattr("psutil.virtual_memory", Memory)
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit, encoding="ascii")
        (tmp_path / "memory.current").write_text(used, encoding="ascii")
    assert machine.free_memory(tmp_path) == (7 * GIB if free is None else free)


@pytest.mark.parametrize(("free", "state"), [(1.4, "WARN"), (1.6, "OK")])
def test_little_memory_is_a_warning_not_a_failure(monkeypatch, free, state):
    monkeypatch.setattr(doctor, "free_memory", lambda: int(free * GIB))
    assert doctor.check_memory().state == state


@pytest.mark.parametrize(("free", "state"), [(0.4, "FAIL"), (0.6, "OK")])
def test_disk_with_too_little_room(monkeypatch, tmp_path, free, state):
    monkeypatch.setenv("LAB_KIT_WORK", str(tmp_path / "not" / "there" / "yet"))
    usage = shutil.disk_usage(tmp_path)._replace(free=int(free * GIB))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage)
    assert doctor.check_disk().state == state


def test_work_folder_that_is_a_file_cannot_be_written(monkeypatch, tmp_path):
    file = tmp_path / "work"
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("LAB_KIT_WORK", str(file))
    finding = doctor.check_write_access()
    assert finding.state == "FAIL"
    assert str(file) in finding.detail
    assert "LAB_KIT_WORK" in finding.fix


def test_write_check_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.setenv("LAB_KIT_WORK", str(tmp_path / "work"))
    assert doctor.check_write_access().state == "OK"
    assert list(tmp_path.iterdir()) == []


def test_damaged_data_is_named(monkeypatch, tmp_path):
    shutil.copytree(paths.data_folder(), tmp_path / "data")
    monkeypatch.setattr(paths, "PACKAGE", tmp_path / "lab_kit")
    assert doctor.check_data().state == "OK"
    (tmp_path / "data" / "extra.csv").write_text("a\n1\n", encoding="utf-8")
    finding = doctor.check_data()
    assert finding.state == "FAIL"
    assert "extra.csv" in finding.detail
    (tmp_path / "data" / "MANIFEST.toml").write_text("[[file]", encoding="utf-8")
    assert "MANIFEST.toml" in doctor.check_data().detail


def test_font_of_the_kit_has_korean_and_another_has_not(monkeypatch):
    assert doctor.check_fonts().state == "OK"
    from lab_kit.plots import theme

    monkeypatch.setitem(theme.SETTINGS, "font.family", ["DejaVu Sans"])
    finding = doctor.check_fonts()
    assert finding.state == "FAIL"
    assert "no Korean" in finding.detail


def test_check_that_breaks_is_a_finding_and_the_others_still_run(monkeypatch):
    def check_moon_phase():
        raise RuntimeError("no\nmoon")

    def check_tide():
        raise LabKitError("No tide", where="sea", next_step="wait")

    monkeypatch.setattr(doctor, "QUICK_CHECKS", (check_moon_phase, check_tide))
    monkeypatch.setattr(doctor, "check_kernel", lambda: Finding("OK", "kernel", "starts"))
    told = []
    examination = doctor.examine(progress=told.append)
    assert repr(examination) == (
        "[FAIL] moon phase: RuntimeError: no moon\n"
        f"       Fix: {doctor.INSTALL_AGAIN}.\n"
        "[FAIL] tide: No tide (sea)\n"
        "       Fix: wait.\n"
        "[OK]   kernel: starts"
    )
    assert tuple(told) == examination.findings
    assert [finding.name for finding in doctor.examine(quick=True).findings] == [
        "moon phase",
        "tide",
    ]


@pytest.mark.parametrize(
    ("states", "code", "last"),
    [
        (["OK", "OK"], 0, "This machine is ready."),
        (["OK", "WARN"], 0, "This machine is ready."),
        (["FAIL", "WARN", "FAIL"], 1, "2 of 3 checks failed."),
    ],
)
def test_exit_code_tells_whether_anything_failed(monkeypatch, lab_kit, states, code, last):
    checks = tuple(partial(Finding, state, "thing", "seen") for state in states[1:])
    monkeypatch.setattr(doctor, "QUICK_CHECKS", checks)
    monkeypatch.setattr(doctor, "check_kernel", lambda: Finding(states[0], "kernel", "seen"))
    outcome = lab_kit("doctor")
    assert outcome.code == code
    assert outcome.out.splitlines()[-1] == last


@pytest.mark.notebooks
def test_kernel_starts_with_this_python():
    assert doctor.check_kernel() == Finding("OK", "kernel", "starts, and 1 + 1 is 2")


@pytest.fixture
def kernel_everyone_shares(monkeypatch, tmp_path):
    """A kernel a learner once registered under the name that notebooks ask for."""

    def register(*command):
        spec = tmp_path / "kernels" / "python3" / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [*map(str, command), "-f", "{connection_file}"]
        described = {"argv": argv, "display_name": "Python 3", "language": "python"}
        spec.write_text(json.dumps(described), encoding="utf-8")
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    return register


@pytest.mark.notebooks
def test_kernel_of_another_environment_is_found_out(kernel_everyone_shares, tmp_path):
    launcher = tmp_path / "launcher.py"
    launcher.write_text(
        "import runpy, sys\n"
        "sys.prefix = 'elsewhere'\n"
        "runpy.run_module('ipykernel_launcher', run_name='__main__')\n",
        encoding="utf-8",
    )
    kernel_everyone_shares(sys.executable, launcher)
    finding = doctor.check_kernel()
    assert finding.state == "FAIL"
    assert finding.detail == f"notebooks would run in elsewhere, not in {sys.prefix}"


@pytest.mark.notebooks
def test_kernel_whose_python_is_gone_is_found_out(kernel_everyone_shares, tmp_path):
    kernel_everyone_shares(tmp_path / "gone" / "python", "-m", "ipykernel_launcher")
    finding = next(each for each in doctor.examine().findings if each.name == "kernel")
    assert finding.state == "FAIL"
    assert "gone" in finding.detail
