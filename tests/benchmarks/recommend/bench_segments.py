"""Are segments better than the most active users? Run with `pytest -s`.

Of each user's events the oldest four fifths are known. For each item with a later event: which part
of the users who took it later is among the top 1 % of all users. Figures have intervals over items.
"""

import time

import numpy as np
import pytest
import scipy.sparse as sp

from lab_kit.recommend import ALS, UserSegments
from lab_kit.recommend.segments import newest_fifth
from tests.benchmarks.recommend.side import (
    SETS,
    a_tenth,
    show,
    surely_more,
    taken,
    view_of,
    without_items,
)

ITEMS = 2_000
"""Items asked about, drawn from all with a later event."""


def recall(ranking, later, items):
    """(items,): part of an item's later users among those `ranking(item)` names."""
    columns = later.tocsc()
    found = []
    for item in items:
        users = columns.indices[columns.indptr[item] : columns.indptr[item + 1]]
        found.append(np.isin(users, ranking(item)).mean())
    return np.array(found)


def rankings(known, items, number):
    """Name to what names the first users for an item."""
    count = np.diff(taken(known).indptr)
    active = np.argsort(-count, kind="stable")[:number]
    begun = time.perf_counter()
    model = UserSegments().fit(known)
    fitted = time.perf_counter()
    segments = model.many([known.items.values[item] for item in items], number)
    asked = time.perf_counter()
    print(f"\nfit {fitted - begun:.1f} s, {(asked - fitted) / len(items) * 1e3:.1f} ms a segment")
    codes = {item: known.users.codes(one.users) for item, one in zip(items, segments, strict=True)}
    als = ALS(tau=None).fit(known)
    users = als._fold_in(known.histories().weights(len(known.items)))
    factors = als.learned["factors"]
    return {
        "user segments": codes.get,
        "most active users": lambda _: active,
        "ALS": lambda item: np.argsort(-(users @ factors[item]), kind="stable")[:number],
    }


def measured(known, later, title):
    items = np.random.default_rng(0).permutation(np.unique(later.indices))[:ITEMS]
    number = max(1, round(0.01 * later.shape[0]))
    found = {
        name: recall(ranking, later, items)
        for name, ranking in rankings(known, items, number).items()
    }
    show(f"{title}: recall in the top 1 % of users", found)
    return found


@pytest.mark.parametrize("name", SETS)
def test_segments_of_items_beat_the_most_active_users(name):
    known, after = newest_fifth(view_of(name))
    found = measured(known, taken(after), name)
    assert surely_more(found["user segments"], found["most active users"])
    assert surely_more(found["user segments"], found["ALS"])


@pytest.mark.parametrize("name", SETS)
def test_segments_of_items_nobody_took_beat_them_too(name):
    view = view_of(name)
    hidden = a_tenth(view, 0)
    later = sp.csr_array(taken(view) @ sp.diags_array(hidden.astype(float)))
    later.eliminate_zeros()
    found = measured(without_items(view, hidden), later, f"{name}, items nobody took")
    assert surely_more(found["user segments"], found["most active users"])


def test_segments_of_attributes_beat_them_in_the_shop():
    """Elsewhere nearly everybody takes of every attribute: there is nothing to tell apart."""
    known, after = newest_fifth(view_of("shop"))
    later, attributes = taken(after), known.item_attributes.table.tocsc()
    number = max(1, round(0.01 * later.shape[0]))
    model = UserSegments().fit(known)
    active = np.argsort(-np.diff(taken(known).indptr), kind="stable")[:number]
    found = {"user segments": [], "most active users": []}
    for column in range(attributes.shape[1]):
        mask = attributes[:, [column]].toarray()[:, 0] > 0
        users = np.flatnonzero(later @ mask.astype(float))
        if mask.sum() > 1 and len(users):
            segment = known.users.codes(model.users_for(mask, number).users)
            for name, chosen in (("user segments", segment), ("most active users", active)):
                found[name].append(np.isin(chosen, users).sum() / min(number, len(users)))
    show("shop, attributes: part of the top 1 % that took of it", found)
    assert surely_more(found["user segments"], found["most active users"])
