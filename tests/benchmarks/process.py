"""Measure something in a process of its own, so that nothing earlier is in its memory.

This module is imported by interpreters that have nothing but the standard library.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(module, *arguments, python=sys.executable, seconds=3_600):
    """Run `python -m module arguments` from the project's root; what it prints last is JSON.

    Raises:
        RuntimeError: If it fails or takes too long; with the end of what it said.
    """
    command = [str(python), "-m", module, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8",
            timeout=seconds,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{' '.join(command[2:])} took more than {seconds:,} s") from None
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[2:])} failed: {done.stderr[-2_000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def peak_mib():
    """The most memory this process ever had, imports included, in MiB.

    Linux tells it in /proc/self/status (VmHWM): ru_maxrss there counts the process it was forked
    from as well.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 2**10
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
