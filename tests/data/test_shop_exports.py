import csv
import gzip
import io

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lab_kit.data import shop

KEYS = ["user_id", "item_id", "timestamp", "event_type", "session_id"]
MISSING_WORDS = {"", "-", "N/A", "미입력"}


@pytest.fixture(scope="module")
def data():
    return shop.load()


def raw(path):
    """The text of a file, every cell a str."""
    content = gzip.decompress(path.read_bytes())
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp949")
    rows = list(csv.reader(io.StringIO(text)))
    return pd.DataFrame(rows[1:], columns=rows[0], dtype="str")


@pytest.fixture(scope="module")
def logs(data):
    """Raw log by file name."""
    return {path.name: raw(path) for name in ("app", "web") for path in data.exports[name].paths}


@pytest.fixture(scope="module")
def cleaned(data, logs):
    """All logs in the kit's columns, no row left out, with file and row; by code of its own."""
    right = dict(shop.EVENT_WORDS)
    right |= {"veiw": "View", "add_to_crat": "AddToCart", "purchse": "Purchase"}
    right |= {"raitng": "Rating", "page_veiw": "View", "crat": "AddToCart", "ordr": "Purchase"}
    right |= {"reveiw": "Rating", "조희": "View", "장바구나": "AddToCart", "구메": "Purchase"}
    right |= {"펑가": "Rating"}
    parts = []
    for name, text in logs.items():
        channel = name[:3]
        frame = text.rename(columns=dict(data.exports[channel].columns))
        frame = frame.assign(file=name, row=range(len(frame)), channel=channel)
        frame["user_id"] = frame["user_id"].map(lambda cell: number(cell, "U", 5))
        frame["item_id"] = frame["item_id"].map(lambda cell: number(cell, "I", 4))
        frame["event_type"] = frame["event_type"].map(right)
        frame["event_value"] = pd.to_numeric(frame["event_value"])
        frame["timestamp"] = moments(name, frame["timestamp"])
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def number(cell, letter, digits):
    bare = cell.strip().upper().removeprefix(letter).removeprefix("-")
    return f"{letter}{int(bare):0{digits}d}" if bare else ""


def moments(name, cells):
    if name.startswith("app"):
        return pd.to_datetime(pd.to_numeric(cells), unit="ms", utc=True).astype(
            "datetime64[us, UTC]"
        )
    style = "%d/%m/%Y %H:%M:%S" if name == "web_2026-03.csv.gz" else "%Y-%m-%d %H:%M:%S"
    local = pd.to_datetime(cells, format=style, errors="coerce")
    return local.dt.tz_localize("Asia/Seoul").dt.tz_convert("UTC").astype("datetime64[us, UTC]")


def rows_of(truth, cleaned):
    """Bool per row of `cleaned`: listed in a frame of the truth."""
    listed = pd.MultiIndex.from_frame(truth[["file", "row"]])
    return pd.MultiIndex.from_frame(cleaned[["file", "row"]]).isin(listed)


def assert_same_log(found, clean):
    columns = [*KEYS, "event_value", "channel"]
    found = found.sort_values(columns, ignore_index=True)[columns]
    clean = clean.sort_values(columns, ignore_index=True)[columns]
    pd.testing.assert_frame_equal(found, clean, check_dtype=False)


# The logs


def test_cleaned_with_the_truth_the_logs_are_the_clean_interactions(data, cleaned):
    truth = data.truth
    copies = truth["duplicates"][truth["duplicates"]["export"].isin(["app", "web"])]
    out = rows_of(copies, cleaned) | rows_of(truth["unrecoverable"], cleaned)
    lost = data.interactions["event_id"].isin(truth["unrecoverable"]["key"])
    assert_same_log(cleaned[~out], data.interactions[~lost])
    app = cleaned[~out & (cleaned["channel"] == "app")]
    device = data.interactions.set_index(KEYS)["device"]
    assert (app.set_index(KEYS)["device"] == device.loc[app.set_index(KEYS).index]).all()


