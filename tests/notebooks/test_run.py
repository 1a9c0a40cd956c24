import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from lab_kit.data.catalogue import public_source
from lab_kit.errors import LabKitError
from lab_kit.notebooks import child
from lab_kit.notebooks.build import solution_path
from lab_kit.notebooks.files import notebook_text, write_whole
from lab_kit.notebooks.generate import solution_notebook
from lab_kit.notebooks.run import run
from lab_kit.notebooks.source import read_source
from lab_kit.teach.labs import labs
from tests.notebooks.labs_for_tests import PARAMETERS, TITLE, copy_labs, make_labs, one_lab

pytestmark = pytest.mark.notebooks

CHECK = """
from lab_kit.plots.display import show


def check(exercise, value):
    note = {"exercise": exercise, "state": value}
    show("", "", data={"application/vnd.lab-kit.check+json": note})
"""
EXERCISE = ' exercise="3.{0}"\nn{0} = 1  # solution\ncheck("3.{0}", "{1}")'
HOLD_300_MIB = "import time; held = bytearray(300 * 2**20); time.sleep(1)"
TROUBLES = {
    "slow": (TITLE, PARAMETERS, "\nimport time", "\ntime.sleep(60)"),
    "deadly": (TITLE, PARAMETERS, "\nimport os\n\nos._exit(3)"),
    "undone": (TITLE, PARAMETERS, CHECK, EXERCISE.format(1, "done"), EXERCISE.format(2, "not yet")),
    "set_in_stone": (TITLE, "\n1"),
    "greedy": (
        TITLE,
        PARAMETERS,
        f"\nimport subprocess, sys\n\n_ = subprocess.run([sys.executable, '-c', {HOLD_300_MIB!r}])",
    ),
}


def unexecuted(folder):
    """Solutions as `build` makes them, without the time it takes to execute them."""
    known = labs(folder)
    for info in known:
        solution = solution_notebook(read_source(info, folder), known)
        write_whole(solution_path(folder, info), notebook_text(solution))
    return folder


def wait_until_gone(pid):
    end = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end
        time.sleep(0.05)


def saved(tmp_path):
    return json.loads((tmp_path / "build" / "report.json").read_text(encoding="utf-8"))


def test_every_lab_runs_in_order_and_the_report_counts_what_it_showed(tmp_path, monkeypatch):
    monkeypatch.delenv("LAB_KIT_REAL_DATA", raising=False)
    monkeypatch.setenv("LAB_KIT_HOME", str(tmp_path / "home"))
    folder, output = unexecuted(copy_labs(tmp_path)), tmp_path / "build" / "report"
    report = run(folder=folder, output=output, jobs=2)
    assert [(lab.id, lab.dataset, lab.status) for lab in report.labs] == [
        ("01", "shop", "passed"),
        ("02", "shop", "passed"),
        ("03", "shop", "passed"),
    ]
    assert [(left.id, left.dataset) for left in report.skipped] == [("01", "movielens-small")]
    first = saved(tmp_path)["labs"][0]
    assert first["checks"] == {"passed": 2, "total": 2}
    assert (first["figures"], first["cells"]) == (1, 7)
    assert first["peak_rss_mib"] > 20
    assert 0 < first["slowest_cells"][0]["seconds"] <= first["seconds"]
    assert "shop 3" in (output / "notebooks" / "02_second-shop.ipynb").read_text(encoding="utf-8")
    assert "<h1" in (output / "notebooks" / "01_first-shop.html").read_text(encoding="utf-8")


def test_the_local_cloud_that_a_lab_starts_ends_with_the_run(tmp_path):
    note = tmp_path / "pid"
    cell = (
        "import lab_kit.cloud\nfrom lab_kit.cloud.home import Home\nfrom pathlib import Path\n\n"
        "lab_kit.cloud.start()\n"
        f"_ = Path({str(note)!r}).write_text(str(Home().notice().pid))"
    )
    folder = unexecuted(one_lab(tmp_path, f"\n{cell}"))
    report = run(folder=folder, output=tmp_path / "build" / "report")
    assert [lab.status for lab in report.labs] == ["passed"]
    wait_until_gone(int(note.read_text()))


