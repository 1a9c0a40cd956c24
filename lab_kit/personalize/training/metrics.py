"""How good a model is, by Amazon Personalize's protocol and under its names.

Nine tenths of the users train. Of each other user with ten events or more the oldest nine tenths
are given, and the newest tenth is to be found. For segments of users it is the oldest four fifths
of everybody's events that are given. What is known of every user asked is kept, not rounded, so
that every figure can be computed again.

Source: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pandas as pd

from lab_kit.prepare.split.rules import least_events
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.evaluate import beyond
from lab_kit.recommend.evaluate.metrics import (
    Hits,
    ndcg,
    ndcg_of_hits,
    place_of,
    precision,
    recall,
    reciprocal_rank,
    reward_share,
)
from lab_kit.recommend.held_out import OLDEST, HeldOut, answerable, by_user
from lab_kit.recommend.histories import Histories
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model
from lab_kit.recommend.moments import in_random_order
from lab_kit.recommend.top import top

FOLDS = 10
DEPTHS = (5, 10, 25)
DEPTH = 25
WEIGHTED = "normalized_discounted_cumulative_gain_with_event_weights_at_k"
ROUNDED = 4
"""Decimals that AWS shows."""
Measure = Callable[[Hits, int], np.ndarray]
NAMES: dict[str, tuple[Measure, int]] = {
    "mean_reciprocal_rank_at_25": (reciprocal_rank, 25),
    **{f"normalized_discounted_cumulative_gain_at_{k}": (ndcg_of_hits, k) for k in DEPTHS},
    **{f"precision_at_{k}": (precision, k) for k in DEPTHS},
}
"""AWS's names, and what they are the mean of."""
TEXTBOOK: dict[str, tuple[Measure, int]] = {
    **{f"textbook_ndcg_at_{k}": (ndcg, k) for k in DEPTHS},
    **{f"recall_at_{k}": (recall, k) for k in DEPTHS},
}
"""What the kit can show beside them."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Figures, and what they were computed from."""

    metrics: dict[str, float]
    """By AWS's names and the kit's, not rounded."""
    users: pd.DataFrame
    """As `trained.Trained.held_out`, with a column `user_id`."""

    @property
    def shown(self) -> dict[str, float]:
        """As GetSolutionMetrics shows them: AWS's own, rounded."""
        return {
            name: round(value, ROUNDED)
            for name, value in self.metrics.items()
            if name not in TEXTBOOK
        }


def hold_out(interactions: Interactions, seed: int) -> HeldOut:
    """A tenth of the users, drawn; fitting is on the others.

    Nobody is asked where nobody has ten events; then everybody is fitted on.
    """
    view = in_random_order(interactions, seed)
    fold = np.random.default_rng(seed).permutation(len(view.users)) % FOLDS == 0
    length = np.diff(view.start)
    able = np.flatnonzero(fold & (length >= least_events(OLDEST)))
    fitted = np.flatnonzero(~fold) if len(able) else np.arange(len(fold))
    return answerable(by_user(view, fitted, able, OLDEST, repeats=True))


def measure_items(
    model: Model, held_out: HeldOut, worth: np.ndarray | None = None, *, weighted: bool = False
) -> Measured:
    """A model that answers for users.

    Args:
        model: Fitted on `held_out.train`.
        held_out: Who is asked.
        worth: (items,), what a solution's objective says an item is worth; None: nothing.
        weighted: Whether a solution says how much events of each type count.
    """
    lists = model.recommend_many(held_out.histories, DEPTH, repeats=True)
    more = {}
    if worth is not None:
        more["average_rewards_at_k"] = rewards_per_user(lists.codes, held_out, worth)
    if weighted:
        more[WEIGHTED] = weighted_gain(lists.codes, held_out)
    return measured(lists, held_out, more=more)


