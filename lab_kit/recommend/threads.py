"""How many threads linear algebra takes."""

import implicit.cpu.als  # noqa: F401  # its OpenMP must be loaded before the libraries are counted
import scipy.linalg  # noqa: F401  # and SciPy's OpenBLAS
from threadpoolctl import ThreadpoolController

BLAS = ThreadpoolController().select(user_api="blas")
"""Made once: looking for the libraries takes longer than an answer."""
