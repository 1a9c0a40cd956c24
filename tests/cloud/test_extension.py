"""The Jupyter server extension: no line in a notebook, and kernels work with the local cloud."""

import json
import logging
import os
import re
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from lab_kit.cloud import extension, launch
from lab_kit.cloud.home import Home
from tests.cli.conftest import environment


class Jupyter:
    """What the extension is given."""

    log = logging.getLogger("jupyter")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_KIT_HOME", str(tmp_path / "home"))
    before = dict(os.environ)
    yield Home()
    launch.stop(Home())
    os.environ.clear()
    os.environ.update(before)


def test_what_jupyter_starts_inherits_the_local_cloud(home, caplog):
    caplog.set_level("INFO")
    extension._load_jupyter_server_extension(Jupyter())
    url = f"http://127.0.0.1:{home.notice().port}"
    assert os.environ["AWS_ENDPOINT_URL"] == url
    assert f"use the local cloud at {url}" in caplog.text


def test_jupyter_starts_though_the_local_cloud_cannot(home, caplog):
    home.prepare()
    (home.folder / "memory.sqlite").write_bytes(b"damaged" * 1000)
    extension._load_jupyter_server_extension(Jupyter())
    assert "AWS_ENDPOINT_URL" not in os.environ
    assert "the local cloud is not there" in caplog.text
    assert "lab-kit cloud reset" in caplog.text


def test_it_can_be_switched_off(home, monkeypatch):
    monkeypatch.setenv("LAB_KIT_CLOUD", "off")
    extension._load_jupyter_server_extension(Jupyter())
    assert home.notice() is None
    assert "AWS_ENDPOINT_URL" not in os.environ


@pytest.mark.notebooks
@pytest.mark.skipif(sys.platform == "win32", reason="reads the environment of a process")
def test_a_real_jupyter_loads_it_because_the_kit_is_installed(home, tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as stream:
        jupyter = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--port=0"],
            env=environment(
                LAB_KIT_CLOUD="on",
                LAB_KIT_HOME=os.environ["LAB_KIT_HOME"],
                JUPYTER_RUNTIME_DIR=str(tmp_path / "runtime"),
                JUPYTER_CONFIG_DIR=str(tmp_path / "config"),
            ),
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        address = None
        end = time.monotonic() + 60
        while address is None and time.monotonic() < end and jupyter.poll() is None:
            time.sleep(0.1)
            said = log.read_text(encoding="utf-8")
            address = re.search(r"http://127\.0\.0\.1:(\d+)/\S*\?token=(\w+)", said)
        assert address, said
        request = urllib.request.Request(
            f"http://127.0.0.1:{address[1]}/api/kernels",
            data=json.dumps({}).encode(),
            headers={"Authorization": f"token {address[2]}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 201
        (kernel,) = [
            each
            for each in psutil.Process(jupyter.pid).children()
            if "ipykernel_launcher" in each.cmdline()
        ]
        url = f"http://127.0.0.1:{home.notice().port}"
        assert kernel.environ()["AWS_ENDPOINT_URL"] == url
    finally:
        for process in [*psutil.Process(jupyter.pid).children(recursive=True), jupyter]:
            process.kill()
        jupyter.wait()
