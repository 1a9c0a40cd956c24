"""Jobs for the tests of jobs. Child processes run them."""

import os
import time
from pathlib import Path

from lab_kit.aws.jobs import JobError


def double(arguments, work):
    (work.folder / "made.txt").write_text("whole", encoding="utf-8")
    work.progress(0.5, "half way")
    return {"twice": 2 * arguments["number"]}


def refuse(arguments, work):
    raise JobError("There are fewer than 25 users.")


def divide_by_zero(arguments, work):
    return {"never": 1 / arguments["number"]}


def die(arguments, work):
    os._exit(9)


def hold(arguments, work):
    """Hold memory, and wait to be stopped for it."""
    held = bytearray(arguments["mib"] * 2**20)
    held[:: 2**12] = b"x" * len(held[:: 2**12])  # touch every page
    time.sleep(60)
    return {"held": len(held)}


def wait(arguments, work):
    """Say where it is, and wait until a file appears."""
    Path(arguments["begun"]).write_text(str(os.getpid()), encoding="utf-8")
    work.progress(0.25, "waiting")
    while not Path(arguments["until"]).exists():
        time.sleep(0.01)
    return {"left": [path.name for path in work.folder.iterdir()]}