def test_cleaned_by_rules_alone_the_logs_are_the_clean_interactions(data, cleaned):
    good = cleaned[(cleaned["user_id"] != "") & cleaned["timestamp"].notna()]
    good = good.sort_values([*KEYS[:2], "event_type", "session_id", "timestamp"], kind="stable")
    same = ["user_id", "item_id", "event_type", "session_id"]
    gap = good.groupby(same)["timestamp"].diff()
    kept = good[~(gap <= pd.Timedelta(seconds=2))]
    lost = data.interactions["event_id"].isin(data.truth["unrecoverable"]["key"])
    assert_same_log(kept, data.interactions[~lost])


def test_about_one_event_in_a_hundred_is_beyond_repair(data, cleaned):
    gone = data.truth["unrecoverable"]
    rows = cleaned[rows_of(gone, cleaned)]
    assert ((rows["user_id"] == "") | rows["timestamp"].isna()).all()
    assert len(rows) == ((cleaned["user_id"] == "") | cleaned["timestamp"].isna()).sum()
    assert 0.008 < len(gone) / len(data.interactions) < 0.012
    assert set(gone["reason"]) == {"no user", "unreadable time"}
    assert gone["key"].is_unique
    assert not gone["key"].isin(data.truth["duplicates"]["key"]).any()


def test_each_mechanism_is_there_as_often_as_the_truth_says(data, logs, cleaned):
    dirt = data.truth["dirt"].set_index(["file", "mechanism"])["rows"].to_dict()
    copies = data.truth["duplicates"].groupby(["file", "kind"]).size()
    for name, text in logs.items():
        event = text["action" if name.startswith("app") else "event"]
        mine = cleaned[cleaned["file"] == name]
        first = mine.drop(mine.index[rows_of(data.truth["duplicates"], mine)])
        found = {
            "misspelt event": (~event.isin(shop.EVENT_WORDS)).sum(),
            "no user and no session": (mine["user_id"] == "").sum(),
            "exact copy": text.duplicated().sum(),
            "same event a little later": copies[name, "resent"],
        }
        if name.startswith("app"):
            cells = text.loc[first["row"]]
            found["user id in lower case"] = cells["userId"].str.startswith("u").sum()
            found["item id in lower case"] = cells["itemId"].str.startswith("i").sum()
            found["user id with blanks"] = cells["userId"].str.contains(" ").sum()
        for mechanism, rows in found.items():
            if mechanism.startswith(("user id", "item id")):  # lost ids cannot be seen any more
                lost = (mine["user_id"] == "").sum()
                assert rows <= dirt[name, mechanism] <= rows + lost, (name, mechanism)
            else:
                assert dirt[name, mechanism] == rows > 0, (name, mechanism)
        assert copies[name, "retried"] == dirt[name, "exact copy"]
    assert dirt["web_2026-03.csv.gz", "unreadable time"] == 12


def test_copies_stand_beside_their_first(data, cleaned):
    copy = rows_of(data.truth["duplicates"], cleaned)
    columns = ["file", "user_id", "item_id", "event_type", "session_id", "event_value"]
    above = cleaned.shift(1)
    pd.testing.assert_frame_equal(cleaned[copy][columns], above[copy][columns])
    gap = (cleaned["timestamp"] - above["timestamp"]).dt.total_seconds()[copy]
    kinds = cleaned[copy].merge(data.truth["duplicates"], on=["file", "row"])["kind"].to_numpy()
    assert set(gap[kinds == "retried"]) == {0}
    assert set(gap[kinds == "resent"]) == {1, 2}


def test_files_hold_a_month_in_seoul_in_their_own_encoding(data, cleaned):
    local = cleaned["timestamp"].dt.tz_convert("Asia/Seoul").dt.tz_localize(None)
    month = (local - pd.Timedelta(seconds=2)).dt.strftime("%Y-%m")  # a copy may be over the edge
    readable = local.notna() & ~rows_of(data.truth["duplicates"], cleaned)
    assert (month[readable] == cleaned["file"].str[4:11][readable]).mean() > 0.9999
    for path in data.exports["web"].paths:
        content = gzip.decompress(path.read_bytes())
        assert content.startswith(b"\xef\xbb\xbf") == ("2026-02" in path.name)
        korean = "조회".encode("cp949") in content
        assert korean == ("2026-05" in path.name)
        if korean:
            with pytest.raises(UnicodeDecodeError):
                content.decode("utf-8")


# The register of customers


