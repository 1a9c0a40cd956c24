"""Environments for the peers, made by benchmarks alone under build/, never the project's."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.process import ROOT


class EnvironmentMissingError(Exception):
    """It cannot be made here; the message says why."""


def interpreter(wanted: Path):
    """The Python of the environment that has what a list of packages says; made where it is not.

    uv reads no setting of pip: a folder of wheels that pip is told to look into is passed on.

    Raises:
        EnvironmentMissingError: If uv is not there, or a package cannot be had (torch without CUDA
            for Linux is not on PyPI: name a folder that has it in UV_FIND_LINKS).
    """
    uv = os.environ.get("UV") or shutil.which(
        "uv", path=f"{os.environ['PATH']}{os.pathsep}{_own()}"
    )
    if uv is None:
        raise EnvironmentMissingError("uv is not on this machine")
    stamp = hashlib.sha256(f"{sys.version}\n{wanted.read_text(encoding='utf-8')}".encode())
    folder = ROOT / "build" / "peers" / f"{wanted.stem}-{stamp.hexdigest()[:12]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / "ready"
    if not ready.exists():
        links = os.environ.get("PIP_FIND_LINKS")
        _do(uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder)
        _do(
            uv, "pip", "install", "--quiet", "--python", python, "--requirement", wanted,
            *(["--find-links", links] if links else []),
        )  # fmt: skip
        ready.touch()
    return python


def _own():
    return ROOT / ".tools" / ("Scripts" if os.name == "nt" else "bin")


def _do(*command):
    done = subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise EnvironmentMissingError(
            f"{Path(command[0]).stem} {command[1]}: {done.stderr.strip()[-500:]}"
        )
