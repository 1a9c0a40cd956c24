"""The child process of a job, seen from the server: started, watched, ended."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

from lab_kit.aws.files import write_json
from lab_kit.aws.jobs.child import INPUT, LOG, ORDER, OUTPUT, PROGRESS, RESULT
from lab_kit.machine import end_family

_MIB = 2**20
_STOP_SECONDS = 10


class Process:
    """A running child. It starts at once.

    Args:
        folder: Its own, from `fresh`.
        function: "package.module:function".
        arguments: What JSON can hold.
        memory: MiB that it and its own children may hold.
    """

    def __init__(self, folder: Path, function: str, arguments: dict[str, Any], memory: int) -> None:
        write_json(folder / ORDER, {"function": function, "arguments": arguments})
        self._folder = folder
        self._memory = memory
        self.too_big = False
        """Whether it was stopped because it held too much memory."""
        with (folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(
                # -P: what lies in the current folder is not to be taken for a package.
                [sys.executable, "-P", "-m", "lab_kit.aws.jobs.child", str(folder)],
                cwd=folder,
                env={**_threads(), **os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def output(self) -> Path:
        """The folder its function wrote to."""
        return self._folder / OUTPUT

    def finished(self) -> bool:
        """Whether it has ended; one that holds too much memory is ended."""
        if self._process.poll() is not None:
            return True
        if _resident(self._process.pid) > self._memory * _MIB:
            self.too_big = True
            self.stop()
        return False

    def progress(self) -> dict[str, Any] | None:
        """The last it said, `progress` and `doing`; None before it has said anything."""
        try:
            said: dict[str, Any] = json.loads((self._folder / PROGRESS).read_text("utf-8"))
        except (OSError, ValueError):  # not there yet, or on Windows being replaced just now
            return None
        return said

    def outcome(self) -> dict[str, Any]:
        """`result`, or `failure` with a reason a learner understands; once it has finished."""
        if self.too_big:
            return {
                "failure": f"The job needed more than {self._memory} MiB of memory and was "
                "stopped. Use fewer rows or fewer columns."
            }
        try:
            outcome: dict[str, Any] = json.loads((self._folder / RESULT).read_text("utf-8"))
        except (OSError, ValueError):
            return {
                "failure": f"The job's process ended with code {self._process.poll()} before it "
                f"was done, most often for lack of memory (what it said: {self._folder / LOG})."
            }
        return outcome

    def stop(self) -> None:
        """End it and every process it started."""
        end_family(self._process.pid)
        self._process.wait(_STOP_SECONDS)

    def clear(self, *, keep_log: bool) -> None:
        """Remove its folder, or all of it but the log."""
        if self._process.stdin:
            self._process.stdin.close()
        if not keep_log:
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        for entry in self._folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != LOG:
                entry.unlink(missing_ok=True)


def _threads() -> dict[str, str]:
    """So many threads for linear algebra that two jobs side by side do not wait for each other."""
    number = str(max(1, (os.cpu_count() or 1) // 2))
    return {"OMP_NUM_THREADS": number, "OPENBLAS_NUM_THREADS": number}


def fresh(folder: Path) -> Path:
    """An empty folder for a job, whatever an earlier attempt left there; returns that for input."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / INPUT).mkdir(parents=True)
    return folder / INPUT


def _resident(pid: int) -> int:
    """Bytes of memory that a process and its descendants hold."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.Error:  # it ended just now
            continue
    return total
