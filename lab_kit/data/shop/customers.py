"""One row a customer at a cut-off date: what was known then, and what came of it.

The cut-off leaves 91 days of the window. Customers are the people who ordered in the 90 days
before it. Features use nothing that was not known at the cut-off; the two targets, `churned` and
`value_next_90_days`, look at the 90 days after it.
"""

import numpy as np
import pandas as pd

from lab_kit.data.shop.calendar import DAY, Window, to_utc

DAYS = 90
"""Length of the history that makes a customer, and of the future that is predicted."""


def cut_off_day(window: Window) -> int:
    """Day of the window at whose beginning the table stands: 1 April for six months."""
    return window.days - DAYS - 1


def cut_off(window: Window) -> pd.Timestamp:
    """The moment at which the table stands: midnight in Seoul, as UTC."""
    return to_utc(np.array([window.start + cut_off_day(window) * DAY]))[0]


def make_customers(
    window: Window,
    users: pd.DataFrame,
    items: pd.DataFrame,
    interactions: pd.DataFrame,
    orders: pd.DataFrame,
) -> pd.DataFrame:
    """The customers in the order of their ids, with features and targets.

    Counts ending in `_90d` and `_30d` are over so many days before the cut-off; `spend_90d`,
    `mean_order` and `value_next_90_days` are in won; `days_since_…` and `tenure_days` are whole
    days; shares are between 0 and 1; `mean_rating` is missing for who never rated.
    """
    now = cut_off(window)
    span = pd.Timedelta(days=DAYS)
    past = orders[(orders["ordered_at"] < now) & (orders["ordered_at"] >= now - span)]
    future = orders[(orders["ordered_at"] >= now) & (orders["ordered_at"] < now + span)]
    known = interactions[interactions["timestamp"] < now]
    recent = known[known["timestamp"] >= now - span].merge(
        items[["item_id", "category_l1", "category_l3"]], on="item_id", how="left"
    )
    table = users[users["user_id"].isin(past["user_id"])].set_index("user_id")
    spent = past.groupby("user_id")["amount"]
    table = (
        table.assign(region=table["zip_code"].str[:2])
        .assign(tenure_days=_tenure(table["signup_date"], now))
        .drop(columns=["zip_code", "signup_date"])
        .join(_visits(known, now))
        .join(_activity(recent))
        .assign(
            orders_90d=spent.size(),
            spend_90d=spent.sum(),
            mean_order=spent.mean().round(),
            days_since_order=(now - past.groupby("user_id")["ordered_at"].max()).dt.days,
            late_60d=_late(past, now),
            churned=lambda frame: ~frame.index.isin(future["user_id"]),
            value_next_90_days=future.groupby("user_id")["amount"].sum(),
        )
    )
    counts = ["late_60d", "value_next_90_days", "carts_90d", "visits_30d"]
    table[counts] = table[counts].fillna(0).astype("int64")
    return table.reset_index()


def _tenure(signup: pd.Series, now: pd.Timestamp) -> pd.Series:
    return (now.tz_convert("Asia/Seoul").tz_localize(None) - signup).dt.days


def _visits(known: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Visits begin with a view; a rating is given from a mail and is none."""
    views = known[known["event_type"] == "View"]
    starts = views.groupby(["user_id", "session_id"])["timestamp"].min().reset_index()
    ago = (now - starts["timestamp"]).dt.days
    by_user = starts["user_id"]
    return pd.DataFrame(
        {
            "visits_30d": by_user[ago < 30].value_counts(),
            "visits_90d": by_user[ago < DAYS].value_counts(),
            "days_since_visit": ago.groupby(by_user).min(),
        }
    )


def _activity(recent: pd.DataFrame) -> pd.DataFrame:
    views = recent[recent["event_type"] == "View"]
    by_user = views.groupby("user_id")
    ratings = recent[recent["event_type"] == "Rating"]
    return pd.DataFrame(
        {
            "views_90d": by_user.size(),
            "carts_90d": recent.loc[recent["event_type"] == "AddToCart", "user_id"].value_counts(),
            "categories_90d": by_user["category_l3"].nunique(),
            "fashion_share": (views["category_l1"] == "fashion")
            .groupby(views["user_id"])
            .mean()
            .round(4),
            "app_share": (views["channel"] == "app").groupby(views["user_id"]).mean().round(4),
            "mean_rating": ratings.groupby("user_id")["event_value"].mean().round(3),
        }
    )


def _late(past: pd.DataFrame, now: pd.Timestamp) -> pd.Series:
    """Late orders of the last 60 days; whether one is late is known two days after it."""
    seen = past["late"] & (past["ordered_at"] <= now - pd.Timedelta(days=2))
    return past.loc[
        seen & (past["ordered_at"] >= now - pd.Timedelta(days=60)), "user_id"
    ].value_counts()
