"""What a space says about groups of people, because the text it read said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab_kit.embed.vectors import Vectors
from lab_kit.errors import LabKitError

DRAWS = 10_000
"""Ways of dividing the words in two that are tried."""


@dataclass(frozen=True)
class Association:
    """How much more one group of words leans to one side than another group does."""

    effect: float
    """Difference of the two means in standard deviations of all words, -2 to 2; 0: no lean."""
    p: float
    """Share of random divisions of the words with an effect as large, in either direction."""
    leaning: dict[str, float]
    """Each word: mean cosine to the words of the first side less that to the second."""

    def __repr__(self) -> str:
        return f"effect {self.effect:+.2f} (-2 to 2; 0: no lean), p {self.p:.3f}"


def association(
    vectors: Vectors,
    groups: tuple[Sequence[str], Sequence[str]],
    sides: tuple[Sequence[str], Sequence[str]],
    *,
    seed: int = 0,
) -> Association:
    """The Word Embedding Association Test.

    Caliskan, Bryson & Narayanan, Semantics derived automatically from language corpora contain
    human-like biases, Science 356, 2017. With few words p cannot be small: three against three can
    be divided in 20 ways.

    Args:
        vectors: The space.
        groups: Two lists of words, such as women and men.
        sides: Two lists of words they may lean to, such as cleaning and reading.
        seed: Draws the divisions.

    Raises:
        LabKitError: If a word is unknown or a list has fewer than two.
    """
    if min(map(len, (*groups, *sides))) < 2:
        raise LabKitError(
            "Each list needs two words or more: one word may lean for reasons of its own",
            where="groups, sides",
            next_step="name more words",
        )
    first, second = (vectors.take(side).directions for side in sides)
    words = [*groups[0], *groups[1]]
    some = vectors.take(words).directions
    lean = ((some @ first.T).mean(axis=1) - (some @ second.T).mean(axis=1)).astype(float)
    size = len(groups[0])
    rng = np.random.default_rng(seed)
    order = rng.permuted(np.tile(np.arange(len(words)), (DRAWS, 1)), axis=1)
    found = _gap(lean[None, :], size)[0]
    others = _gap(lean[order], size)
    spread = lean.std(ddof=1)
    return Association(
        float(found / spread) if spread else 0.0,
        float((np.abs(others) >= abs(found) - 1e-12).mean()),
        dict(zip(words, lean.tolist(), strict=True)),
    )


def _gap(lean: np.ndarray, size: int) -> np.ndarray:
    return lean[:, :size].mean(axis=1) - lean[:, size:].mean(axis=1)
