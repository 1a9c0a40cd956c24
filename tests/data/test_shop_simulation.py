import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lab_kit.data import shop
from lab_kit.errors import LabKitError


@pytest.fixture(scope="module")
def data():
    return shop.load()


@pytest.fixture(scope="module")
def events(data):
    """Interactions with the columns of their items and the day in Seoul."""
    goods = data.items[["item_id", "category_l1", "category_l2", "category_l3", "season"]]
    frame = data.interactions.merge(goods, on="item_id", how="left", validate="many_to_one")
    frame["local"] = frame["timestamp"].dt.tz_convert("Asia/Seoul")
    return frame


# Integrity


def test_ids_are_unique_and_refer_to_something(data):
    log = data.interactions
    for frame, key in ((data.users, "user_id"), (data.items, "item_id"), (log, "event_id")):
        assert frame[key].is_unique
    assert set(log["user_id"]) <= set(data.users["user_id"])
    assert set(log["item_id"]) <= set(data.items["item_id"])
    assert set(data.tables["prices"]["item_id"]) == set(data.items["item_id"])
    assert set(data.tables["orders"]["session_id"]) <= set(log["session_id"])
    assert data.users["user_id"].str.fullmatch(r"U\d{5}").all()
    assert data.items["item_id"].str.fullmatch(r"I\d{4}").all()
    assert data.users["zip_code"].str.fullmatch(r"\d{5}").all()
    assert data.items[["name_ko", "name_en"]].map(len).min().min() > 3
    assert data.items["name_en"].is_unique


def test_sizes_and_shares_are_as_promised(data):
    log = data.interactions
    assert (len(data.users), len(data.items)) == (3_000, 1_200)
    assert 140_000 < len(log) < 160_000
    share = log["event_type"].value_counts(normalize=True)
    assert 0.65 < share["View"] < 0.8
    assert 0.1 < share["AddToCart"] < 0.2
    assert 0.06 < share["Purchase"] < 0.13
    assert 0.02 < share["Rating"] < 0.05
    assert 0.4 < (log["channel"] == "app").mean() < 0.6
    assert 0.55 < (data.items["category_l1"] == "mart").mean() < 0.75
    assert log["timestamp"].is_monotonic_increasing


def test_the_log_lies_in_the_window_and_after_signup_and_creation(data, events):
    local = events["local"].dt.tz_localize(None)
    assert local.min() >= pd.Timestamp("2026-01-01")
    assert local.max() < pd.Timestamp("2026-07-01")
    signup = events["user_id"].map(data.users.set_index("user_id")["signup_date"])
    assert (local >= signup).all()
    created = events["item_id"].map(data.items.set_index("item_id")["creation_timestamp"])
    assert (events["timestamp"] > created).all()


def test_a_session_has_one_user_and_one_device(data):
    by_session = data.interactions.groupby("session_id")
    for column in ("user_id", "device", "channel"):
        assert (by_session[column].nunique() == 1).all()


def test_view_comes_before_cart_and_cart_before_purchase(data):
    log = data.interactions[data.interactions["event_type"] != "Rating"]
    first = log.pivot_table(
        index=["session_id", "item_id"], columns="event_type", values="timestamp", aggfunc="min"
    )
    carted, bought = first.dropna(subset="AddToCart"), first.dropna(subset="Purchase")
    assert (carted["View"] < carted["AddToCart"]).all()
    assert (bought["AddToCart"] < bought["Purchase"]).all()
    sold = log[log["event_type"] == "Purchase"]
    assert not sold.duplicated(["session_id", "item_id"]).any()


def test_only_what_was_bought_is_rated_from_one_to_five(data):
    log = data.interactions
    ratings = log[log["event_type"] == "Rating"]
    assert set(ratings["event_value"]) == {1.0, 2.0, 3.0, 4.0, 5.0}
    sold = log[log["event_type"] == "Purchase"].groupby(["user_id", "item_id"])["timestamp"].min()
    bought = ratings.join(sold.rename("bought"), on=["user_id", "item_id"])["bought"]
    assert (bought < ratings["timestamp"]).all()


def test_no_two_events_are_so_alike_that_one_could_pass_for_a_copy(data):
    keys = ["user_id", "item_id", "event_type"]
    log = data.interactions.sort_values([*keys, "timestamp"])
    gap = log.groupby(keys)["timestamp"].diff()
    assert gap.min() > pd.Timedelta(seconds=3)


