"""Start, watch and stop the child processes that execute notebooks."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lab_kit.machine import end_family

_GRACE_SECONDS = 120
"""What a child may need beside its cells: imports, the kernel's start, saving."""
_STOP_SECONDS = 10
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Job:
    """One notebook to execute; plain values, because it travels to the child as JSON."""

    notebook: str
    """The file to execute; it is not changed."""
    output: str
    """Where the executed notebook goes; what a failing one showed until then is kept."""
    result: str
    """Where the child writes how it went."""
    folder: str
    """The kernel's current folder."""
    cell_seconds: int
    """The time limit of each cell."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    html: str | None = None
    """Where a page of the executed notebook goes, if one is wanted."""
    orderer: int = field(default_factory=os.getpid)
    """The process the child works for; the child ends when that one is gone."""


@dataclass(frozen=True)
class Failure:
    """Where a notebook stopped, and why."""

    cell: str | None
    """The id of the cell; None where no cell was reached."""
    index: int | None
    """Its place in the notebook, from 0."""
    heading: str
    """The heading it stands under."""
    error: str
    """Name and text of the exception."""

    def __str__(self) -> str:
        if self.cell is None:
            return self.error
        under = f', under "{self.heading}"' if self.heading else ""
        return f"cell {self.cell} (number {self.index}{under}): {self.error}"


@dataclass(frozen=True)
class Outcome:
    """How the execution of one notebook went."""

    seconds: float
    peak_rss_mib: float
    """The most memory the kernel and its children held, in MiB."""
    failure: Failure | None


class Child:
    """One running child. It is started at once; ask `finished`, then `outcome`.

    Args:
        job: What to execute.
        environment: All its environment variables; see `environment`.
    """

    def __init__(self, job: Job, environment: Mapping[str, str]) -> None:
        self._job = job
        self._begun = time.monotonic()
        order = Path(job.result).with_suffix(".job.json")
        order.write_text(json.dumps(asdict(job)), encoding="utf-8")
        self._log = Path(job.result).with_suffix(".log")
        cells = len(json.loads(Path(job.notebook).read_text(encoding="utf-8"))["cells"])
        self._deadline = self._begun + cells * job.cell_seconds + _GRACE_SECONDS
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lab_kit.notebooks.child", str(order)],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C reaches the one who ordered, who then stops the child.
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )

    def finished(self) -> bool:
        """Whether it has ended; one that overruns every limit is stopped."""
        if time.monotonic() > self._deadline:
            self.stop()
        return self._process.poll() is not None

    def stop(self) -> None:
        """End it and every process it started."""
        end_family(self._process.pid, _STOP_SECONDS)

    def outcome(self) -> Outcome:
        """How it went, once it has finished; a child that died unheard counts as a failure."""
        try:
            result = json.loads(Path(self._job.result).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            error = said[-1] if said else f"exit code {self._process.poll()}, without a word"
            seconds = round(time.monotonic() - self._begun, 2)
            return Outcome(seconds, 0.0, Failure(None, None, "", error))
        failure = result["failure"]
        return Outcome(
            result["seconds"], result["peak_rss_mib"], Failure(**failure) if failure else None
        )


def execute(job: Job, environment: Mapping[str, str]) -> Outcome:
    """Execute one notebook and wait for it."""
    child = Child(job, environment)
    try:
        while not child.finished():
            time.sleep(_POLL_SECONDS)
    finally:
        child.stop()
    return child.outcome()


def environment(labs: Path, work: Path, home: Path, **more: str) -> dict[str, str]:
    """What a child sees: this process's variables, but nothing of the user's own labs or set-up.

    Args:
        labs: The labs folder, where checks look for solutions.
        work: The learner's folder of this execution.
        home: The kit's per-user folder of this execution.
        more: Further variables.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LAB_KIT_")}
    if named := os.environ.get("LAB_KIT_REAL_DATA"):
        kept["LAB_KIT_REAL_DATA"] = str(Path(named).expanduser().resolve())
    return kept | {
        "LAB_KIT_LABS": str(labs),
        "LAB_KIT_WORK": str(work),
        "LAB_KIT_HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),  # start-up files of the user stay out
        "JUPYTER_PREFER_ENV_PATH": "1",  # this Python's kernel, not one of the user's folder
        **more,
    }
