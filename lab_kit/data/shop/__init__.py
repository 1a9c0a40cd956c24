"""The shop: a seeded simulation of a Korean online shop (mart and fashion), clean, raw and true.

`load()` reads the committed shop, `generate()` makes one of any size in memory, `regenerate()`
rewrites `data/shop` (for maintainers), `true_log_odds()` says what people truly want next.

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
- customers, one row a customer at a cut-off (midnight before 1 April 2026 in Seoul): user_id, age,
  gender, membership, region (first two digits of the zip code), tenure_days, visits_30d,
  visits_90d, days_since_visit, views_90d, carts_90d, categories_90d, fashion_share, app_share,
  mean_rating, orders_90d, spend_90d, mean_order, days_since_order, late_60d; the targets churned
  (no order in the next 90 days) and value_next_90_days (won)

Exports (raw; `Dataset.exports[name].columns` maps their columns to the names above): app, web,
profiles, catalogue, prices. What is wrong with them is written in `logs.py`, `profiles.py` and
`registers.py`. The words for events: `EVENT_WORDS`.

Truth of the simulation:

- users: user_id, archetype, vegetarian, price_sensitivity, income, visits_per_30_days,
  buying_share, app_share, late_probability, leave_hazard (per 30 days, from lasting causes),
  left_at (missing: did not leave), left_after_late (late deliveries that counted then), taste_00 …
- items: item_id, popularity, quality, refill_days, wearer, first_day, factor_00 …
- appeal: item_id and the log-odds everybody gives it, week_00 …
- sequence: trigger ("View", "AddToCart"), after, then (category_l3), effect (log-odds), follow_up
  (True for the planted pairs such as kimchi after ramen)
- customers: user_id, still_here, churn_risk, expected_orders, expected_value, late_deliveries (see
  `risk.py`; `expected_value` is rather too high for the best customers, as it knows no satiety)

Truth of the raw exports:

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
from lab_kit.data.shop.scoring import true_log_odds
from lab_kit.data.shop.simulation import Shop, simulate
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
    "true_log_odds",
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
        months: Calendar months from January 2026 on, 4 to 12.
        seed: The same seed gives the same shop.

    Raises:
        LabKitError: A number is out of its range.
    """
    return simulate(ShopParameters(seed=seed, users=users, items=items, months=months))


def regenerate() -> None:
    """Write `data/shop` anew from the default seed; `lab_kit.data.manifest` is written after it."""
    shop = generate()
    write(shop, make_exports(shop), paths.data_folder() / "shop")
