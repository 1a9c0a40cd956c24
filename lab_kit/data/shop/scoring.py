"""What people would truly choose next: the yardstick for recommendations.

Made of the stored truth and of what had happened before the moment in question, by the model that
made the data (`choice`). Two details of the simulation are not in the log and are approximated: the
start of the visit a person is about to make counts as the moment asked for, and an item that fell
out of a person's memory is found by the time of its purchase.
"""

import numpy as np
import pandas as pd

from lab_kit.data.dataset import Dataset
from lab_kit.data.shop import choice
from lab_kit.data.shop.calendar import DAY, Window
from lab_kit.data.shop.catalogue import Traits
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.simulation import Shop
from lab_kit.data.shop.vocabulary import vocabulary
from lab_kit.errors import LabKitError

VISIT = pd.Timedelta(hours=2)
"""A step belongs to the same visit as the one before if it comes within this time."""


def true_log_odds(
    shop: Dataset | Shop, moments: pd.Series, parameters: ShopParameters | None = None
) -> pd.DataFrame:
    """The true log-odds of each item to be what a person looks at next.

    Their softmax along a row gives the true probabilities; items that are not there yet have minus
    infinity. If a visit is under way at the moment, what was seen on it counts.

    Args:
        shop: `load()` or `generate()`.
        moments: Index user ids, each once; values times (UTC). Only interactions strictly before
            a person's moment are looked at.
        parameters: Of the shop, the default ones where it is None.

    Returns:
        One row a user in the order of `moments`, one column an item in the order of `shop.items`.

    Raises:
        LabKitError: There is no truth, an unknown or repeated user, or a moment outside the window.
    """
    parameters = parameters or ShopParameters()
    truth, items = shop.truth, shop.items
    if truth is None or items is None or shop.users is None or shop.interactions is None:
        raise LabKitError(
            "Only the simulated shop knows what people truly want",
            next_step='use the data set "shop"',
        )
    users = truth["users"].set_index("user_id")
    wrong = moments.index[moments.index.duplicated() | ~moments.index.isin(users.index)]
    if len(wrong):
        raise LabKitError(
            f"{len(wrong)} users are unknown or asked for twice, such as {wrong[0]!r}",
            where="index of moments",
            next_step="give each user id of the shop once",
        )
    day = _days(parameters, moments)
    who = users.loc[moments.index]
    category = _places(items["category_l3"])
    traits = Traits(
        factors=truth["items"].filter(like="factor_").to_numpy(),
        wearer=truth["items"]["wearer"].to_numpy(dtype=object),
        meat=(items["vegetarian"] == "no").to_numpy(),
    )
    gender = shop.users.set_index("user_id")["gender"].loc[moments.index].to_numpy(dtype=object)
    odds = choice.personal(
        parameters,
        traits,
        who.filter(like="taste_").to_numpy(),
        who["vegetarian"].to_numpy(dtype=bool),
        gender,
    )
    appeal = truth["appeal"].filter(like="week_").to_numpy().T[day // 7]
    there = truth["items"]["first_day"].to_numpy() <= day[:, None]
    odds += np.where(there, appeal, -np.inf)
    price = _prices(Window(parameters.months), shop.tables["prices"], items["item_id"])[day]
    sensitivity = who["price_sensitivity"].to_numpy()
    odds -= sensitivity[:, None] * choice.relative_price(category, price)

    known = _before(shop.interactions, moments)
    item = pd.Index(items["item_id"])
    odds += choice.follow(parameters, category)[_step_before(known, moments, item, category)]
    _add_memory(odds, parameters, known, moments, item, truth["items"]["refill_days"].to_numpy())
    return pd.DataFrame(odds, index=moments.index, columns=item)


def _days(parameters: ShopParameters, moments: pd.Series) -> np.ndarray:
    window = Window(parameters.months)
    day = window.day_of(_milliseconds(moments))
    outside = (day < 0) | (day >= window.days)
    if outside.any():
        raise LabKitError(
            f"The moment {moments[outside].iloc[0]} is not among the simulated months",
            where=f"user {moments.index[outside][0]}",
            next_step=f"give times in the {parameters.months} months from 2026-01-01 in Seoul",
        )
    return day


def _milliseconds(moments: pd.Series) -> np.ndarray:
    utc = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    return utc.astype("datetime64[ms]").to_numpy().view("int64")


def _places(categories: pd.Series) -> np.ndarray:
    return categories.map(vocabulary().position()).to_numpy()


def _prices(window: Window, history: pd.DataFrame, items: pd.Series) -> np.ndarray:
    """(days, items): the price at midnight, the first one where none was yet."""
    opened = -(-(_milliseconds(history["valid_from"]) - window.start) // DAY)  # the next midnight
    by_day = history.assign(day=opened).drop_duplicates(["day", "item_id"], keep="last")
    table = by_day.pivot(index="day", columns="item_id", values="price")
    return table.reindex(range(window.days)).ffill().bfill()[items].to_numpy()


def _before(interactions: pd.DataFrame, moments: pd.Series) -> pd.DataFrame:
    """Interactions of these people before their moments, with the place of the person."""
    of_them = interactions[interactions["user_id"].isin(moments.index)]
    place = pd.Series(np.arange(len(moments)), index=moments.index)
    known = of_them.assign(
        who=of_them["user_id"].map(place), moment=of_them["user_id"].map(moments)
    )
    return known[known["timestamp"] < known["moment"]]


def _step_before(
    known: pd.DataFrame, moments: pd.Series, item: pd.Index, category: np.ndarray
) -> np.ndarray:
    """(users,): the row of `choice.follow` each person is in."""
    categories = len(vocabulary().categories)
    row = np.full(len(moments), 2 * categories)
    steps = known[known["event_type"].isin(["View", "AddToCart"])]
    last = steps.drop_duplicates("who", keep="last")
    last = last[last["moment"] - last["timestamp"] < VISIT]
    carted = (last["event_type"] == "AddToCart").to_numpy()
    seen = category[item.get_indexer(last["item_id"])]
    row[last["who"].to_numpy()] = seen + np.where(carted, categories, 0)
    return row


def _add_memory(
    odds: np.ndarray,
    parameters: ShopParameters,
    known: pd.DataFrame,
    moments: pd.Series,
    item: pd.Index,
    refill: np.ndarray,
) -> None:
    """Add to `odds` what the items bought last do to the wish to see them again."""
    start = known.groupby("session_id")["timestamp"].min()
    bought = known[known["event_type"] == "Purchase"]
    bought = bought.assign(start=bought["session_id"].map(start))
    bought = bought.drop_duplicates(["who", "item_id"], keep="last")
    bought = bought.groupby("who").tail(parameters.memory)
    who, what = bought["who"].to_numpy(), item.get_indexer(bought["item_id"])
    since = (_milliseconds(moments)[who] - _milliseconds(bought["start"])) / DAY
    odds[who, what] += choice.wanted_again(parameters, since, refill[what])
