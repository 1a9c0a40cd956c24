import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
posix_only = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


@pytest.fixture(scope="session")
def uv():
    found = os.environ.get("UV") or shutil.which("uv")
    if found is None and not os.environ.get("CI"):
        pytest.skip("uv is not on this machine")
    assert found, "CI has to have uv"
    return found


def page(name):
    return (ROOT / name).read_text(encoding="utf-8")


def executable(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
