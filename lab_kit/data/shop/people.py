"""The people: who they are, what they like, how often they come and what keeps them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.data.shop.calendar import FIRST_DAY, Window
from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.streams import stream
from lab_kit.data.shop.vocabulary import vocabulary

REGIONS = (
    ("01", "09", 0.24, "capital"), ("10", "20", 0.26, "capital"), ("21", "23", 0.06, "capital"),
    ("24", "26", 0.03, "province"), ("27", "29", 0.03, "province"), ("30", "30", 0.01, "province"),
    ("31", "33", 0.04, "province"), ("34", "35", 0.03, "province"), ("36", "40", 0.05, "province"),
    ("41", "43", 0.05, "province"), ("44", "45", 0.02, "province"), ("46", "49", 0.06, "capital"),
    ("50", "53", 0.04, "province"), ("54", "56", 0.03, "province"), ("57", "60", 0.02, "province"),
    ("61", "62", 0.02, "province"), ("63", "63", 0.01, "jeju"),
)  # fmt: skip
"""First two digits (from, to) of Korea's five-digit zip codes by province, share of people, and how
parcels get there. Codes: Korea Post, basic district numbers of 2015; shares rounded."""
MEMBERSHIPS = ("basic", "silver", "gold", "vip")
MEMBERSHIP_SHARES = (0.55, 0.27, 0.13, 0.05)
MEDIAN_INCOME = 380.0
"""Of a household, a month, in units of 10,000 won."""
SIGNED_UP_BEFORE = 0.78
"""Share of people who had signed up before the window."""


@dataclass(frozen=True)
class People:
    """The users, in the order of their ids, as a frame and as arrays for the simulation."""

    frame: pd.DataFrame
    """Clean columns of `users`."""
    archetype: np.ndarray
    """(users,): index into the vocabulary's archetypes."""
    taste: np.ndarray
    """(users, dimensions)."""
    vegetarian: np.ndarray
    """(users,): bool."""
    price_sensitivity: np.ndarray
    income: np.ndarray
    """(users,): of the household, a month, in 10,000 won."""
    visits: np.ndarray
    """(users,): visits per 30 days while they stay."""
    buying: np.ndarray
    """(users,): share of visits with a purchase in mind."""
    app: np.ndarray
    """(users,): share of visits in the app."""
    android: np.ndarray
    """(users,): bool; the others have an iPhone."""
    mobile_web: np.ndarray
    """(users,): bool; the others use a computer outside the app."""
    late: np.ndarray
    """(users,): probability that a delivery is late, outside holidays."""
    hazard: np.ndarray
    """(users,): hazard of leaving per 30 days from lasting causes (tier, price, app)."""
    signup_day: np.ndarray
    """(users,): day of the window, negative before it."""


def make_people(parameters: ShopParameters, catalogue: Catalogue) -> People:
    """Draw the people; their tastes point to the categories their kind likes."""
    rng = stream(parameters.seed, "people")
    count = parameters.users
    age = _ages(rng, count)
    gender = np.where(rng.random(count) < 0.58, "F", "M")
    archetype = _archetypes(rng, age, gender)
    region, zip_code = _zip_codes(rng, count)
    income = _incomes(rng, age, region)
    signup_day = _signup_days(rng, count, Window(parameters.months).days)
    visits = np.round(
        rng.gamma(
            parameters.visits_shape, parameters.visits_per_month / parameters.visits_shape, count
        )
        + 0.15,
        3,
    )
    sensitivity = np.round(
        parameters.price_sensitivity
        * np.exp(
            rng.normal(0, parameters.price_sensitivity_spread, count)
            + parameters.income_on_sensitivity * np.log(income / MEDIAN_INCOME)
        ),
        3,
    )
    membership = _memberships(rng, visits, signup_day)
    app = np.round(rng.beta(1.6, 1.0 + (age / 45.0) ** 2, count), 3)
    frame = pd.DataFrame(
        {
            "user_id": [f"U{number:05d}" for number in range(1, count + 1)],
            "age": age,
            "gender": gender,
            "zip_code": zip_code,
            "membership": np.array(MEMBERSHIPS)[membership],
            "signup_date": (FIRST_DAY + pd.to_timedelta(signup_day, unit="D")).astype(
                "datetime64[us]"
            ),
        }
    )
    return People(
        frame=frame,
        archetype=archetype,
        taste=_tastes(rng, parameters, catalogue, archetype),
        vegetarian=rng.random(count) < parameters.vegetarian_share,
        price_sensitivity=sensitivity,
        income=income,
        visits=visits,
        buying=np.round(
            rng.beta(6 * parameters.buying_visits, 6 * (1 - parameters.buying_visits), count), 3
        ),
        app=app,
        android=rng.random(count) < 0.7,
        mobile_web=rng.random(count) < 0.4,
        late=_late(parameters, region),
        hazard=_lasting_hazard(parameters, membership, sensitivity, app),
        signup_day=signup_day,
    )


