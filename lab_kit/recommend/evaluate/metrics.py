"""How good lists are: one small function a measure, one figure a user.

All take `Hits` and give an array (users,), not rounded, whose mean is the figure of the model. A
place of a list beyond the catalogue is no hit. Where nothing was to be found, measures that divide
by its number are NaN and take no part in a mean; the protocols ask no such user.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True, eq=False)
class Hits:
    """What a metric has to know of the lists of n users."""

    there: np.ndarray
    """(n, k) bool: whether this place of the list holds an item that was to be found."""
    wanted: np.ndarray
    """(n,) int: how many different items were to be found."""

    @classmethod
    def of(cls, codes: np.ndarray, relevant: sp.csr_array) -> Hits:
        """Look the lists up in what was to be found.

        Args:
            codes: (n, k), items best first; -1 where a list is shorter.
            relevant: (n, items); every entry, whatever its value, is an item to be found.
        """
        return cls(place_of(codes, relevant) >= 0, np.diff(relevant.indptr))


def place_of(codes: np.ndarray, table: sp.csr_array) -> np.ndarray:
    """(n, k): where in `table.data` the entry of each item of a list lies; -1 where it has none."""
    items = table.shape[1]
    row = np.repeat(np.arange(table.shape[0], dtype=np.int64), np.diff(table.indptr))
    entry = row * items + table.indices
    order = np.argsort(entry, kind="stable")
    wanted = np.arange(len(codes), dtype=np.int64)[:, None] * items + codes
    place = np.minimum(np.searchsorted(entry, wanted, sorter=order), max(len(entry) - 1, 0))
    if not len(entry):
        return np.full(codes.shape, -1)
    found = order[place]
    return np.where((codes >= 0) & (entry[found] == wanted), found, -1)


def precision(hits: Hits, k: int) -> np.ndarray:
    """P = hits among the first k / k; a list shorter than k is divided by k as well.

    Manning, Raghavan & Schuetze, Introduction to Information Retrieval, 2008, section 8.4.
    """
    return hits.there[:, :k].sum(axis=1) / k


def recall(hits: Hits, k: int) -> np.ndarray:
    """R = hits among the first k / all that was to be found; NaN where nothing was.

    Manning, Raghavan & Schuetze 2008, section 8.3. More than k items to find leave it below 1.
    """
    return _divided(hits.there[:, :k].sum(axis=1), hits.wanted)


def hit_rate(hits: Hits, k: int) -> np.ndarray:
    """1 where one of the first k is a hit, else 0.

    Deshpande & Karypis, Item-based Top-N Recommendation Algorithms, ACM TOIS 22(1), 2004.
    """
    return hits.there[:, :k].any(axis=1).astype(float)


def reciprocal_rank(hits: Hits, k: int) -> np.ndarray:
    """RR = 1 / rank of the first hit among the first k; 0 without a hit. Its mean is the MRR.

    Voorhees, The TREC-8 Question Answering Track Report, 1999.
    """
    there = hits.there[:, :k]
    return there.any(axis=1) / (there.argmax(axis=1) + 1)


def average_precision(hits: Hits, k: int) -> np.ndarray:
    """AP = sum of the precision at each hit among the first k / min(k, number to be found).

    Divided by the most hits a list of k can have, so that a perfect list gets 1 (Manning, Raghavan
    & Schuetze 2008, section 8.4, divide by all that was to be found). NaN where nothing was. Its
    mean is the MAP.
    """
    there = hits.there[:, :k]
    rank = np.arange(1, there.shape[1] + 1)
    total = (there * np.cumsum(there, axis=1) / rank).sum(axis=1)
    return _divided(total, np.minimum(hits.wanted, k))


def ndcg(hits: Hits, k: int) -> np.ndarray:
    """NDCG = DCG / DCG of a perfect list, DCG = sum over hits of 1 / log2(1 + rank).

    A perfect list holds min(k, number to be found) hits on its first places (Jaervelin &
    Kekaelaeinen, Cumulated Gain-Based Evaluation of IR Techniques, ACM TOIS 20(4), 2002, with gains
    0 and 1). NaN where nothing was to be found.
    """
    return _divided(_dcg(hits, k), _ideal(np.minimum(hits.wanted, k)))


def ndcg_of_hits(hits: Hits, k: int) -> np.ndarray:
    """DCG / DCG of the same number of hits on the first places; 0 without a hit.

    What Amazon Personalize calls normalized discounted cumulative gain at k: hits on ranks 2 and 5
    of 5 give .6241, however many items were not found (Example of
    https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html). Never
    below the textbook's `ndcg`.
    """
    return np.nan_to_num(_divided(_dcg(hits, k), _ideal(hits.there[:, :k].sum(axis=1))))


def reward(codes: np.ndarray, rewards: sp.csr_array, k: int) -> np.ndarray:
    """What the hits among the first k were worth together; 0 without a hit.

    Args:
        codes: (n, k), items best first; -1 where a list is shorter.
        rewards: (n, items), one entry an item to be found: the value of its events.
        k: How many places count.
    """
    place = place_of(codes[:, :k], rewards)
    worth = np.append(rewards.data, 0.0)  # place -1, no hit, is worth nothing
    return worth[place].sum(axis=1)


def reward_share(codes: np.ndarray, rewards: sp.csr_array, k: int) -> np.ndarray:
    """`reward` / what everything that was to be found was worth; NaN where that is nothing.

    Recall, weighed by value. Amazon Personalize's average_rewards_at_k is such a quotient; its
    documentation does not say how many recommendations the denominator counts, and here the whole
    catalogue is recommended in an order.
    """
    return _divided(reward(codes, rewards, k), np.asarray(rewards.sum(axis=1)).ravel())


def _dcg(hits: Hits, k: int) -> np.ndarray:
    there = hits.there[:, :k]
    return there @ (1 / np.log2(np.arange(2, there.shape[1] + 2)))


def _ideal(number: np.ndarray) -> np.ndarray:
    """DCG of so many hits on the first places."""
    most = int(number.max(initial=0))
    return np.append(0, np.cumsum(1 / np.log2(np.arange(2, most + 2))))[number]


def _divided(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotients, NaN where the denominator is 0."""
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below != 0)
