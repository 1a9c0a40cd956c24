"""What only the simulation knows, as frames; the package's docstring explains the columns."""

import numpy as np
import pandas as pd

from lab_kit.data.shop import choice
from lab_kit.data.shop.behaviour import Behaviour
from lab_kit.data.shop.calendar import to_utc
from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.people import People
from lab_kit.data.shop.prices import Prices
from lab_kit.data.shop.risk import expected_order, outlook
from lab_kit.data.shop.vocabulary import vocabulary

TASTE, FACTOR, WEEK = "taste_{:02d}", "factor_{:02d}", "week_{:02d}"


def make_truth(
    parameters: ShopParameters,
    people: People,
    catalogue: Catalogue,
    prices: Prices,
    appeal: np.ndarray,
    behaviour: Behaviour,
    customers: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """The frames users, items, appeal, sequence and customers."""
    return {
        "users": _users(parameters, people, behaviour),
        "items": _items(catalogue),
        "appeal": _appeal(catalogue, appeal),
        "sequence": _sequence(parameters),
        "customers": _customers(
            parameters, people, catalogue, prices, appeal, behaviour, customers
        ),
    }


def _users(parameters: ShopParameters, people: People, behaviour: Behaviour) -> pd.DataFrame:
    kinds = np.array([kind.name for kind in vocabulary().archetypes])
    left = np.flatnonzero(behaviour.left)
    visit = np.full(len(people.visits), -1)
    visit[behaviour.user[left]] = left
    has_left = visit >= 0
    moment = to_utc(np.where(has_left, behaviour.start[visit], 0)).where(pd.Series(has_left))
    frame = pd.DataFrame(
        {
            "user_id": people.frame["user_id"],
            "archetype": kinds[people.archetype],
            "vegetarian": people.vegetarian,
            "price_sensitivity": people.price_sensitivity,
            "income": people.income.astype("int64"),
            "visits_per_30_days": people.visits,
            "buying_share": people.buying,
            "app_share": people.app,
            "late_probability": people.late,
            "leave_hazard": people.hazard,
            "left_at": moment,
            "left_after_late": np.where(has_left, behaviour.late_before[visit], 0),
        }
    )
    return pd.concat([frame, _vectors(people.taste, TASTE)], axis=1)


def _items(catalogue: Catalogue) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "item_id": catalogue.frame["item_id"],
            "popularity": np.round(catalogue.popularity, 4),
            "quality": catalogue.quality,
            "refill_days": catalogue.refill,
            "wearer": catalogue.traits.wearer,
            "first_day": catalogue.first_day,
        }
    )
    return pd.concat([frame, _vectors(catalogue.traits.factors, FACTOR)], axis=1)


def _appeal(catalogue: Catalogue, appeal: np.ndarray) -> pd.DataFrame:
    return pd.concat([catalogue.frame["item_id"], _vectors(appeal.T, WEEK)], axis=1)


def _vectors(table: np.ndarray, name: str) -> pd.DataFrame:
    return pd.DataFrame(table, columns=[name.format(number) for number in range(table.shape[1])])


def _sequence(parameters: ShopParameters) -> pd.DataFrame:
    """One row an effect that is not zero."""
    names = np.array([category.l3 for category in vocabulary().categories])
    planted = {(entry.after, entry.then) for entry in vocabulary().follow_ups}
    view, cart = choice.follow_tables(parameters)
    parts = []
    for trigger, table in (("View", view), ("AddToCart", cart)):
        after, then = np.nonzero(table)
        parts.append(
            pd.DataFrame(
                {
                    "trigger": trigger,
                    "after": names[after],
                    "then": names[then],
                    "effect": np.round(table[after, then], 3),
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    pairs = list(zip(frame["after"], frame["then"], strict=True))
    after_cart = (frame["trigger"] == "AddToCart").to_numpy()
    frame["follow_up"] = np.array([pair in planted for pair in pairs]) & after_cart
    return frame


def _customers(
    parameters: ShopParameters,
    people: People,
    catalogue: Catalogue,
    prices: Prices,
    appeal: np.ndarray,
    behaviour: Behaviour,
    customers: pd.DataFrame,
) -> pd.DataFrame:
    who = np.flatnonzero(people.frame["user_id"].isin(customers["user_id"]))
    ahead = outlook(parameters, people, behaviour, who)
    order = expected_order(parameters, people, catalogue, prices, appeal, behaviour, who)
    return pd.DataFrame(
        {
            "user_id": people.frame["user_id"].to_numpy()[who],
            "still_here": np.round(ahead.still_here, 5),
            "churn_risk": np.round(ahead.churn_risk, 5),
            "expected_orders": np.round(ahead.expected_orders, 4),
            "expected_value": np.rint(ahead.expected_orders * order).astype("int64"),
            "late_deliveries": ahead.late,
        }
    )
