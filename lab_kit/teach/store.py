"""progress.json: kept whole when two kernels write, the file is damaged or the disk is full."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lab_kit.paths import work_folder
from lab_kit.teach.lock import locked
from lab_kit.teach.messages import words
from lab_kit.teach.record import Record, record_from_json
from lab_kit.teach.say import warn

FILE = "progress.json"
PATIENCE = 1.0
"""Seconds to wait for a file that Windows holds because somebody is reading it."""

Result = TypeVar("Result")


class Store:
    """The progress of one work folder.

    What cannot be written (a full disk, a folder without write access) is warned about once, held
    in memory so that the lesson goes on, and written as soon as that is possible again.

    Args:
        path: The JSON file; it and its folder need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unsaved = Record()
        self._warned = False

    def read(self) -> Record:
        """Everything done so far; an empty record where nothing is."""
        try:
            return self._on_disk().merged(self._unsaved)
        except OSError:
            return self._unsaved
        except ValueError:
            # Only the holder of the lock may move a damaged file: another kernel may just have
            # put a good one in its place.
            return self.add(Record())

    def add(self, news: Record) -> Record:
        """Merge what just happened into the file, and return the whole."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path.with_name(f".{FILE}.lock")):
                whole = self._merge_into_file(news)
        except OSError as error:
            return self._keep_in_memory(news, error)
        self._unsaved = Record()
        self._warned = False
        return whole

    def _merge_into_file(self, news: Record) -> Record:
        try:
            before = self._on_disk()
        except ValueError:
            self._move_aside()
            before = Record()
        whole = before.merged(self._unsaved).merged(news)
        if whole != before:
            _write_whole(self.path, json.dumps(whole.to_json(), indent=1))
        return whole

    def _keep_in_memory(self, news: Record, error: OSError) -> Record:
        self._unsaved = self._unsaved.merged(news)
        if not self._warned:
            self._warned = True
            reason = error.strerror or type(error).__name__
            warn(words("progress.unsaved", path=self.path, reason=reason))
        try:
            return self._on_disk().merged(self._unsaved)
        except (OSError, ValueError):
            return self._unsaved

    def _on_disk(self) -> Record:
        """Raises OSError where the file cannot be read, ValueError where it is damaged."""
        try:
            text = _patiently(lambda: self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Record()
        return record_from_json(json.loads(text))

    def _move_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"progress.damaged-{number}.json")).exists():
            number += 1
        _patiently(lambda: self.path.replace(aside))
        warn(words("progress.damaged", path=self.path, aside=aside.name))


_stores: dict[Path, Store] = {}
"""One store for each file, since a store remembers what it could not write."""


def store() -> Store:
    """The store of the current work folder."""
    path = work_folder() / FILE
    return _stores.setdefault(path, Store(path))


def _write_whole(path: Path, text: str) -> None:
    """Write beside the file, then put it in its place in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _patiently(lambda: draft.replace(path))
    finally:
        draft.unlink(missing_ok=True)


def _patiently(step: Callable[[], Result]) -> Result:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return step()
        except PermissionError:
            if os.name != "nt" or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
