"""How people choose: a multinomial logit over the whole catalogue.

The log-odds of an item, for a person at a moment, are the sum of

- taste · factor, the vegetarian's aversion, clothes made for the other gender,
- the item's appeal to everybody in that week (`appeal`),
- minus price sensitivity x log(price today / usual price of the category),
- what comes next after the item looked at just before (`follow`),
- what was bought before: wanted again after its refill time, unwanted right after the purchase.

An item cannot be chosen before the day after its creation. The simulation and the scoring of
recommendations by the truth both use this module.
"""

import numpy as np

from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.people import People
from lab_kit.data.shop.prices import Prices
from lab_kit.data.shop.vocabulary import vocabulary


def personal(
    parameters: ShopParameters, people: People, catalogue: Catalogue, who: slice
) -> np.ndarray:
    """(users in `who`, items): the part of the log-odds that stays with a person."""
    odds = people.taste[who] @ catalogue.factors.T
    gender = people.frame["gender"].to_numpy()[who]
    made_for_other = (catalogue.wearer != "") & (catalogue.wearer != gender[:, None])
    odds += parameters.other_wearer * made_for_other
    odds += parameters.vegetarian_aversion * (people.vegetarian[who][:, None] & catalogue.meat)
    return odds


def relative_price(catalogue: Catalogue, prices: Prices) -> np.ndarray:
    """(days, items): log(price / usual price of the category), to four decimals."""
    usual = np.array([category.price for category in vocabulary().categories])[catalogue.category]
    return np.round(np.log(prices.by_day / usual), 4)


def daily_appeal(appeal: np.ndarray, catalogue: Catalogue, days: int) -> np.ndarray:
    """(days, items): the week's appeal, minus infinity where the item is not there yet."""
    day = np.arange(days)
    return np.where(day[:, None] >= catalogue.first_day, appeal[day // 7], -np.inf)


def follow(parameters: ShopParameters, catalogue: Catalogue) -> np.ndarray:
    """(2 x categories + 1, items): effect of the step before on each item.

    Row c after a view of category c, row categories + c after a cart of it, the last row at the
    start of a visit.
    """
    words = vocabulary()
    count = len(words.categories)
    group = np.array(words.group_of())
    near = parameters.same_group * (group[:, None] == group)
    same = np.eye(count)
    after_view = near + (parameters.same_category - parameters.same_group) * same
    after_cart = near + (parameters.had_enough - parameters.same_group) * same
    place = words.position()
    for entry in words.follow_ups:
        after_cart[place[entry.after], place[entry.then]] += entry.effect
    table = np.vstack([after_view, after_cart, np.zeros((1, count))])
    return table[:, catalogue.category]


def wanted_again(
    parameters: ShopParameters, days_since: np.ndarray, refill: np.ndarray
) -> np.ndarray:
    """Effect of having bought an item `days_since` ago; `refill` is 0 for what is not consumed.

    It goes from `just_bought` to `refill` along a logistic curve around the refill time; for what
    is not consumed `just_bought` stays.
    """
    scale = np.where(refill > 0, refill, 1.0)
    need = 1 / (1 + np.exp(-np.clip((days_since / scale - 1) / 0.15, -30, 30)))
    span = parameters.refill - parameters.just_bought
    return parameters.just_bought + span * np.where(refill > 0, need, 0.0)


def pick(odds: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """(rows,): the item each row chooses, with probability proportional to exp(odds).

    Args:
        odds: (rows, items), overwritten.
        uniform: (rows,), one number in [0, 1) a row.
    """
    np.exp(odds, out=odds)
    np.cumsum(odds, axis=1, out=odds)
    threshold = uniform * odds[:, -1]
    return (odds <= threshold[:, None]).sum(axis=1)
