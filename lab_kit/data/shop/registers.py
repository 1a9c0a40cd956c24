"""The raw catalogue and price list as the shop's back office exports them.

- prices as text with a thousands comma and the won sign in part; 2 % missing (MCAR)
- `brand` missing by category (MAR): 12 % in fashion, 3 % in the mart
- 1.5 % of the level-3 categories with two letters swapped
- eight products listed twice
"""

import numpy as np
import pandas as pd

from lab_kit.data.shop.raw import RawFile, Record, hit, texts
from lab_kit.data.shop.streams import stream

PRICE_MISSING = 0.02
PRICE_AS_TEXT = 0.3
BRAND_MISSING = {"fashion": 0.12, "mart": 0.03}
CATEGORY_MISSPELT = 0.015
LISTED_TWICE = 8


def dirty_catalogue(items: pd.DataFrame, seed: int, record: Record) -> RawFile:
    """The catalogue as it is exported, in UTF-8."""
    rng = stream(seed, "dirty catalogue")
    name, count = "catalogue.csv.gz", len(items)
    keys, price, brand = texts(items["item_id"]), texts(items["price"]), texts(items["brand"])
    category = texts(items["category_l3"])
    as_text = hit(rng, PRICE_AS_TEXT, count)
    no_price = hit(rng, PRICE_MISSING, count)
    no_brand = hit(rng, items["category_l1"].map(BRAND_MISSING).to_numpy(dtype="float64"), count)
    wrong = hit(rng, CATEGORY_MISSPELT, count)
    at = rng.random(count)
    swapped = np.array([_swap(c, a) for c, a in zip(category, at, strict=True)], dtype=object)
    wrong &= swapped != category
    with_won = [f"{int(p):,}원" for p in price]
    frame = pd.DataFrame(
        {
            "product_code": [f"I-{int(key[1:])}" for key in keys],
            "name_ko": texts(items["name_ko"]),
            "name_en": texts(items["name_en"]),
            "desc_ko": texts(items["description_ko"]),
            "desc_en": texts(items["description_en"]),
            "cat1": texts(items["category_l1"]),
            "cat2": texts(items["category_l2"]),
            "cat3": np.where(wrong, swapped, category),
            "brand": np.where(no_brand, "", brand),
            "price": np.where(no_price, "", np.where(as_text, with_won, price)),
            "created": _local(items["creation_timestamp"]),
            "veg": texts(items["vegetarian"]),
            "season": texts(items["season"]),
            "size": texts(items["size"]),
        }
    )
    for column, missing, mechanism in (("price", no_price, "MCAR"), ("brand", no_brand, "MAR")):
        record.gaps.append(
            pd.DataFrame(
                {
                    "export": "catalogue", "key": keys[missing], "column": column,
                    "true_value": texts(items[column])[missing], "mechanism": mechanism,
                }
            )
        )  # fmt: skip
        record.count(name, f"{column} missing ({mechanism})", missing.sum())
    record.repairs.append(
        pd.DataFrame(
            {
                "export": "catalogue", "key": keys[wrong], "column": "category_l3",
                "true_value": category[wrong], "raw_value": swapped[wrong], "kind": "misspelt",
            }
        )
    )  # fmt: skip
    record.count(name, "category_l3 misspelt", wrong.sum())
    record.count(name, "price as text with comma and won sign", (as_text & ~no_price).sum())
    twice = np.sort(rng.permutation(count)[: min(LISTED_TWICE, count)])
    order = np.sort(np.concatenate([np.arange(count), twice]))
    rows = np.flatnonzero(np.diff(order, prepend=-1) == 0)
    record.duplicates.append(
        pd.DataFrame(
            {
                "export": "catalogue", "file": name, "row": rows, "key": keys[order[rows]],
                "kind": "listed twice",
            }
        )
    )  # fmt: skip
    record.count(name, "listed twice", len(rows))
    return RawFile("catalogue", name, frame.iloc[order].reset_index(drop=True))


def raw_prices(prices: pd.DataFrame) -> RawFile:
    """The price list: local times as text, the last period of an item without an end."""
    frame = pd.DataFrame(
        {
            "product_code": [f"I-{int(key[1:])}" for key in prices["item_id"]],
            "from": _local(prices["valid_from"]),
            "to": _local(prices["valid_to"]),
            "price": texts(prices["price"]),
            "promo": texts(prices["promotion"]),
        }
    )
    return RawFile("prices", "prices.csv.gz", frame)


def _local(moments: pd.Series) -> np.ndarray:
    text = moments.dt.tz_convert("Asia/Seoul").dt.strftime("%Y-%m-%d %H:%M:%S")
    return texts(text.fillna(""))


def _swap(word: str, share: float) -> str:
    """Two neighbouring letters changed about."""
    place = 1 + int(share * (len(word) - 2))
    return (
        word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        if place + 1 < len(word)
        else word
    )
