"""A corpus: sentences of tokens that can be read as often as training needs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from lab_kit.errors import LabKitError

LONGEST = 1_000
"""Tokens of a sentence; a longer one is cut, since gensim drops what comes after 10,000."""


class Corpus:
    """Sentences, read anew each time they are asked for, so that their number costs no memory.

    Args:
        name: What it is called in messages and figures.
        read: Begins to read; yields the tokens of one sentence after the other.
        sentences: How many there are, where that is known without reading; for progress only.
        labels: What is known of each sentence, such as the scene it tells of.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[], Iterable[Sequence[str]]],
        *,
        sentences: int | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        self.name, self._read, self.sentences = name, read, sentences
        self.labels = labels

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]], name: str = "sentences") -> Corpus:
        """A corpus that is held in memory."""
        kept = [list(sentence) for sentence in sentences]
        return cls(name, lambda: kept, sentences=len(kept))

    def __iter__(self) -> Iterator[Sequence[str]]:
        for sentence in self._read():
            if 0 < len(sentence) <= LONGEST:
                yield sentence
                continue
            for first in range(0, len(sentence), LONGEST):
                yield sentence[first : first + LONGEST]

    def __repr__(self) -> str:
        size = "" if self.sentences is None else f", {self.sentences:,} sentences"
        return f"Corpus({self.name!r}{size})"

    def first(self, n: int = 5) -> list[str]:
        """The first sentences, their tokens joined by blanks."""
        return [" ".join(sentence) for sentence in islice(self, n)]

    def with_word(self, word: str, n: int = 5) -> list[str]:
        """The first sentences in which a word stands."""
        found = (" ".join(sentence) for sentence in self if word in sentence)
        return list(islice(found, n))

    def frequency(self) -> Counter[str]:
        """How often each token occurs; reads the corpus once."""
        found: Counter[str] = Counter()
        for sentence in self:
            found.update(sentence)
        return found


def require_sentences(corpus: Corpus) -> None:
    """Make sure that there is something to learn from.

    Raises:
        LabKitError: If there is no sentence, only one, or none of two tokens.
    """
    sentences = list(islice(corpus, 2))
    if not sentences:
        raise LabKitError(
            "The corpus is empty: there is no sentence in it",
            where=corpus.name,
            next_step="look at what the file or the tokeniser gives: corpus.first()",
        )
    if len(sentences) == 1:
        raise LabKitError(
            f"The corpus is a single sentence of {len(sentences[0]):,} tokens; words get their "
            "meaning from many contexts",
            where=corpus.name,
            next_step="divide the text into sentences, or take a larger one",
        )
    if not any(len(sentence) > 1 for sentence in corpus):
        raise LabKitError(
            "Every sentence of the corpus is a single token, so that no token has a neighbour",
            where=corpus.name,
            next_step="give each sentence as a list of tokens; a list of characters is a text that "
            "was not tokenised",
        )
