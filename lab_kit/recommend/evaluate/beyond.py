"""What lists are like beside being right: how much of the catalogue, how unusual, how varied."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions

ENTRIES = 2_000_000
"""Entries of sums of vectors held at a time, at most about: 24 MB."""


def coverage(codes: np.ndarray, items: int) -> float:
    """Different items on all lists / items of the catalogue; 0 without lists.

    Ge, Delgado-Battenfeld & Jannach, Beyond Accuracy: Evaluating Recommender Systems by Coverage
    and Serendipity, RecSys 2010 (catalogue coverage). It grows with the number of lists, so only
    figures of the same users are comparable.
    """
    return len(np.unique(codes[codes >= 0])) / items


def self_information(popularity: np.ndarray, users: int) -> np.ndarray:
    """(items,): -log2 of the share of the users who took the item; at most log2(users).

    An item that nobody took counts as if one user had taken it.

    Args:
        popularity: (items,), different users of each item.
        users: Users there are.
    """
    return np.log2(users / np.maximum(popularity, 1))


def novelty(codes: np.ndarray, information: np.ndarray) -> np.ndarray:
    """(n,): mean self-information of each list, in bits; NaN for an empty list.

    Zhou et al., Solving the Apparent Diversity-Accuracy Dilemma of Recommender Systems, PNAS
    107(10), 2010.

    Args:
        codes: (n, k), items best first; -1 where a list is shorter.
        information: (items,), as `self_information` gives it.
    """
    there = codes >= 0
    bits = np.where(there, information[codes], 0).sum(axis=1)
    number = there.sum(axis=1)
    return np.divide(bits, number, out=np.full(len(codes), np.nan), where=number > 0)


def diversity(codes: np.ndarray, vectors: sp.csr_array) -> np.ndarray:
    """(n,): mean over the pairs of each list of 1 - cosine; NaN for a list without a pair.

    Smyth & McClave, Similarity vs. Diversity, ICCBR 2001. Two items of which one has an empty
    vector count as different, 1. The pairs are never formed: with vectors of length 1 the sum of
    all cosines is the square of the sum of the vectors.

    Args:
        codes: (n, k), items best first; -1 where a list is shorter.
        vectors: (items, anything): what the items are like (`described`).
    """
    length = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
    unit = sp.csr_array(sp.diags_array(1 / np.where(length > 0, length, 1)) @ vectors)
    there = codes >= 0
    number = there.sum(axis=1)
    own = np.where(there, (length > 0)[codes], False).sum(axis=1)
    start = np.concatenate([[0], np.cumsum(number)])
    lists = sp.csr_array(
        (np.ones(start[-1]), codes[there], start), shape=(len(codes), vectors.shape[0])
    )
    squares = np.empty(len(codes))
    size = max(1, int(ENTRIES / max(1.0, codes.shape[1] * vectors.nnz / vectors.shape[0])))
    for first in range(0, len(codes), size):
        total = lists[first : first + size] @ unit
        squares[first : first + size] = np.asarray(total.multiply(total).sum(axis=1)).ravel()
    pairs = number * (number - 1)
    alike = np.divide(squares - own, pairs, out=np.full(len(codes), np.nan), where=pairs > 0)
    return 1 - alike


def described(interactions: Interactions) -> tuple[sp.csr_array, str]:
    """Vectors of the items for `diversity`, and what they are made of.

    The items' attributes where there are any, else who took them: two items are alike when the
    same users took both.
    """
    known = interactions.item_attributes
    if known is not None and known.table.nnz:
        return known.table, "attributes"
    table = interactions.matrix()
    table.data[:] = 1
    return sp.csr_array(table.T), "users in common"
