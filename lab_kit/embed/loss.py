"""What word2vec tries to make small, measured on the same words after every epoch.

gensim adds up a loss of its own in single precision: on a million words the sum stops growing, and
figures of two epochs cannot be compared. Here a fixed sample of the training text is looked at.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

SENTENCES = 200
"""How many sentences are looked at."""
MOST = 2_000
"""How many questions are asked about them. All are looked at at once, so that more would take more
memory than the vectors themselves."""


class Sample:
    """Sentences drawn from a stream of unknown length, each equally likely.

    Reservoir sampling that draws how many sentences to pass over, not whether to keep each one
    (Li, Reservoir-Sampling Algorithms of Time Complexity O(n(1 + log(N/n))), ACM TOMS 20(4), 1994,
    algorithm L).

    Args:
        sentences: The stream; it is handed on unchanged.
        seed: Draws.
    """

    def __init__(self, sentences: Iterable[Sequence[str]], seed: int) -> None:
        self._sentences, self._random = sentences, random.Random(seed)
        self.drawn: list[Sequence[str]] = []

    def __iter__(self) -> Iterator[Sequence[str]]:
        self.drawn = []
        largest = self._root()
        kept_next = SENTENCES + self._passed_over(largest)
        for number, sentence in enumerate(self._sentences):
            if number < SENTENCES:
                self.drawn.append(sentence)
            elif number == kept_next:
                self.drawn[self._random.randrange(SENTENCES)] = sentence
                largest *= self._root()
                kept_next += 1 + self._passed_over(largest)
            yield sentence

    def _root(self) -> float:
        """The largest of as many numbers from 0 to 1 as are kept."""
        return float((1 - self._random.random()) ** (1 / SENTENCES))

    def _passed_over(self, largest: float) -> int:
        """How many sentences draw a number above the largest that is kept before one does not."""
        return math.floor(math.log(1 - self._random.random()) / math.log1p(-largest))


@dataclass(frozen=True, eq=False)
class Questions:
    """Which word stands here? One right answer each, and some wrong ones."""

    given: sp.csr_array
    """(questions, words): rows that sum to 1; for skip-gram one word each, for CBOW the window."""
    right: np.ndarray
    """(questions,): the word that stands there."""
    wrong: np.ndarray
    """(questions, negative): words that were drawn."""

    def loss(self, vectors: np.ndarray, contexts: np.ndarray) -> float:
        """Mean of -log s(u_right h) - sum of log s(-u_wrong h), h = given x vectors.

        s is the logistic function (Mikolov et al., Distributed Representations of Words and Phrases
        and their Compositionality, NIPS 2013, equation 4). (1 + negative) log 2 at the start.

        Args:
            vectors: (words, dimensions), those of the words that are given.
            contexts: (words, dimensions), those of the words that are asked for.
        """
        hidden = (self.given @ vectors).astype(float)
        right = np.einsum("qd,qd->q", hidden, contexts[self.right])
        wrong = np.einsum("qd,qnd->qn", hidden, contexts[self.wrong])
        return float((np.logaddexp(0, -right) + np.logaddexp(0, wrong).sum(axis=1)).mean())


def questions(
    sentences: Iterable[Sequence[str]],
    place: dict[str, int],
    noise: np.ndarray,
    *,
    skip_gram: bool,
    window: int,
    negative: int,
    seed: int,
) -> Questions | None:
    """Questions about some sentences; None where no two known words stand together.

    Args:
        sentences: Tokens; unknown ones are left out.
        place: The number of each word.
        noise: (words,), probabilities by which wrong answers are drawn.
        skip_gram: One question a pair of words, else one a word and its window.
        window: Words to the left and right.
        negative: Wrong answers to a question.
        seed: Draws them.
    """
    right: list[int] = []
    given: list[list[int]] = []
    for sentence in sentences:
        words = [place[token] for token in sentence if token in place]
        for here, word in enumerate(words):
            near = words[max(0, here - window) : here] + words[here + 1 : here + 1 + window]
            parts = [[other] for other in near] if skip_gram else [near] * bool(near)
            given.extend(parts)
            right.extend([word] * len(parts))
    if not right:
        return None
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.permutation(len(right))[:MOST])
    right, given = [right[n] for n in drawn], [given[n] for n in drawn]
    lengths = np.array([len(part) for part in given])
    weights = np.repeat(1 / lengths, lengths)
    start = np.concatenate([[0], np.cumsum(lengths)])
    table = sp.csr_array((weights, np.concatenate(given), start), shape=(len(given), len(place)))
    wrong = rng.choice(len(place), (len(right), negative), p=noise)
    return Questions(table, np.array(right), wrong)
