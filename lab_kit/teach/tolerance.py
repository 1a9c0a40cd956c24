"""When two numbers count as the same."""

import math
from numbers import Integral, Real

RELATIVE = 1e-6
ABSOLUTE = 1e-12
"""Lets a sum that cancels to 1e-17 be the expected 0.0."""


def close(given: Real, expected: Real) -> bool:
    """Exactly equal where a whole number is expected, else within `RELATIVE` of it."""
    if isinstance(expected, Integral):
        return bool(given == expected)
    return math.isclose(given, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