@pytest.fixture(scope="module")
def register(data):
    """Clean rows, raw cells as `raw_…`, and whether a cell is missing, as `no_…`."""
    text = raw(data.exports["profiles"].paths[0])
    text.columns = [f"raw_{column}" for column in text.columns]
    frame = pd.concat([data.tables["profiles"], text], axis=1)
    for column, cell in (("age", "age"), ("gender", "sex"), ("income", "household_income")):
        frame[f"no_{column}"] = frame[f"raw_{cell}"].isin(MISSING_WORDS)
    return frame


def test_some_people_are_registered_more_than_once(data, register):
    rows = register.groupby("user_id").size()
    assert set(rows) == {1, 2, 3}
    assert 0.07 < (rows > 1).mean() < 0.11
    latest = register.sort_values("registered_at").drop_duplicates("user_id", keep="last")
    latest = latest.set_index("user_id").loc[data.users["user_id"]].reset_index()
    columns = ["user_id", "age", "gender", "zip_code", "membership"]
    pd.testing.assert_frame_equal(latest[columns], data.users[columns])
    first = register.groupby("user_id")["registered_at"].min().loc[data.users["user_id"]]
    assert (first.to_numpy() == data.users["signup_date"].to_numpy()).all()


def test_the_raw_register_is_the_clean_one_but_for_what_the_truth_lists(data, register):
    repairs = data.truth["repairs"]
    for column, cell in (
        ("age", "age"), ("income", "household_income"), ("zip_code", "zipcode"),
        ("membership", "grade"),
    ):  # fmt: skip
        clean = register[column].astype(str)
        mended = repairs[(repairs["export"] == "profiles") & (repairs["column"] == column)]
        fixed = mended.set_index("key")
        wrong = register["profile_id"].isin(fixed.index)
        gap = register.get(f"no_{column}", pd.Series(False, index=register.index))
        same = register[f"raw_{cell}"] == clean
        assert (same == ~(wrong | gap)).all(), column
        found = register[wrong].set_index("profile_id").loc[fixed.index]
        assert found[column].astype(str).tolist() == fixed["true_value"].tolist()
        assert found[f"raw_{cell}"].tolist() == fixed["raw_value"].tolist()
    words = {"F": "F", "여": "F", "female": "F", "M": "M", "남": "M", "male": "M"}
    told = register[~register["no_gender"]]
    assert (told["raw_sex"].map(words) == told["gender"]).all()
    assert set(told["raw_sex"]) == set(words)


def test_every_gap_of_the_register_is_in_the_truth_with_its_value(data, register):
    gaps = data.truth["gaps"]
    for column, mechanism in (("age", "MAR"), ("gender", "MCAR"), ("income", "MNAR")):
        mine = gaps[(gaps["export"] == "profiles") & (gaps["column"] == column)].set_index("key")
        missing = register[register[f"no_{column}"]].set_index("profile_id")
        assert set(mine.index) == set(missing.index)
        assert set(mine["mechanism"]) == {mechanism}
        assert (mine["true_value"] == missing[column].astype(str).loc[mine.index]).all()


def independent(missing, *columns):
    """The smallest p value of chi-squared tests of `missing` against each column."""
    return min(stats.chi2_contingency(pd.crosstab(missing, c)).pvalue for c in columns)


def test_gender_is_missing_completely_at_random(register):
    parts = [
        register[c] for c in ("gender", "source", "membership", "marketing", "no_age", "no_income")
    ]
    parts += [pd.qcut(register[c], 5) for c in ("age", "income")]
    assert independent(register["no_gender"], *parts) > 0.01


def test_age_is_missing_by_what_is_observed_and_by_nothing_else(register):
    assert independent(register["no_age"], register["source"]) < 1e-20
    assert independent(register["no_age"], register["membership"] == "basic") < 1e-3
    cells = [part for _, part in register.groupby(["source", register["membership"] == "basic"])]
    assert len(cells) == 6
    for part in cells:
        missing = part["no_age"]
        for column in ("age", "income"):
            test = stats.mannwhitneyu(part[missing][column], part[~missing][column])
            assert test.pvalue > 0.01


