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

from lab_kit.data.shop.catalogue import Traits
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.vocabulary import vocabulary


def personal(
    parameters: ShopParameters,
    traits: Traits,
    taste: np.ndarray,
    vegetarian: np.ndarray,
    gender: np.ndarray,
) -> np.ndarray:
    """(users, items): the part of the log-odds that stays with a person.

    Args:
        parameters: The effects.
        traits: The items.
        taste: (users, dimensions).
        vegetarian: (users,), bool.
        gender: (users,), "F" or "M".
    """
    odds = taste @ traits.factors.T
    made_for_other = (traits.wearer != "") & (traits.wearer != gender[:, None])
    odds += parameters.other_wearer * made_for_other
    odds += parameters.vegetarian_aversion * (vegetarian[:, None] & traits.meat)
    return odds


def relative_price(category: np.ndarray, price: np.ndarray) -> np.ndarray:
    """log(price / usual price of the category), to four decimals, in the shape of `price`.

    Args:
        category: (items,), place of the category in the vocabulary.
        price: (..., items), won.
    """
    usual = np.array([entry.price for entry in vocabulary().categories])[category]
    return np.round(np.log(price / usual), 4)


def daily_appeal(appeal: np.ndarray, first_day: np.ndarray, days: int) -> np.ndarray:
    """(days, items): the week's appeal, minus infinity where the item is not there yet.

    Args:
        appeal: (weeks, items).
        first_day: (items,), day of the window from which on an item can be chosen.
        days: Length of the window.
    """
    day = np.arange(days)
    return np.where(day[:, None] >= first_day, appeal[day // 7], -np.inf)


def follow_tables(parameters: ShopParameters) -> tuple[np.ndarray, np.ndarray]:
    """Two tables (category before, category next): effects after a view and after a cart."""
    words = vocabulary()
    group = np.array(words.group_of())
    near = parameters.same_group * (group[:, None] == group)
    same = np.eye(len(words.categories))
    after_view = near + (parameters.same_category - parameters.same_group) * same
    after_cart = near + (parameters.had_enough - parameters.same_group) * same
    place = words.position()
    for entry in words.follow_ups:
        after_cart[place[entry.after], place[entry.then]] += entry.effect
    return after_view, after_cart


def follow(parameters: ShopParameters, category: np.ndarray) -> np.ndarray:
    """(2 x categories + 1, items): effect of the step before on each item.

    Row c after a view of category c, row categories + c after a cart of it, the last row at the
    start of a visit.
    """
    table = np.vstack([*follow_tables(parameters), np.zeros(len(vocabulary().categories))])
    return table[:, category]


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
