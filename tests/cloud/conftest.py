import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab_kit.cloud import environment, launch
from lab_kit.cloud.home import Home

ROOT = Path(__file__).resolve().parents[2]
CLI_FOLDER = ROOT / ".tools" / "aws-cli"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A running server of a home folder of its own, shared by all tests that change little."""
    home = Home(tmp_path_factory.mktemp("shared") / "cloud")
    endpoint = launch.ensure(home)
    yield home, endpoint
    launch.stop(home)


@pytest.fixture
def turned(server, monkeypatch):
    """This process, turned to that server by environment variables and nothing else."""
    changes = environment.variables(*server, os.environ)
    environment.write_profile(*server)
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    return server[1]


@pytest.fixture(scope="session")
def aws():
    """The aws command line: the machine's own, else one in an environment that is made once."""
    own = shutil.which("aws")
    if own and _works(own):
        return own
    command = CLI_FOLDER / ("Scripts/aws.cmd" if os.name == "nt" else "bin/aws")
    if not command.exists():
        _install()
    if command.exists() and _works(command):
        return str(command)
    if os.environ.get("CI"):
        pytest.fail("CI has to have the aws command line")
    pytest.skip("the aws command line is not on this machine, and cannot be installed")


def _install():
    uv = os.environ.get("UV") or shutil.which("uv")
    with_uv = [
        [uv, "venv", "--clear", CLI_FOLDER, "--python", sys.executable],
        [uv, "pip", "install", "--python", CLI_FOLDER, "awscli"],
    ]
    with_pip = [
        [sys.executable, "-m", "venv", "--clear", CLI_FOLDER],
        [_python(), "-m", "pip", "install", "--quiet", "awscli"],
    ]
    for command in with_uv if uv else with_pip:
        subprocess.run(command, capture_output=True, check=False)


def _python():
    return CLI_FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _works(command):
    # A name on the PATH may be a shim with nothing behind it.
    return subprocess.run([command, "--version"], capture_output=True, check=False).returncode == 0
