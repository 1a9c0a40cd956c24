"""One call from parameters to a whole shop in memory."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from lab_kit.data.shop.appeal import weekly_appeal
from lab_kit.data.shop.behaviour import simulate_behaviour
from lab_kit.data.shop.calendar import Window
from lab_kit.data.shop.catalogue import make_catalogue
from lab_kit.data.shop.customers import make_customers
from lab_kit.data.shop.events import make_log
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.people import make_people
from lab_kit.data.shop.prices import make_prices
from lab_kit.data.shop.profiles import make_profiles
from lab_kit.data.shop.truth import make_truth


@dataclass(frozen=True)
class Shop:
    """A simulated shop, clean; the columns are those of `lab_kit.data.shop.load`."""

    parameters: ShopParameters
    users: pd.DataFrame
    items: pd.DataFrame
    interactions: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    truth: Mapping[str, pd.DataFrame]


def simulate(parameters: ShopParameters) -> Shop:
    """Draw the goods, the people and what they do."""
    window = Window(parameters.months)
    catalogue = make_catalogue(parameters)
    people = make_people(parameters, catalogue)
    prices = make_prices(parameters, catalogue)
    appeal = weekly_appeal(parameters, catalogue)
    behaviour = simulate_behaviour(parameters, people, catalogue, prices, appeal)
    log = make_log(parameters, people, catalogue, prices, behaviour)
    items = catalogue.frame.copy()
    items.insert(9, "price", prices.list_price[-1])
    customers = make_customers(window, people.frame, items, log.interactions, log.orders)
    return Shop(
        parameters=parameters,
        users=people.frame,
        items=items,
        interactions=log.interactions,
        tables={
            "prices": prices.history(catalogue, window),
            "orders": log.orders,
            "profiles": make_profiles(parameters, people, window.dates[-1] + pd.Timedelta(days=1)),
            "customers": customers,
        },
        truth=make_truth(parameters, people, catalogue, prices, appeal, behaviour, customers),
    )
