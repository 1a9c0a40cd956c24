"""Online Retail: the invoice lines of a British gift shop, December 2010 to December 2011.

Source: Chen, D. (2015). Online Retail. UCI Machine Learning Repository.
<https://doi.org/10.24432/C5BW33>. Terms: Creative Commons Attribution 4.0.

UCI offers an Excel workbook and the same table as data.csv. The kit reads the CSV (Excel would
need a further package), or a Parquet copy of its six feature columns. Neither invoice numbers nor
stock codes are read, since common copies lack them: a basket is one customer at one invoice time,
and an item is one description.

What the loader decides, and why:

- **Time.** The publisher names no zone. The shop sells from the United Kingdom, so the times are
  read as British local time and converted to UTC. No line falls into the hour that exists twice
  in October or not at all in March.
- **Which lines are purchases.** Those with a known customer, a quantity and a price above zero, and
  a description that names goods. `tables["lines"]` keeps every line, with the reason in column
  `left_out`: "" for a purchase, else the first that holds of "no customer", "no description",
  "cancellation" (a quantity of zero or less), "no price" and "not goods" (postage, carriage, bank
  charges and the like).
- **Repeated lines** stay: without the invoice number nobody can tell a double entry from the same
  thing bought twice in one basket.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from lab_kit.data.at_hand import need_folder, path_in
from lab_kit.data.dataset import Dataset, Export, LazyFrames
from lab_kit.data.files import read_table
from lab_kit.data.licences import CC_BY_4
from lab_kit.data.source import FileSpec, Source

SOURCE = Source(
    name="online-retail",
    title="Online Retail: 541,909 invoice lines of a British gift shop",
    page="https://archive.ics.uci.edu/dataset/352/online+retail",
    url="https://archive.ics.uci.edu/static/public/352/data.csv",
    download_name="data.csv",
    megabytes=45.0,
    licence="CC BY 4.0; Chen, D. (2015), UCI Machine Learning Repository",
    terms=CC_BY_4.format(
        title="Online Retail", by="D. Chen (2015)", doi="https://doi.org/10.24432/C5BW33"
    ),
    files=(
        FileSpec(
            name="data.csv",
            other_names=("online_retail.parquet",),
            columns={
                "Description": "text",
                "Quantity": "integer",
                "InvoiceDate": "time",
                "UnitPrice": "number",
                "CustomerID": "integer",
                "Country": "text",
            },
            rows=541_909,
            ranges={
                "Quantity": (-80_995, 80_995),
                "InvoiceDate": ("2010-12-01 08:26", "2011-12-09 12:50"),
                "UnitPrice": (-11_062.06, 38_970.0),
                "CustomerID": (12_346, 18_287),
            },
            may_be_missing=frozenset({"Description", "CustomerID"}),
            time_formats=("%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S"),
        ),
    ),
)

ZONE = "Europe/London"
NOT_GOODS = (
    "bank-charges",
    "carriage",
    "dotcom-postage",
    "manual",
    "next-day-carriage",
    "packing-charge",
    "postage",
)
"""Item ids of lines that charge for something else than goods, among lines with a customer."""


def load() -> Dataset:
    """The purchases as interactions, with their customers and items.

    Returns:
        A data set with `interactions` (user_id, item_id, timestamp in UTC, event_type "Purchase",
        event_value = quantity x price in pounds, session_id of the basket, quantity, price),
        `users` (user_id, country: the one last seen), `items` (item_id, description in its
        commonest spelling, price: the median paid for one, in pounds) and the table "lines":
        every line of the file, in its order, with `left_out`. The export "lines" is the file as
        it came; `prepare` reads it where it is the CSV, and not where it is a Parquet copy.

    Raises:
        LabKitError: The data set is not at hand, or its file cannot be read.
    """
    spec = SOURCE.files[0]
    path = path_in(need_folder(SOURCE), spec)
    purchases = _purchases(_lines(read_table(path, spec)))
    return Dataset(
        name=SOURCE.name,
        title=SOURCE.title,
        users=_users(purchases),
        items=_items(purchases),
        interactions=_interactions(purchases),
        # Read anew: most never ask for it, and it is as large as everything else together.
        tables=LazyFrames({"lines": lambda: _lines(read_table(path, spec))}),
        exports=_exports(path),
        licence=SOURCE.licence,
        item_name="description",
    )


def item_ids(descriptions: pd.Series) -> pd.Series:
    """Ids for descriptions: lower case, every run of other signs a hyphen.

    "PINK  POLKADOT PLATE " and "PINK POLKADOT PLATE" are the same item, pink-polkadot-plate.
    """
    spellings = descriptions.dropna().drop_duplicates()
    ids = spellings.str.lower().str.replace(r"[^0-9a-z]+", "-", regex=True).str.strip("-")
    return descriptions.map(dict(zip(spellings, ids, strict=True))).astype("str")


def _lines(raw: pd.DataFrame) -> pd.DataFrame:
    lines = pd.DataFrame(
        {
            "user_id": raw["CustomerID"].astype("str").where(raw["CustomerID"].notna()),
            "item_id": item_ids(raw["Description"]),
            "description": raw["Description"].str.strip(),
            "timestamp": _utc(raw["InvoiceDate"]),
            "quantity": raw["Quantity"],
            "price": raw["UnitPrice"],
            "country": raw["Country"],
        }
    )
    return lines.assign(left_out=_left_out(lines))


def _left_out(lines: pd.DataFrame) -> pd.Series:
    reasons = [
        (lines["user_id"].isna(), "no customer"),
        (lines["item_id"].isna() | (lines["item_id"] == ""), "no description"),
        (lines["quantity"] <= 0, "cancellation"),
        (lines["price"] <= 0, "no price"),
        (lines["item_id"].isin(NOT_GOODS), "not goods"),
    ]
    chosen = np.select([mask for mask, _ in reasons], [reason for _, reason in reasons], "")
    return pd.Series(chosen, index=lines.index, dtype="str")


def _purchases(lines: pd.DataFrame) -> pd.DataFrame:
    return lines[lines["left_out"] == ""].reset_index(drop=True)


def _interactions(purchases: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user_id": purchases["user_id"],
            "item_id": purchases["item_id"],
            "timestamp": purchases["timestamp"],
            "event_type": "Purchase",
            "event_value": (purchases["quantity"] * purchases["price"]).round(2),
            "session_id": purchases["user_id"] + "-" + _minutes(purchases["timestamp"]),
            "quantity": purchases["quantity"],
            "price": purchases["price"],
        }
    )


def _users(purchases: pd.DataFrame) -> pd.DataFrame:
    last = purchases.sort_values("timestamp", kind="stable").drop_duplicates("user_id", keep="last")
    return last[["user_id", "country"]].sort_values("user_id", ignore_index=True)


def _items(purchases: pd.DataFrame) -> pd.DataFrame:
    spellings = purchases.groupby(["item_id", "description"]).size().rename("times").reset_index()
    # The commonest spelling first; of equally common ones the first in the alphabet.
    spellings = spellings.sort_values(
        ["item_id", "times", "description"], ascending=[True, False, True]
    )
    price = purchases.groupby("item_id")["price"].median()
    items = spellings.drop_duplicates("item_id")[["item_id", "description"]]
    return items.assign(price=items["item_id"].map(price)).reset_index(drop=True)


def _utc(local: pd.Series) -> pd.Series:
    winter_time = np.zeros(len(local), dtype=bool)  # in the hour that exists twice
    zoned = local.dt.tz_localize(ZONE, ambiguous=winter_time, nonexistent="shift_forward")
    return zoned.dt.tz_convert("UTC")


def _minutes(times: pd.Series) -> pd.Series:
    """Text such as 201012010826; formatted once for each time, which is slow."""
    distinct = times.drop_duplicates()
    return times.map(dict(zip(distinct, distinct.dt.strftime("%Y%m%d%H%M"), strict=True)))


def _exports(path: Path) -> dict[str, Export]:
    export = Export(
        name="lines",
        kind="interactions",
        paths=(path,),
        columns={
            "CustomerID": "user_id",
            "Description": "item_id",
            "InvoiceDate": "timestamp",
            "Quantity": "quantity",
            "UnitPrice": "price",
            "Country": "country",
        },
        time_column="InvoiceDate",
        time_unit="text",
        time_zone=ZONE,
        constants={"event_type": "Purchase"},
    )
    return {"lines": export}
