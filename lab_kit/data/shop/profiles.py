"""The customer register (CRM): one row a registration, so that some people have several.

Who signed up twice, in the app and later in a store, has two rows or three. The latest says how
things are; earlier ones still say "basic". Anyone who joins the register to the log by user counts
those people's events twice.

The raw export has gaps, each made by a known mechanism:

- `gender`: completely at random (MCAR), 6 %.
- `age`: at random given what is observed (MAR): by where people registered (app 22 %, web 8 %,
  store 3 %), half as much again for basic members.
- `income`: not at random (MNAR): the higher it is, the more often it is withheld.
"""

import numpy as np
import pandas as pd

from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.people import MEDIAN_INCOME, People
from lab_kit.data.shop.raw import RawFile, Record, hit, one_of, texts
from lab_kit.data.shop.streams import stream

SEVERAL, THRICE = 0.09, 0.25
"""Share of people with more than one row, and of those the share with three."""
SOURCES = ("app", "web", "store")
SOURCE_SHARES = (0.5, 0.35, 0.15)

GENDER_MISSING = 0.06
AGE_MISSING = {"app": 0.22, "web": 0.08, "store": 0.03}
AGE_MISSING_BASIC = 1.5
INCOME_MISSING_AT_MEDIAN, INCOME_MISSING_SLOPE = 0.13, 3.0
"""Probability at the median income, and rise of its log-odds per unit of log income."""
MISSING_WORDS = ("", "", "", "-", "N/A", "미입력")
AGE_WRONG, WRONG_AGES = 0.012, ("0", "199", "-1", "999")
GRADE_WRONG = 0.02
MISSPELT_GRADES = {
    "basic": ("bsaic", "basc"), "silver": ("sliver", "silvr"), "gold": ("glod", "golf"),
    "vip": ("vpi", "v.i.p"),
}  # fmt: skip
GENDER_WORDS = {"F": ("F", "여", "female"), "M": ("M", "남", "male")}
ZERO_LOST = 0.5
"""Share of the zip codes with a leading zero that went through a spreadsheet and lost it."""


def make_profiles(parameters: ShopParameters, people: People, end: pd.Timestamp) -> pd.DataFrame:
    """The register without fault, one row a registration.

    Columns: profile_id, user_id, source, registered_at, age, gender, zip_code, membership, income
    (10,000 won a month), marketing (bool).

    Args:
        parameters: The seed.
        people: Who may register.
        end: The day after the window; nobody registers later.
    """
    rng = stream(parameters.seed, "profiles")
    users = people.frame
    several = hit(rng, SEVERAL, len(users))
    rows = 1 + several + (several & hit(rng, THRICE, len(users)))
    who = np.repeat(np.arange(len(users)), rows)
    again = np.arange(len(who)) - (np.cumsum(rows) - rows)[who]  # 0 for the first registration
    signup = users["signup_date"].to_numpy()[who].astype("datetime64[D]")
    until = (np.datetime64(end.date()) - signup).astype("int64")
    share = np.sort(rng.random((len(users), 3)), axis=1)[who, np.maximum(again - 1, 0)]
    days = np.where(again > 0, again + (share * (until - 3)).astype("int64"), 0)  # no two on a day
    latest = again == rows[who] - 1
    source = np.array(SOURCES)[np.searchsorted(np.cumsum(SOURCE_SHARES)[:-1], rng.random(len(who)))]
    marketing = hit(rng, 0.45, len(users))[who]
    frame = users.iloc[who].drop(columns="signup_date").reset_index(drop=True)
    frame["membership"] = frame["membership"].where(latest, "basic")
    frame.insert(1, "source", source)
    frame.insert(2, "registered_at", (signup + days).astype("datetime64[us]"))
    frame["income"] = people.income[who].astype("int64")
    frame["marketing"] = marketing
    frame = frame.sort_values(["registered_at", "user_id"], kind="stable", ignore_index=True)
    frame.insert(0, "profile_id", [f"P{n:06d}" for n in range(1, len(frame) + 1)])
    return frame


