"""A space of many dimensions on a plane."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.embed.vectors import Vectors
from lab_kit.errors import LabKitError


@dataclass(frozen=True, eq=False)
class Plane:
    """Two directions of a space, on which everything else is projected."""

    centre: np.ndarray
    """(dimensions,): what lies at 0, 0."""
    axes: np.ndarray
    """(dimensions, 2), orthonormal."""
    kept: float
    """Share of the variance of the names it was laid through that is seen on it, 0 to 1."""

    def place(self, vectors: Vectors, names: Iterable[str] | None = None) -> pd.DataFrame:
        """Columns x and y, one row a name; None: all names."""
        names = list(vectors.names if names is None else names)
        rows = vectors.directions[[vectors.place(name) for name in names]]
        return pd.DataFrame((rows - self.centre) @ self.axes, index=names, columns=["x", "y"])


def plane(vectors: Vectors, names: Iterable[str] | None = None) -> Plane:
    """The plane on which names lie furthest apart: the first two principal components.

    Principal components of directions, since it is directions that are compared. They are
    turned such that each component's largest part is positive: the same picture every time.

    Args:
        vectors: The space.
        names: The names it is laid through; None: all.

    Raises:
        LabKitError: If there are fewer than three, or one is unknown.
    """
    names = list(vectors.names if names is None else names)
    if len(names) < 3:
        raise LabKitError(
            f"Through {len(names)} points many planes can be laid",
            where="names",
            next_step="give three or more",
        )
    rows = vectors.directions[[vectors.place(name) for name in names]].astype(float)
    centre = rows.mean(axis=0)
    _, sizes, turned = np.linalg.svd(rows - centre, full_matrices=False)
    axes = turned[:2].T
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[largest, [0, 1]] < 0, -1, 1)
    spread = float((sizes**2).sum())
    return Plane(centre, axes, float((sizes[:2] ** 2).sum() / spread) if spread else 0.0)
