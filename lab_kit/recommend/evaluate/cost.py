"""What a model costs: seconds, users per second, memory."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

EVERY = 0.005
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Cost:
    """Of one model, on this machine, now."""

    fit_seconds: float
    """Of one fit; the mean where there were several."""
    users_per_second: float
    """Lists computed in batch."""
    peak_mib: float
    """How much the process grew while fitting, in MiB; the largest of several fits."""


class Peak:
    """How much the memory of this process grows inside a `with` block.

    A thread looks at the resident set (on Windows the working set) every 5 ms, the same way on
    every platform. It is an estimate from below: a peak between two looks is missed, and memory
    kept from earlier work is taken again without growing; what can be given back is given back
    first. Other threads' memory counts as well.
    """

    bytes: int = 0

    def __enter__(self) -> Self:
        _give_back()
        self._process = psutil.Process()
        self._begin = self._highest = self._process.memory_info().rss
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._end.wait(EVERY):
            self._look()

    def _look(self) -> None:
        self._highest = max(self._highest, self._process.memory_info().rss)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join()
        self._look()
        self.bytes = self._highest - self._begin


def _give_back() -> None:
    """Return freed memory to the system, where the C library can be asked to (glibc)."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


class Stopwatch:
    """Seconds inside `with` blocks, added up."""

    seconds: float = 0.0

    def __enter__(self) -> Self:
        self._begun = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds += time.perf_counter() - self._begun