def measure_related(model: Model, held_out: HeldOut) -> Measured:
    """A model that answers for items: asked for the last item each user is known to have taken.

    That item itself is not to be found.
    """
    last = held_out.histories.events.item[held_out.histories.start[1:] - 1]
    future = held_out.future.events.item != np.repeat(last, np.diff(held_out.future.start))
    found = replace(held_out, future=held_out.future.where(future))
    asked = np.flatnonzero(np.diff(found.targets.indptr) > 0)
    found, last = found.take(asked), last[asked]
    lists = {int(item): model.similar(model.items.values[item], DEPTH) for item in np.unique(last)}
    codes = np.full((len(last), DEPTH), -1, np.int32)
    for row, item in enumerate(last):
        listed = model.items.codes(lists[int(item)].items)
        codes[row, : len(listed)] = listed
    return measured(Lists(model.items, codes, np.zeros(codes.shape, np.float32)), found)


def measured(
    lists: Lists,
    held_out: HeldOut,
    measures: Mapping[str, tuple[Measure, int]] = NAMES | TEXTBOOK,
    more: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> Measured:
    """The figures of lists, one for each user who was asked; NaN where nothing was to be found.

    Args:
        lists: What was answered.
        held_out: Who was asked.
        measures: By name what is a mean over users, and how many places it counts.
        more: (n,), what else is a mean over users, by name.
    """
    codes, items = lists.codes, lists.ids.values
    hits = Hits.of(codes, held_out.targets)
    values = {
        name: np.where(hits.wanted > 0, measure(hits, k), np.nan)
        for name, (measure, k) in measures.items()
    }
    values |= more
    metrics = {"coverage": beyond.coverage(codes, len(items))}
    metrics |= {name: _mean(each) for name, each in values.items()}
    users = pd.DataFrame(
        {
            "user_id": held_out.users.astype("str"),
            "given": _texts(held_out.histories, items),
            "to_find": _texts(held_out.future, items),
            "answered": [items[row[row >= 0]].tolist() for row in codes],
            **values,
        }
    )
    return Measured(metrics, users)


def rewards_per_user(codes: np.ndarray, held_out: HeldOut, worth: np.ndarray) -> np.ndarray:
    """(n,): what the hits of a list were worth / what all that was to be found was worth.

    NaN for users for whom that is nothing. Source: the same page, average rewards at K: rewards are
    values of the objective's column, and the metric is the mean over users.
    """
    rewards = held_out.targets.astype(np.float32)
    rewards.data[:] = worth[rewards.indices]
    return reward_share(codes, rewards, DEPTH)


def weighted_gain(codes: np.ndarray, held_out: HeldOut) -> np.ndarray:
    """(n,): `ndcg_of_hits` at 25 in which a hit gains the weight of its event; 0 without a hit.

    Of several events with an item the one that weighs most counts. Source: the same page,
    normalized discounted cumulative gain with event weights at K, which names no K.
    """
    future = held_out.future
    user = np.repeat(np.arange(len(held_out)), np.diff(future.start))
    pair = user * len(held_out.train.items) + future.events.item
    order = np.lexsort((-future.events.weight, pair))  # as the entries of `targets` are sorted
    _, first = np.unique(pair[order], return_index=True)
    weights = np.append(future.events.weight[order][first], 0.0)  # place -1, no hit
    gains = weights[place_of(codes[:, :DEPTH], held_out.targets)]
    discount = 1 / np.log2(np.arange(2, gains.shape[1] + 2))
    best = -np.sort(-gains, axis=1) @ discount
    return np.divide(gains @ discount, best, out=np.zeros(len(gains)), where=best > 0)


def measure_trend(model: Model, later: Interactions, usual: np.ndarray) -> float:
    """Rise of the 25 items said to be trending / rise of the 25 that rose most; 0 of nothing.

    Args:
        model: Fitted on what came before.
        later: The events of the interval after.
        usual: (items,) events in an interval before.
    """
    count = np.bincount(later.events.item, minlength=len(usual))
    rise = np.maximum(count - usual, 0)
    best = np.sort(rise)[::-1][:DEPTH].sum()
    listed = top(model.learned["popularity"], DEPTH)
    return float(rise[listed].sum() / best) if best else 0.0


def _mean(values: np.ndarray) -> float:
    """The mean of those that are known; 0 where none is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def _texts(histories: Histories, items: np.ndarray) -> list[list[str]]:
    start, item = histories.start, histories.events.item
    return [items[item[a:b]].tolist() for a, b in pairwise(start)]
