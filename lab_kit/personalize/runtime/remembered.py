"""What was found in the registry, remembered until something is committed there."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from lab_kit.aws.database import Database

MOST = 1_000
Found = TypeVar("Found")


class Remembered:
    """Answers of functions that read the registry and nothing else.

    Args:
        database: Where the registry lies. Whatever is committed makes all answers void.
    """

    def __init__(self, database: Database) -> None:
        self._answers: dict[Hashable, Any] = {}
        self._commits = 0
        self._lock = threading.Lock()
        database.listen(self._forget)

    def __call__(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What `find` finds, or found under this key since the last commit."""
        answers, commits = self._answers, self._commits
        if key in answers:
            return cast(Found, answers[key])
        found = find()
        with self._lock:
            if commits == self._commits and len(answers) < MOST:
                answers[key] = found
        return found

    def _forget(self) -> None:
        with self._lock:
            self._commits += 1
            self._answers = {}
