"""Execute the solutions of the labs end to end, as an attendee would, and report on each."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from lab_kit.data import describe
from lab_kit.errors import LabKitError
from lab_kit.notebooks import report as reports
from lab_kit.notebooks.build import CELL_SECONDS, solution_path
from lab_kit.notebooks.cells import places
from lab_kit.notebooks.execute import Child, Failure, Job, Outcome, environment
from lab_kit.notebooks.files import read_notebook
from lab_kit.notebooks.parameters import checked
from lab_kit.notebooks.report import LabRun, Report
from lab_kit.notebooks.schedule import execute_in_order
from lab_kit.notebooks.selection import Pair, Skipped, choose, pair_up
from lab_kit.notebooks.summary import DONE, Summary, summarise
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
    folder, output = folder or labs_folder(), output.expanduser().resolve()
    values = dict(parameters or {})
    if "dataset" in values:
        datasets = (*datasets, str(values.pop("dataset")))
    chosen = choose(lab_ids, labs(folder))
    pairs, skipped = pair_up(chosen, datasets, lambda name: describe(name).at_hand)
    originals = {info.id: read_notebook(solution_path(folder, info)) for info in chosen}
    typed = {info.id: checked(solution_path(folder, info), values) for info in chosen}
    reports.clear(output, [pair.name for pair in pairs])

    started, begun = datetime.now().astimezone(), time.monotonic()
    done: dict[Pair, LabRun] = {}

    def written(interrupted: bool) -> Report:
        left = [
            Skipped(pair.lab.id, pair.dataset, pair.lab.title, "stopped before it was through")
            for pair in pairs
            if pair not in done
        ]
        report = Report(
            seconds=round(time.monotonic() - begun, 2),
            started=started.isoformat(timespec="seconds"),
            labs=tuple(done[pair] for pair in pairs if pair in done),
            skipped=(*skipped, *left),
            interrupted=interrupted,
            fast=fast,
        )
        reports.write(report, output)
        return report

    with tempfile.TemporaryDirectory(prefix="lab-kit-run-", ignore_cleanup_errors=True) as room:

        def start(pair: Pair) -> Child:
            progress(f"{pair.lab.id} on {pair.dataset}: started")
            return Child(
                _job(pair, typed[pair.lab.id], cell_seconds, folder, output, Path(room).resolve()),
                _environment(pair, folder, Path(room).resolve(), fast=fast),
            )

        try:
            for pair, outcome in execute_in_order(pairs, start, jobs or _default_jobs()):
                done[pair] = _lab_run(pair, outcome, originals[pair.lab.id], output)
                progress(_line(done[pair]))
        except KeyboardInterrupt:
            written(interrupted=True)
            raise
    return written(interrupted=False)


def _default_jobs() -> int:
    return min(os.cpu_count() or 1, _MOST_JOBS)


def _job(
    pair: Pair, values: Mapping[str, Any], cell_seconds: int, folder: Path, output: Path, room: Path
) -> Job:
    work = room / pair.dataset / "work"
    pages = output / reports.NOTEBOOKS
    for needed in (work, pages):
        needed.mkdir(parents=True, exist_ok=True)
    return Job(
        notebook=str(solution_path(folder, pair.lab)),
        output=str(pages / f"{pair.name}.ipynb"),
        html=str(pages / f"{pair.name}.html"),
        result=str(room / f"{pair.name}.result.json"),
        folder=str(work),
        cell_seconds=cell_seconds,
        parameters={**values, "dataset": pair.dataset},
    )


def _environment(pair: Pair, folder: Path, room: Path, *, fast: bool) -> dict[str, str]:
    own = room / pair.dataset
    variables = environment(folder, own / "work", own / "home", LAB_KIT_STRICT="1")
    if fast:
        variables["LAB_KIT_FAST"] = "1"
    where = describe(pair.dataset).folder
    if pair.dataset != pair.lab.datasets[0] and where is not None:
        # Downloads lie in the user's own home folder of the kit, which the run does not share.
        variables["LAB_KIT_REAL_DATA"] = str(where.parent)
    return variables


def _lab_run(pair: Pair, outcome: Outcome, original: Mapping[str, Any], output: Path) -> LabRun:
    failure = outcome.failure
    try:
        executed = read_notebook(output / reports.NOTEBOOKS / f"{pair.name}.ipynb")
    except LabKitError:
        executed = {"cells": []}
    summary = summarise(executed, original)
    if failure is None:
        failure = _undone(summary, original)
    return LabRun(
        id=pair.lab.id,
        dataset=pair.dataset,
        title=pair.lab.title,
        status="failed" if failure else "passed",
        seconds=outcome.seconds,
        peak_rss_mib=outcome.peak_rss_mib,
        cells=summary.cells,
        checks={"passed": summary.passed, "total": len(summary.states)},
        figures=summary.figures,
        slowest_cells=summary.slowest_cells,
        name=pair.name,
        error=failure,
    )


def _undone(summary: Summary, original: Mapping[str, Any]) -> Failure | None:
    """The first exercise that was not done, though no cell raised."""
    known = places(original["cells"])
    for cell in original["cells"]:
        exercise = cell.get("metadata", {}).get("lab_kit", {}).get("exercise")
        if exercise is not None and summary.states[exercise] != DONE:
            place = known[cell["id"]]
            error = f'exercise {exercise} is "{summary.states[exercise]}" at the end'
            return Failure(cell["id"], place.index, place.heading, error)
    return None


def _line(lab: LabRun) -> str:
    checks = f"{lab.checks['passed']} of {lab.checks['total']} checks"
    line = f"{lab.id} on {lab.dataset}: {lab.status}, {lab.seconds:.1f} s, {checks}"
    return f"{line}; {lab.error}" if lab.error else line
