"""Make the learner notebooks and executed solutions from `labs/source`, or say what differs."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab_kit.errors import LabKitError
from lab_kit.notebooks.difference import Difference, compare_learner, compare_solution
from lab_kit.notebooks.execute import Job, environment, execute
from lab_kit.notebooks.files import notebook_text, read_notebook, write_whole
from lab_kit.notebooks.generate import learner_notebook, solution_notebook
from lab_kit.notebooks.outputs import with_outputs
from lab_kit.notebooks.selection import choose
from lab_kit.notebooks.source import read_source
from lab_kit.paths import labs_folder
from lab_kit.teach.labs import FILE, LabInfo, labs

CELL_SECONDS = 120


def build(
    lab_ids: Sequence[str] = (),
    *,
    check: bool = False,
    folder: Path | None = None,
    cell_seconds: int = CELL_SECONDS,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Difference]:
    """Generate the notebooks of the labs and execute their solutions.

    Nothing is written before every chosen solution has run to its end.

    Args:
        lab_ids: Such as "01"; all labs by default.
        check: Write and execute nothing; compare the files with what would be generated. Outputs
            are not compared here: those of tagged cells are held true by the tests.
        folder: The labs folder; the kit's own by default.
        cell_seconds: The time limit of each cell.
        progress: Called with a line about each step.

    Returns:
        With `check`, every difference; else an empty list.

    Raises:
        LabKitError: Where a source has a slip, a solution fails (the message names lab, cell and
            error), or a file cannot be written.
    """
    folder = folder or labs_folder()
    known = labs(folder)
    chosen = choose(lab_ids, known)
    sources = {info.id: read_source(info, folder) for info in known}
    solutions = {info.id: solution_notebook(sources[info.id], known) for info in known}
    learners = {info.id: learner_notebook(sources[info.id], known) for info in chosen}
    if check:
        return [
            difference
            for info in chosen
            for difference in (
                *compare_learner(learner_path(folder, info), learners[info.id]),
                *compare_solution(solution_path(folder, info), solutions[info.id]),
            )
        ]
    executed = _execute_all(chosen, known, solutions, folder, cell_seconds, progress)
    for info in chosen:
        write_whole(learner_path(folder, info), notebook_text(learners[info.id]))
        write_whole(solution_path(folder, info), notebook_text(executed[info.id]))
        progress(f"{info.stem}: written")
    return []


def learner_path(folder: Path, info: LabInfo) -> Path:
    """Where the learner's notebook of a lab lies."""
    return folder / f"{info.stem}.ipynb"


def solution_path(folder: Path, info: LabInfo) -> Path:
    """Where the executed solution of a lab lies."""
    return folder / "solutions" / f"{info.stem}.ipynb"


def _execute_all(
    chosen: Sequence[LabInfo],
    known: Sequence[LabInfo],
    solutions: Mapping[str, dict[str, Any]],
    folder: Path,
    cell_seconds: int,
    progress: Callable[[str], None],
) -> dict[str, dict[str, Any]]:
    """Execute the solutions away from the labs folder, in order, in one work folder.

    The staged folder holds the new solutions of all labs, since checks take their answers from
    there and a lab that needs another's checkpoint may have it built.
    """
    executed = {}
    with tempfile.TemporaryDirectory(prefix="lab-kit-build-", ignore_cleanup_errors=True) as name:
        room = Path(name).resolve()
        staged, work = room / "labs", room / "work"
        work.mkdir()
        (staged / "solutions").mkdir(parents=True)
        shutil.copy(folder / FILE, staged / FILE)
        for info in known:
            write_whole(solution_path(staged, info), notebook_text(solutions[info.id]))
        surroundings = environment(staged, work, room / "home", LAB_KIT_STRICT="1")
        for info in chosen:
            progress(f"{info.stem}: executing the solution")
            job = Job(
                notebook=str(solution_path(staged, info)),
                output=str(room / f"{info.stem}.ipynb"),
                result=str(room / f"{info.stem}.result.json"),
                folder=str(work),
                cell_seconds=cell_seconds,
            )
            outcome = execute(job, surroundings)
            if outcome.failure is not None:
                raise LabKitError(
                    f"The solution of lab {info.id} fails: {outcome.failure}",
                    where=str(folder / "source" / f"{info.stem}.py"),
                    next_step="mend the cell and build again; no notebook was changed",
                )
            executed[info.id] = with_outputs(solutions[info.id], read_notebook(Path(job.output)))
            progress(f"{info.stem}: {outcome.seconds:.1f} s, {outcome.peak_rss_mib:.0f} MiB")
    return executed