def test_income_is_missing_by_its_own_value(register):
    observed = ["source", "membership", "gender"]
    for _, part in register.groupby("source"):
        missing = part["no_income"]
        test = stats.mannwhitneyu(
            part[missing]["income"], part[~missing]["income"], alternative="greater"
        )
        assert test.pvalue < 1e-4
    # Given the value itself, nothing else matters.
    band = pd.qcut(register["income"], 8)
    p = [
        independent(part["no_income"], *(part[c] for c in observed))
        for _, part in register.groupby(band, observed=True)
    ]
    assert stats.combine_pvalues(p).pvalue > 0.001
    missing = register["no_income"]
    assert register[~missing]["income"].mean() < 0.95 * register["income"].mean()


def test_register_faults_are_as_many_as_the_truth_says(data, register):
    dirt = data.truth["dirt"]
    dirt = dirt[dirt["file"] == "profiles.csv.gz"].set_index("mechanism")["rows"]
    assert dirt["age missing (MAR)"] == register["no_age"].sum()
    assert dirt["gender missing (MCAR)"] == register["no_gender"].sum()
    assert dirt["income missing (MNAR)"] == register["no_income"].sum()
    age = pd.to_numeric(register["raw_age"], errors="coerce")
    assert dirt["age out of range"] == ((age < 10) | (age > 100)).sum() > 10
    assert dirt["zip_code leading zero lost"] == (register["raw_zipcode"].str.len() < 5).sum() > 100
    tiers = {"basic", "silver", "gold", "vip"}
    assert dirt["membership misspelt"] == (~register["raw_grade"].isin(tiers)).sum() > 20


# Catalogue and prices


def test_the_raw_catalogue_is_the_clean_one_but_for_what_the_truth_lists(data):
    text = raw(data.exports["catalogue"].paths[0])
    twice = data.truth["duplicates"][data.truth["duplicates"]["export"] == "catalogue"]
    assert text.duplicated().sum() == len(twice) == 8
    assert text.index[text.duplicated()].tolist() == twice["row"].tolist()
    frame = text.drop_duplicates(ignore_index=True).rename(
        columns=dict(data.exports["catalogue"].columns)
    )
    frame["item_id"] = frame["item_id"].map(lambda cell: number(cell, "I", 4))
    assert frame["price"].str.fullmatch(r"|\d+|[\d,]+원").all()
    frame["price"] = frame["price"].str.replace(r"[,원]", "", regex=True)
    gaps = data.truth["gaps"][data.truth["gaps"]["export"] == "catalogue"]
    for column in ("price", "brand"):
        listed = gaps[gaps["column"] == column].set_index("key")["true_value"]
        missing = frame[column] == ""
        assert set(frame.loc[missing, "item_id"]) == set(listed.index)
        frame.loc[missing, column] = frame.loc[missing, "item_id"].map(listed)
    repairs = data.truth["repairs"][data.truth["repairs"]["export"] == "catalogue"]
    wrong = frame["item_id"].isin(repairs["key"])
    assert frame.loc[wrong, "category_l3"].tolist() == repairs["raw_value"].tolist()
    frame.loc[wrong, "category_l3"] = repairs["true_value"].tolist()
    created = pd.to_datetime(frame["creation_timestamp"]).dt.tz_localize("Asia/Seoul")
    frame["creation_timestamp"] = created.dt.tz_convert("UTC")
    frame["price"] = frame["price"].astype("int64")
    pd.testing.assert_frame_equal(frame[data.items.columns], data.items, check_dtype=False)


def test_brands_are_missing_by_category(data):
    gaps = data.truth["gaps"]
    brand = data.items["item_id"].isin(gaps[gaps["column"] == "brand"]["key"])
    assert independent(brand, data.items["category_l1"]) < 1e-4
    price = data.items["item_id"].isin(gaps[gaps["column"] == "price"]["key"])
    assert independent(price, data.items["category_l1"], pd.qcut(data.items["price"], 4)) > 0.01


def test_the_raw_price_list_is_the_price_history(data):
    frame = raw(data.exports["prices"].paths[0]).rename(
        columns=dict(data.exports["prices"].columns)
    )
    frame["item_id"] = frame["item_id"].map(lambda cell: number(cell, "I", 4))
    for column in ("valid_from", "valid_to"):
        local = pd.to_datetime(frame[column].replace("", np.nan))
        frame[column] = local.dt.tz_localize("Asia/Seoul").dt.tz_convert("UTC")
    frame["price"] = frame["price"].astype("int64")
    pd.testing.assert_frame_equal(frame, data.tables["prices"], check_dtype=False)
