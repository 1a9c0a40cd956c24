from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import clean

ZONES = ("Asia/Seoul", "Europe/Berlin", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe")


def parse(*texts, **options):
    frame = pd.DataFrame({"t": pd.Series(texts, dtype="str")})
    return clean.parse_times(frame, "t", **options)


def moments(frame):
    return [None if pd.isna(t) else t.to_pydatetime() for t in frame["t"]]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 08:30:00",
        " 2026-03-01T08:30:00 ",
        "2026-03-01 08:30",
        "2026/3/1 8:30",
        "2026. 3. 1. 08:30:00",
        "2026-03-01 08:30:00.000",
        "2026-02-28T23:30:00Z",
        "2026-03-01 08:30:00+09:00",
        "2026-02-28T18:30:00 -0500",
        "1.3.2026 08:30",
    ],
)
def test_ways_to_write_one_moment(text):
    frame, step = parse(text, zone="Asia/Seoul", day_first=True)
    assert moments(frame) == [utc(2026, 2, 28, 23, 30)]
    assert str(frame["t"].dtype) == "datetime64[us, UTC]"
    assert step.changed == 1


def test_three_formats_in_a_column_are_read_and_counted():
    frame, step = parse("2026-03-01 08:30", "31/01/2026", "Jan 5, 2026", formats=["%b %d, %Y"])
    assert moments(frame) == [utc(2026, 3, 1, 8, 30), utc(2026, 1, 31), utc(2026, 1, 5)]
    assert dict(step.counts) == {"year first": 1, "day first": 1, "%b %d, %Y": 1}


def test_day_or_month_first_is_never_guessed():
    texts = ["03/04/2026", "31/01/2026", "01/31/2026", "05/05/2026"]
    frame, step = parse(*texts)
    assert moments(frame) == [None, utc(2026, 1, 31), utc(2026, 1, 31), utc(2026, 5, 5)]
    assert step.counts["day or month first?"] == 1
    assert frame["t_unread"].dropna().tolist() == ["03/04/2026"]
    assert moments(parse(*texts, day_first=True)[0])[0] == utc(2026, 4, 3)
    assert moments(parse(*texts, day_first=False)[0])[0] == utc(2026, 3, 4)


def test_a_declared_order_is_not_turned_round_to_save_a_value():
    frame, step = parse("01/31/2026", day_first=True)
    assert moments(frame) == [None]
    assert step.counts == {"unreadable": 1}


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2026-02-30",
        "2026-13-01",
        "2026-03-01 24:00",
        "2026-03-01 08:60",
        "1767225600",
        "26-1-1",
    ],
)
def test_what_is_no_time_is_kept_and_reported(text):
    frame, step = parse(text, None, " ", "2026-01-01")
    assert moments(frame) == [None, None, None, utc(2026, 1, 1)]
    assert frame["t_unread"].dropna().tolist() == [text]
    assert step.counts["unreadable"] == 1
    assert step.examples["t"].tolist() == [text]


def test_no_column_is_added_where_everything_was_read():
    frame, _ = parse("2026-01-01", None)
    assert frame.columns.tolist() == ["t"]


def test_the_hour_that_clocks_skip_is_reported():
    frame, step = parse("2026-03-29 02:30", "2026-03-29 03:00", zone="Europe/Berlin")
    assert moments(frame) == [None, utc(2026, 3, 29, 1)]
    assert step.counts["skipped by the clocks of Europe/Berlin"] == 1
    assert frame["t_unread"].tolist()[0] == "2026-03-29 02:30"


def test_the_hour_that_comes_twice_is_reported_or_chosen():
    text = "2026-10-25 02:30"
    frame, step = parse(text, zone="Europe/Berlin")
    assert moments(frame) == [None]
    assert step.counts["shown twice by the clocks of Europe/Berlin"] == 1
    first, _ = parse(text, zone="Europe/Berlin", repeated="first")
    second, _ = parse(text, zone="Europe/Berlin", repeated="second")
    assert moments(first) == [utc(2026, 10, 25, 0, 30)]
    assert moments(second) == [utc(2026, 10, 25, 1, 30)]


def test_seoul_too_once_changed_its_clocks():
    frame, _ = parse("1988-07-01 12:00", zone="Asia/Seoul", years=(1980, 2030))
    assert moments(frame) == [utc(1988, 7, 1, 2)]


def test_impossible_years_are_set_apart():
    frame, step = parse("0", "1767225600", "1767225600000", unit="s")
    assert moments(frame) == [None, utc(2026, 1, 1), None]
    assert dict(step.counts) == {"epoch s": 1, "year not in 1990 to 2100": 2}
    assert frame["t_unread"].dropna().tolist() == ["0", "1767225600000"]


def test_epoch_values_that_are_no_plain_numbers_are_reported():
    frame, step = parse("1767225600000", "1.76723E+12", "n/a", "", "9" * 30, unit="ms")
    assert moments(frame) == [utc(2026, 1, 1), None, None, None, None]
    assert dict(step.counts) == {"epoch ms": 1, "unreadable": 3}


