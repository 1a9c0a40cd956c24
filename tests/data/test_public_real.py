"""The public data sets as their publishers wrote them; skipped where they are not at hand."""

import pandas as pd
import pytest

from lab_kit import paths
from lab_kit.data import load
from lab_kit.data.at_hand import path_in
from lab_kit.data.catalogue import public_source
from lab_kit.data.files import check_contents, read_table

pytestmark = pytest.mark.real_data

PUBLIC = ("movielens-small", "online-retail", "telco-churn", "bank-marketing")


def need(name):
    folder = paths.real_data_folder()
    if folder is None:
        pytest.skip("LAB_KIT_REAL_DATA is not set")
    if not (folder / name).is_dir():
        pytest.skip(f"LAB_KIT_REAL_DATA has no {name}/")
    return folder / name


@pytest.fixture(scope="module")
def movielens():
    need("movielens-small")
    return load("movielens-small")


@pytest.fixture(scope="module")
def retail():
    need("online-retail")
    return load("online-retail")


@pytest.mark.parametrize("name", PUBLIC)
def test_rows_columns_and_ranges_are_as_declared(name):
    folder = need(name)
    for spec in public_source(name).files:
        path = path_in(folder, spec)
        check_contents(read_table(path, spec), spec, path)


def test_movielens_counts_are_those_of_its_readme(movielens):
    ratings = movielens.interactions
    assert len(ratings) == 100_836
    assert ratings["user_id"].nunique() == 610
    assert len(movielens.items) == 9_742
    assert len(movielens.tables["tags"]) == 3_683
    assert ratings["timestamp"].min().date().isoformat() == "1996-03-29"
    assert ratings["timestamp"].max().date().isoformat() == "2018-09-24"
    assert ratings.groupby("user_id").size().min() >= 20
    assert set(ratings["event_value"]) == {half / 2 for half in range(1, 11)}


def test_movielens_ids_refer_to_each_other(movielens):
    items = set(movielens.items["item_id"])
    assert len(items) == len(movielens.items)
    assert set(movielens.interactions["item_id"]) <= items
    assert set(movielens.tables["tags"]["item_id"]) <= items
    assert set(movielens.tables["links"]["item_id"]) == items
    rated_or_tagged = set(movielens.interactions["item_id"]) | set(
        movielens.tables["tags"]["item_id"]
    )
    assert rated_or_tagged == items
    assert not movielens.interactions.duplicated(["user_id", "item_id"]).any()


def test_movielens_films_without_year_or_genre(movielens):
    items = movielens.items
    assert items["year"].isna().sum() == 12
    assert items["genres"].isna().sum() == 34
    assert items["year"].dropna().between(1902, 2018).all()


def test_every_invoice_line_is_a_purchase_or_has_a_reason(retail):
    lines = retail.tables["lines"]
    assert lines["left_out"].value_counts().to_dict() == {
        "": 396_247,
        "no customer": 135_080,
        "cancellation": 8_905,
        "not goods": 1_637,
        "no price": 40,
    }
    assert len(lines) == 541_909
    assert len(retail.interactions) == 396_247


def test_baskets_have_one_customer_and_one_time(retail):
    baskets = retail.interactions.groupby("session_id")
    assert (baskets["user_id"].nunique() == 1).all()
    assert (baskets["timestamp"].nunique() == 1).all()
    pairs = retail.interactions.drop_duplicates(["user_id", "timestamp"])
    assert baskets.ngroups == len(pairs) == 18_310


def test_retail_ids_refer_to_each_other(retail):
    assert set(retail.interactions["user_id"]) == set(retail.users["user_id"])
    assert set(retail.interactions["item_id"]) == set(retail.items["item_id"])
    assert retail.users["user_id"].is_unique
    assert retail.items["item_id"].is_unique


def test_no_invoice_falls_into_the_hours_the_clock_was_changed(retail):
    local = retail.tables["lines"]["timestamp"].dt.tz_convert("Europe/London")
    assert local.dt.hour.between(6, 20).all()
    assert local.min() == pd.Timestamp("2010-12-01 08:26", tz="Europe/London")


def test_telco_customers():
    need("telco-churn")
    customers = load("telco-churn").tables["customers"]
    assert customers.shape == (7_043, 21)
    assert customers["customer_id"].is_unique
    unbilled = customers["total_charges"].isna()
    assert unbilled.sum() == 11
    assert (customers.loc[unbilled, "tenure"] == 0).all()
    assert (customers.loc[~unbilled, "tenure"] > 0).all()
    assert customers.drop(columns="total_charges").notna().all(axis=None)


def test_bank_calls():
    need("bank-marketing")
    calls = load("bank-marketing").tables["customers"]
    assert calls.shape == (45_211, 17)
    assert calls["deposit"].sum() == 5_289
    assert calls.notna().all(axis=None)
    assert (calls.loc[calls["pdays"] == -1, "previous"] == 0).all()
