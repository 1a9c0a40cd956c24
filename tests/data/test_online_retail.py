import pandas as pd
import pytest

from lab_kit.data import load
from lab_kit.data.online_retail import item_ids
from lab_kit.errors import LabKitError
from tests.data.miniatures import ONLINE_RETAIL, write_all


@pytest.fixture
def retail(real_folder):
    write_all(real_folder / "online-retail", {"data.csv": ONLINE_RETAIL})
    return load("online-retail")


def test_only_goods_a_known_customer_paid_for_are_purchases(retail):
    interactions = retail.interactions
    assert interactions["user_id"].tolist() == ["17850", "17850", "17850", "13081"]
    assert interactions["event_value"].tolist() == [15.30, 6.78, 2.95, 3.75]
    assert set(interactions["event_type"]) == {"Purchase"}


def test_every_line_left_out_has_its_reason(retail):
    lines = retail.tables["lines"]
    assert lines["left_out"].tolist() == [
        "",
        "",
        "",
        "not goods",
        "cancellation",
        "no price",
        "no customer",
        "no customer",
        "",
    ]


def test_local_time_becomes_utc_in_winter_and_in_summer(retail):
    times = retail.interactions["timestamp"]
    assert str(times.dtype) == "datetime64[us, UTC]"
    assert times[0] == pd.Timestamp("2010-12-01 08:26", tz="UTC")
    assert times[2] == pd.Timestamp("2011-07-01 11:00", tz="UTC")


def test_a_basket_is_one_customer_at_one_time(retail):
    sessions = retail.interactions["session_id"].tolist()
    assert sessions[0] == sessions[1]
    assert len(set(sessions)) == 3


def test_spellings_of_one_description_are_one_item(retail):
    assert retail.items["item_id"].tolist() == [
        "white-hanging-heart-t-light-holder",
        "white-metal-lantern",
    ]
    assert retail.items["price"].tolist() == pytest.approx([2.75, 3.57])


def test_an_item_is_known_by_its_description(retail):
    assert retail.item_names["white-metal-lantern"] == "WHITE METAL LANTERN"


def test_ids_of_descriptions():
    texts = pd.Series(["PINK  POLKADOT PLATE ", "PINK POLKADOT PLATE", None, "TUMBLER, BAROQUE"])
    ids = item_ids(texts)
    assert ids[0] == ids[1] == "pink-polkadot-plate"
    assert pd.isna(ids[2])
    assert ids[3] == "tumbler-baroque"


def test_a_customer_has_the_country_last_seen(retail):
    users = retail.users.set_index("user_id")["country"]
    assert users.to_dict() == {"13081": "United Kingdom", "17850": "Spain"}


def test_a_parquet_copy_without_invoice_numbers_gives_the_same(real_folder, retail):
    folder = real_folder / "online-retail"
    raw = pd.read_csv(folder / "data.csv").drop(columns=["InvoiceNo", "StockCode"])
    raw["InvoiceDate"] = pd.to_datetime(raw["InvoiceDate"], format="%m/%d/%Y %H:%M")
    (folder / "data.csv").unlink()
    raw.to_parquet(folder / "online_retail.parquet")
    copy = load("online-retail")
    pd.testing.assert_frame_equal(copy.interactions, retail.interactions)
    pd.testing.assert_frame_equal(copy.items, retail.items)
    pd.testing.assert_frame_equal(copy.users, retail.users)


def test_days_first_are_not_taken_for_months(real_folder):
    wrong = ONLINE_RETAIL.replace("12/1/2010 8:26", "13/1/2010 8:26", 1)
    write_all(real_folder / "online-retail", {"data.csv": wrong})
    with pytest.raises(LabKitError, match=r"13/1/2010 8:26.* is not a time.*line 2"):
        load("online-retail")
