import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.prepare import split

START = pd.Timestamp("2026-01-01", tz="UTC")


def events(*rows):
    """Events of (user, item, day)."""
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "day"])
    frame["timestamp"] = START + pd.to_timedelta(frame.pop("day"), unit="D")
    return frame.astype({"user_id": "str", "item_id": "str"})


def found(train, test):
    report = split.check_leakage(split.Split(events(*train), events(*test), "by hand"))
    return report, {finding.name: finding.found for finding in report.findings}


def test_every_leak_is_counted_by_hand():
    report, counts = found(
        train=[("a", "x", 0), ("a", "y", 5), ("b", "x", 3), ("b", "z", 4)],
        test=[("a", "y", 3), ("b", "z", 4), ("c", "w", 2), ("c", "x", 6)],
    )
    assert counts == {
        "same event in both parts": 1,  # b, z, 4
        "future of a user": 1,  # a's day 5 after a's day 3
        "future of anybody": 3,  # days 5, 3 and 4 after day 2
        "users only in the test part": 1,  # c
        "items only in the test part": 1,  # w
    }
    assert not report.ok
    assert [finding.name for finding in report.leaks] == [
        "same event in both parts",
        "future of a user",
    ]


def test_a_clean_split_says_so():
    report, counts = found(train=[("a", "x", 0)], test=[("a", "x", 1)])
    assert report.ok
    assert set(counts.values()) == {0}
    assert "no leak found" in repr(report)
    assert report["future of a user"].verdict == "none"


def test_the_report_says_in_words_what_was_found():
    report, _ = found(train=[("a", "x", 2)], test=[("a", "y", 1)])
    assert "1 leak found" in repr(report)
    assert "1 of 1 training events come after the first test event of the same user" in repr(report)
    assert "the model knows what they did next" in report._repr_html_()


rows = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 4)),
    min_size=1,
    max_size=10,
)


@settings(max_examples=25, deadline=None)
@given(rows, rows)
def test_findings_agree_with_loops(train, test):
    _, counts = found(train, test)
    assert counts == {
        "same event in both parts": sum(event in train for event in test),
        "future of a user": sum(
            any(user == other and day > then for other, _, then in test) for user, _, day in train
        ),
        "future of anybody": sum(any(day > then for _, _, then in test) for _, _, day in train),
        "users only in the test part": len({u for u, _, _ in test} - {u for u, _, _ in train}),
        "items only in the test part": len({i for _, i, _ in test} - {i for _, i, _ in train}),
    }
