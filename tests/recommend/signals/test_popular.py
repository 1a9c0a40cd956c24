"""Popularity at the moment of the answer, and newness."""

import numpy as np
import pandas as pd
import pytest

from lab_kit.recommend.histories import History
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.reading import milliseconds
from lab_kit.recommend.recent import STEP, standardised
from lab_kit.recommend.signals.popular import HALF_LIVES, NOVELTY, Popular
from tests.recommend.shops import START, frame, full_shop
from tests.recommend.signals.questions import asked, each, question


def at(day):
    return int(milliseconds(pd.Series([START + pd.Timedelta(days=day)]))[0])


def test_signals_are_sums_over_the_events_before_the_moment():
    view = full_shop(2)
    group = Popular.fit(view)
    moments = [at(day) // STEP * STEP for day in (3, 8.5, 15)]
    found = each(group, question(view, [History().at(moment) for moment in moments]))
    for place, moment in enumerate(moments):
        for half_life, signal in zip(HALF_LIVES, found, strict=False):
            counts = np.zeros(len(view.items))
            for item, time, weight in zip(
                view.events.item, view.events.time, view.relative_weight, strict=True
            ):
                if time < moment:
                    counts[item] += weight * 0.5 ** ((moment - time) / DAY / half_life)
            expected = standardised(np.log1p(counts)[None])[0]
            np.testing.assert_allclose(signal[place], expected, atol=2e-5)


def test_newness_is_by_creation_then_by_the_first_event_then_by_the_data():
    """x was made on day 2, y not said, seen on day 5; nothing is known of z."""
    items = pd.DataFrame({"item_id": ["x", "y", "z"]})
    items["creation_timestamp"] = [START + pd.Timedelta(days=2), pd.NaT, pd.NaT]
    rows = [("a", "x", 24 * 6), ("a", "y", 24 * 5), ("b", "y", 24 * 9)]
    view = Interactions.from_frame(frame(*rows), items=items)
    group = Popular.fit(view)
    places = view.items.codes(["x", "y", "z"])
    for day, ages in [(1, [-1, -1, -1]), (5.5, [3.5, 0.5, -1]), (8, [6, 3, -1])]:
        moment = at(day)
        if day < 5:  # before the first event a moment stands for the end of the data
            ages = [7.25, 4.25, 0.25]
        found = each(group, question(view, [History().at(moment)]))[-1, 0, places]
        expected = [-1 if age < 0 else np.exp(-age / NOVELTY) for age in ages]
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_moments_of_six_hours_share_a_table_and_answers_do_not_depend_on_their_order():
    view = full_shop(4)
    users = np.arange(30)
    one = each(Popular.fit(view), asked(view, users))
    other = each(Popular.fit(view), asked(view, users[::-1].copy()))[:, ::-1]
    np.testing.assert_allclose(one, other, atol=1e-5)
    moment = at(7) // STEP * STEP
    histories = [History().at(moment + shift) for shift in (0, STEP - 1, STEP)]
    found = each(Popular.fit(view), question(view, histories))
    np.testing.assert_array_equal(found[:, 0], found[:, 1])
    assert not np.allclose(found[:, 1], found[:, 2])


@pytest.mark.parametrize("moment", [0, at(9_999)])
def test_without_a_time_and_long_after_everything_known_counts(moment):
    view = full_shop(4)
    group = Popular.fit(view)
    found = each(group, question(view, [History().at(moment)]))[2, 0]
    counts = np.bincount(view.events.item, view.relative_weight, minlength=len(view.items))
    np.testing.assert_allclose(found, standardised(np.log1p(counts)[None])[0], atol=1e-5)
