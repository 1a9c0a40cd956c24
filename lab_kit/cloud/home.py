"""The files by which programs find the local cloud of a home folder."""

import contextlib
import hashlib
import json
import os
import secrets
import string
from dataclasses import asdict, dataclass
from pathlib import Path

from lab_kit.aws.files import write_json
from lab_kit.errors import LabKitError
from lab_kit.paths import home_folder

_FIRST_PORT, _PORTS = 20_000, 10_000
"""Below the ports that systems give to outgoing connections."""


@dataclass(frozen=True)
class Keys:
    """What requests are signed with. The access key is the password of the local cloud."""

    access_key: str
    secret_key: str


@dataclass(frozen=True)
class Notice:
    """What a running server tells of itself."""

    port: int
    pid: int
    version: str
    """Of the kit."""
    started: float
    """Seconds since 1970; sets it apart from one that had the same port and process id."""
    asleep: bool = False
    """Whether it was idle and will start again at the next call."""


class Home:
    """The folder of one local cloud.

    Args:
        folder: Where it is; `cloud` in the kit's home folder by default.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home_folder() / "cloud"
        self.log = self.folder / "server.log"
        self.lock = self.folder / "server.lock"
        self.temporary = self.folder / "temporary"
        self.config = self.folder / "aws" / "config"
        self.credentials = self.folder / "aws" / "credentials"
        self._notice = self.folder / "server.json"
        self._failure = self.folder / "failure.json"
        self._keys = self.folder / "keys.json"

    def prepare(self) -> None:
        """Make the folder, and the keys where there are none.

        Raises:
            LabKitError: It cannot be written.
        """
        try:
            self.temporary.mkdir(parents=True, exist_ok=True)
            if not self._keys.exists():
                self._make_keys()
            probe = self.temporary / f"probe-{os.getpid()}"
            probe.write_bytes(b"lab-kit")
            probe.unlink()
        except OSError as error:
            raise LabKitError(
                f"The local cloud's folder cannot be written: {error.strerror or error}",
                where=str(self.folder),
                next_step="free some space, ask for write access, or name another folder with "
                "LAB_KIT_HOME",
            ) from error

    def _make_keys(self) -> None:
        """Make keys, unless another process has made some at the same time."""
        own = self._keys.with_name(f"keys.{secrets.token_hex(4)}")
        write_json(own, asdict(_new_keys()), private=True)
        with contextlib.suppress(FileExistsError):
            os.link(own, self._keys)
        own.unlink()

    def keys(self) -> Keys:
        """The keys.

        Raises:
            LabKitError: The file is damaged.
        """
        try:
            return Keys(**json.loads(self._keys.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise LabKitError(
                f"The local cloud's keys cannot be read: {error}",
                where=str(self._keys),
                next_step="delete that file; new keys are made at the next start",
            ) from error

    def usual_port(self) -> int:
        """The port this folder is likely to have: the last one, or one chosen by its path."""
        notice = self.notice()
        if notice is not None:
            return notice.port
        path = str(self.folder.resolve()).encode("utf-8")
        return _FIRST_PORT + int.from_bytes(hashlib.sha256(path).digest()[:8]) % _PORTS

    def notice(self) -> Notice | None:
        """What the last server told of itself; it may be gone."""
        try:
            return Notice(**json.loads(self._notice.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def post(self, notice: Notice) -> None:
        """Tell where the server is."""
        write_json(self._notice, asdict(notice))

    def failure(self) -> LabKitError | None:
        """Why a server could not start, if it has said so; asked once."""
        try:
            said = json.loads(self._failure.read_text(encoding="utf-8"))
            self._failure.unlink()
            return LabKitError(said["what"], where=said["where"], next_step=said["next_step"])
        except (OSError, ValueError, KeyError):
            return None

    def fail(self, error: LabKitError) -> None:
        """Tell why the server cannot start."""
        write_json(self._failure, vars(error))


def _new_keys() -> Keys:
    letters = string.ascii_uppercase + "234567"
    access = "AKIA" + "".join(secrets.choice(letters) for _ in range(16))
    return Keys(access, secrets.token_urlsafe(30))