def test_a_failing_lab_is_named_with_cell_and_error_and_the_others_still_run(tmp_path):
    folder = copy_labs(tmp_path)
    source = folder / "source" / "01_first.py"
    text = source.read_text(encoding="utf-8").replace(
        "print(n_rows, total)", "raise KeyError('time')"
    )
    source.write_text(text, encoding="utf-8")
    report = run(
        ["01", "02"],
        datasets=["shop"],
        folder=unexecuted(folder),
        output=tmp_path / "build" / "report",
    )
    assert [lab.status for lab in report.labs] == ["failed", "passed"]
    assert not report.good
    error = saved(tmp_path)["labs"][0]["error"]
    assert error == {
        "cell": "exercise-1-1-rows-4",
        "index": 7,
        "heading": "Exercise 1.1: rows",
        "error": "KeyError: 'time'",
    }
    page = (tmp_path / "build" / "report" / "index.html").read_text(encoding="utf-8")
    assert "KeyError: &#39;time&#39;" in page


@pytest.fixture(scope="module")
def troubles(tmp_path_factory):
    """One run of labs that each go wrong, or heavy, in their own way."""
    room = tmp_path_factory.mktemp("troubles")
    folder = unexecuted(make_labs(room, **TROUBLES))
    report = run(folder=folder, output=room / "build" / "report", cell_seconds=4)
    return {lab.title: lab for lab in report.labs}


def test_a_cell_that_overruns_its_time_fails_its_lab(troubles):
    error = troubles["Slow"].error
    assert (error.cell, error.index) == ("a-lab-5", 4)
    assert error.error == "TimeoutError: the cell took longer than 4 s"


def test_a_kernel_that_dies_fails_its_lab(troubles):
    assert troubles["Deadly"].error.cell == "a-lab-4"
    assert "kernel died" in troubles["Deadly"].error.error


def test_an_exercise_that_is_not_done_fails_its_lab_though_no_cell_raised(troubles):
    lab = troubles["Undone"]
    assert lab.checks == {"passed": 1, "total": 2}
    assert (lab.status, lab.error.cell) == ("failed", "a-lab-6")
    assert lab.error.error == 'exercise 3.2 is "not yet" at the end'


def test_a_lab_without_a_dataset_parameter_fails_rather_than_running_on_another(troubles):
    error = troubles["Set_in_stone"].error
    assert (error.cell, error.error) == (None, "the notebook has no parameter 'dataset'")


def test_the_memory_of_processes_a_kernel_starts_is_counted(troubles):
    assert troubles["Greedy"].error is None
    assert troubles["Greedy"].peak_rss_mib > 350
    assert troubles["Undone"].peak_rss_mib < 300


def test_parameters_and_the_fast_setting_reach_the_lab(tmp_path):
    cells = (
        TITLE,
        PARAMETERS + "\ntop_k: int = 3",
        "\nimport os\n\nassert (dataset, top_k) == ('shop', 7), (dataset, top_k)",
        "\nassert os.environ['LAB_KIT_FAST'] == os.environ['LAB_KIT_STRICT'] == '1'",
        "\nassert os.environ['LAB_KIT_WORK'] == os.getcwd()",
    )
    folder = unexecuted(make_labs(tmp_path, only=cells))
    output = tmp_path / "build" / "report"
    report = run(folder=folder, output=output, parameters={"top_k": "7"}, fast=True)
    assert report.labs[0].error is None


