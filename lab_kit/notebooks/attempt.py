"""One lab on one data set within a run: how it is executed, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab_kit.data import describe
from lab_kit.errors import LabKitError
from lab_kit.notebooks.build import solution_path
from lab_kit.notebooks.cells import Notebook, places
from lab_kit.notebooks.execute import Child, Failure, Job, Outcome, environment
from lab_kit.notebooks.files import read_notebook
from lab_kit.notebooks.report import NOTEBOOKS, LabRun
from lab_kit.notebooks.selection import SHOP, Pair
from lab_kit.notebooks.summary import DONE, Summary, summarise


@dataclass(frozen=True)
class Setting:
    """What all labs of a run share."""

    folder: Path
    """The labs folder."""
    output: Path
    """The folder of the report's pages."""
    room: Path
    """A folder that lasts as long as the run."""
    cell_seconds: int
    fast: bool


def start(pair: Pair, values: Mapping[str, Any], setting: Setting) -> Child:
    """Start the solution of a lab; labs of one data set meet in the same work folder.

    Args:
        pair: The lab and the data set.
        values: Its parameters, `dataset` aside.
        setting: What the run is like.
    """
    own = setting.room / pair.dataset
    work, pages = own / "work", setting.output / NOTEBOOKS
    for needed in (work, pages):
        needed.mkdir(parents=True, exist_ok=True)
    job = Job(
        notebook=str(solution_path(setting.folder, pair.lab)),
        output=str(pages / f"{pair.name}.ipynb"),
        html=str(pages / f"{pair.name}.html"),
        result=str(setting.room / f"{pair.name}.result.json"),
        folder=str(work),
        cell_seconds=setting.cell_seconds,
        parameters={**values, "dataset": pair.dataset},
    )
    more = {"LAB_KIT_STRICT": "1"}
    if setting.fast:
        more["LAB_KIT_FAST"] = "1"
    if pair.dataset != SHOP and (where := describe(pair.dataset).folder):
        # Downloads lie in the user's own LAB_KIT_HOME, which the run does not share.
        more["LAB_KIT_REAL_DATA"] = str(where.parent)
    return Child(job, environment(setting.folder, work, own / "home", **more))


def finish(pair: Pair, outcome: Outcome, original: Notebook, setting: Setting) -> LabRun:
    """What came of it, read off the executed notebook.

    Args:
        pair: The lab and the data set.
        outcome: How its child went.
        original: The solution that was executed.
        setting: What the run is like.
    """
    try:
        executed = read_notebook(setting.output / NOTEBOOKS / f"{pair.name}.ipynb")
    except LabKitError:  # it failed before the first cell; the outcome says how
        executed = {"cells": []}
    summary = summarise(executed, original)
    failure = outcome.failure or _undone(summary, original)
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


def _undone(summary: Summary, original: Notebook) -> Failure | None:
    """The first exercise that was not done, though no cell raised."""
    known = places(original["cells"])
    for cell in original["cells"]:
        exercise = cell.get("metadata", {}).get("lab_kit", {}).get("exercise")
        if exercise is not None and summary.states[exercise] != DONE:
            place = known[cell["id"]]
            error = f'exercise {exercise} is "{summary.states[exercise]}" at the end'
            return Failure(cell["id"], place.index, place.heading, error)
    return None