def _ages(rng: np.random.Generator, count: int) -> np.ndarray:
    """Years, 15 to 84, the bulk between 25 and 50."""
    return np.clip(np.floor(15 + rng.gamma(4.0, 6.0, count)), 15, 84).astype("int64")


def _archetypes(rng: np.random.Generator, age: np.ndarray, gender: np.ndarray) -> np.ndarray:
    kinds = vocabulary().archetypes
    weights = np.column_stack(
        [
            kind.weight
            * np.exp(-(((age - kind.age_mean) / kind.age_sd) ** 2) / 2)
            * np.where(gender == "F", kind.women, 1.0)
            + 0.02  # anyone may be of any kind
            for kind in kinds
        ]
    )
    bounds = np.cumsum(weights, axis=1)
    return (bounds <= (rng.random(len(age)) * bounds[:, -1])[:, None]).sum(axis=1)


def _tastes(
    rng: np.random.Generator,
    parameters: ShopParameters,
    catalogue: Catalogue,
    archetype: np.ndarray,
) -> np.ndarray:
    place = vocabulary().position()
    centred = catalogue.centres - catalogue.centres.mean(axis=0)
    pulls = np.array(
        [
            centred[[place[name] for name in kind.likes]].sum(axis=0)
            - centred[[place[name] for name in kind.dislikes]].sum(axis=0)
            for kind in vocabulary().archetypes
        ]
    )
    pulls *= parameters.taste_of_kind / np.sqrt((pulls**2).sum(axis=1, keepdims=True))
    own = rng.normal(0, parameters.taste_of_person, (len(archetype), parameters.dimensions))
    return np.round(pulls[archetype] + own, 4)


def _zip_codes(rng: np.random.Generator, count: int) -> tuple[np.ndarray, list[str]]:
    """Index into REGIONS, and the code as text."""
    bounds = np.cumsum([share for _, _, share, _ in REGIONS])
    region = np.searchsorted(bounds, rng.random(count) * bounds[-1], side="right")
    first = np.array([int(low) for low, *_ in REGIONS])[region]
    width = np.array([int(high) - int(low) + 1 for low, high, *_ in REGIONS])[region]
    head = first + (rng.random(count) * width).astype("int64")
    tail = rng.integers(0, 650, count)
    return region, [f"{two:02d}{three:03d}" for two, three in zip(head, tail, strict=True)]


def _incomes(rng: np.random.Generator, age: np.ndarray, region: np.ndarray) -> np.ndarray:
    """Highest around fifty, a little higher in the conurbations; log-normal around that."""
    capital = np.array([kind == "capital" for *_, kind in REGIONS])[region]
    level = (
        MEDIAN_INCOME * np.exp(0.08 - ((age - 50) / 35.0) ** 2 / 2) * np.where(capital, 1.08, 0.92)
    )
    return np.rint(level * np.exp(rng.normal(0, 0.42, len(age))) / 5) * 5


def _signup_days(rng: np.random.Generator, count: int, days: int) -> np.ndarray:
    before = rng.random(count) < SIGNED_UP_BEFORE
    old = -1 - np.floor(1460 * rng.random(count) ** 1.4).astype("int64")
    return np.where(before, old, (rng.random(count) * (days - 10)).astype("int64"))


def _memberships(
    rng: np.random.Generator, visits: np.ndarray, signup_day: np.ndarray
) -> np.ndarray:
    """Tiers by rank of a score that grows with visits and time since signing up."""
    years = np.clip(-signup_day, 0, None) / 365.0
    score = np.log(visits) + 0.35 * years + rng.normal(0, 0.6, len(visits))
    rank = np.argsort(np.argsort(score, kind="stable"), kind="stable") / len(score)
    return np.searchsorted(np.cumsum(MEMBERSHIP_SHARES)[:-1], rank, side="right")


def _late(parameters: ShopParameters, region: np.ndarray) -> np.ndarray:
    by_kind = {
        "capital": parameters.late,
        "province": parameters.late_province,
        "jeju": parameters.late_jeju,
    }
    return np.array([by_kind[kind] for *_, kind in REGIONS])[region]


def _lasting_hazard(
    parameters: ShopParameters, membership: np.ndarray, sensitivity: np.ndarray, app: np.ndarray
) -> np.ndarray:
    z = np.log(sensitivity / parameters.price_sensitivity) / parameters.price_sensitivity_spread
    return np.round(
        parameters.leave
        * np.where(membership == 0, parameters.leave_basic, 1.0)
        * parameters.leave_price ** np.clip(z, -2, 2)
        * np.where(app >= 0.5, parameters.leave_app, 1.0),
        5,
    )
