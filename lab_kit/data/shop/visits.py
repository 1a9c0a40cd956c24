"""When people come, what for, and how long they look: a Poisson process with a daily rhythm."""

from dataclasses import dataclass

import numpy as np

from lab_kit.data.shop.calendar import DAY, Window
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.people import People

WEEKDAY = np.array([0.95, 0.92, 0.94, 0.97, 1.0, 1.1, 1.14])
"""Visits on Monday to Sunday, relative to each other."""
PAYDAY, PAYDAY_FACTOR = 25, 1.18
HOLIDAY_FACTOR = 1.12
GROWTH = 0.10
"""Rise of the visits of everybody from the first to the last day."""
HOUR = np.array(
    [3, 2, 1, 1, 1, 1, 2, 4, 5, 5, 6, 6, 8, 7, 5, 5, 5, 5, 6, 7, 9, 10, 9, 6], dtype="float64"
)
"""Visits by hour of the day in Seoul, relative to each other."""


@dataclass(frozen=True)
class Visits:
    """Planned visits of a block of people, sorted by person and time; one entry a visit."""

    who: np.ndarray
    """Place of the person within the block."""
    start: np.ndarray
    """UTC milliseconds."""
    day: np.ndarray
    """Day of the window on which the visit starts."""
    buying: np.ndarray
    """Bool: with a purchase in mind."""
    views: np.ndarray
    """Number of items that will be looked at."""
    app: np.ndarray
    """Bool: in the app, else on the web."""


def day_weights(window: Window) -> np.ndarray:
    """(days,): visits on each day, relative to an average of about 1."""
    dates = window.dates
    weight = WEEKDAY[dates.day_of_week] / WEEKDAY.mean()
    weight = weight * np.where(dates.day == PAYDAY, PAYDAY_FACTOR, 1.0)
    weight *= np.where(window.holiday(), HOLIDAY_FACTOR, 1.0)
    return weight * (1 + GROWTH * (np.arange(window.days) / window.days - 0.5))


def plan_visits(
    rng: np.random.Generator, parameters: ShopParameters, people: People, block: slice
) -> Visits:
    """Draw the visits a block of people would make if nobody left."""
    window = Window(parameters.months)
    elapsed = np.concatenate([[0.0], np.cumsum(day_weights(window))])
    rate, first = people.visits[block] / 30.0, np.maximum(people.signup_day[block], 0)
    count = rng.poisson(rate * (elapsed[-1] - elapsed[first]))
    who = np.repeat(np.arange(len(count)), count)
    place = elapsed[first][who] + rng.random(len(who)) * (elapsed[-1] - elapsed[first][who])
    day = np.clip(np.searchsorted(elapsed, place, side="right") - 1, 0, window.days - 1)
    start = window.start + day * DAY + _moment_of_day(rng, len(who))
    order = np.lexsort((start, who))
    who, start, day = who[order], start[order], day[order]

    apart = np.diff(start, prepend=0) >= parameters.visits_apart_minutes * 60_000
    keep = apart | (np.diff(who, prepend=-1) != 0)
    who, start, day = who[keep], start[keep], day[keep]
    buying = rng.random(len(who)) < people.buying[block][who]
    mean = np.where(buying, parameters.views_buying, parameters.views_browsing)
    views = np.minimum(rng.geometric(1 / mean), parameters.views_at_most)
    return Visits(
        who=who,
        start=start,
        day=day,
        buying=buying,
        views=views,
        app=rng.random(len(who)) < people.app[block][who],
    )


def _moment_of_day(rng: np.random.Generator, count: int) -> np.ndarray:
    """Milliseconds since midnight in Seoul."""
    bounds = np.cumsum(HOUR)
    hour = np.searchsorted(bounds, rng.random(count) * bounds[-1], side="right")
    return hour * 3_600_000 + rng.integers(0, 3_600_000, count)
