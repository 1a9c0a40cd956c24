"""A process of its own that executes one notebook: `python -m lab_kit.notebooks.child job.json`.

Whatever a lab does to its process, to memory or to the environment ends here. The result is
written to a file, because a notebook's code may print whatever it likes.
"""

import json
import os
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from lab_kit.notebooks.cells import places
from lab_kit.notebooks.execute import Failure, Job
from lab_kit.notebooks.files import read_notebook, write_whole
from lab_kit.notebooks.parameters import literal

_BEAT_SECONDS = 0.05
_BEATS_PER_CENSUS = 10
"""Listing all processes costs more than asking known ones, so new ones are looked for twice a
second and their memory is read twenty times a second."""
_MIB = 2**20
_START_SECONDS = 60


class MemoryWatch(threading.Thread):
    """Remembers the most memory this process's descendants held together.

    The descendants are the kernel and whatever it starts; this process itself is not counted. When
    the process that ordered the work is gone, nobody waits for it: the watch ends everything.

    Args:
        orderer: The process id of whoever ordered the work.
    """

    def __init__(self, orderer: int) -> None:
        super().__init__(daemon=True)
        self.peak_mib = 0.0
        """The highest sum of resident memory seen, in MiB."""
        self._orderer = psutil.Process(orderer)
        self._over = threading.Event()

    def run(self) -> None:
        """Sample until `stop`."""
        me = psutil.Process()
        family: list[psutil.Process] = []
        beats = 0
        while not self._over.wait(_BEAT_SECONDS):
            if beats % _BEATS_PER_CENSUS == 0:
                family = me.children(recursive=True)
                if not self._orderer.is_running():
                    for process in family:
                        process.kill()
                    os._exit(1)
            beats += 1
            self.peak_mib = max(self.peak_mib, sum(map(_resident, family)) / _MIB)

    def stop(self) -> None:
        """End the sampling."""
        self._over.set()
        self.join()


def execute(job: Job) -> dict[str, Any]:
    """Execute the notebook, keep what it showed, and say how it went.

    Returns:
        `seconds`, `peak_rss_mib` and `failure`, None where every cell ran.
    """
    watch = MemoryWatch(job.orderer)
    watch.start()
    _lighten_imports()
    import papermill  # before the clock starts: the time is the lab's, not the tool's

    begun = time.perf_counter()
    unknown = set(job.parameters) - set(papermill.inspect_notebook(literal(job.notebook)))
    failure = (
        _before_cells(f"the notebook has no parameter {min(unknown)!r}")
        if unknown
        else _run_cells(job)
    )
    seconds = time.perf_counter() - begun
    watch.stop()
    if job.html is not None and Path(job.output).is_file():
        from lab_kit.notebooks.page import write_page

        write_page(Path(job.output), Path(job.html))
    return {
        "seconds": round(seconds, 2),
        "peak_rss_mib": round(watch.peak_mib, 1),
        "failure": asdict(failure) if failure else None,
    }


def _lighten_imports() -> None:
    """Keep out a package that costs three seconds and serves nothing here.

    jsonschema, under nbformat, checks IRIs where rfc3987_syntax is installed, whose import compiles
    a grammar. Notebooks hold no IRIs.
    """
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def _run_cells(job: Job) -> Failure | None:
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    try:
        _execute_heard(job)
    except papermill.PapermillExecutionError as error:
        return _failure(job, f"{error.ename}: {error.evalue}")
    except CellTimeoutError:
        return _failure(job, f"TimeoutError: the cell took longer than {job.cell_seconds} s")
    except DeadKernelError:
        return _failure(job, "DeadKernelError: the kernel died, most often for lack of memory")
    return None


def _execute_heard(job: Job) -> None:
    """Execute the notebook; a kernel that is never heard is started once more.

    jupyter_client looks for free ports before the kernel takes them, so of two that start at once
    one may stay without. No cell has run by then.
    """
    try:
        _execute(job)
    except RuntimeError as error:
        if "Kernel didn't respond" not in str(error):
            raise
        _execute(job)


def _execute(job: Job) -> None:
    import papermill

    papermill.execute_notebook(
        literal(job.notebook),
        literal(job.output),
        parameters=dict(job.parameters),
        cwd=job.folder,
        progress_bar=False,
        start_timeout=_START_SECONDS,
        execution_timeout=job.cell_seconds,
        coalesce_streams=True,
    )


def _failure(job: Job, error: str) -> Failure:
    """Name the cell that was running: the last one that papermill noted a start for."""
    executed = read_notebook(Path(job.output))["cells"]
    started = [
        cell.get("id")
        for cell in executed
        if cell["metadata"].get("papermill", {}).get("start_time")
    ]
    known = places(read_notebook(Path(job.notebook))["cells"])
    if not started or started[-1] not in known:
        return _before_cells(error)
    place = known[started[-1]]
    return Failure(cell=started[-1], index=place.index, heading=place.heading, error=error)


def _before_cells(error: str) -> Failure:
    return Failure(cell=None, index=None, heading="", error=error)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:  # it ended between two beats
        return 0


if __name__ == "__main__":
    order = Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    write_whole(Path(order.result), json.dumps(execute(order)))
