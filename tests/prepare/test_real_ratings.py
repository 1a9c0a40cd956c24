"""The main job on real input: MovieLens ratings from the raw file to a split."""

import csv

import pandas as pd
import pytest

from lab_kit.paths import real_data_folder
from lab_kit.prepare import Ledger, clean, schema, split

RATINGS = "movielens-small/ratings.csv"
FOLDER = real_data_folder()

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        FOLDER is None or not (FOLDER / RATINGS).is_file(),
        reason=f"LAB_KIT_REAL_DATA names no folder with {RATINGS}",
    ),
]


@pytest.fixture(scope="module")
def cleaned():
    ledger = Ledger("ratings")
    raw = ledger.run(clean.read_csv, FOLDER / RATINGS, columns=["userId", "movieId"])
    frame = ledger.run(
        clean.rename_columns,
        raw,
        {"userId": "user_id", "movieId": "item_id", "rating": "event_value"},
    )
    frame = ledger.run(clean.parse_times, frame, "timestamp", unit="s")
    frame = ledger.run(clean.normalise_ids, frame, "user_id", prefix="U", width=5)
    frame = ledger.run(clean.normalise_ids, frame, "item_id", prefix="I", width=6)
    frame = ledger.run(clean.parse_numbers, frame, "event_value")
    frame = ledger.run(clean.drop_exact_duplicates, frame)
    frame = ledger.run(clean.drop_rows_without, frame, ["user_id", "item_id", "timestamp"])
    return raw, frame, ledger


def test_no_rating_is_lost_or_altered(cleaned):
    raw, frame, ledger = cleaned
    assert ledger.rows_in == ledger.rows_out == 100_836
    with (FOLDER / RATINGS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert raw["userId"].tolist() == [row["userId"] for row in rows]
    assert frame["user_id"].tolist() == [f"U{int(row['userId']):05d}" for row in rows]
    assert frame["item_id"].tolist() == [f"I{int(row['movieId']):06d}" for row in rows]
    assert frame["event_value"].tolist() == [float(row["rating"]) for row in rows]
    seconds = frame["timestamp"].astype("int64") // 1_000_000
    assert seconds.tolist() == [int(row["timestamp"]) for row in rows]


def test_the_unit_of_the_times_is_seen(cleaned):
    raw, _, _ = cleaned
    assert clean.guess_time_unit(raw["timestamp"]).unit == "s"


def test_every_user_keeps_nine_tenths_and_nothing_leaks(cleaned):
    _, frame, _ = cleaned
    parts = split.by_user(frame)
    tested = parts.test["user_id"].value_counts()
    assert tested.to_dict() == (frame["user_id"].value_counts() // 10).to_dict()
    assert split.check_leakage(parts).ok
    assert not split.check_leakage(split.random(frame, seed=0)).ok


def test_the_ratings_keep_personalizes_rules(cleaned):
    _, frame, _ = cleaned
    events = frame.drop(columns=["source_file", "source_row"]).assign(event_type="Rating")
    assert list(schema.check(events, "interactions")) == []
    assert isinstance(events["timestamp"].dtype, pd.DatetimeTZDtype)
