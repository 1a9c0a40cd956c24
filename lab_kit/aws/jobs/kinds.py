"""What there is to do, and what it changes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lab_kit.aws.jobs.queue import Job


def _nothing(*_: Any) -> None: ...


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    `begin`, `finish`, `fail` and `cancel` run in the server, each in one transaction with the
    job's own change of state: after a crash, either both have happened or neither. Files are in no
    transaction, so where `finish` moves one, it has to replace what a first attempt left there.
    All four should be quick.
    """

    name: str
    """Unique, with the service in front: "personalize.train"."""
    function: str | None = None
    """What a child process runs, "package.module:function"; see `jobs`. None for a step that
    `finish` does all by itself, in the server."""
    begin: Callable[["Job", Path], dict[str, Any] | None] = _nothing
    """Called before the work begins, and again if it begins again, with an empty folder for what
    the function is to read. What it returns is added to the function's arguments."""
    publish: Callable[["Job", dict[str, Any], Path], None] = _nothing
    """Called before `finish` with the same, outside any transaction: for what other services are
    given, such as objects of S3. After a crash it may be called again. It may raise JobError."""
    finish: Callable[["Job", dict[str, Any], Path], None] = _nothing
    """Called with what the function returned and the folder it wrote to, which is then removed."""
    fail: Callable[["Job", str], None] = _nothing
    """Called with the reason, for a learner to read."""
    cancel: Callable[["Job"], None] = _nothing
    """Called when it was cancelled and its child is gone."""
    memory: int = 700
    """MiB that the child and its own children may hold before they are stopped."""