def test_impressions_show_the_item_among_others_of_its_group(data):
    log = data.interactions.dropna(subset="impressions")
    assert (log["event_type"] == "View").all()
    views = (data.interactions["event_type"] == "View").sum()
    assert 0.28 < len(log) / views < 0.32
    shown = log["impressions"].str.split("|").explode()
    group = data.items.set_index("item_id")["category_l2"]
    assert (shown.map(group) == log["item_id"].map(group).loc[shown.index]).all()
    assert shown.eq(log["item_id"].loc[shown.index]).groupby(level=0).sum().eq(1).all()
    assert shown.groupby(level=0).size().between(1, 6).all()


# Prices and orders


def test_price_periods_follow_each_other_without_hole(data):
    prices = data.tables["prices"]
    after = prices.groupby("item_id")["valid_from"].shift(-1)
    pd.testing.assert_series_equal(prices["valid_to"], after, check_names=False)
    assert (prices["valid_from"] < prices["valid_to"]).sum() == prices["valid_to"].notna().sum()
    changed = prices["price"].ne(prices["price"].shift()) | prices["promotion"].ne(
        prices["promotion"].shift()
    )
    assert changed[prices["item_id"].duplicated()].all()


def test_a_purchase_costs_the_price_of_its_moment(data):
    sold = data.interactions[data.interactions["event_type"] == "Purchase"]
    valid = pd.merge_asof(
        sold,
        data.tables["prices"].sort_values("valid_from"),
        left_on="timestamp",
        right_on="valid_from",
        by="item_id",
    )
    assert (valid["event_value"] == valid["price"] * valid["quantity"]).all()
    assert (valid["promotion"] != "none").mean() > 0.05


def test_an_order_is_the_sum_of_its_purchases(data):
    sold = data.interactions[data.interactions["event_type"] == "Purchase"]
    orders = data.tables["orders"].set_index("session_id")
    amount = sold.groupby("session_id")["event_value"].sum()
    assert amount.sort_index().equals(orders["amount"].astype("float64").sort_index())
    days = (orders["delivered_at"] - orders["ordered_at"]).dt.total_seconds() / 86_400
    assert days[orders["late"]].min() > 2.5 > days[~orders["late"]].max()


# Structure worth discovering


def test_planted_follow_ups_show_more_lift_than_other_pairs(data, events):
    steps = events[events["event_type"].isin(["View", "AddToCart"])].sort_values(
        ["session_id", "timestamp"], kind="stable"
    )
    after = steps["event_type"].eq("AddToCart") & steps["session_id"].eq(
        steps["session_id"].shift(-1)
    )
    pairs = pd.DataFrame({"after": steps["category_l3"], "then": steps["category_l3"].shift(-1)})
    table = pd.crosstab(pairs[after]["after"], pairs[after]["then"]).reindex(
        columns=sorted(events["category_l3"].unique()), fill_value=0
    )
    expected = table.sum(axis=1).to_numpy()[:, None] * table.sum().to_numpy() / table.sum().sum()
    lift = ((table + 1) / (expected + 1)).stack()
    truth = data.truth["sequence"]
    planted = pd.MultiIndex.from_frame(truth[truth["follow_up"]][["after", "then"]])
    assert len(planted) == 20
    rest = lift.drop(planted)
    assert lift[planted].median() > 3 * rest.median()
    assert stats.mannwhitneyu(lift[planted], rest, alternative="greater").pvalue < 1e-8


def test_consumables_are_bought_again_and_durables_are_not(data, events):
    sold = events[events["event_type"] == "Purchase"]
    again = sold.duplicated(["user_id", "item_id"])
    refill = sold["item_id"].map(data.truth["items"].set_index("item_id")["refill_days"])
    assert again[refill > 0].mean() > 5 * again[refill == 0].mean()
    gaps = sold[refill > 0].sort_values("timestamp").groupby(["user_id", "item_id"])["timestamp"]
    gap = gaps.diff().dt.total_seconds() / 86_400
    quick, slow = (gap[(refill > low) & (refill <= high)] for low, high in ((0, 12), (30, 70)))
    assert quick.median() < slow.median()


def test_seasonal_goods_sell_in_their_season(events):
    views = events[(events["event_type"] == "View") & (events["season"] != "all")]
    share = pd.crosstab(views["local"].dt.month, views["season"], normalize="index")
    assert share.loc[1, "winter"] > 3 * share.loc[6, "winter"]
    assert share.loc[6, "summer"] > 3 * share.loc[1, "summer"]


