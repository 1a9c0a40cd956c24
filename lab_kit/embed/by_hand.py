"""Skip-gram with negative sampling from nothing but NumPy, to be read.

Mikolov, Sutskever, Chen, Corrado & Dean, Distributed Representations of Words and Phrases and their
Compositionality, NIPS 2013. gensim does the same word by word in C; here pairs are taken a batch at
a time, and a word that stands in a batch several times moves by the sum of what each pair asks for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from scipy.special import expit

from lab_kit.embed.corpora.corpus import Corpus, require_sentences
from lab_kit.embed.vectors import Vectors
from lab_kit.embed.vocabulary import kept_words
from lab_kit.recommend.model import Progress, silent

BATCH = (16, 256)
"""Pairs that move together: half as many as there are words, within these bounds. With more, a word
that stands in many of them would jump too far at once, and in the end to infinity."""


def skip_gram(
    corpus: Corpus | Sequence[Sequence[str]],
    *,
    dimensions: int = 50,
    window: int = 5,
    negative: int = 5,
    epochs: int = 5,
    min_count: int = 5,
    sample: float = 1e-3,
    learning_rate: float = 0.025,
    seed: int = 0,
    progress: Progress = silent,
) -> Vectors:
    """Learn vectors of words; arguments as in `lab_kit.embed.learn`.

    Holds the corpus in memory, as numbers.

    Raises:
        LabKitError: If there is nothing to learn from, or no word is common enough.
    """
    corpus = corpus if isinstance(corpus, Corpus) else Corpus.of(corpus)
    require_sentences(corpus)
    words, counts = kept_words(corpus, min_count)
    number = {word: place for place, word in enumerate(words)}
    text = [np.array([number[w] for w in sentence if w in number], int) for sentence in corpus]

    rng = np.random.default_rng(seed)
    vectors = (rng.random((len(words), dimensions)) - 0.5) / dimensions
    contexts = np.zeros((len(words), dimensions))
    kept = keep_chance(counts, sample)
    noise = np.cumsum(counts**0.75)
    size = int(np.clip(len(words) // 2, *BATCH))

    for epoch in range(epochs):
        pairs = pairs_of(text, kept, window, rng)
        for first in range(0, len(pairs), size):
            done = (epoch + first / len(pairs)) / epochs
            word, right = pairs[first : first + size].T
            wrong = np.searchsorted(noise, rng.random((len(word), negative)) * noise[-1])
            step(vectors, contexts, word, right, wrong, max(learning_rate * (1 - done), 1e-4))
        progress((epoch + 1) / epochs, f"epoch {epoch + 1} of {epochs}")
    return Vectors(words, vectors, counts)


def step(
    vectors: np.ndarray,
    contexts: np.ndarray,
    word: np.ndarray,
    right: np.ndarray,
    wrong: np.ndarray,
    rate: float,
) -> None:
    """Move vectors and contexts, in place, down the slope of the loss of a batch.

    Loss of a pair: -log s(v c_right) - sum of log s(-v c_wrong), s the logistic function. Its slope
    in each product is s(product) - 1 for the right word and s(product) for a wrong one.
    """
    asked = np.column_stack([right, wrong])
    given, met = vectors[word], contexts[asked]
    slope = expit(np.einsum("bd,bnd->bn", given, met))
    slope[:, 0] -= 1
    slope[:, 1:][wrong == right[:, None]] = 0  # a wrong answer that happens to be right
    of_contexts = slope[:, :, None] * given[:, None, :]
    add(vectors, word, -rate * np.einsum("bn,bnd->bd", slope, met))
    add(contexts, asked.ravel(), -rate * of_contexts.reshape(asked.size, -1))


def add(matrix: np.ndarray, rows: np.ndarray, values: np.ndarray) -> None:
    """Add values to rows, in place; a row that comes twice gets both."""
    distinct, place = np.unique(rows, return_inverse=True)
    ones = np.ones(len(rows))
    gather = sp.csr_array((ones, (place, np.arange(len(rows)))), (len(distinct), len(rows)))
    matrix[distinct] += gather @ values


def keep_chance(counts: np.ndarray, sample: float) -> np.ndarray:
    """(words,): how likely each is kept: common words are skipped at times."""
    if not sample:
        return np.ones(len(counts))
    share = counts / counts.sum()
    return np.minimum(1, np.sqrt(sample / share) + sample / share)


def pairs_of(
    text: Sequence[np.ndarray], kept: np.ndarray, window: int, rng: np.random.Generator
) -> np.ndarray:
    """(pairs, 2): each word with each neighbour, the width drawn anew for every word."""
    found = []
    for sentence in text:
        words = sentence[rng.random(len(sentence)) < kept[sentence]]
        place = np.arange(len(words))
        width = rng.integers(1, window + 1, len(words))
        near = np.abs(place[:, None] - place) <= width[:, None]
        np.fill_diagonal(near, False)
        one, other = np.nonzero(near)
        found.append(np.column_stack([words[one], words[other]]))
    return np.concatenate(found)
