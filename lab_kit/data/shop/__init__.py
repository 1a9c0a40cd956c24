"""The shop: a seeded simulation of a Korean online shop (mart and fashion), clean, raw and true.

`load()` reads the committed shop, `generate()` makes one of any size in memory, `regenerate()`
rewrites `data/shop` (for maintainers).

Clean frames (ids are strings, times UTC):

- users: user_id ("U00123"), age, gender ("F", "M"), zip_code (five digits, text), membership
  ("basic", "silver", "gold", "vip"), signup_date (a day in Seoul)
- items: item_id ("I0042"), name_ko, name_en, description_ko, description_en, category_l1 ("mart",
  "fashion"), category_l2, category_l3, brand, price (won, list price on the last day),
  creation_timestamp, vegetarian ("yes", "no", "not food"), season ("all", "spring", …), size
  ("single", "standard", "family"; "free"; "S|M|L"; "240|250|260")
- interactions, sorted by time: event_id ("E0000001"), user_id, item_id, timestamp, event_type
  ("View", "AddToCart", "Purchase", "Rating"), event_value (Purchase: won paid; Rating: 1 to 5; else
  missing), session_id ("S000001"), device ("android", "iphone", "computer", "mobile web"), channel
  ("app", "web"), quantity (AddToCart and Purchase), impressions (ids joined by "|", a part of the
  views)

Tables:

- prices: item_id, valid_from, valid_to (missing: until now), price, promotion ("none", …)
- orders: session_id, user_id, ordered_at, delivered_at, late, amount
- profiles: the register of customers without fault, one row a registration (some people have two or
  three): profile_id, user_id, source, registered_at, age, gender, zip_code, membership, income,
  marketing

Exports (raw; `Dataset.exports[name].columns` maps their columns to the names above): app, web,
profiles, catalogue, prices. What is wrong with them is written in `logs.py`, `profiles.py` and
`registers.py`. The words for events: `EVENT_WORDS`.

Truth:

- gaps: export, key (profile_id or item_id), column, true_value (text), mechanism (MCAR, MAR, MNAR)
- duplicates: export, file, row (0 for the first row below the header), key (event_id or item_id),
  kind ("retried": exact copy; "resent": the same event 1 or 2 seconds later; "listed twice")
- unrecoverable: export, file, row, key (event_id), reason
- repairs: export, key, column, true_value, raw_value, kind
- dirt: file, mechanism, rows: how many rows of a file each mechanism touched
"""

from lab_kit import paths
from lab_kit.data.dataset import Dataset
from lab_kit.data.shop.exports import make_exports
from lab_kit.data.shop.logs import EVENT_WORDS
from lab_kit.data.shop.parameters import DEFAULT_SEED, ShopParameters
from lab_kit.data.shop.simulate import Shop, simulate
from lab_kit.data.shop.store import LICENCE, read, write

__all__ = [
    "DEFAULT_SEED",
    "EVENT_WORDS",
    "LICENCE",
    "Shop",
    "ShopParameters",
    "generate",
    "load",
    "regenerate",
]


def load() -> Dataset:
    """The shop that comes with the kit.

    Raises:
        LabKitError: Its files are not there.
    """
    return read(paths.data_folder() / "shop")


def generate(
    users: int = 3_000, items: int = 1_200, months: int = 6, seed: int = DEFAULT_SEED
) -> Shop:
    """Simulate a shop in memory; time and memory grow in proportion to `users`.

    Args:
        users: People who have signed up by the end.
        items: Goods in the catalogue by the end; 59 or more, one a category.
        months: Calendar months from January 2026 on, 1 to 12.
        seed: The same seed gives the same shop.
    """
    return simulate(ShopParameters(seed=seed, users=users, items=items, months=months))


def regenerate() -> None:
    """Write `data/shop` anew from the default seed; `lab_kit.data.manifest` is written after it."""
    shop = generate()
    write(shop, make_exports(shop), paths.data_folder() / "shop")
