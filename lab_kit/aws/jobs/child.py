"""What runs in the child process of a job: `python -m lab_kit.aws.jobs.child FOLDER`.

In the folder lies `order.json`; progress and result are written there, each whole or not at all.
When the server is gone its pipe breaks, and the child ends: the job will run again.
"""

import importlib
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path

from lab_kit.aws.files import write_json
from lab_kit.aws.jobs.work import JobError, Work

ORDER = "order.json"
PROGRESS = "progress.json"
RESULT = "result.json"
LOG = "log.txt"
INPUT = "input"
OUTPUT = "output"
_ORPHANED = 3
_REPORT_SECONDS = 0.1


def run(folder: Path) -> None:
    """Do what the order says, and write how it went."""
    order = json.loads((folder / ORDER).read_text(encoding="utf-8"))
    output = folder / OUTPUT
    output.mkdir()
    module, _, name = order["function"].partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
        outcome = {"result": function(order["arguments"], Work(output, _Reporter(folder)))}
    except JobError as error:
        outcome = {"failure": str(error)}
    except MemoryError:
        outcome = {"failure": "The machine has not enough free memory for this job."}
    except Exception as error:
        traceback.print_exc()
        said = " ".join(str(error).split())
        outcome = {"failure": f"{type(error).__name__}: {said} (the whole trace: {folder / LOG})"}
    write_json(folder / RESULT, outcome)


class _Reporter:
    """Writes progress, though not more often than anybody looks."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PROGRESS
        self._last = 0.0

    def __call__(self, done: float, doing: str) -> None:
        now = time.monotonic()
        if now - self._last >= _REPORT_SECONDS:
            self._last = now
            write_json(self._path, {"progress": min(max(done, 0.0), 1.0), "doing": doing})


def _end_with_the_server() -> None:
    # Not sys.stdin: its lock, held by a waiting thread, would be in the way of a normal end.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(_ORPHANED)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    run(Path(sys.argv[1]))
