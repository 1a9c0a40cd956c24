"""What the benchmarks of the models around the main one share."""

import numpy as np
import scipy.sparse as sp

from lab_kit import data
from lab_kit.recommend import Interactions
from lab_kit.recommend.evaluate.bootstrap import interval, resampled_means
from lab_kit.recommend.evaluate.metrics import Hits, ndcg

SETS = ("movielens-small", "online-retail", "shop")


def view_of(name):
    known = data.load(name)
    return Interactions.from_frame(known.interactions, items=known.items, users=known.users)


def taken(view):
    """(users, items): 1 where a user took an item."""
    table = view.matrix()
    table.data[:] = 1
    return table


def without_items(view, hidden):
    """The events with other items; all items, and their codes, stay."""
    return view.where(~hidden[view.events.item])


def a_tenth(view, seed):
    """(items,) bool: a tenth of the items somebody took."""
    there = np.unique(view.events.item)
    drawn = np.random.default_rng(seed).permutation(there)[: len(there) // 10]
    return np.isin(np.arange(len(view.items)), drawn)


def ranking_quality(scores, relevant):
    """(n,): NDCG@10; `relevant` is (n, items), every entry an item to be found."""
    codes = np.argsort(-np.asarray(scores), axis=1, kind="stable")[:, :10]
    return ndcg(Hits.of(codes, sp.csr_array(relevant)), 10)


def show(title, values):
    """Print the mean of each, with its interval over what the values stand for."""
    print(f"\n{title}, {len(next(iter(values.values()))):,} values")
    for name, one in values.items():
        low, high = interval(resampled_means(np.asarray(one, float)[:, None]))
        print(f"  {name:34} {np.nanmean(one):.4f} ({low[0]:.4f} to {high[0]:.4f})")


def surely_more(one, other, factor=1.0):
    """Whether one mean is above `factor` times the other, by the interval of the difference."""
    gap = np.asarray(one, float) - factor * np.asarray(other, float)
    return interval(resampled_means(gap[:, None]))[0][0] > 0
