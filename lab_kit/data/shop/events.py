"""From behaviour to the log: one row an event, with times, prices, ratings and lists shown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.data.shop.behaviour import Behaviour
from lab_kit.data.shop.calendar import DAY, Window, to_utc
from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.impressions import shown_lists
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.people import People
from lab_kit.data.shop.prices import Prices
from lab_kit.data.shop.streams import stream

EVENT_TYPES = ("View", "AddToCart", "Purchase", "Rating")
VIEW, CART, PURCHASE, RATING = range(4)
LEAST_GAP, MEAN_GAP, LONGEST_GAP = 8_000, 40_000, 300_000
"""Milliseconds between two views of a visit: a least time plus an exponential one, capped."""
EXTRA_OF_CONSUMABLE, EXTRA_OF_OTHER = 0.4, 0.03
"""Pieces beyond the first in a cart, on average."""
CART_MARGIN = 3_000
"""Milliseconds at least between a view, its cart event, and the next view."""


@dataclass(frozen=True)
class Log:
    """Interactions and orders as frames, and the positions needed to tell the truth about them."""

    interactions: pd.DataFrame
    """The clean columns, sorted by time."""
    orders: pd.DataFrame
    """One row a visit that ended in a purchase."""


@dataclass(frozen=True)
class _Events:
    """Columns of the log while it is put together; `session` counts visits, then ratings."""

    session: np.ndarray
    item: np.ndarray
    time: np.ndarray
    kind: np.ndarray
    value: np.ndarray
    quantity: np.ndarray


def make_log(
    parameters: ShopParameters,
    people: People,
    catalogue: Catalogue,
    prices: Prices,
    behaviour: Behaviour,
) -> Log:
    """Give every step its moment and write it down; what falls after the window is left out."""
    rng = stream(parameters.seed, "events")
    window = Window(parameters.months)
    bought = _without_second_purchases(behaviour)
    view_time, cart_time, checkout = _moments(rng, behaviour)
    extra = np.where(catalogue.refill > 0, EXTRA_OF_CONSUMABLE, EXTRA_OF_OTHER)
    quantity = 1 + rng.poisson(extra[behaviour.item])
    paid_day = np.minimum(window.day_of(checkout), window.days - 1)[behaviour.visit]
    price = prices.by_day[paid_day, behaviour.item]

    every, carted = np.ones(len(bought), dtype=bool), behaviour.carted
    parts = [
        _events(behaviour, every, view_time, VIEW, np.nan, 0),
        _events(behaviour, carted, cart_time, CART, np.nan, quantity),
        _events(behaviour, bought, checkout[behaviour.visit], PURCHASE, price * quantity, quantity),
    ]
    delivered = _deliveries(rng, behaviour, checkout)
    ratings, rater, rated_in_app = _ratings(
        rng, parameters, people, catalogue, behaviour, bought, delivered
    )
    session_user = np.concatenate([behaviour.user, rater])
    session_app = np.concatenate([behaviour.app, rated_in_app])
    session_start = np.concatenate([behaviour.start, ratings.time])
    events = _joined([*parts, ratings])
    events = _rows(events, events.time < window.end)
    on_web = ~session_app[events.session]
    time = np.where(on_web, events.time // 1000 * 1000, events.time)  # the web logs whole seconds
    order = np.lexsort((events.kind, events.item, events.session, time))
    events, time = _rows(events, order), time[order]

    session_ids = _session_ids(session_start, session_user)
    user = session_user[events.session]
    shown = shown_lists(
        stream(parameters.seed, "impressions"), parameters, catalogue, events.item,
        window.day_of(time), events.kind == VIEW,
    )  # fmt: skip
    interactions = pd.DataFrame(
        {
            "event_id": [f"E{number:07d}" for number in range(1, len(time) + 1)],
            "user_id": people.frame["user_id"].array.take(user),
            "item_id": catalogue.frame["item_id"].array.take(events.item),
            "timestamp": to_utc(time),
            "event_type": np.array(EVENT_TYPES)[events.kind],
            "event_value": events.value,
            "session_id": session_ids.array.take(events.session),
            "device": _devices(people, user, session_app[events.session]),
            "channel": np.where(session_app[events.session], "app", "web"),
            "quantity": pd.array(events.quantity, dtype="Int64"),
            "impressions": shown,
        }
    )
    interactions.loc[interactions["quantity"] == 0, "quantity"] = pd.NA
    orders = _orders(
        people, behaviour, session_ids, bought, price * quantity, checkout, delivered, window
    )
    return Log(interactions=interactions, orders=orders)


def _without_second_purchases(behaviour: Behaviour) -> np.ndarray:
    """An item that was put into the cart twice on one visit is paid for once."""
    key = behaviour.visit.astype("int64") * (behaviour.item.max(initial=0) + 1) + behaviour.item
    paid = np.flatnonzero(behaviour.bought)
    _, first = np.unique(key[paid], return_index=True)
    bought = np.zeros(len(key), dtype=bool)
    bought[paid[first]] = True
    return bought


def _moments(
    rng: np.random.Generator, behaviour: Behaviour
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """UTC milliseconds of the views, of the carts, and (by visit) of the check-out."""
    extra = -MEAN_GAP * np.log1p(-rng.random(len(behaviour.visit)))
    gap = np.minimum(LEAST_GAP + extra, LONGEST_GAP).astype("int64")
    until = np.cumsum(gap)
    first = np.searchsorted(behaviour.visit, np.arange(len(behaviour.user)))
    last = np.append(first[1:], len(gap)) - 1
    in_visit = until - gap - (until - gap)[first][behaviour.visit]
    view = behaviour.start[behaviour.visit] + in_visit
    share = rng.random(len(gap))
    cart = view + CART_MARGIN + (share * (gap - 2 * CART_MARGIN)).astype("int64")
    return view, cart, view[last] + gap[last] + rng.integers(15_000, 120_000, len(last))


def _deliveries(rng: np.random.Generator, behaviour: Behaviour, checkout: np.ndarray) -> np.ndarray:
    """(visits,): when the parcel would come; 1 to 2 days, or 4 to 7 where it is late."""
    days = np.where(
        behaviour.late, rng.integers(4, 8, len(checkout)), rng.integers(1, 3, len(checkout))
    )
    return checkout // DAY * DAY + days * DAY + rng.integers(0, 12 * 3_600_000, len(checkout))


def _ratings(
    rng: np.random.Generator, parameters: ShopParameters, people: People, catalogue: Catalogue,
    behaviour: Behaviour, bought: np.ndarray, delivered: np.ndarray,
) -> tuple[_Events, np.ndarray, np.ndarray]:  # fmt: skip
    """Ratings, each a session of its own, with who gives it and whether in the app."""
    step = np.flatnonzero(bought & (rng.random(len(bought)) < parameters.rated))
    visit, item = behaviour.visit[step], behaviour.item[step]
    user = behaviour.user[visit]
    liking = (people.taste[user] * catalogue.traits.factors[item]).sum(axis=1)
    felt = 3.3 + 0.45 * liking + 0.45 * catalogue.quality[item] + rng.normal(0, 0.7, len(step))
    felt = felt + parameters.rating_late * behaviour.late[visit]
    wait = (-1.5 * DAY * np.log1p(-rng.random(len(step)))).astype("int64") + 1_800_000
    events = _Events(
        session=len(behaviour.user) + np.arange(len(step)),
        item=item,
        time=delivered[visit] + wait,
        kind=np.full(len(step), RATING),
        value=np.clip(np.rint(felt), 1, 5),
        quantity=np.zeros(len(step), dtype="int64"),
    )
    return events, user, behaviour.app[visit]


def _events(
    behaviour: Behaviour, which: np.ndarray, time: np.ndarray, kind: int,
    value: np.ndarray | float, quantity: np.ndarray | int,
) -> _Events:  # fmt: skip
    return _Events(
        session=behaviour.visit[which],
        item=behaviour.item[which],
        time=time[which],
        kind=np.full(which.sum(), kind),
        value=np.broadcast_to(np.asarray(value, dtype="float64"), which.shape)[which],
        quantity=np.broadcast_to(quantity, which.shape)[which],
    )


def _joined(parts: list[_Events]) -> _Events:
    return _Events(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in _Events.__dataclass_fields__
        }
    )


def _rows(events: _Events, which: np.ndarray) -> _Events:
    return _Events(**{name: getattr(events, name)[which] for name in _Events.__dataclass_fields__})


def _session_ids(start: np.ndarray, user: np.ndarray) -> pd.Series:
    """Numbered by the time they start."""
    number = np.empty(len(start), dtype="int64")
    number[np.lexsort((user, start))] = np.arange(1, len(start) + 1)
    return pd.Series([f"S{n:06d}" for n in number], dtype="str")


def _devices(people: People, user: np.ndarray, app: np.ndarray) -> np.ndarray:
    phone = np.where(people.android[user], "android", "iphone")
    return np.where(app, phone, np.where(people.mobile_web[user], "mobile web", "computer"))


def _orders(
    people: People, behaviour: Behaviour, session_ids: pd.Series, bought: np.ndarray,
    amount: np.ndarray, checkout: np.ndarray, delivered: np.ndarray, window: Window,
) -> pd.DataFrame:  # fmt: skip
    """session_id, user_id, ordered_at, delivered_at, late, amount (won)."""
    total = np.bincount(behaviour.visit[bought], amount[bought], minlength=len(checkout))
    visit = np.flatnonzero((total > 0) & (checkout < window.end))
    visit = visit[np.argsort(checkout[visit], kind="stable")]
    ordered = np.where(behaviour.app, checkout, checkout // 1000 * 1000)
    frame = pd.DataFrame(
        {
            "session_id": session_ids.array.take(visit),
            "user_id": people.frame["user_id"].array.take(behaviour.user[visit]),
            "ordered_at": to_utc(ordered[visit]),
            "delivered_at": to_utc(delivered[visit]),
            "late": behaviour.late[visit],
            "amount": total[visit].astype("int64"),
        }
    )
    return frame.reset_index(drop=True)
