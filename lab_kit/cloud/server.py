"""The server process of a home folder: `python -m lab_kit.cloud.server FOLDER`."""

import argparse
import logging
import logging.handlers
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from lab_kit import __version__
from lab_kit.aws.door import Door
from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.wire import Answer, json_answer
from lab_kit.cloud import lock
from lab_kit.cloud.app import Cloud
from lab_kit.cloud.console import PREFIX, Console
from lab_kit.cloud.front import Front
from lab_kit.cloud.guard import Guard
from lab_kit.cloud.home import Home, Notice
from lab_kit.cloud.settings import Settings
from lab_kit.errors import LabKitError

WAITERS = 16
"""Calls that may wait for something to settle."""
THREADS = WAITERS + 8
"""So that some are left for those who do not wait."""
_LOG_BYTES = 2 * 2**20
_log = logging.getLogger("lab_kit.cloud")


class Server:
    """The local cloud of one home folder, listening.

    Args:
        home: The folder; its lock is held by this process.
        listening: Where it is called.
        settings: What a user may set.

    Raises:
        LabKitError: What the folder holds cannot be used.
    """

    def __init__(self, home: Home, listening: socket.socket, settings: Settings) -> None:
        self.port: int = listening.getsockname()[1]
        self._home = home
        self._settings = settings
        self._last_call = time.monotonic()
        self._calls = 0
        self._counting = threading.Lock()
        keys = home.keys()
        self._cloud = Cloud(
            Ground.under(home.folder),
            patience=settings.patience,
            waiters=WAITERS,
            door=Door(f"http://127.0.0.1:{self.port}", keys.access_key, keys.secret_key),
            warm=True,
        )
        self._guard = Guard(self.port, keys.access_key, self._cloud.knows)
        self._console = Console(self._cloud, home, stop=lambda: self._front.end())
        self._front = Front(self.answer, listening, THREADS)

    def answer(self, request: Request) -> Answer:
        """The answer to a request."""
        with self._counting:
            self._calls += 1
        try:
            if request.path.startswith(PREFIX):
                refusal = self._guard.foreign(request)
                if refusal is None and not self._guard.is_owner(request.header("X-Lab-Kit-Key")):
                    refusal = json_answer({"message": "wrong key"}, 403)
                return refusal or self._console.answer(request)
            refusal = self._guard.refusal(request)
            return refusal or self._cloud.answer(request)
        finally:
            with self._counting:
                self._calls -= 1
                self._last_call = time.monotonic()

    def run(self) -> bool:
        """Serve until it is stopped, has been idle for long, or its folder is gone.

        Returns:
            Whether it was idle.
        """
        self._cloud.supervisor.start()
        idle = False

        def turn() -> bool:
            nonlocal idle
            idle = self._is_idle()
            return idle or not self._home.lock.exists()

        try:
            self._front.run(turn)
        finally:
            self._front.close()
            self._cloud.supervisor.stop()
            self._cloud.redshift.stop()
            self._cloud.ground.database.close()
        return idle

    def stop(self) -> None:
        """Have `run` return."""
        self._front.end()

    def _is_idle(self) -> bool:
        if not self._settings.idle or self._calls or self._cloud.supervisor.busy:
            return False
        return time.monotonic() - self._last_call > self._settings.idle


def listen(port: int | None, usual: int) -> socket.socket:
    """A socket on this machine's own address.

    Args:
        port: The port a user asked for; None for the usual one, or the next that is free.
        usual: Where to begin looking.

    Raises:
        LabKitError: The port asked for is in use.
    """
    for candidate in [port] if port is not None else [*range(usual, usual + 100), 0]:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform == "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", candidate))
            listening.listen(256)
            return listening
        except OSError:
            listening.close()
    raise LabKitError(
        f"Port {port} is in use by another program",
        where="127.0.0.1",
        next_step="choose another port, or none, and one that is free is taken",
    )


def serve(
    home: Home, port: int | None, asked: float | None, handed: tuple[int, int] | None
) -> None:
    """Be the server of a home folder until it is stopped.

    Args:
        home: The folder.
        port: The port a user asked for.
        asked: When somebody asked for a server, in seconds since 1970.
        handed: Descriptors of the lock and the listening socket, from a server that fell asleep.

    Raises:
        LabKitError: It cannot be one.
    """
    held = handed[0] if handed else lock.take_patiently(home.lock)
    if held is None:
        return  # another one serves this folder already
    last = home.notice()
    # A time to come is one of a machine whose clock was put back since.
    if asked is not None and last and asked < last.started <= time.time():
        return  # another one came first, served who asked for this one, and was stopped since
    listening = socket.socket(fileno=handed[1]) if handed else listen(port, home.usual_port())
    kept = listening.dup()  # the front closes the one it is given
    tempfile.tempdir = str(home.temporary)  # uploads wait there; /tmp may be memory
    for left in home.temporary.iterdir():
        left.unlink(missing_ok=True)
    server = Server(home, listening, Settings.of_environment())
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda *_: server.stop())
    notice = Notice(server.port, os.getpid(), __version__, time.time())
    home.post(notice)
    _log.info("listening on 127.0.0.1:%s, version %s", server.port, __version__)
    idle = server.run()
    if idle and sys.platform != "win32":
        _log.info("idle; asleep until the next call")
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # from here on it means what it says
        home.post(replace(notice, asleep=True))
        _fall_asleep(home, held, kept)
    _log.info("stopped")


def _fall_asleep(home: Home, held: int, listening: socket.socket) -> None:
    """Become the sleeper, which becomes the server again; lock and socket stay open throughout."""
    for descriptor in (held, listening.fileno()):
        os.set_inheritable(descriptor, True)
    sleeper = str(Path(__file__).with_name("sleeper.py"))
    again = [sys.executable, "-P", "-m", __spec__.name, str(home.folder)]
    again += ["--handed", str(held), str(listening.fileno())]
    os.execv(
        sys.executable,
        [sys.executable, "-I", "-S", sleeper, str(listening.fileno()), *again],
    )


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="lab_kit.cloud.server")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--asked", type=float)
    parser.add_argument("--handed", type=int, nargs=2)
    given = parser.parse_args()
    home = Home(given.folder)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=[
            logging.handlers.RotatingFileHandler(
                home.log, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8"
            )
        ],
    )
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        serve(home, given.port, given.asked, given.handed and tuple(given.handed))
    except LabKitError as error:
        _log.error("%s", error)
        home.fail(error)
        sys.exit(1)
    except Exception as error:
        _log.exception("the server ended")
        said = f"{type(error).__name__}: {error}"
        home.fail(
            LabKitError(
                f"The local cloud ended: {said}",
                where=str(home.log),
                next_step="read the end of that file",
            )
        )
        raise


if __name__ == "__main__":
    main()
