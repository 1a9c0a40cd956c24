"""Find the server of a home folder, or start it; stop it; ask it."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from lab_kit import __version__
from lab_kit.cloud import lock
from lab_kit.cloud.home import Home, Keys, Notice
from lab_kit.errors import LabKitError

_START_SECONDS = 20
_STOP_SECONDS = 20
_BEAT_SECONDS = 0.02
_ANSWER_SECONDS = 10


@dataclass(frozen=True)
class Endpoint:
    """Where a running server is, and what requests to it are signed with."""

    port: int
    keys: Keys

    @property
    def url(self) -> str:
        """Its address. A number, not localhost: clients then put the bucket into the path."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, question: str, said: Any = None) -> dict[str, Any]:
        """Ask the server something that only the kit asks; see `console`.

        Raises:
            OSError: It does not answer.
            LabKitError: It refuses.
        """
        # http.client knows no proxies.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request(
                method,
                f"/_lab_kit/{question}",
                body=None if said is None else json.dumps(said),
                headers={"X-Lab-Kit-Key": self.keys.access_key},
            )
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"what answers at port {self.port} is not the local cloud") from error
        finally:
            connection.close()
        if response.status != 200:
            raise LabKitError(str(answer.get("message")), where=self.url)
        return answer


def ensure(home: Home, port: int | None = None) -> Endpoint:
    """The running server of a home folder, started where it is not.

    Args:
        home: The folder.
        port: The port it has to have; any by default.

    Raises:
        LabKitError: The folder or the port cannot be used, another version of the kit serves the
            folder, or the server does not start.
    """
    home.prepare()
    keys = home.keys()
    running = find(home)
    if running is None:
        running = _start(home, keys, port)
    if port is not None and running.port != port:
        raise LabKitError(
            f"The local cloud already runs on port {running.port}",
            where=str(home.folder),
            next_step=f"use that port, or stop it first with lab-kit cloud stop (you asked {port})",
        )
    return running


def find(home: Home) -> Endpoint | None:
    """The running server of a home folder, woken where it is asleep; None where there is none.

    Raises:
        LabKitError: It is of another version of the kit.
    """
    notice = home.notice()
    if notice is None or not psutil.pid_exists(notice.pid) or not is_served(home):
        return None
    endpoint = Endpoint(notice.port, home.keys())
    try:
        answer = endpoint.ask("GET", "ping")
    except (OSError, LabKitError):
        return None
    if answer["version"] != __version__:
        raise LabKitError(
            f"Version {answer['version']} of the kit serves this folder, and this is version "
            f"{__version__}",
            where=str(home.folder),
            next_step="run lab-kit cloud stop and start again, or name another folder with "
            "LAB_KIT_HOME",
        )
    return endpoint


def is_served(home: Home) -> bool:
    """Whether some server, awake or asleep, holds the folder."""
    if not home.lock.exists():
        return False
    held = lock.take(home.lock)
    if held is None:
        return True
    os.close(held)
    return False


def stop(home: Home) -> bool:
    """Stop the server of a home folder; says whether there was one.

    Raises:
        LabKitError: It does not end.
    """
    notice = home.notice()
    if notice is None or not is_served(home):
        return False
    deaf = notice.asleep
    if not deaf:
        try:
            Endpoint(notice.port, home.keys()).ask("POST", "stop")
        except (OSError, LabKitError):
            deaf = True
    end = time.monotonic() + _STOP_SECONDS
    while is_served(home):
        if deaf:
            _terminate(notice)
        if time.monotonic() > end:
            raise LabKitError(
                f"The local cloud does not end (process {notice.pid})",
                where=str(home.log),
                next_step="end that process yourself",
            )
        time.sleep(_BEAT_SECONDS)
    return True


def _start(home: Home, keys: Keys, port: int | None) -> Endpoint:
    home.failure()  # what an earlier server said is of no interest
    last = home.notice()
    server = [sys.executable, "-P", "-m", "lab_kit.cloud.server", str(home.folder)]
    server += ["--asked", str(time.time())]
    if port is not None:
        server += ["--port", str(port)]
    detach = str(Path(__file__).with_name("detach.py"))
    with home.log.open("ab") as log:
        subprocess.run(
            [sys.executable, "-I", "-S", detach, *server],
            cwd=home.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=True,
        )
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        notice = home.notice()
        if notice is not None and notice != last:
            endpoint = Endpoint(notice.port, keys)
            with contextlib.suppress(OSError, LabKitError):
                endpoint.ask("GET", "ping")
                return endpoint
        if failure := home.failure():
            raise failure
        time.sleep(_BEAT_SECONDS)
    raise LabKitError(
        "The local cloud was not ready in time",
        where=str(home.log),
        next_step="read the end of that file, and run lab-kit cloud stop",
    )


def _environment() -> dict[str, str]:
    """The server's: nothing that boto3, inside moto, could take for an account of the user's."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONUTF8": "1",
        "MALLOC_ARENA_MAX": "2",  # glibc keeps a heap for each of many threads otherwise
    }


def _terminate(notice: Notice) -> None:
    try:
        process = psutil.Process(notice.pid)
        if any("lab_kit" in word for word in process.cmdline()):
            process.terminate()
    except psutil.Error:
        pass
