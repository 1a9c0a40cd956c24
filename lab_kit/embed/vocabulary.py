"""Which words get a vector."""

from __future__ import annotations

from collections import Counter

import numpy as np

from lab_kit.embed.corpora.corpus import Corpus
from lab_kit.errors import LabKitError

MOST = 2_000_000
"""Different tokens that are counted at a time; when there are more the rarest are forgotten, so
that a corpus of any length takes the same memory."""


def kept_words(corpus: Corpus, min_count: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Words that occur often enough, the commonest first, and how often they do.

    Equally common words stand in the order of the alphabet. Where a corpus has more than two
    million different tokens, counts of words about as rare as the threshold may be too low.

    Raises:
        LabKitError: If fewer than two words are left.
    """
    found: Counter[str] = Counter()
    least = 0
    for sentence in corpus:
        found.update(sentence)
        if len(found) > MOST:
            least += 1
            found = Counter({word: n for word, n in found.items() if n > least})
    ranked = sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
    kept = [(word, number) for word, number in ranked if number >= min_count]
    require_words(len(kept), len(found), min_count, corpus.name)
    words, numbers = zip(*kept, strict=True)
    return words, np.array(numbers, np.int64)


def require_words(kept: int, found: int, min_count: int, where: str) -> None:
    """Make sure that at least two words are common enough.

    Raises:
        LabKitError: If they are not.
    """
    if kept < 2:
        raise LabKitError(
            f"{kept} of {found:,} different words occur {min_count} times or more",
            where=f"{where}, min_count={min_count}",
            next_step="lower min_count, or take a larger corpus",
        )
