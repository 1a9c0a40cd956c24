import numpy as np
import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.prepare import missing
from lab_kit.prepare.missing import by_group, forward_fill
from lab_kit.prepare.missing.columns import plain
from lab_kit.prepare.missing.strategies import PerColumn

TABLE = pd.DataFrame(
    {
        "price": [1.0, 2.0, 2.0, 7.0, None],
        "kind": ["a", "a", "b", "b", None],
        "shop": ["n", "n", "s", "s", "s"],
    }
)
FILLING = [name for name, s in missing.STRATEGIES.items() if not (s.drops or s.needs_trees)]


@pytest.mark.parametrize(
    ("strategy", "price", "kind"),
    [
        ("constant", 0.0, "unknown"),
        ("mean", 3.0, "a"),
        ("median", 2.0, "a"),
        ("mode", 2.0, "a"),
        (by_group("shop"), 4.5, "b"),
    ],
)
def test_what_goes_into_a_gap_of_a_table_one_can_check_by_eye(strategy, price, kind):
    filled = missing.fill(TABLE, strategy)
    assert filled.loc[4, ["price", "kind"]].tolist() == [price, kind]
    pd.testing.assert_frame_equal(filled.head(4), TABLE.head(4))


def test_drop_keeps_complete_rows_and_native_keeps_all():
    pd.testing.assert_frame_equal(missing.fill(TABLE, "drop"), TABLE.head(4))
    pd.testing.assert_frame_equal(missing.fill(TABLE, "native"), TABLE)


def test_an_indicator_says_where_the_gaps_were():
    filled = missing.fill(TABLE, "indicator")
    assert filled["price_missing"].tolist() == filled["kind_missing"].tolist() == [0, 0, 0, 0, 1]
    assert "shop_missing" not in filled


def test_some_columns_only():
    filled = missing.fill(TABLE, "mean", ["price"])
    assert filled["price"].tolist()[4] == 3
    assert filled["kind"].isna().tolist() == [False] * 4 + [True]


@pytest.mark.parametrize("strategy", ["knn", "iterative"])
def test_a_filled_gap_follows_the_other_columns(strategy):
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    table = pd.DataFrame({"x": x, "y": 3 * x, "sign": np.where(x > 0, "plus", "minus")})
    gone = rng.random(400) < 0.3
    holed = table.assign(y=table["y"].mask(gone), sign=table["sign"].mask(gone))
    filled = missing.fill(holed, strategy)
    assert np.abs(filled["y"] - table["y"])[gone].mean() < 0.25
    assert (filled["sign"] == table["sign"])[gone].mean() > 0.9


@pytest.mark.parametrize("name", FILLING)
def test_no_gap_is_left_and_what_was_known_stays(name):
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"a": rng.normal(size=60), "b": rng.choice(["x", "y"], 60), "c": 5.0})
    holed = table.mask(pd.DataFrame(rng.random((60, 3)) < 0.2, columns=table.columns))
    filled = missing.fill(holed, name)[list(table)]
    assert not filled.isna().any(axis=None)
    pd.testing.assert_frame_equal(filled.where(holed.notna()), holed)


@pytest.mark.parametrize("name", FILLING)
def test_what_was_learnt_does_not_depend_on_the_table_that_is_filled(name):
    rng = np.random.default_rng(2)
    train = pd.DataFrame({"a": rng.normal(size=80), "b": rng.choice(["x", "y"], 80)})
    train = train.mask(pd.DataFrame(rng.random((80, 2)) < 0.2, columns=train.columns))
    test = pd.DataFrame({"a": [None, 0.5], "b": ["x", None]}).astype({"a": "float64", "b": "str"})
    poison = pd.DataFrame({"a": [1e6], "b": ["never seen"]})
    filler = missing.STRATEGIES[name].make().fit(train)
    alone = filler.transform(test)
    beside = filler.transform(pd.concat([test, poison], ignore_index=True))
    pd.testing.assert_frame_equal(beside.head(2), alone)
    assert beside.loc[2, ["a", "b"]].tolist() == [1e6, "never seen"]


def test_a_new_group_gets_the_value_of_all():
    filler = PerColumn(group="shop").fit(TABLE)
    new = pd.DataFrame({"price": [None], "kind": ["a"], "shop": ["w"]}).astype({"price": "float64"})
    assert filler.transform(new)["price"].tolist() == [2.0]


def test_a_constant_column_is_no_trouble():
    table = pd.DataFrame({"a": [1.0, 1.0, None], "b": [1.0, 2.0, 3.0]})
    for name in FILLING:
        assert (
            missing.fill(table, name)["a"].tolist() == pytest.approx([1, 1, 1])
            or name == "constant"
        )


def test_infinity_is_refused_by_column_and_row():
    with pytest.raises(LabKitError, match='"price" holds infinity in 1 rows') as caught:
        missing.fill(TABLE.assign(price=[1, 2, np.inf, 4, None]), "mean")
    assert caught.value.where == "row 2"


def test_a_column_of_gaps_is_refused_by_name():
    with pytest.raises(LabKitError, match="Nothing is known in kind"):
        missing.fill(TABLE.assign(kind=None), "mean")


def test_an_unknown_strategy_is_refused():
    with pytest.raises(LabKitError, match='no strategy "magic"') as caught:
        missing.fill(TABLE, "magic")
    assert "median" in caught.value.next_step


def test_values_are_carried_forward_in_time_and_never_back_or_across():
    prices = pd.DataFrame(
        {
            "item": ["a", "b", "a", "a", "b"],
            "day": [3, 1, 1, 2, 2],
            "price": [None, None, 10.0, None, 7.0],
        }
    )
    filled = forward_fill(prices, "price", order="day", by="item")
    assert filled["price"].tolist() == pytest.approx([10, np.nan, 10, 10, 7], nan_ok=True)


def test_times_become_seconds_and_flags_become_words():
    table = pd.DataFrame(
        {"t": pd.to_datetime(["1970-01-02", None]), "f": pd.array([True, None], "boolean")}
    )
    assert plain(table)["t"].tolist() == pytest.approx([86_400, np.nan], nan_ok=True)
    assert plain(table)["f"].tolist()[0] == "True"
