"""Words as counts: which words stand near which, how surprising that is, and its main directions.

Before anything is learnt one can count. Levy & Goldberg (Neural Word Embedding as Implicit Matrix
Factorization, NIPS 2014) showed that skip-gram with negative sampling factorises nearly the same
table as `Counts.vectors` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd

from lab_kit.embed.corpora.corpus import Corpus, require_sentences
from lab_kit.embed.vectors import Vectors
from lab_kit.embed.vocabulary import kept_words

BLOCK = 20_000
"""Sentences counted at a time, so that a corpus of any length takes the same memory."""


@dataclass(frozen=True, eq=False)
class Counts:
    """How often words stand near each other."""

    words: tuple[str, ...]
    """The commonest first."""
    frequency: np.ndarray
    """(words,) int64: how often each occurs."""
    table: sp.csr_array
    """(words, words) int64, symmetric: how often the second stands within the window of the
    first."""

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a frame, for a small vocabulary to look at."""
        return pd.DataFrame(self.table.toarray(), index=self.words, columns=self.words)

    def pmi(self, *, positive: bool = True, smoothing: float = 0.75) -> sp.csr_array:
        """(words, words) float64: log P(w, c) / (P(w) P(c)), 0 where two words never met.

        Args:
            positive: Whether values below 0 become 0 (PPMI: Church & Hanks, Word Association Norms,
                Mutual Information, and Lexicography, 1990; Bullinaria & Levy, 2007).
            smoothing: Power of the counts of the context, 0 to 1, which keeps rare contexts from
                looking surprising (Levy, Goldberg & Dagan, Improving Distributional Similarity with
                Lessons Learned from Word Embeddings, TACL 2015); 1 for none.
        """
        table = self.table.tocoo()
        of_word = np.asarray(self.table.sum(axis=1), float)
        of_context = of_word**smoothing
        expected = of_word[table.row] * of_context[table.col] / max(of_context.sum(), 1)
        values = np.log(table.data / expected)
        if positive:
            values = np.maximum(values, 0)
        found = sp.csr_array((values, (table.row, table.col)), shape=table.shape)
        found.eliminate_zeros()
        return found

    def vectors(self, dimensions: int = 100, *, smoothing: float = 0.75, seed: int = 0) -> Vectors:
        """The main directions of the PPMI table: U S^(1/2) of its singular value decomposition.

        Args:
            dimensions: At most one less than there are words.
            smoothing: As in `pmi`.
            seed: For the randomised decomposition (Halko, Martinsson & Tropp, 2011).
        """
        table = self.pmi(smoothing=smoothing)
        rank = min(dimensions, len(self.words) - 1)
        left, values, _ = randomized_svd(table, rank, n_iter=7, random_state=seed)
        return Vectors(self.words, left * np.sqrt(values), self.frequency)


def count(
    corpus: Corpus | Sequence[Sequence[str]], *, window: int = 5, min_count: int = 5
) -> Counts:
    """Count which words stand near which.

    Args:
        corpus: Sentences of tokens.
        window: Tokens to the left and right that are near, 1 or more; every distance counts 1.
        min_count: Rarer words are left out before the window is laid.

    Raises:
        LabKitError: If there is nothing to learn from, or no word is common enough.
    """
    corpus = corpus if isinstance(corpus, Corpus) else Corpus.of(corpus)
    require_sentences(corpus)
    words, frequency = kept_words(corpus, min_count)
    place = {word: number for number, word in enumerate(words)}
    table = sp.csr_array((len(words), len(words)), dtype=np.int64)
    for block in _blocks(corpus):
        token, sentence = _numbered(block, place)
        for lag in range(1, window + 1):
            near = sentence[:-lag] == sentence[lag:]
            one, other = token[:-lag][near], token[lag:][near]
            met = sp.csr_array((np.ones(len(one), np.int64), (one, other)), shape=table.shape)
            table = table + met + met.T
    return Counts(words, frequency, sp.csr_array(table))


def _blocks(corpus: Corpus) -> Iterator[list[Sequence[str]]]:
    sentences = iter(corpus)
    while block := list(islice(sentences, BLOCK)):
        yield block


def _numbered(block: list[Sequence[str]], place: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """The kept tokens of a block as numbers, and the sentence each belongs to."""
    pairs = [
        (place[token], number)
        for number, sentence in enumerate(block)
        for token in sentence
        if token in place
    ]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