def test_a_lab_finds_data_that_was_downloaded_into_the_users_own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_KIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LAB_KIT_REAL_DATA", raising=False)
    cache = tmp_path / "home" / "data" / "movielens-small"
    cache.mkdir(parents=True)
    for spec in public_source("movielens-small").files:
        (cache / spec.name).write_text("", encoding="utf-8")
    found = f"\nassert str(describe(dataset).folder) == {str(cache)!r}"
    folder = unexecuted(one_lab(tmp_path, "\nfrom lab_kit.data import describe", found))
    described = (folder / "labs.toml").read_text(encoding="utf-8")
    described = described.replace("['shop']", "['shop', 'movielens-small']")
    (folder / "labs.toml").write_text(described, encoding="utf-8")
    output = tmp_path / "build" / "report"
    report = run(folder=folder, output=output, parameters={"dataset": "movielens-small"})
    assert [(lab.dataset, lab.error) for lab in report.labs] == [("movielens-small", None)]


def test_an_unknown_parameter_is_refused_before_anything_runs(tmp_path):
    folder, output = unexecuted(one_lab(tmp_path)), tmp_path / "build" / "report"
    with pytest.raises(LabKitError, match=r"'topk'.*dataset \(str\)"):
        run(folder=folder, output=output, parameters={"topk": "7"})
    assert not output.exists()


def test_solutions_that_were_never_built_are_asked_for(tmp_path):
    with pytest.raises(LabKitError, match=r"01_only\.ipynb.*lab-kit build"):
        run(folder=one_lab(tmp_path), output=tmp_path / "build" / "report")


RUNNER = """
import sys
from pathlib import Path
from lab_kit.notebooks.run import run
folder, output = map(Path, sys.argv[1:])
run(folder=folder, output=output, jobs=2, progress=lambda line: print(line, flush=True))
"""


def start_runner(tmp_path):
    """A run of a lab that ends at once and one that never does; wait until the first is through."""
    pid = tmp_path / "kernel.pid"
    note = (
        f"\nimport os\nfrom pathlib import Path\n\nPath({str(pid)!r}).write_text(str(os.getpid()))"
    )
    folder = make_labs(
        tmp_path,
        brief=(TITLE, PARAMETERS),
        endless=(TITLE, PARAMETERS, note, "\nimport time\n\ntime.sleep(600)"),
    )
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, unexecuted(folder), tmp_path / "build" / "report"],
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in runner.stdout:
        if line.startswith("01 on shop: passed"):
            break
    wait_for(pid.exists)
    return runner, psutil.Process(int(pid.read_text()))


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def gone(process):
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT as a terminal does")
def test_ctrl_c_stops_the_kernels_and_leaves_the_report_of_what_was_through(tmp_path):
    runner, kernel = start_runner(tmp_path)
    runner.send_signal(signal.SIGINT)
    assert runner.wait(timeout=60) != 0
    wait_for(lambda: gone(kernel))
    report = saved(tmp_path)
    assert report["interrupted"]
    assert [(lab["id"], lab["status"]) for lab in report["labs"]] == [("01", "passed")]
    assert [(left["id"], left["reason"]) for left in report["skipped"]] == [
        ("02", "stopped before it was through")
    ]


def test_nothing_runs_on_when_the_run_itself_is_killed(tmp_path):
    runner, kernel = start_runner(tmp_path)
    runner.kill()
    runner.wait(timeout=60)
    wait_for(lambda: gone(kernel))
    assert not (tmp_path / "build" / "report.json").exists()


def test_a_kernel_that_is_never_heard_is_started_once_more_and_no_oftener(monkeypatch):
    heard = []

    def execute(job, answers):
        heard.append(job)
        if not answers[len(heard) - 1]:
            raise RuntimeError("Kernel didn't respond in 60 seconds")

    for answers, starts in (([True], 1), ([False, True], 2)):
        heard.clear()
        monkeypatch.setattr(child, "_execute", lambda job, said=answers: execute(job, said))
        child._execute_heard("job")
        assert len(heard) == starts
    heard.clear()
    monkeypatch.setattr(child, "_execute", lambda job: execute(job, [False, False, True]))
    with pytest.raises(RuntimeError, match="didn't respond"):
        child._execute_heard("job")
