"""Attribute affinity: what a user takes more of than others do, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.special import betainc

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress
from lab_kit.recommend.models.item_knn import binary


@dataclass(eq=False, repr=False)
class AttributeAffinity(Model):
    """score(j) = popularity x log(1 + users of j) + sum of affinities / sqrt(number), j's own.

    affinity(u, a) = log((c + prior p) / ((n + prior) p)): of the n items a user took last, c have
    the attribute, and p is its share in what everybody takes. It is 0 for the usual share, log 2
    for twice the share, and shrunken: it begins as if `prior` items with the usual share had been
    taken before. With popularity 1 this is naive Bayes, but for the root.
    """

    name: ClassVar[str] = "attribute affinity"
    paper: ClassVar[str] = (
        "Pazzani & Billsus, Learning and Revising User Profiles, Machine Learning 27, 1997; "
        "shrunken as in Gelman et al., Bayesian Data Analysis, chapter 2 (beta-binomial)"
    )
    how: ClassVar[str] = (
        "Each attribute's affinity is shared equally by the items of the history that have it; "
        "popularity, and attributes the history lacks, are the rest."
    )
    exact: ClassVar[bool] = False

    prior: float = 20.0
    """Above 0, in items: the higher, the more it takes to believe a taste."""
    last: int = 50
    """How many of a user's newest events count."""
    popularity: float = 1.0
    """How much popularity counts; 0: affinity alone."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        known = interactions.item_attributes
        table = known.table if known else sp.csr_array((len(self.items), 0), dtype=np.float32)
        taken = binary(interactions.matrix())
        users = np.bincount(taken.indices, minlength=len(self.items))
        able = users * (np.diff(table.indptr) > 0)
        self.learned |= {
            "attributes": table,
            "names": np.array(known.names if known else (), dtype="U"),
            "usual": np.asarray(table.T @ users, np.float64) / max(1, able.sum()),
            "popularity": np.log1p(users).astype(np.float32),
        }

    # ---- what a user likes

    def _counts(self, histories: Histories) -> tuple[sp.csr_array, np.ndarray]:
        """(n, items) ones for the last different items with attributes, and (n,) their number."""
        newest = np.minimum(np.diff(histories.start), self.last)
        weights = histories.parted(newest)[1].weights(len(self.items))
        described = np.diff(self.learned["attributes"].indptr) > 0
        weights.data = described[weights.indices].astype(np.float32)
        return weights, np.asarray(weights.sum(axis=1)).ravel()

    def _affinities(self, histories: Histories) -> np.ndarray:
        """(n, attributes) float32."""
        weights, number = self._counts(histories)
        count, usual = (weights @ self.learned["attributes"]).toarray(), self.learned["usual"]
        expected = np.where(usual > 0, usual, 1)
        lift = (count + self.prior * usual) / ((number[:, None] + self.prior) * expected)
        # What nobody ever took is neither liked nor disliked.
        return np.log(np.where(usual > 0, lift, 1)).astype(np.float32)

    def affinities(self, who: str | History) -> pd.DataFrame:
        """Which attributes a user takes more, or less, of than others; the liked ones first.

        Args:
            who: A user id, or a history.

        Returns:
            One row an attribute anybody took: `attribute`; `taken`, how many of the last items have
            it; `usual`, how many would by its share in what everybody takes; `affinity`, the
            shrunken logarithm of their quotient; `certainty`, 0.5 to 1, the chance that somebody
            with the usual taste would have come closer to the usual number; `reason`, in words.
        """
        histories = Histories.of([self._history(who)])
        weights, number = self._counts(histories)
        count = (weights @ self.learned["attributes"]).toarray()[0]
        usual, total = self.learned["usual"], int(number[0])
        frame = pd.DataFrame(
            {
                "attribute": self.learned["names"].astype(str),
                "taken": count.astype(int),
                "usual": usual * total,
                "affinity": self._affinities(histories)[0].astype(float),
                "certainty": _certainty(count, total, usual),
            }
        )
        frame["reason"] = [
            f"{row.taken} of the last {total} are {row.attribute}; {row.usual:.1f} would be usual"
            for row in frame.itertuples()
        ]
        frame = frame[usual > 0]
        return frame.sort_values("affinity", ascending=False, kind="stable", ignore_index=True)

    def because(self, who: str | History, item: str) -> str:
        """In a sentence, which attribute of an item speaks most for it.

        Raises:
            LabKitError: If the model is not fitted or the item is unknown.
        """
        history = self._history(who)
        code = int(self.items.known([item], "items")[0])
        table = self.learned["attributes"]
        own = table.indices[table.indptr[code] : table.indptr[code + 1]]
        liked = self.affinities(history)
        liked = liked[liked["attribute"].isin(self.learned["names"][own]) & (liked["affinity"] > 0)]
        if liked.empty:
            return "because it is popular"
        return f"because {liked['reason'].iloc[0]}"

    # ---- answers

    def _scores(self, histories: Histories) -> np.ndarray:
        sums = (self._shared() @ self._affinities(histories).T).T
        return np.ascontiguousarray(sums + np.float32(self.popularity) * self.learned["popularity"])

    def _shared(self) -> sp.csr_array:
        """(items, attributes): 1 / sqrt(attributes of the item) where it has the attribute."""
        table = self.learned["attributes"]
        number = np.diff(table.indptr)
        data = np.repeat(1 / np.sqrt(np.maximum(number, 1)), number).astype(np.float32)
        return sp.csr_array((data, table.indices, table.indptr), shape=table.shape)

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray] | None:
        histories = Histories.of([history])
        weights, _ = self._counts(histories)
        table, own = self.learned["attributes"], self._shared()[[item]]
        if not own.nnz or not weights.nnz:
            return None
        count = (weights @ table).toarray()[0]
        worth = own.toarray()[0] * self._affinities(histories)[0] / np.maximum(count, 1)
        return weights, weights.data * (table[weights.indices] @ worth)


def _certainty(count: np.ndarray, number: int, usual: np.ndarray) -> np.ndarray:
    """(attributes,): chance that somebody with the usual taste takes less extremely than this.

    The binomial distribution, half of the equal case counted (Lancaster, Significance tests in
    discrete distributions, JASA 56, 1961).
    """
    less = np.where(count > 0, _at_most(count - 1, number, usual), 0)
    middle = (less + _at_most(count, number, usual)) / 2
    return np.maximum(middle, 1 - middle)


def _at_most(count: np.ndarray, number: int, chance: np.ndarray) -> np.ndarray:
    """P(X <= count) of a binomial, by the incomplete beta function."""
    rest = np.maximum(number - count, 0)
    return np.where(rest > 0, betainc(np.maximum(rest, 1), np.maximum(count, 0) + 1, 1 - chance), 1)