def test_numbers_are_epoch_values_too():
    frame = pd.DataFrame({"ts": [1767225600, 1767225601]})
    out, _ = clean.parse_times(frame, "ts", unit="s", into="timestamp")
    assert out["timestamp"].tolist() == [utc(2026, 1, 1), utc(2026, 1, 1, 0, 0, 1)]
    assert out["ts"].tolist() == frame["ts"].tolist()


def test_a_zone_that_does_not_exist_names_the_nearest():
    with pytest.raises(LabKitError, match="did you mean Asia/Seoul"):
        parse("2026-01-01", zone="Asia/Soul")
    with pytest.raises(LabKitError, match="Asia/Seoul"):
        parse("2026-01-01", zone="seoul")


def test_a_unit_that_does_not_exist_is_refused():
    with pytest.raises(LabKitError, match='no time unit "us"'):
        parse("1", unit="us")


def test_a_missing_column_is_named():
    with pytest.raises(LabKitError, match='Column "time" is missing'):
        clean.parse_times(pd.DataFrame({"times": ["x"]}), "time")


def test_a_day_stays_a_day_wherever_it_was():
    frame = pd.DataFrame(
        {"born": ["1961-05-17", "17.05.1961", "2026-01-31 23:00+09:00", "x", None]}
    )
    frame, step = clean.parse_dates(frame, "born")
    assert frame["born"].dropna().tolist() == [
        pd.Timestamp("1961-05-17"),
        pd.Timestamp("1961-05-17"),
        pd.Timestamp("2026-01-31"),
    ]
    assert step.counts["unreadable"] == 1
    assert frame["born"].dt.tz is None


def test_impossible_birthdays_are_set_apart():
    frame, step = clean.parse_dates(pd.DataFrame({"born": ["0202-05-17", "1999-01-01"]}), "born")
    assert step.counts["year not in 1900 to 2100"] == 1
    assert frame["born_unread"].tolist()[0] == "0202-05-17"


@pytest.mark.parametrize(
    ("values", "unit", "reason"),
    [
        (["1767225600"], "s", "2026-01-01 in seconds and 1970-01-21 in milliseconds"),
        ([1767225600000], "ms", "beyond the year 9900 in seconds and 2026-01-01 in milliseconds"),
        (["2026-01-01", "2026-01-02", "5"], "text", "2026-01-01"),
    ],
)
def test_the_unit_is_guessed_with_a_reason(values, unit, reason):
    guess = clean.guess_time_unit(pd.Series(values))
    assert guess.unit == unit
    assert reason in guess.reason


def test_a_guess_needs_something_to_go_by():
    with pytest.raises(LabKitError, match="no value"):
        clean.guess_time_unit(pd.Series([None, None], dtype="str"))
    with pytest.raises(LabKitError, match="neither is likely"):
        clean.guess_time_unit(pd.Series(["5"]))


FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y",
)


def slow_moment(text, zone):
    """The datetime module, one text and one format at a time; None for gaps and repeated hours."""
    for written in FORMATS:
        try:
            wall = datetime.strptime(text, written)
        except ValueError:
            continue
        found = {
            moment
            for fold in (0, 1)
            for moment in [wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)]
            if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
        }
        return found.pop() if len(found) == 1 else None
    return None


walls = st.datetimes(datetime(1995, 1, 1), datetime(2037, 12, 31))
# Around the days on which clocks change, where mistakes live.
changes = st.sampled_from([datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 4, 5)])
near_changes = st.builds(lambda day, m: day + timedelta(minutes=m), changes, st.integers(0, 240))
texts = st.builds(lambda t, f: t.strftime(f), walls | near_changes, st.sampled_from(FORMATS))


@settings(max_examples=25, deadline=None)
@given(st.lists(texts | st.just("soon"), min_size=1, max_size=12), st.sampled_from(ZONES))
@example(["2026-10-25 02:30:00", "2026-03-29 02:30:00"], "Europe/Berlin")
def test_texts_agree_with_the_datetime_module(texts, zone):
    frame, _ = parse(*texts, zone=zone, day_first=True)
    assert moments(frame) == [slow_moment(text, zone) for text in texts]


def slow_epoch(text, unit):
    seconds = Decimal(text) / (1 if unit == "s" else 1000)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(seconds * 1_000_000))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.decimals(Decimal(800_000_000), Decimal(4_000_000_000), places=3), min_size=1, max_size=12
    ),
    st.sampled_from(["s", "ms"]),
)
def test_epoch_times_agree_with_decimal_arithmetic(seconds, unit):
    raw = [str(s if unit == "s" else (s * 1000).quantize(Decimal(1))) for s in seconds]
    frame, _ = parse(*raw, unit=unit)
    assert moments(frame) == [slow_epoch(text, unit) for text in raw]
