"""Random numbers by name: a change in one part of the shop leaves the others as they are."""

import zlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A generator of its own for one purpose.

    Args:
        seed: The seed of the whole simulation.
        names: What the numbers are for, such as `"people"` or `"behaviour", 3`.
    """
    words = [zlib.crc32(name.encode()) if isinstance(name, str) else name for name in names]
    return np.random.default_rng([seed, *words])
