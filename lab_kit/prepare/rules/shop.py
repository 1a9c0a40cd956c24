"""The shop's exports: a register of customers with people in it twice, and a catalogue."""

from dataclasses import replace

import pandas as pd

from lab_kit.data.dataset import Dataset
from lab_kit.data.shop import EVENT_WORDS
from lab_kit.prepare import clean, combine
from lab_kit.prepare.ledger import Ledger
from lab_kit.prepare.rules.form import IdForm, Rules

USER_ID, ITEM_ID = IdForm("U", 5), IdForm("I", 4)
SEOUL = "Asia/Seoul"
GENDERS = {"여": "F", "남": "M", "female": "F", "male": "M"}
MEMBERSHIPS = ("basic", "silver", "gold", "vip")
MEMBERSHIP_WORDS = {"vpi": "vip"}  # three letters are too few to find the nearest word by
AGES = (14, 100)
"""Who may open an account, and the oldest the register can be right about."""
SEEN_OFTEN = 3
"""A category that so many items share is no slip of the pen."""
USER_COLUMNS = [
    "user_id",
    "age",
    "gender",
    "zip_code",
    "membership",
    "income",
    "marketing",
    "signup_date",
]
ITEM_COLUMNS = [
    "item_id",
    "name_ko",
    "name_en",
    "description_ko",
    "description_en",
    "category_l1",
    "category_l2",
    "category_l3",
    "brand",
    "price",
    "creation_timestamp",
    "vegetarian",
    "season",
    "size",
]


def users(profiles: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """One row a user, as the newest registration has it.

    Args:
        profiles: The export "profiles" with the kit's column names.
        ledger: Where the steps are written down.

    Returns:
        user_id, age, gender ("F", "M"), zip_code (five digits, text), membership, income (10,000
        won a month), marketing (may the shop write to them?) and signup_date, the day of the
        first registration. What a person did not say is missing.
    """
    run = ledger.run
    frame = run(clean.drop_exact_duplicates, profiles)
    frame = run(clean.normalise_ids, frame, "user_id", prefix=USER_ID.prefix, width=USER_ID.width)
    frame = run(clean.clear_placeholders, frame, ["age", "gender", "income"])
    frame = run(clean.parse_numbers, frame, "age", whole=True)
    frame = run(clean.repair_range, frame, "age", action="null", low=AGES[0], high=AGES[1])
    frame = run(clean.parse_numbers, frame, "income", whole=True)
    frame = run(clean.repair_categories, frame, "gender", allowed=["F", "M"], aliases=GENDERS)
    frame = run(
        clean.repair_categories,
        frame,
        "membership",
        allowed=MEMBERSHIPS,
        aliases=MEMBERSHIP_WORDS,
    )
    frame = run(clean.normalise_ids, frame, "zip_code", width=5)
    frame = run(clean.parse_booleans, frame, "marketing")
    frame = run(clean.parse_dates, frame, "registered_at")
    first = frame.groupby("user_id")["registered_at"].min()
    frame = run(clean.drop_near_duplicates, frame, ["user_id"], newest="registered_at")
    frame = frame.assign(signup_date=frame["user_id"].map(first))
    return frame[USER_COLUMNS].sort_values("user_id", ignore_index=True)


def items(catalogue: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """One row an item.

    Args:
        catalogue: The export "catalogue" with the kit's column names.
        ledger: Where the steps are written down.

    Returns:
        item_id, the names and descriptions, the three levels of category, brand, price (won),
        creation_timestamp (UTC), vegetarian, season and size. Some brands and prices are missing.
    """
    run = ledger.run
    frame = run(
        clean.normalise_ids, catalogue, "item_id", prefix=ITEM_ID.prefix, width=ITEM_ID.width
    )
    frame = run(clean.parse_numbers, frame, "price", whole=True)
    frame = run(clean.parse_times, frame, "creation_timestamp", zone=SEOUL)
    often = frame["category_l3"].value_counts().loc[lambda rows: rows >= SEEN_OFTEN]
    frame = run(clean.repair_categories, frame, "category_l3", allowed=sorted(often.index))
    frame = run(clean.drop_near_duplicates, frame, ["item_id"], newest="creation_timestamp")
    return frame[ITEM_COLUMNS].sort_values("item_id", ignore_index=True)


def enrich(raw: Dataset, done: Dataset) -> Dataset:
    """Interactions with `unit_price`, what one piece of the item cost at that moment (won)."""
    assert done.interactions is not None
    prices = raw.tables["prices"][["item_id", "valid_from", "price"]]
    priced, _ = combine.join_as_of(
        done.interactions,
        prices.rename(columns={"price": "unit_price"}),
        time="timestamp",
        right_time="valid_from",
        by="item_id",
        names=("interactions", "prices"),
    )
    return replace(done, interactions=priced.drop(columns="valid_from"))


RULES = Rules(
    user_id=USER_ID,
    item_id=ITEM_ID,
    event_types=("View", "AddToCart", "Purchase", "Rating"),
    event_words=EVENT_WORDS,
    repeat_seconds=2,
    day_first=True,
    home_zone=SEOUL,
    enrich=enrich,
    tidy={"users": users, "items": items},
)
