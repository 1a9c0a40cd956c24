"""The owner of the database, seen from the server: started when it is first asked."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from lab_kit.aws.door import Door
from lab_kit.redshift import errors

_START_SECONDS = 60


class Owner:
    """Asks the process that has the database open.

    Args:
        home: The local cloud's folder.
        door: How that process calls the server.
        news: Called when it has asked for a training, or for the end of one.
    """

    def __init__(self, home: Path, door: Door, news: Callable[[], None]) -> None:
        self._home = home
        self._door = door
        self._news = news
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._count = 0

    @property
    def results(self) -> Path:
        """The folder with the rows of results."""
        return self._home / "redshift" / "results"

    @property
    def pid(self) -> int | None:
        """The process, if it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def ask(self, ask: str, **more: Any) -> dict[str, Any]:
        """The answer to a question; see `child`.

        Raises:
            Error: The database refuses.
            OperationalError: Its process cannot be started, or ended.
        """
        process = self._running()
        future: Future[dict[str, Any]] = Future()
        with self._writing:
            self._count += 1
            number = self._count
            self._waiting[number] = future
            try:
                assert process.stdin is not None
                process.stdin.write(json.dumps({"id": number, "ask": ask, **more}) + "\n")
                process.stdin.flush()
            except OSError:
                future.set_exception(_gone())
        answer = future.result()
        if "error" in answer:
            raise error_of(answer["error"])
        return answer

    def stop(self) -> None:
        """End the process; what was committed stays."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _running(self) -> "subprocess.Popen[str]":
        with self._lock:
            process = self._process
            if process is None or process.poll() is not None:
                process = self._started()
                self._process = process
            return process

    def _started(self) -> "subprocess.Popen[str]":
        folder = self._home / "redshift"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "owner.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "lab_kit.redshift.owner.child"],
                cwd=folder,
                env={**os.environ, "PYTHONUTF8": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(
            json.dumps({"home": str(self._home), "door": self._door.as_json()}) + "\n"
        )
        process.stdin.flush()
        first = process.stdout.readline()
        said = json.loads(first) if first else {"failure": "its process ended at once"}
        if "failure" in said:
            process.wait()
            raise errors.OperationalError(
                f"The database cannot be opened: {said['failure']}",
                where=str(folder / "owner.log"),
                next_step="read the end of that file",
            )
        threading.Thread(target=self._read, args=(process,), daemon=True).start()
        return process

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            answer = json.loads(line)
            if "news" in answer:
                self._news()
                continue
            future = self._waiting.pop(answer.pop("id"), None)
            if future is not None:
                future.set_result(answer)
        with self._writing:
            left, self._waiting = self._waiting, {}
        for future in left.values():
            if not future.done():
                future.set_exception(_gone())


def error_of(told: dict[str, Any]) -> errors.Error:
    """The error that another process told of."""
    kind = getattr(errors, told["kind"], errors.Error)
    made: errors.Error = kind(told["what"], where=told["where"], next_step=told["next_step"])
    return made


def _gone() -> errors.OperationalError:
    return errors.OperationalError(
        "The database's process ended, most often for lack of memory",
        next_step="connect again; what was committed is there",
    )
