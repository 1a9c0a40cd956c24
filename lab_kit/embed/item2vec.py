"""item2vec: items that lie in the same baskets, as words that stand in the same sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import scipy.sparse as sp

from lab_kit.embed.baskets import sessions
from lab_kit.embed.cold import placed
from lab_kit.embed.vectors import Vectors, unit
from lab_kit.embed.words import learn
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress


@dataclass(eq=False, repr=False)
class Item2Vec(Model):
    """score(j) = sum over the history of w_i times how well j goes with i.

    Skip-gram with negative sampling over sessions. `by="together"` takes vector x context, which
    estimates the logarithm of how much oftener than chance two items share a session (Levy &
    Goldberg, NIPS 2014): what is bought with it. `by="alike"` takes the cosine of two vectors: what
    is bought with the same things, often in its stead. The settings are those for baskets. A
    basket has no order, so it is shuffled in every epoch: then a narrow window, which is fast,
    meets each pair of it sooner or later. Epochs are many, since a shop's sessions are few beside a
    library's sentences (Caselles-Dupré,
    Lesaint & Royo-Letelier, Word2vec applied to Recommendation: Hyperparameters Matter, RecSys
    2018).
    """

    name: ClassVar[str] = "item2vec"
    paper: ClassVar[str] = (
        "Barkan & Koenigstein, Item2Vec: Neural Item Embedding for Collaborative Filtering, 2016; "
        "settings after Caselles-Dupré, Lesaint & Royo-Letelier, RecSys 2018"
    )
    how: ClassVar[str] = (
        "The score is a sum over the history: the weight of each item times how well the two go "
        "together."
    )

    by: Literal["together", "alike"] = "together"
    dimensions: int = 64
    window: int = 5
    """Items to the left and right."""
    shuffled: bool = True
    """Whether each session comes in another order in every epoch."""
    epochs: int = 10
    negative: int = 5
    ns_exponent: float = 0.75
    """Wrong answers are drawn by count to this power."""
    sample: float = 0.0
    """Items with a larger share of the events than this are skipped at times; 0: never."""
    min_count: int = 3
    """Rarer items get no vector."""
    learning_rate: float = 0.025
    gap_hours: float | None = 1.0
    """A pause longer than this begins a new session; None: all events of a user are one."""
    attributes: bool = True
    """Whether items without a vector get one from their attributes."""
    tau: float | None = None
    """How fast a history fades, in events; None: not at all."""
    seed: int = 0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        learnt = learn(
            sessions(interactions, self.gap_hours, shuffled=self.seed if self.shuffled else None),
            dimensions=self.dimensions,
            window=self.window,
            negative=self.negative,
            epochs=self.epochs,
            min_count=self.min_count,
            sample=self.sample,
            ns_exponent=self.ns_exponent,
            learning_rate=self.learning_rate,
            seed=self.seed,
            progress=progress,
        )
        code = self.items.codes(learnt.vectors.names)
        shape = (len(self.items), self.dimensions)
        known = np.sort(code)
        self.learned |= {"known": known, "losses": np.array(learnt.losses)}
        about = interactions.item_attributes if self.attributes else None
        for name, found in (("vectors", learnt.vectors), ("contexts", learnt.contexts)):
            values = np.zeros(shape, np.float32)
            values[code] = found.matrix
            if about is not None and len(known) < len(self.items):
                events = np.bincount(interactions.events.item, minlength=len(self.items))
                values = placed(values, known, about, events, seed=self.seed)
            self.learned[name] = values
        if about is not None:
            self.learned["known"] = np.arange(len(self.items))
        self.learned["learnt"] = known

    @property
    def vectors(self) -> Vectors:
        """The space of the items, for search, neighbours and maps; by id."""
        self._fitted()
        known = self.learned["known"]
        return Vectors(self.items.values[known].tolist(), self.learned["vectors"][known])

    def _pair(self) -> tuple[np.ndarray, np.ndarray]:
        """(items, dimensions) twice: the product of two rows is how well two items go together."""
        vectors = self.learned["vectors"]
        if self.by == "alike":
            return unit(vectors), unit(vectors)
        return vectors, self.learned["contexts"]

    def _scores(self, histories: Histories) -> np.ndarray:
        given, asked = self._pair()
        scores = (histories.weights(len(self.items), self.tau) @ given) @ asked.T
        return self._unknown_last(scores)

    def _unknown_last(self, scores: np.ndarray) -> np.ndarray:
        """Items without a vector come after all others: nothing was learnt of them."""
        unknown = np.ones(len(self.items), bool)
        unknown[self.learned["known"]] = False
        least = scores[:, ~unknown].min(axis=1, keepdims=True) - 1
        return np.where(unknown, least, scores).astype(np.float32)

    def _without_clue(self, histories: Histories) -> np.ndarray:
        row, item = histories.seen(len(self.items))
        clue = np.zeros(len(histories), bool)
        clue[row[np.isin(item, self.learned["known"])]] = True
        return ~clue

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray]:
        weights = Histories.of([history]).weights(len(self.items), self.tau)
        given, asked = self._pair()
        return weights, weights.data * (given[weights.indices] @ asked[item])