def test_popularity_is_long_tailed_and_drifts(data, events):
    views = events[events["event_type"] == "View"]
    total = views["item_id"].value_counts()
    assert 0.3 < total.head(120).sum() / total.sum() < 0.7
    old = data.items["season"].eq("all") & data.truth["items"]["first_day"].eq(0)
    appeal = data.truth["appeal"][old.to_numpy()].set_index("item_id")
    weekly = appeal.diff(axis=1).std(axis=1).median()
    assert weekly == pytest.approx(0.35 * np.sqrt(2 * (1 - 0.9)), rel=0.1)  # AR(1)
    monthly = pd.crosstab(views["item_id"], views["local"].dt.month).reindex(appeal.index).fillna(0)
    rise = np.log(monthly[6] + 0.5) - np.log(monthly[1] + 0.5)
    wanted = appeal.loc[:, "week_21":].mean(axis=1) - appeal.loc[:, :"week_04"].mean(axis=1)
    assert stats.spearmanr(rise, wanted).statistic > 0.4


def test_new_items_start_with_a_bonus(data):
    appeal = data.truth["appeal"].set_index("item_id")
    new = data.truth["items"].set_index("item_id")["first_day"]
    new = new[(new > 14) & (new < 100)]
    start = [appeal.loc[item].iloc[day // 7 + 1] for item, day in new.items()]
    later = [appeal.loc[item].iloc[day // 7 + 9] for item, day in new.items()]
    assert np.mean(start) > np.mean(later) + 0.4


def test_price_sensitive_people_buy_cheaper_within_a_category(data, events):
    views = events[events["event_type"] == "View"]
    price = views["item_id"].map(data.items.set_index("item_id")["price"])
    relative = np.log(price) - np.log(price).groupby(views["category_l3"]).transform("mean")
    mean = relative.groupby(views["user_id"]).mean()
    sensitivity = data.truth["users"].set_index("user_id")["price_sensitivity"].loc[mean.index]
    assert stats.spearmanr(mean, sensitivity).statistic < -0.3


def test_vegetarians_pass_over_meat(data, events):
    views = events[events["event_type"] == "View"]
    meat = views["item_id"].map(data.items.set_index("item_id")["vegetarian"]) == "no"
    vegetarian = views["user_id"].map(data.truth["users"].set_index("user_id")["vegetarian"])
    assert meat[vegetarian].mean() < 0.1 * meat[~vegetarian].mean()


def test_late_deliveries_are_rated_lower_and_drive_people_away(data):
    log, orders = data.interactions, data.tables["orders"]
    late = orders.groupby("user_id")["late"].mean()
    ratings = log[log["event_type"] == "Rating"].groupby("user_id")["event_value"].mean()
    both = pd.concat([late, ratings], axis=1).dropna()
    assert both[both["late"] > 0.5]["event_value"].mean() < both["event_value"].mean() - 0.3
    views = log[log["event_type"] == "View"].groupby("user_id")["timestamp"].max()
    early = orders[orders["ordered_at"] < "2026-05-15"]
    gone = early["user_id"].map(views) <= early["ordered_at"]  # no visit after this order
    table = pd.crosstab(early["late"], gone)
    assert stats.fisher_exact(table, alternative="greater").pvalue < 0.05


def test_late_deliveries_show_in_churn_only_among_customers_alike(data):
    customers = data.tables["customers"]
    late = customers["late_60d"] > 0
    both = customers.groupby(late)["churned"].mean()
    assert abs(both.loc[True] - both.loc[False]) < 0.03  # who orders much is late more often
    alike = customers[customers["days_since_order"] < 60]
    busy = pd.cut(alike["visits_90d"], [0, 3, 6, 10, 99])
    share = alike.groupby([busy, late], observed=True)["churned"].mean().unstack()
    assert (share[True] > share[False]).all()


# The truth scores


@pytest.mark.parametrize("which", ["first view of a visit", "any view"])
def test_true_log_odds_give_the_frequency_of_what_people_choose(data, which):
    log = data.interactions
    views = log[(log["event_type"] == "View") & (log["timestamp"] > "2026-03-01")]
    if which == "first view of a visit":
        views = views.drop_duplicates("session_id")
    views = views.sample(frac=1, random_state=0).drop_duplicates("user_id").head(1_500)
    odds = shop.true_log_odds(data, views.set_index("user_id")["timestamp"])
    p = np.exp(odds.to_numpy())
    p /= p.sum(axis=1, keepdims=True)
    chosen = p[np.arange(len(p)), odds.columns.get_indexer(views["item_id"])]
    expected, square = (p**2).sum(axis=1), (p**3).sum(axis=1)
    error = np.sqrt((square - expected**2).sum())
    assert abs(chosen.sum() - expected.sum()) < 3 * error
    popular = views["item_id"].map(views["item_id"].value_counts(normalize=True))
    assert chosen.mean() > 3 * popular.mean()


def test_true_log_odds_use_nothing_from_the_moment_on(data):
    moment = pd.Timestamp("2026-04-15 12:00", tz="UTC")
    moments = pd.Series(moment, index=data.users["user_id"].head(50))
    past = data.interactions[data.interactions["timestamp"] < moment]
    cut = type(data)(**{**data.__dict__, "interactions": past})
    pd.testing.assert_frame_equal(
        shop.true_log_odds(data, moments), shop.true_log_odds(cut, moments)
    )


def test_true_log_odds_name_what_they_cannot_score(data):
    moment = pd.Timestamp("2026-04-15", tz="UTC")
    with pytest.raises(LabKitError, match="'U99999'"):
        shop.true_log_odds(data, pd.Series(moment, index=["U99999"]))
    too_late = pd.Series(pd.Timestamp("2026-07-01", tz="UTC"), index=["U00001"])
    with pytest.raises(LabKitError, match=r"not among the simulated months.*U00001"):
        shop.true_log_odds(data, too_late)


# Customers


def test_the_customers_are_counted_right(data):
    now = pd.Timestamp("2026-04-01", tz="Asia/Seoul").tz_convert("UTC")
    log, orders = data.interactions, data.tables["orders"]
    for row in data.tables["customers"].sample(25, random_state=1).itertuples():
        mine = log[(log["user_id"] == row.user_id) & (log["timestamp"] < now)]
        recent = mine[mine["timestamp"] >= now - pd.Timedelta(days=90)]
        bought = orders[orders["user_id"] == row.user_id]
        before = bought[bought["ordered_at"] < now]
        days = (bought["ordered_at"] - now).dt.total_seconds() / 86_400
        assert row.orders_90d == len(before)
        assert row.spend_90d == before["amount"].sum()
        assert row.days_since_order == int((-days[days < 0]).min())
        assert row.views_90d == (recent["event_type"] == "View").sum()
        assert row.carts_90d == (recent["event_type"] == "AddToCart").sum()
        visits = recent[recent["event_type"] == "View"].drop_duplicates("session_id")
        assert row.visits_90d == len(visits)
        assert row.visits_30d == (visits["timestamp"] > now - pd.Timedelta(days=30)).sum()
        future = bought[(days >= 0) & (days < 90)]
        assert row.churned == future.empty
        assert row.value_next_90_days == future["amount"].sum()
        known = bought["late"] & (days <= -2) & (days >= -60)
        assert row.late_60d == known.sum()


def test_the_true_churn_risk_is_calibrated_and_tells_people_apart(data):
    customers = data.tables["customers"]
    truth = data.truth["customers"].set_index("user_id").loc[customers["user_id"]]
    risk, churned = truth["churn_risk"].to_numpy(), customers["churned"].to_numpy()
    assert len(customers) > 1_000
    for part in np.array_split(np.argsort(risk), 5):
        error = np.sqrt((risk[part] * (1 - risk[part])).sum())
        assert abs(churned[part].sum() - risk[part].sum()) < 3 * error
    ranks = stats.rankdata(risk)
    n = churned.sum()
    auc = (ranks[churned].sum() - n * (n + 1) / 2) / (n * (len(risk) - n))
    assert 0.75 < auc < 0.95


def test_the_expected_value_orders_customers_by_what_they_spend(data):
    customers = data.tables["customers"]
    truth = data.truth["customers"].set_index("user_id").loc[customers["user_id"]]
    expected, spent = truth["expected_value"].to_numpy(), customers["value_next_90_days"].to_numpy()
    assert stats.spearmanr(expected, spent).statistic > 0.55
    assert 0.7 < spent.sum() / expected.sum() < 1.1
