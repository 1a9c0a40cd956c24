import os
import subprocess

import pytest

from lab_kit.cloud import launch
from lab_kit.cloud.home import Home


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_KIT_HOME", str(tmp_path / "home"))
    yield Home()
    launch.stop(Home())


def test_start_status_stop(lab_kit, home):
    assert lab_kit("cloud", "status").out.startswith("Not running.")
    assert lab_kit("cloud", "stop").out == "The local cloud was not running.\n"
    started = lab_kit("cloud", "start")
    port = home.notice().port
    assert f"Local cloud at http://127.0.0.1:{port}" in started.out
    assert lab_kit("cloud", "start").out == started.out
    status = lab_kit("cloud", "status").out
    assert f"Local cloud at http://127.0.0.1:{port}" in status
    assert str(home.log) in status
    taken = lab_kit("cloud", "start", "--port", str(port + 1))
    assert (taken.code, "already runs on port" in taken.err) == (1, True)
    assert lab_kit("cloud", "stop").out == "Stopped.\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
def test_env_turns_a_shell(lab_kit, home):
    lines = lab_kit("cloud", "env").out
    script = f'{lines}\necho "$AWS_ENDPOINT_URL"; cat "$AWS_CONFIG_FILE"'
    ended = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    url = f"http://127.0.0.1:{home.notice().port}"
    assert ended.stdout.startswith(f"{url}\n[default]\n")


def test_reset_asks_and_deletes_everything(lab_kit, home):
    lab_kit("cloud", "start")
    refused = lab_kit("cloud", "reset")
    assert refused.code == 1
    assert home.folder.exists()
    assert lab_kit("cloud", "reset", "--yes").out == "The local cloud is empty.\n"
    assert not home.folder.exists()
    assert lab_kit("cloud", "reset", "--yes").code == 0


def test_an_error_is_one_line(lab_kit, home):
    home.prepare()
    (home.folder / "memory.sqlite").write_bytes(b"damaged" * 1000)
    failed = lab_kit("cloud", "start")
    assert failed.code == 1
    assert failed.err.count("\n") == 1
    assert "Next: " in failed.err
    assert lab_kit("cloud", "reset", "--yes").code == 0
    assert lab_kit("cloud", "start").code == 0


def test_help_loads_nothing_heavy():
    import sys

    script = (
        "import sys; from lab_kit.cli import cli\n"
        "print([name for name in ('botocore', 'waitress', 'moto') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.strip() == "[]"
