"""The shop's raw exports, cleaned, are the shop's true tables: all that can be had, and no more."""

import dataclasses

import pandas as pd
import pytest

from lab_kit import data
from lab_kit.errors import LabKitError
from lab_kit.prepare import schema
from lab_kit.prepare.pipeline import (
    EVENT_COLUMNS,
    clean_events,
    complete,
    enrich,
    preprocess,
    stack,
)
from lab_kit.prepare.rules import rules_of

EVENT = ["user_id", "item_id", "event_type", "second"]


@pytest.fixture(scope="module")
def shop():
    return data.load("shop")


@pytest.fixture(scope="module")
def done(shop):
    return preprocess(shop)


def by_second(events):
    return events.assign(second=events["timestamp"].dt.floor("s"))[EVENT]


def true_gaps(shop, export, column):
    gaps = shop.truth["gaps"]
    return set(gaps.loc[(gaps["export"] == export) & (gaps["column"] == column), "key"])


def newest_profiles(shop):
    return shop.tables["profiles"].sort_values("registered_at", kind="stable").groupby("user_id")


def test_every_event_that_can_be_recovered_is_and_none_is_invented(shop, done):
    events, truth = by_second(done.dataset.interactions), by_second(shop.interactions)
    assert not events.duplicated().any()
    assert len(events.merge(truth.drop_duplicates(), on=EVENT)) == len(events)
    assert len(truth) - len(events) == len(shop.truth["unrecoverable"])


def test_values_sessions_and_channels_are_the_true_ones(shop, done):
    columns = ["event_value", "channel", "session_id"]
    events, truth = (
        by_second(frame).join(frame[columns])
        for frame in (done.dataset.interactions, shop.interactions)
    )
    both = events.merge(truth.drop_duplicates(EVENT), on=EVENT, suffixes=("", "_true"))
    for column in ("event_value", "channel"):
        pd.testing.assert_series_equal(both[column], both[f"{column}_true"], check_names=False)
    known = both["session_id"].notna()
    assert known.mean() > 0.99
    assert (both["session_id"] == both["session_id_true"])[known].all()


def test_a_log_without_devices_leaves_them_missing(done):
    events = done.dataset.interactions
    assert events.columns.tolist() == list(EVENT_COLUMNS)
    assert events["device"].isna().eq(events["channel"] == "web").all()
    assert events["timestamp"].is_monotonic_increasing


@pytest.mark.parametrize("column", ["age", "gender", "membership", "zip_code", "income"])
def test_users_are_as_in_the_faultless_register_but_for_the_gaps(shop, done, column):
    users = done.dataset.users.set_index("user_id")
    newest = newest_profiles(shop).last()
    assert users.index.equals(newest.index)
    missing = newest["profile_id"].isin(true_gaps(shop, "profiles", column))
    repairs = shop.truth["repairs"].query("export == 'profiles' and kind == 'out of range'")
    lost = repairs.loc[repairs["column"] == column, "key"]
    missing |= newest["profile_id"].isin(lost)
    assert users[column].isna().eq(missing).all()
    pd.testing.assert_series_equal(
        users.loc[~missing, column], newest.loc[~missing, column], check_dtype=False
    )


def test_a_user_signed_up_on_the_day_of_the_first_registration(shop, done):
    users = done.dataset.users.set_index("user_id")
    first = newest_profiles(shop)["registered_at"].min()
    assert (users["signup_date"].dt.normalize() == first.dt.normalize()).all()


def test_items_are_the_true_ones_but_for_the_gaps(shop, done):
    items, truth = done.dataset.items.copy(), shop.items.copy()
    for column in ("price", "brand"):
        gone = truth["item_id"].isin(true_gaps(shop, "catalogue", column))
        assert items[column].isna().eq(gone).all()
        truth[column] = truth[column].astype(items[column].dtype).mask(gone)
    pd.testing.assert_frame_equal(items, truth)


def test_what_came_out_is_what_personalize_accepts(done):
    assert not schema.check_dataset(
        done.dataset.users, done.dataset.items, done.dataset.interactions
    ).errors


def test_every_raw_row_is_accounted_for(shop, done):
    assert set(done.ledgers) == {"app", "web", "profiles", "catalogue"}
    events = done.ledgers["app"].rows_out + done.ledgers["web"].rows_out
    assert events == len(done.dataset.interactions)
    assert done.ledgers["profiles"].rows_in == len(shop.tables["profiles"])


def test_the_raw_data_set_is_left_alone(shop):
    before = shop.interactions.copy()
    preprocess(shop)
    pd.testing.assert_frame_equal(shop.interactions, before)


def test_a_longer_pause_takes_more_events(shop):
    export, rules = shop.exports["app"], rules_of("shop")
    rows = [len(clean_events(export, rules, seconds=seconds)[0]) for seconds in (0, 2, 600)]
    assert rows == sorted(rows, reverse=True)
    assert len(set(rows)) == 3


def test_logs_are_stacked_in_the_order_of_time_and_equals_keep_theirs():
    def log(*seconds, name):
        return pd.DataFrame({"timestamp": pd.to_datetime(seconds, unit="s"), "log": name})

    stacked = stack([log(3, 1, name="a"), log(1, 2, name="b")])
    assert stacked["log"].tolist() == ["a", "b", "b", "a"]
    assert stacked.index.tolist() == [0, 1, 2, 3]


def test_a_data_set_without_rules_is_refused_by_name(shop):
    with pytest.raises(LabKitError, match='no rules for cleaning the data set "toys"'):
        preprocess(dataclasses.replace(shop, name="toys"))


@pytest.mark.real_data
def test_films_and_ratings_come_out_as_the_loader_reads_them():
    if not data.describe("movielens-small").at_hand:
        pytest.skip("movielens-small is not on this computer")
    raw = data.load("movielens-small")
    done = preprocess(raw).dataset
    assert done.users is None
    pd.testing.assert_frame_equal(done.items, raw.items)
    key = ["timestamp", "user_id", "item_id"]
    pd.testing.assert_frame_equal(
        done.interactions.sort_values(key, ignore_index=True),
        raw.interactions.sort_values(key, ignore_index=True)[done.interactions.columns],
    )


def test_prices_are_those_of_the_moment(shop, done):
    events = enrich(shop, done.dataset).interactions
    bought = events[events["event_type"] == "Purchase"]
    assert events["unit_price"].notna().all()
    assert (bought["event_value"] % bought["unit_price"] == 0).mean() > 0.999
    assert not schema.check(events, "interactions").errors


def test_users_are_completed_and_what_was_known_stays(done):
    before, after = done.dataset.users, complete(done.dataset).users
    assert not after[["age", "gender", "income"]].isna().any(axis=None)
    assert after.dtypes.equals(before.dtypes)
    for column in before:
        known = before[column].notna()
        pd.testing.assert_series_equal(after.loc[known, column], before.loc[known, column])
    assert not schema.check(after, "users").errors


@pytest.mark.real_data
def test_films_learn_their_number_in_another_database():
    if not data.describe("movielens-small").at_hand:
        pytest.skip("movielens-small is not on this computer")
    raw = data.load("movielens-small")
    done = preprocess(raw).dataset
    items = enrich(raw, done).items
    assert items["imdb_id"].notna().all()
    assert items["item_id"].equals(done.items["item_id"])
    assert complete(done) is done
