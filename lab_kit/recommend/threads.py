"""How many threads linear algebra takes."""

from collections.abc import Iterator
from contextlib import contextmanager

import implicit.cpu.als  # noqa: F401  # its OpenMP must be loaded before the libraries are counted
import scipy.linalg  # noqa: F401  # and SciPy's OpenBLAS
from threadpoolctl import ThreadpoolController

_LIBRARIES = ThreadpoolController().select(user_api="blas").lib_controllers
"""Looked for once: it takes longer than an answer."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra takes one thread inside.

    It is what threadpoolctl's own `limit` does, without the report that takes longer than changing
    the number twice.
    """
    before = [library.get_num_threads() for library in _LIBRARIES]
    for library in _LIBRARIES:
        library.set_num_threads(1)
    try:
        yield
    finally:
        for library, number in zip(_LIBRARIES, before, strict=True):
            library.set_num_threads(number)
