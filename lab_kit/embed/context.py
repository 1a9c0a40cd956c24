"""One word, several meanings: what its sentence adds, which a single vector cannot know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from lab_kit.embed.corpora.corpus import Corpus
from lab_kit.embed.vectors import Vectors, unit
from lab_kit.errors import LabKitError


@dataclass(frozen=True, eq=False)
class Senses:
    """The places where a word stands, divided by what stands around it."""

    word: str
    places: pd.DataFrame
    """One row a sentence with the word: sentence (its number in the corpus), text, sense."""
    vectors: Vectors
    """A direction for each sense, under names such as "쓰다 1", beside those of the space."""

    @property
    def names(self) -> list[str]:
        """The senses, the commonest first."""
        return [name for name in self.vectors.names if name.startswith(f"{self.word} ")]


def senses(corpus: Corpus, vectors: Vectors, word: str, n: int = 2, *, seed: int = 0) -> Senses:
    """Divide the sentences with a word by their other words, and give each part a vector.

    The other words of a sentence, taken together, point somewhere; sentences that point the same
    way are put together by k-means (Schütze, Automatic Word Sense Discrimination, Computational
    Linguistics 24(1), 1998). Nobody says what the parts mean.

    Args:
        corpus: What the space was learnt from.
        vectors: The space.
        word: The word.
        n: How many senses.
        seed: Of k-means.

    Raises:
        LabKitError: If the word is unknown or stands in fewer sentences than n.
    """
    vectors.place(word)
    weight = _rarity(vectors)
    found = [(number, sentence) for number, sentence in enumerate(corpus) if word in sentence]
    directions = [_around(vectors, weight, sentence, word) for _, sentence in found]
    known = [row for row, direction in enumerate(directions) if direction.any()]
    if len(known) < n:
        raise LabKitError(
            f"{word!r} stands in {len(known)} sentences beside other known words",
            where=corpus.name,
            next_step=f"take a word that stands in {n} or more",
        )
    points = unit(np.array([directions[row] for row in known]))
    labels = KMeans(n, n_init=10, random_state=seed).fit_predict(points)
    # k-means numbers its parts as it likes; here the commonest is 1.
    order = np.argsort(-np.bincount(labels, minlength=n), kind="stable")
    sense = np.argsort(order)[labels] + 1
    places = pd.DataFrame(
        {
            "sentence": [found[row][0] for row in known],
            "text": [" ".join(found[row][1]) for row in known],
            "sense": sense,
        }
    )
    centres = [unit(points[sense == number].mean(axis=0)) for number in range(1, n + 1)]
    names = [f"{word} {number}" for number in range(1, n + 1)]
    both = np.vstack([vectors.matrix, centres])
    return Senses(word, places, Vectors([*vectors.names, *names], both))


def in_context(
    vectors: Vectors, sentence: Sequence[str], word: str, *, sharpness: float = 1.0
) -> np.ndarray:
    """The vector a word has in one sentence: a mean of all its words, the nearest counting most.

    This is attention with nothing learnt (Vaswani et al., Attention Is All You Need, 2017, equation
    1, without its three matrices): weights softmax(sharpness x cosine) over the words of the
    sentence. A language model learns what to look for; here it is likeness alone.

    Args:
        vectors: The space.
        sentence: Tokens; unknown ones are left out.
        word: One of them.
        sharpness: 0: all words count alike; the higher, the more the word listens to its like.

    Returns:
        (dimensions,) float32, of length 1.

    Raises:
        LabKitError: If the word is unknown or not in the sentence.
    """
    if word not in sentence:
        raise LabKitError(
            f"{word!r} is not in the sentence",
            where=" ".join(sentence),
            next_step="give a sentence, as a list of tokens, in which it stands",
        )
    place = vectors.place(word)
    rows = vectors.directions[[vectors.place(token) for token in sentence if token in vectors]]
    cosine = rows @ vectors.directions[place]
    weight = np.exp(sharpness * (cosine - cosine.max()))
    return unit((weight / weight.sum()) @ rows)


def _rarity(vectors: Vectors) -> np.ndarray:
    """(names,): a / (a + share of the text), so that particles hardly count.

    Arora, Liang & Ma, A Simple but Tough-to-Beat Baseline for Sentence Embeddings, ICLR 2017.
    """
    if vectors.counts is None:
        return np.ones(len(vectors))
    share = vectors.counts / vectors.counts.sum()
    return 1e-3 / (1e-3 + share)


def _around(vectors: Vectors, weight: np.ndarray, sentence: Sequence[str], word: str) -> np.ndarray:
    places = [vectors.place(token) for token in sentence if token in vectors and token != word]
    if not places:
        return np.zeros(vectors.matrix.shape[1])
    return weight[places] @ vectors.directions[places]
