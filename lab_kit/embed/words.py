"""word2vec: words that stand in the same contexts get vectors that point the same way.

The learning is gensim's (https://radimrehurek.com/gensim/models/word2vec.html); here are defaults
that give the same vectors every time, progress, a loss that can be compared, and clear refusals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from tqdm.auto import tqdm

from lab_kit.embed.corpora.corpus import Corpus, require_sentences
from lab_kit.embed.loss import Questions, Sample, questions
from lab_kit.embed.vectors import Vectors
from lab_kit.embed.vocabulary import MOST, require_words
from lab_kit.recommend.model import Progress

EVERY = 500
"""Sentences after which progress is told."""


@dataclass(frozen=True, eq=False)
class Learnt:
    """What word2vec learnt."""

    vectors: Vectors
    """One a word: what is compared."""
    contexts: Vectors
    """The other half: the vector a word has where it is asked for. A vector times a context says
    how much likelier than chance the two stand together."""
    losses: list[float]
    """Before the first epoch and after each."""
    epochs: list[Vectors] = field(default_factory=list)
    """The vectors before the first epoch and after each, where `keep_epochs` asked for them."""

    @property
    def loss(self) -> pd.DataFrame:
        """Columns epoch (0: before the first) and loss."""
        return pd.DataFrame({"epoch": range(len(self.losses)), "loss": self.losses})


def learn(
    corpus: Corpus | Sequence[Sequence[str]],
    *,
    method: Literal["skip-gram", "CBOW"] = "skip-gram",
    dimensions: int = 100,
    window: int = 5,
    negative: int = 5,
    epochs: int = 5,
    min_count: int = 5,
    sample: float = 1e-3,
    ns_exponent: float = 0.75,
    learning_rate: float = 0.025,
    keep_epochs: bool = False,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> Learnt:
    """Learn vectors of words.

    Args:
        corpus: Sentences of tokens; read once more than there are epochs.
        method: "skip-gram" asks each word for its neighbours, "CBOW" asks the neighbours for it.
        dimensions: Length of a vector.
        window: Words to the left and right at most; the width is drawn anew for each word.
        negative: Wrong answers drawn for each right one.
        epochs: How often the corpus is read.
        min_count: Rarer words get no vector.
        sample: Words with a larger share of the text than this are skipped at times; 0: never.
        ns_exponent: Wrong answers are drawn by count to this power: 1 as often as they occur, 0 all
            alike, below 0 rare ones more often.
        learning_rate: At the start; it falls to 0.0001 in a line.
        keep_epochs: Whether to keep the vectors after each epoch too.
        seed: Draws start, windows and wrong answers.
        workers: Threads. With more than 1 two runs differ.
        progress: Told how far it is; None: a bar.

    Raises:
        LabKitError: If the corpus is empty, one sentence or only single tokens, or fewer than two
            words are common enough.
    """
    corpus = corpus if isinstance(corpus, Corpus) else Corpus.of(corpus)
    require_sentences(corpus)
    model = Word2Vec(
        sg=int(method == "skip-gram"),
        vector_size=dimensions,
        window=window,
        negative=negative,
        epochs=epochs,
        min_count=min_count,
        sample=sample,
        ns_exponent=ns_exponent,
        alpha=learning_rate,
        max_vocab_size=MOST,
        seed=seed,
        workers=workers,
    )
    drawn = Sample(corpus, seed)
    model.build_vocab(drawn)
    require_words(len(model.wv), len(model.raw_vocab), min_count, corpus.name)
    asked = questions(
        drawn.drawn,
        model.wv.key_to_index,
        _noise(model),
        skip_gram=method == "skip-gram",
        window=window,
        negative=negative,
        seed=seed,
    )
    with _bar(progress, method) as tell:
        watch = _Watch(model, asked, keep_epochs, epochs, tell)
        model.train(
            _Watched(corpus, watch, model.corpus_count),
            total_examples=model.corpus_count,
            epochs=epochs,
            callbacks=[watch],
        )
    names, counts = model.wv.index_to_key, model.wv.expandos["count"]
    return Learnt(
        Vectors(names, model.wv.vectors, counts),
        Vectors(names, model.syn1neg, counts),
        watch.losses,
        watch.kept,
    )


def _noise(model: Word2Vec) -> np.ndarray:
    """(words,): how likely each is drawn as a wrong answer."""
    weight = model.wv.expandos["count"].astype(float) ** model.ns_exponent
    return weight / weight.sum()


class _Watch(CallbackAny2Vec):
    """Looks at the model after each epoch."""

    def __init__(
        self, model: Word2Vec, asked: Questions | None, keep: bool, epochs: int, tell: Progress
    ) -> None:
        self.asked, self.keep, self.epochs, self.tell = asked, keep, epochs, tell
        self.losses: list[float] = []
        self.kept: list[Vectors] = []
        self._look(model)

    def on_epoch_end(self, model: Word2Vec) -> None:
        self._look(model)

    def inside(self, share: float) -> None:
        """Tell how far an epoch is."""
        epoch = len(self.losses)
        loss = f", loss {self.losses[-1]:.3f}" if self.losses else ""
        done = (epoch - 1 + share) / self.epochs
        self.tell(min(done, 1.0), f"epoch {epoch} of {self.epochs}{loss}")

    def _look(self, model: Word2Vec) -> None:
        if self.asked is not None:
            self.losses.append(self.asked.loss(model.wv.vectors, model.syn1neg))
        if self.keep:
            counts = model.wv.expandos["count"]
            self.kept.append(Vectors(model.wv.index_to_key, model.wv.vectors.copy(), counts))


class _Watched:
    """The corpus, telling how far it was read."""

    def __init__(self, corpus: Corpus, watch: _Watch, sentences: int) -> None:
        self.corpus, self.watch, self.sentences = corpus, watch, sentences

    def __iter__(self) -> Iterator[Any]:
        for number, sentence in enumerate(self.corpus):
            if number % EVERY == 0:
                self.watch.inside(number / self.sentences)
            yield sentence


@contextmanager
def _bar(progress: Progress | None, method: str) -> Iterator[Progress]:
    if progress is not None:
        yield progress
        progress(1.0, f"{method} has learnt")
        return
    layout = "{l_bar}{bar}| {elapsed}"
    with tqdm(total=1000, desc=method, bar_format=layout, leave=False) as bar:

        def tell(done: float, what: str) -> None:
            bar.set_description(f"{method}: {what}", refresh=False)
            bar.update(round(1000 * done) - bar.n)

        yield tell