def dirty_profiles(profiles: pd.DataFrame, seed: int, record: Record) -> RawFile:
    """The register as it is exported: cp949, with gaps, slips and Korean words."""
    rng = stream(seed, "dirty profiles")
    name, count = "profiles.csv.gz", len(profiles)
    age, gender, income = (texts(profiles[c]) for c in ("age", "gender", "income"))
    grade, zip_code = texts(profiles["membership"]), texts(profiles["zip_code"])
    words = one_of(rng, ("0", "0", "0", "1", "1", "2"), count).astype(int)
    sex = np.array([GENDER_WORDS[g][w] for g, w in zip(gender, words, strict=True)], dtype=object)
    record.count(name, "Korean or English word for the gender", (words > 0).sum())

    wrong_age = hit(rng, AGE_WRONG, count)
    wrong_grade = hit(rng, GRADE_WRONG, count)
    lost_zero = np.array([z.startswith("0") for z in zip_code]) & hit(rng, ZERO_LOST, count)
    gaps = {
        "age": (_age_missing(rng, profiles), "MAR"),
        "gender": (hit(rng, GENDER_MISSING, count), "MCAR"),
        "income": (_income_missing(rng, profiles), "MNAR"),
    }
    wrong_age &= ~gaps["age"][0]
    raw_age = np.where(wrong_age, one_of(rng, WRONG_AGES, count), age)
    slip = rng.integers(0, 2, count)
    slips = np.array(
        [MISSPELT_GRADES[g][s] for g, s in zip(grade, slip, strict=True)], dtype=object
    )
    raw_grade = np.where(wrong_grade, slips, grade)
    raw_zip = np.where(lost_zero, [z.lstrip("0") for z in zip_code], zip_code)
    frame = pd.DataFrame(
        {
            "profile_no": texts(profiles["profile_id"]),
            "member_no": [str(int(u[1:])) for u in profiles["user_id"]],
            "registered": texts(profiles["registered_at"].dt.strftime("%Y-%m-%d")),
            "source": texts(profiles["source"]),
            "age": raw_age,
            "sex": sex,
            "zipcode": raw_zip,
            "grade": raw_grade,
            "household_income": income,
            "marketing": np.where(profiles["marketing"], "Y", "N"),
        }
    )
    for column, raw_column in (("age", "age"), ("gender", "sex"), ("income", "household_income")):
        missing, mechanism = gaps[column]
        frame.loc[missing, raw_column] = one_of(rng, MISSING_WORDS, missing.sum())
        record.gaps.append(_gaps(profiles, column, missing, mechanism))
        record.count(name, f"{column} missing ({mechanism})", missing.sum())
    for column, wrong, true, raw, kind in (
        ("age", wrong_age, age, raw_age, "out of range"),
        ("membership", wrong_grade, grade, raw_grade, "misspelt"),
        ("zip_code", lost_zero, zip_code, raw_zip, "leading zero lost"),
    ):
        record.repairs.append(
            pd.DataFrame(
                {
                    "export": "profiles", "key": texts(profiles["profile_id"])[wrong],
                    "column": column, "true_value": true[wrong], "raw_value": raw[wrong],
                    "kind": kind,
                }
            )
        )  # fmt: skip
        record.count(name, f"{column} {kind}", wrong.sum())
    return RawFile("profiles", name, frame, "cp949")


def _age_missing(rng: np.random.Generator, profiles: pd.DataFrame) -> np.ndarray:
    chance = profiles["source"].map(AGE_MISSING).to_numpy(dtype="float64")
    basic = (profiles["membership"] == "basic").to_numpy()
    return hit(rng, chance * np.where(basic, AGE_MISSING_BASIC, 1.0), len(profiles))


def _income_missing(rng: np.random.Generator, profiles: pd.DataFrame) -> np.ndarray:
    at_median = np.log(INCOME_MISSING_AT_MEDIAN / (1 - INCOME_MISSING_AT_MEDIAN))
    odds = at_median + INCOME_MISSING_SLOPE * np.log(profiles["income"].to_numpy() / MEDIAN_INCOME)
    return hit(rng, 1 / (1 + np.exp(-odds)), len(profiles))


def _gaps(profiles: pd.DataFrame, column: str, missing: np.ndarray, mechanism: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "export": "profiles",
            "key": texts(profiles["profile_id"])[missing],
            "column": column,
            "true_value": texts(profiles[column])[missing],
            "mechanism": mechanism,
        }
    )
