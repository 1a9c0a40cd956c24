"""The true risk that a customer does not come back to buy, and the value to be expected.

Both follow from what made the data, given each person's true rates and the moments of their past
visits; whether they had already left without a word is not used, for nobody can know it.

- A person visits at rate r(t). At the end of a visit without a purchase they leave for good with
  probability p(t). After a silence since the last visit the probability that they are still there
  is (1 - p) s / ((1 - p) s + p), with s = exp(-integral of r since then). (The model family is that
  of Fader, Hardie and Lee, "Counting Your Customers the Easy Way", Marketing Science 24(2), 2005.)
- From then on a share q of the visits ends in a purchase. The chance of at least one purchase
  within 90 days is summed up day by day.
"""

from dataclasses import dataclass

import numpy as np

from lab_kit.data.shop import choice
from lab_kit.data.shop.behaviour import (
    LATE_AT_MOST,
    LATE_DAYS,
    NEW_DAYS,
    Behaviour,
    leave_probability,
)
from lab_kit.data.shop.calendar import DAY, Window
from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.customers import DAYS, cut_off_day
from lab_kit.data.shop.events import EXTRA_OF_CONSUMABLE, EXTRA_OF_OTHER
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.people import People
from lab_kit.data.shop.prices import Prices
from lab_kit.data.shop.visits import day_weights


@dataclass(frozen=True)
class Outlook:
    """What is to be expected of some people after the cut-off, one entry a person."""

    still_here: np.ndarray
    """Probability that they have not left for good."""
    churn_risk: np.ndarray
    """Probability of no purchase in 90 days."""
    expected_orders: np.ndarray
    """Orders in 90 days; late deliveries yet to come are left out, so it is a little high."""
    late: np.ndarray
    """Late deliveries held against the shop at the cut-off."""


def outlook(
    parameters: ShopParameters, people: People, behaviour: Behaviour, who: np.ndarray
) -> Outlook:
    """The outlook at the cut-off for people `who`, each with a visit before it."""
    window = Window(parameters.months)
    today = cut_off_day(window)
    weights = day_weights(window)
    rate = people.visits[who] / 30.0
    last = _last_visit(window, behaviour, today)[who]
    silent = _elapsed(weights, today) - _elapsed(
        weights, (behaviour.start[last] - window.start) / DAY
    )
    leave, silence = behaviour.leave[last], np.exp(-rate * silent)
    still_here = (1 - leave) * silence / ((1 - leave) * silence + leave)

    staying = np.ones(len(who))  # still there and without a purchase since the cut-off
    present = np.ones(len(who))  # still there, purchases or not
    bought, orders = np.zeros(len(who)), np.zeros(len(who))
    buying = people.buying[who]
    for day in range(today, today + DAYS):
        late = _late_deliveries(window, behaviour, day, today, len(people.visits))[who]
        new = day - people.signup_day[who] < NEW_DAYS
        away = leave_probability(parameters, people.hazard[who], people.visits[who], new, late)
        visits = rate * weights[day]
        decisive = buying + (1 - buying) * away
        ends = staying * (1 - np.exp(-visits * decisive))
        bought += ends * buying / decisive
        staying -= ends
        orders += present * buying * (1 - np.exp(-visits * away)) / away
        present *= np.exp(-visits * away)
    return Outlook(
        still_here=still_here,
        churn_risk=1 - still_here * bought,
        expected_orders=still_here * orders,
        late=_late_deliveries(window, behaviour, today, today, len(people.visits))[who],
    )


def expected_order(
    parameters: ShopParameters,
    people: People,
    catalogue: Catalogue,
    prices: Prices,
    appeal: np.ndarray,
    behaviour: Behaviour,
    who: np.ndarray,
) -> np.ndarray:
    """Won a person spends on an order in the week of the cut-off.

    The mean price of what they choose at the start of a visit, times the mean number of goods in
    an order of anybody: what was seen or bought before is left out.
    """
    window = Window(parameters.months)
    day = cut_off_day(window)
    goods = behaviour.bought.sum() / max(len(np.unique(behaviour.visit[behaviour.bought])), 1)
    daily = choice.daily_appeal(appeal, catalogue.first_day, window.days)[day]
    relative = choice.relative_price(catalogue.category, prices.by_day[day])
    extra = np.where(catalogue.refill > 0, EXTRA_OF_CONSUMABLE, EXTRA_OF_OTHER)
    value = prices.by_day[day] * (1 + extra)
    gender = people.frame["gender"].to_numpy()
    result = np.zeros(len(who))
    for first in range(0, len(who), 512):  # so that memory does not grow with people
        some = who[first : first + 512]
        odds = choice.personal(
            parameters, catalogue.traits, people.taste[some], people.vegetarian[some], gender[some]
        )
        odds += daily - people.price_sensitivity[some][:, None] * relative
        weight = np.exp(odds) * np.exp(parameters.quality_on_cart * catalogue.quality)
        result[first : first + 512] = goods * (weight @ value) / weight.sum(axis=1)
    return result


def _last_visit(window: Window, behaviour: Behaviour, today: int) -> np.ndarray:
    """(users,): the last visit before the cut-off; visits are sorted by user and time."""
    before = np.flatnonzero(behaviour.start < window.start + today * DAY)
    last = np.full(behaviour.user.max(initial=0) + 1, -1)
    last[behaviour.user[before]] = before  # the later one overwrites
    return last


def _late_deliveries(
    window: Window, behaviour: Behaviour, day: int, today: int, users: int
) -> np.ndarray:
    """(users,): late deliveries from before the cut-off that count on `day`, at most three."""
    visit_day = window.day_of(behaviour.start)
    counts = behaviour.late & (visit_day < today) & (day - visit_day <= LATE_DAYS)
    number = np.bincount(behaviour.user[counts], minlength=users)
    return np.minimum(number, LATE_AT_MOST)


def _elapsed(weights: np.ndarray, day: np.ndarray | float) -> np.ndarray:
    """Sum of the day weights from the first day to a moment given in days, parts of days too."""
    total = np.concatenate([[0.0], np.cumsum(weights)])
    return np.interp(day, np.arange(len(total)), total)
