"""Models and data that were asked lately, held in memory as far as there is room."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

ROOM = 256 * 2**20
"""Bytes."""


class Sized(Protocol):
    """Something that knows how much memory it takes."""

    @property
    def bytes(self) -> int:
        """About so many."""


T = TypeVar("T", bound=Sized)


class Kept(Generic[T]):
    """The ones asked last; those asked longest ago go first.

    Args:
        room: Bytes that all may take together; the one asked last stays whatever it takes.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._held: dict[Hashable, T] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is held under a key; made, by one of those who ask at once, where nothing is."""
        with self._lock:
            found = self._take(key)
            if found is not None:
                return found
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                found = self._take(key)
            if found is None:
                found = make()
                with self._lock:
                    self._held[key] = found
                    self._making.pop(key, None)
                    self._make_room()
            return found

    def drop(self, unwanted: Callable[[Hashable], bool]) -> None:
        """Let go of what is held under some keys."""
        with self._lock:
            for key in [key for key in self._held if unwanted(key)]:
                del self._held[key]

    def __len__(self) -> int:
        return len(self._held)

    def _take(self, key: Hashable) -> T | None:
        found = self._held.pop(key, None)
        if found is not None:
            self._held[key] = found  # now the one asked last
        return found

    def _make_room(self) -> None:
        while len(self._held) > 1 and sum(each.bytes for each in self._held.values()) > self._room:
            del self._held[next(iter(self._held))]
