import numpy as np
import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.prepare import schema
from lab_kit.prepare.schema import rules
from tests.prepare.schema.frames import good_interactions, good_items, good_users

GOOD = {"users": good_users, "items": good_items, "interactions": good_interactions}


def broken(kind, **columns):
    """What a good table breaks once these columns are set or, with None, taken out."""
    frame = GOOD[kind]()
    for name, values in columns.items():
        frame = frame.drop(columns=name) if values is None else frame.assign(**{name: values})
    return {violation.rule: violation for violation in schema.check(frame, kind)}


def moment(text):
    return pd.Timestamp(text, tz="UTC")


def first_row(values, kind="interactions"):
    """A column whose first row is special."""
    special, usual = values
    return [special] + [usual] * (len(GOOD[kind]()) - 1)


def test_good_tables_keep_every_rule():
    found = schema.check_dataset(good_users(), good_items(), good_interactions())
    assert list(found) == []
    assert found.ok
    assert "every rule is kept" in repr(found)


@pytest.mark.parametrize(
    ("kind", "column"),
    [("users", "user_id"), ("items", "item_id"), ("interactions", "timestamp")],
)
def test_required_columns_must_be_there(kind, column):
    violation = broken(kind, **{column: None})["required column missing"]
    assert (violation.severity, violation.column) == ("error", column)


def test_a_misnamed_column_is_offered():
    frame = good_users().rename(columns={"user_id": "userid"})
    first = schema.check(frame, "users").errors[0]
    assert 'if "userid" is it, rename it' in first.next_step


@pytest.mark.parametrize("kind", ["users", "items"])
def test_users_and_items_need_something_besides_their_id(kind):
    column = {"users": "age", "items": "colour"}[kind]
    assert "no metadata" in broken(kind, **{column: None})


@pytest.mark.parametrize(
    ("kind", "column", "values"),
    [
        ("users", "user_id", range(50)),
        ("interactions", "timestamp", range(1_500)),
        ("interactions", "timestamp", pd.Timestamp("2026-01-01")),
        ("interactions", "event_type", 1),
        ("interactions", "event_value", "5"),
        ("items", "creation_timestamp", "2026-01-01"),
    ],
)
def test_columns_personalize_knows_have_their_type(kind, column, values):
    violation = broken(kind, **{column: values})["wrong type"]
    assert (violation.severity, violation.column) == ("error", column)


def test_whole_numbers_are_numbers():
    assert "wrong type" not in broken("interactions", event_value=5)


def test_lists_and_mixtures_have_no_type():
    assert "type not allowed" in broken("users", tags=[["a"]] * 50)
    assert "type not allowed" in broken("users", tags=["a", 1] * 25)


@pytest.mark.parametrize("name", ["가격", "two words", "1st", "a-b", ""])
def test_names_are_letters_digits_and_underscores(name):
    violation = broken("users", **{name: 1})["name not allowed"]
    assert violation.column == name


@pytest.mark.parametrize("name", ["USER_ID", "userid", "A_G_E"])
def test_names_must_differ_in_letters_and_digits(name):
    assert broken("users", **{name: "x"})["names clash"].column == name


def test_too_many_columns_of_your_own():
    columns = {f"m{n}": 1 for n in range(6)}
    assert broken("interactions", **columns)["too many metadata columns"].count == 6
    columns.pop("m0")
    assert broken("interactions", **columns, event_value=1.0) == {}
    many = {f"m{n}": 1 for n in range(rules.MAX_METADATA_COLUMNS["users"])}
    assert "too many metadata columns" in broken("users", **many)


def test_only_items_have_running_text_and_only_one_column():
    frame = good_items().assign(story="long ago", more="and then")
    one = schema.contract("items").declaring(textual=["story"])
    two = one.declaring(textual=["more"])
    assert schema.check(frame, one).ok
    assert schema.check(frame, two).errors[0].rule == "textual column not allowed"
    users = schema.contract("users").declaring(textual=["about"])
    assert not schema.check(good_users().assign(about="tall"), users).ok


@pytest.mark.parametrize(
    ("column", "values", "rule", "severity"),
    [
        ("user_id", ("", "U1"), "id blank", "error"),
        ("user_id", (" ", "U1"), "id blank", "error"),
        ("user_id", (None, "U1"), "value missing", "error"),
        ("event_type", (None, "View"), "value missing", "error"),
        ("timestamp", (pd.NaT, moment("2026-01-01")), "value missing", "error"),
        ("user_id", ("u" * 257, "U1"), "id too long", "error"),
        ("user_id", ("U1 ", "U1"), "blanks around id", "warning"),
        ("impression", ("i" * 1_001, "I1|I2"), "impression too long", "error"),
        ("note", ("n" * 20_001, None), "text too long", "error"),
        ("note", ("日" * 7_001, None), "text too long", "error"),
        ("channel", ("a||b", "a"), "empty category", "warning"),
        ("event_value", (np.inf, 1.0), "not a number", "error"),
        ("timestamp", (moment("1969-12-31"), moment("2026-01-01")), "time before 1970", "error"),
        ("timestamp", (moment("2026-01-01 00:00:00.5"), moment("2026-01-01")),
         "part of a second", "warning"),
    ],
)  # fmt: skip
def test_rules_about_values_name_the_row(column, values, rule, severity):
    violation = broken("interactions", **{column: first_row(values)})[rule]
    assert (violation.severity, violation.column) == (severity, column)
    assert (violation.count, violation.rows) == (1, (0,))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("user_id", "u" * 256),
        ("impression", "i" * 1_000),
        ("note", "n" * 20_000),
        ("note", "가" * 20_000),
        ("note", "日" * 7_000),
    ],
)
def test_what_is_just_short_enough_is_kept(column, value):
    frame = good_interactions()
    frame[column] = [value, *frame[column][1:]] if column in frame else first_row((value, None))
    assert schema.check(frame, "interactions").ok


