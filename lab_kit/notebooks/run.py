"""Execute the solutions of the labs end to end, as an attendee would, and report on each."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from lab_kit.cloud.home import Home
from lab_kit.cloud.launch import stop
from lab_kit.data import describe
from lab_kit.notebooks import report as reports
from lab_kit.notebooks.attempt import Setting, finish, start
from lab_kit.notebooks.build import CELL_SECONDS, solution_path
from lab_kit.notebooks.execute import Child
from lab_kit.notebooks.files import read_notebook
from lab_kit.notebooks.parameters import checked
from lab_kit.notebooks.report import LabRun, Report
from lab_kit.notebooks.schedule import execute_in_order
from lab_kit.notebooks.selection import SHOP, Pair, Skipped, choose, pair_up
from lab_kit.paths import labs_folder
from lab_kit.teach.labs import labs

OUTPUT = Path("build", "report")
_MOST_JOBS = 4  # a kernel may hold half a gigabyte, and Binder shows all cores of its host


def run(
    lab_ids: Sequence[str] = (),
    *,
    datasets: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    fast: bool = False,
    cell_seconds: int = CELL_SECONDS,
    jobs: int | None = None,
    output: Path = OUTPUT,
    folder: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Execute solutions, each in a process of its own, and write the report.

    A lab fails where a cell raises or overruns its time, or an exercise is not done at the end.
    The others still run. Labs of one data set share a work folder made for this run; the user's
    own is not touched.

    Args:
        lab_ids: Such as "01"; all labs by default.
        datasets: Data sets to run on; by default each lab's own, and every other one that the lab
            works with and that is on this computer.
        parameters: Values for the labs' parameters cells; each chosen lab must know each name.
            `dataset` is the same as `datasets` with one name.
        fast: Set LAB_KIT_FAST=1, which labs may read to do less.
        cell_seconds: The time limit of each cell.
        jobs: How many labs run at a time; the number of cores, at most four, by default.
        output: The folder of the pages; report.json lies beside it.
        folder: The labs folder; the kit's own by default.
        progress: Called with a line about each step.

    Returns:
        The report, as written.

    Raises:
        LabKitError: Where a lab, data set, parameter or notebook is not there, or the report
            cannot be written; before anything is executed wherever that can be known.
        KeyboardInterrupt: After Ctrl-C, when all children are stopped and the report of what had
            finished is written.
    """
    folder, output = (folder or labs_folder()).resolve(), output.expanduser().resolve()
    values = dict(parameters or {})
    if "dataset" in values:
        datasets = (*datasets, str(values.pop("dataset")))
    chosen = choose(lab_ids, labs(folder))
    pairs, skipped = pair_up(chosen, datasets, _at_hand)
    originals = {info.id: read_notebook(solution_path(folder, info)) for info in chosen}
    typed = {info.id: checked(solution_path(folder, info), values) for info in chosen}
    reports.clear(output, [pair.name for pair in pairs])
    record = _Record(pairs, skipped, output, fast)
    with tempfile.TemporaryDirectory(prefix="lab-kit-run-", ignore_cleanup_errors=True) as room:
        setting = Setting(folder, output, Path(room).resolve(), cell_seconds, fast)

        def start_one(pair: Pair) -> Child:
            progress(f"{pair.lab.id} on {pair.dataset}: started")
            return start(pair, typed[pair.lab.id], setting)

        try:
            for pair, outcome in execute_in_order(pairs, start_one, jobs or _default_jobs()):
                record.done[pair] = finish(pair, outcome, originals[pair.lab.id], setting)
                progress(_line(record.done[pair]))
        except KeyboardInterrupt:
            record.write(interrupted=True)
            raise
        finally:
            _stop_clouds(setting.room)
    return record.write(interrupted=False)


class _Record:
    """What is known of a run while it goes on."""

    def __init__(
        self, pairs: Sequence[Pair], skipped: Sequence[Skipped], output: Path, fast: bool
    ) -> None:
        self.done: dict[Pair, LabRun] = {}
        self._pairs = pairs
        self._skipped = skipped
        self._output = output
        self._fast = fast
        self._started = datetime.now().astimezone()
        self._begun = time.monotonic()

    def write(self, *, interrupted: bool) -> Report:
        """Write the report of what is done; what is not counts as skipped."""
        left = [
            Skipped(pair.lab.id, pair.dataset, pair.lab.title, "stopped before it was through")
            for pair in self._pairs
            if pair not in self.done
        ]
        report = Report(
            seconds=round(time.monotonic() - self._begun, 2),
            started=self._started.isoformat(timespec="seconds"),
            labs=tuple(self.done[pair] for pair in self._pairs if pair in self.done),
            skipped=(*self._skipped, *left),
            interrupted=interrupted,
            fast=self._fast,
        )
        reports.write(report, self._output)
        return report


def _at_hand(dataset: str) -> bool:
    # The shop comes with the kit; where it is broken, its labs fail and say so.
    return dataset == SHOP or describe(dataset).at_hand


def _stop_clouds(room: Path) -> None:
    """Stop the local clouds that labs have started in the homes of this run."""
    for lock in room.glob("*/home/cloud/server.lock"):
        stop(Home(lock.parent))


def _default_jobs() -> int:
    return min(os.cpu_count() or 1, _MOST_JOBS)


def _line(lab: LabRun) -> str:
    checks = f"{lab.checks['passed']} of {lab.checks['total']} checks"
    line = f"{lab.id} on {lab.dataset}: {lab.status}, {lab.seconds:.1f} s, {checks}"
    return f"{line}; {lab.error}" if lab.error else line
