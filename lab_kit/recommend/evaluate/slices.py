"""Whom and what a model is good for: users by their history, items by their popularity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.recommend.evaluate.bootstrap import interval, resampled_means
from lab_kit.recommend.evaluate.evaluation import MEASURES, Evaluation
from lab_kit.recommend.evaluate.metrics import Hits
from lab_kit.recommend.held_out import HeldOut

HEAD = 0.5
"""The head: the fewest items that have so much of the popularity. The others are the tail."""
Slice = tuple[str, np.ndarray]
"""A name, and the values (users,) of those who belong to it."""


def sliced(evaluation: Evaluation, metric: str) -> pd.DataFrame:
    """One row a slice: slice, users, value (the mean), low, high.

    Cold users have no history at all; the others are cut into thirds by its length. For head and
    tail only what was to be found there counts, and only users who took something there.

    Args:
        evaluation: Of one model.
        metric: One of being right, such as "NDCG@10".
    """
    rows = []
    for name, values in [*_by_history(evaluation, metric), *_by_popularity(evaluation, metric)]:
        low, high = interval(resampled_means(values[:, None]))
        rows.append((name, len(values), values.mean(), low[0], high[0]))
    return pd.DataFrame(rows, columns=["slice", "users", "value", "low", "high"])


def _by_history(evaluation: Evaluation, metric: str) -> Iterator[Slice]:
    values = evaluation.values[metric].to_numpy()
    length = np.concatenate([np.diff(task.histories.start) for task in evaluation.held_out])
    if (length == 0).any():
        yield "cold users, no history", values[length == 0]
    warm = length[length > 0]
    if not len(warm):
        return
    edges = np.unique(np.quantile(warm, [1 / 3, 2 / 3], method="lower"))
    group = np.where(length > 0, np.searchsorted(edges, length), -1)
    for number in np.unique(group[group >= 0]):
        own = length[group == number]
        span = f"{own.min():,}" if own.min() == own.max() else f"{own.min():,} to {own.max():,}"
        yield f"history of {span} events", values[group == number]


def _by_popularity(evaluation: Evaluation, metric: str) -> Iterator[Slice]:
    name, depth = metric.rsplit("@")
    pairs = list(zip(evaluation.held_out, evaluation.codes, strict=True))
    for label, is_head in (("head items", True), ("tail items", False)):
        parts = []
        for task, codes in pairs:
            wanted = _columns(task.targets, head(task) == is_head)
            asked = np.diff(wanted.indptr) > 0
            parts.append(MEASURES[name](Hits.of(codes, wanted), int(depth))[asked])
        values = np.concatenate(parts)
        if len(values):
            yield f"{label}, half of all popularity", values


def head(held_out: HeldOut) -> np.ndarray:
    """(items,) bool: the fewest items that have half of the popularity in the part to fit on."""
    popularity = held_out.popularity
    order = np.argsort(-popularity, kind="stable")
    before = np.cumsum(popularity[order]) - popularity[order]
    found = np.zeros(len(popularity), bool)
    found[order[before < HEAD * popularity.sum()]] = True
    return found


def _columns(table: sp.csr_array, kept: np.ndarray) -> sp.csr_array:
    """The entries of some columns; all columns stay."""
    there = kept[table.indices]
    before = np.concatenate([[0], np.cumsum(there)])
    return sp.csr_array(
        (table.data[there], table.indices[there], before[table.indptr]), shape=table.shape
    )
