"""All raw exports of a shop, and the declaration of how their columns are to be read."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lab_kit.data.dataset import Export
from lab_kit.data.shop.logs import make_logs
from lab_kit.data.shop.profiles import dirty_profiles
from lab_kit.data.shop.raw import RawFile, Record
from lab_kit.data.shop.registers import dirty_catalogue, raw_prices
from lab_kit.data.shop.simulation import Shop


@dataclass(frozen=True)
class RawExports:
    """Raw files and the truth about them: gaps, duplicates, unrecoverable, repairs, dirt."""

    files: tuple[RawFile, ...]
    truth: dict[str, pd.DataFrame]


def make_exports(shop: Shop) -> RawExports:
    """What the shop's systems would have exported, faults included."""
    record, seed = Record(), shop.parameters.seed
    files = [
        *make_logs(shop.interactions, seed, record),
        dirty_profiles(shop.tables["profiles"], seed, record),
        dirty_catalogue(shop.items, seed, record),
        raw_prices(shop.tables["prices"]),
    ]
    return RawExports(files=tuple(files), truth=record.frames())


def declare(folder: Path) -> dict[str, Export]:
    """The exports that lie in `folder`."""
    return {
        "app": Export(
            name="app",
            kind="interactions",
            paths=_files(folder, "app_*"),
            columns={
                "userId": "user_id",
                "itemId": "item_id",
                "ts": "timestamp",
                "action": "event_type",
                "sessionId": "session_id",
                "deviceType": "device",
                "eventValue": "event_value",
            },
            time_column="ts",
            time_unit="ms",
            constants={"channel": "app"},
        ),
        "web": Export(
            name="web",
            kind="interactions",
            paths=_files(folder, "web_*"),
            columns={
                "member_no": "user_id",
                "product_code": "item_id",
                "event_time": "timestamp",
                "event": "event_type",
                "session": "session_id",
                "value": "event_value",
            },
            time_column="event_time",
            time_unit="text",
            time_zone="Asia/Seoul",
            constants={"channel": "web"},
        ),
        "profiles": Export(
            name="profiles",
            kind="users",
            paths=_files(folder, "profiles*"),
            columns={
                "profile_no": "profile_id",
                "member_no": "user_id",
                "registered": "registered_at",
                "sex": "gender",
                "zipcode": "zip_code",
                "grade": "membership",
                "household_income": "income",
            },
            encoding="cp949",
            time_column="registered",
            time_unit="text",
            time_zone="Asia/Seoul",
        ),
        "catalogue": Export(
            name="catalogue",
            kind="items",
            paths=_files(folder, "catalogue*"),
            columns={
                "product_code": "item_id",
                "desc_ko": "description_ko",
                "desc_en": "description_en",
                "cat1": "category_l1",
                "cat2": "category_l2",
                "cat3": "category_l3",
                "created": "creation_timestamp",
                "veg": "vegetarian",
            },
            time_column="created",
            time_unit="text",
            time_zone="Asia/Seoul",
        ),
        "prices": Export(
            name="prices",
            kind="other",
            paths=_files(folder, "prices*"),
            columns={
                "product_code": "item_id",
                "from": "valid_from",
                "to": "valid_to",
                "promo": "promotion",
            },
            time_column="from",
            time_unit="text",
            time_zone="Asia/Seoul",
        ),
    }


def _files(folder: Path, pattern: str) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob(f"{pattern}.csv.gz")))
