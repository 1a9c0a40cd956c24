import json
import re
import signal
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from tests.cli.conftest import environment

pytestmark = [
    pytest.mark.notebooks,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process"),
]


@pytest.fixture
def jupyterlab(clone):
    """`lab-kit start --no-open`, running until it has said its address; ended with Ctrl-C."""
    script = (
        "import sys; from pathlib import Path; from lab_kit import paths, cli;"
        f"paths.PACKAGE = Path({str(clone / 'lab_kit')!r});"
        "sys.argv = ['lab-kit', 'start', '--no-open']; cli.main()"
    )
    log = clone / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment(
                JUPYTER_RUNTIME_DIR=str(clone / "runtime"), JUPYTER_CONFIG_DIR=str(clone / "config")
            ),
            cwd=clone,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        address = None
        while address is None and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
            said = log.read_text(encoding="utf-8")
            address = re.search(r"(http://127\.0\.0\.1:\d+)/lab\?token=(\w+)", said)
        try:
            assert address is not None, log.read_text(encoding="utf-8")
            yield process, address[1], address[2]
        finally:
            process.kill()


def is_kernel(process):
    try:
        return "ipykernel_launcher" in process.cmdline()
    except psutil.Error:  # a helper that has just ended
        return False


def test_jupyterlab_serves_the_work_folder_on_this_machine_only(jupyterlab, clone):
    process, address, token = jupyterlab

    def ask(what, data=None):
        header = {"Authorization": f"token {token}"}
        request = urllib.request.Request(f"{address}/api/{what}", data=data, headers=header)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    names = sorted(file["name"] for file in ask("contents")["content"])
    assert names == ["00_hello.ipynb", "01_shop.ipynb"]
    server = psutil.Process(process.pid)
    listening = [each for each in server.net_connections() if each.status == psutil.CONN_LISTEN]
    assert {each.laddr.ip for each in listening} == {"127.0.0.1"}
    ask("kernels", b"{}")
    (kernel,) = [each for each in server.children() if is_kernel(each)]
    assert kernel.environ()["LAB_KIT_WORK"] == str(clone / "work")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    assert psutil.wait_procs([kernel], timeout=20)[1] == []
