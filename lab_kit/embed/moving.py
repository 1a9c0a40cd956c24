"""How a space changes: from epoch to epoch, and from one run to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from lab_kit.embed.flat import plane
from lab_kit.embed.vectors import Vectors
from lab_kit.errors import LabKitError
from lab_kit.recommend.top import top


def drift(epochs: Sequence[Vectors], names: Iterable[str] | None = None) -> pd.DataFrame:
    """Where names stand after each epoch, on the plane of the last one.

    The epochs of one training share their directions, so that nothing has to be turned.

    Args:
        epochs: As `learn(..., keep_epochs=True).epochs` gives them.
        names: Whom to follow; None: all.

    Returns:
        One row an epoch and name: epoch (0: before the first), name, x, y, cosine (to where the
        name ends), kept (the share of its 10 nearest names at the end that are already so).

    Raises:
        LabKitError: If there are no epochs, or a name is unknown.
    """
    if not epochs:
        raise LabKitError(
            "There are no epochs to follow",
            where="epochs",
            next_step="write learn(..., keep_epochs=True).epochs",
        )
    last = epochs[-1]
    names = list(last.names if names is None else names)
    flat = plane(last)
    final = {name: set(_nearest(last, name)) for name in names}
    rows = []
    for epoch, now in enumerate(epochs):
        here = flat.place(now, names)
        for name in names:
            cosine = float(now.directions[now.place(name)] @ last.directions[last.place(name)])
            near = final[name]
            kept = len(near.intersection(_nearest(now, name))) / max(len(near), 1)
            rows.append((epoch, name, here.at[name, "x"], here.at[name, "y"], cosine, kept))
    return pd.DataFrame(rows, columns=["epoch", "name", "x", "y", "cosine", "kept"])


def aligned(vectors: Vectors, to: Vectors) -> Vectors:
    """A space turned so that it lies over another one as well as it can.

    Orthogonal Procrustes over the names both have (Schönemann, 1966; Hamilton, Leskovec & Jurafsky,
    Diachronic Word Embeddings, ACL 2016). Two runs find about the same distances in other
    directions; a rotation changes none of them.

    Raises:
        LabKitError: If they have other dimensions or share fewer names than those.
    """
    shared = [name for name in vectors.names if name in to]
    width = vectors.matrix.shape[1]
    if to.matrix.shape[1] != width or len(shared) < width:
        raise LabKitError(
            f"A space of {width} dimensions cannot be laid over one of {to.matrix.shape[1]} by "
            f"{len(shared):,} names they share",
            where="vectors, to",
            next_step="take spaces of the same dimensions that share more names than those",
        )
    one = vectors.take(shared).directions.astype(float)
    other = to.take(shared).directions.astype(float)
    left, _, right = np.linalg.svd(one.T @ other)
    turned = vectors.matrix @ (left @ right)
    return Vectors(vectors.names, turned, vectors.counts, shown=vectors.shown)


def overlap(one: Vectors, other: Vectors, names: Sequence[str], k: int = 10) -> float:
    """Share of the k nearest names that two spaces agree on, the mean over some names, 0 to 1.

    Neighbours are looked for among the names both have.
    """
    shared = [name for name in one.names if name in other]
    left, right = one.take(shared), other.take(shared)
    both = [len(set(_nearest(left, n, k)) & set(_nearest(right, n, k))) / k for n in names]
    return float(np.mean(both))


def _nearest(vectors: Vectors, name: str, k: int = 10) -> list[int]:
    place = vectors.place(name)
    scores = vectors.directions @ vectors.directions[place]
    scores[place] = -np.inf
    return top(scores, k).tolist()
