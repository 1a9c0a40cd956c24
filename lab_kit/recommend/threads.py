"""How many threads linear algebra takes."""

from contextlib import AbstractContextManager
from typing import Any

import implicit.cpu.als  # noqa: F401  # its OpenMP must be loaded before the libraries are counted
import scipy.linalg  # noqa: F401  # and SciPy's OpenBLAS
from threadpoolctl import ThreadpoolController

_BLAS = ThreadpoolController().select(user_api="blas")
"""Made once: looking for the libraries takes longer than an answer."""


def one_thread() -> AbstractContextManager[Any]:
    """Linear algebra takes one thread inside."""
    found: AbstractContextManager[Any] = _BLAS.limit(limits=1)
    return found