def test_a_category_may_be_a_thousand_characters_long():
    rule = schema.contract("items").declaring(categorical=["kind"])
    for length, ok in ((1_000, True), (1_001, False)):
        frame = good_items().assign(kind=first_row(("k" * length, "a"), "items"))
        assert schema.check(frame, rule).ok == ok


def test_your_own_dates_may_be_older_than_1970():
    assert broken("users", born=pd.Timestamp("1950-01-01")) == {}


def test_too_few_events_and_users():
    few = {v.rule: v for v in schema.check(good_interactions(999), "interactions")}
    assert few["too few interactions"].severity == "error"
    assert few["too few interactions"].about == "amount"
    lonely = good_interactions(1_000, users=1_000)
    assert "too few users with two interactions" in [
        v.rule for v in schema.check(lonely, "interactions").errors
    ]
    # 24 users with two events are too few, 25 are enough.
    for pairs, ok in ((24, False), (25, True)):
        users = [f"P{n // 2}" for n in range(2 * pairs)]
        users += [f"S{n}" for n in range(1_500 - len(users))]
        found = schema.check(good_interactions().assign(user_id=users), "interactions")
        assert found.ok == ok


def test_one_user_in_a_hundred_must_have_two_events():
    users = [f"P{n // 2}" for n in range(60)] + [f"S{n}" for n in range(3_000)]
    frame = good_interactions(len(users)).assign(user_id=users)
    found = schema.check(frame, "interactions").errors
    assert [v.rule for v in found] == ["too small a part of users with two interactions"]


@pytest.mark.parametrize(
    ("rows", "users", "items", "words"),
    [
        (1_499, 50, 50, "1,499 interactions"),
        (1_500, 49, 50, "49 users"),
        (1_500, 50, 49, "49 items"),
    ],
)
def test_the_rule_of_thumb_only_warns(rows, users, items, words):
    found = schema.check(good_interactions(rows, users, items), "interactions")
    assert found.ok
    assert [v.rule for v in found.warnings] == ["below the rule of thumb"]
    assert words in found.warnings[0].message


def test_at_most_ten_event_types():
    kinds = [f"type {n % 11}" for n in range(1_500)]
    assert broken("interactions", event_type=kinds)["too many event types"].count == 11


def test_all_violations_come_at_once_errors_first():
    frame = good_interactions(900).assign(
        user_id=first_row(("", "U1"))[:900], event_value="x", timestamp=range(900)
    )
    found = schema.check(frame, "interactions")
    assert {v.rule for v in found.errors} == {
        "id blank",
        "wrong type",
        "too few interactions",
        "too few users with two interactions",
    }
    assert sum(v.rule == "wrong type" for v in found) == 2
    severities = [v.severity for v in found]
    assert severities == sorted(severities)
    assert len(found.to_frame()) == len(found)
    assert "interactions.user_id" in repr(found)
    assert 'scope="col"' in found._repr_html_()


def test_violations_name_the_first_rows_and_count_all():
    frame = good_users().assign(user_id=["", "U1"] * 25)
    violation = next(v for v in schema.check(frame, "users") if v.rule == "id blank")
    assert (violation.count, violation.rows) == (25, (0, 2, 4, 6, 8))


def test_an_id_in_several_rows_is_a_warning():
    violation = broken("users", user_id=first_row(("U001", "U001"), "users"))["id in several rows"]
    assert (violation.severity, violation.count) == ("warning", 49)


def test_tables_must_fit_together():
    users = good_users().assign(user_id=[f"V{n}" if n < 10 else f"U{n:03d}" for n in range(50)])
    found = {v.rule: v for v in schema.check_dataset(users, None, good_interactions())}
    assert found["events of unknown users"].count == 300
    assert found["users without events"].rows == (0, 1, 2, 3, 4)


def test_domains_ask_for_more():
    shop = schema.contract("items", "ECOMMERCE")
    rules_broken = [v.column for v in schema.check(good_items(), shop).errors]
    assert rules_broken == ["price", "category_l1"]
    whole = good_items().assign(price=1.0, category_l1="mart")
    assert schema.check(whole, shop).ok
    video = schema.contract("interactions", "VIDEO_ON_DEMAND")
    found = {v.rule: v for v in schema.check(good_interactions(), video)}
    assert "Watch or a Click" in found["event type of the domain missing"].message


def test_a_contract_that_does_not_exist_is_refused():
    with pytest.raises(LabKitError, match='did you mean "users"'):
        schema.contract("user")
    with pytest.raises(LabKitError, match="ECOMMERCE"):
        schema.contract("users", "BOOKS")


def test_what_personalize_knows_is_not_yours_to_declare():
    with pytest.raises(LabKitError, match="EVENT_TYPE is not yours"):
        schema.contract("interactions").declaring(categorical=["event_type"])
