"""Do the items said to be trending rise? Run with `pytest -s`.

At 20 moments in the last two fifths of the data, for the next day and the next week: the increase
of the 25 items named, divided by that of the 25 that rose most. 1 is foresight, 0 is nothing, below
0 fell. Intervals are over the moments.

Increase is measured twice: over the usual level of the eight weeks before, which is what `Trending`
looks for, and, as Amazon Personalize does, over the interval just before, for which it is told that
this is the usual level.
"""

import numpy as np
import pytest

from lab_kit.recommend import Popularity, Trending
from lab_kit.recommend.interactions import DAY
from tests.benchmarks.recommend.side import SETS, show, view_of

MOMENTS = 20
LISTED = 25
USUAL = 56
"""Days."""
SPAN = 900
"""Days looked at: MovieLens goes over twenty years in which hardly anybody was there."""


def users_between(view, begin, end):
    """(items,): different users of each item from one moment up to another."""
    events = view.events
    inside = (events.time >= begin) & (events.time < end)
    pair = np.unique(events.item[inside].astype(np.int64) * len(view.users) + view.user[inside])
    return np.bincount(pair // len(view.users), minlength=len(view.items)).astype(float)


def share_of_the_rise(scores, increase):
    best = np.sort(increase)[::-1][:LISTED]
    listed = np.argsort(-scores, kind="stable")[:LISTED]
    most = best[best > 0].sum()
    return increase[listed].sum() / most if most else np.nan


@pytest.mark.parametrize("days", [1, 7])
@pytest.mark.parametrize("name", SETS)
def test_what_is_trending_rises_more_than_what_is_popular(name, days):
    view = view_of(name)
    first = max(view.events.time.min(), view.latest - SPAN * DAY)
    length = days * DAY
    usual = {name: [] for name in ("trending", "popularity")}
    before = {name: [] for name in ("trending, since the interval before", "popularity")}
    moments = np.linspace(first + 0.6 * (view.latest - first), view.latest - length, MOMENTS)
    for moment in moments.astype(np.int64):
        known = view.before(moment)
        number = min(USUAL // days, int((moment - known.events.time.min()) // length))
        past = [
            users_between(view, moment - (n + 1) * length, moment - n * length)
            for n in range(number)
        ]
        soon = users_between(view, moment, moment + length)
        for found, level, models in (
            (usual, np.mean(past, axis=0), (Trending(24 * days, usual_days=USUAL), Popularity())),
            (before, past[0], (Trending(24 * days, usual_days=days), Popularity())),
        ):
            for what, model in zip(found, models, strict=True):
                scores = model.fit(known).learned["popularity"].astype(float)
                found[what].append(share_of_the_rise(scores, soon - level))
    show(f"{name}, {days} day(s), over the usual level", usual)
    show(f"{name}, {days} day(s), over the interval before", before)
    for found in (usual, before):
        trending, popular = (np.nanmean(values) for values in found.values())
        assert trending > 0
        assert trending >= 2 * popular
