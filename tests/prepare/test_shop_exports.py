"""The shop's raw logs, cleaned, are the shop's true events: all that can be had, and no other."""

import pandas as pd
import pytest

from lab_kit.data import shop
from lab_kit.prepare import Ledger, clean

EVENT = ["user_id", "item_id", "event_type", "second"]


@pytest.fixture(scope="module")
def dataset():
    return shop.load()


def cleaned(export):
    ledger = Ledger(export.name)
    frame = ledger.run(clean.read_export, export)
    frame = ledger.run(clean.rename_columns, frame, export.columns)
    frame = ledger.run(clean.drop_exact_duplicates, frame)
    frame = ledger.run(
        clean.parse_times,
        frame,
        "timestamp",
        unit=export.time_unit,
        zone=export.time_zone,
        day_first=True,
    )
    frame = ledger.run(clean.normalise_ids, frame, "user_id", prefix="U", width=5)
    frame = ledger.run(clean.normalise_ids, frame, "item_id", prefix="I", width=4)
    frame = ledger.run(
        clean.repair_categories,
        frame,
        "event_type",
        allowed=["View", "AddToCart", "Purchase", "Rating"],
        aliases=shop.EVENT_WORDS,
    )
    frame = ledger.run(clean.drop_rows_without, frame, ["user_id", "item_id", "timestamp"])
    return ledger.run(clean.drop_repeated_events, frame, seconds=2)


def by_second(events):
    return events.assign(second=events["timestamp"].dt.floor("s"))[EVENT]


def test_every_event_that_can_be_recovered_is_and_none_is_invented(dataset):
    logs = [cleaned(dataset.exports[name]) for name in ("app", "web")]
    events, truth = by_second(pd.concat(logs)), by_second(dataset.interactions)
    assert not events.duplicated().any()
    assert len(events.merge(truth.drop_duplicates(), on=EVENT)) == len(events)
    assert len(truth) - len(events) == len(dataset.truth["unrecoverable"])


def test_zip_codes_get_their_zeros_back(dataset):
    export = dataset.exports["profiles"]
    raw, _ = clean.rename_columns(clean.read_export(export)[0], export.columns)
    frame, step = clean.normalise_ids(raw, "zip_code", width=5)
    dirt = dataset.truth["dirt"].set_index("mechanism")["rows"]
    assert step.changed == dirt["zip_code leading zero lost"]
    true = dataset.tables["profiles"].set_index("profile_id")["zip_code"]
    assert frame["zip_code"].tolist() == true.loc[frame["profile_id"]].tolist()
