"""Which events count, and how much."""

import pandas as pd
import pytest

from lab_kit.aws.jobs.work import JobError
from lab_kit.personalize.training.selection import Selection

FRAME = pd.DataFrame(
    {
        "user_id": ["a", "b", "c", "d", "e"],
        "event_type": ["View", "Buy", "buy", None, "Rate"],
        "event_value": [1.0, 5.0, 2.0, 5.0, float("nan")],
    }
)


def chosen(record, needed=None):
    return Selection.of(record, needed).apply(FRAME)["user_id"].tolist()


def test_everything_counts_where_nothing_is_said():
    assert chosen({}) == ["a", "b", "c", "d", "e"]


def test_types_are_compared_whatever_their_case():
    assert chosen({"eventType": "BUY"}) == ["b", "c"]
    assert chosen({}, needed="View") == ["a"]


def test_a_threshold_is_the_least_value():
    assert chosen({"solutionConfig": {"eventValueThreshold": "2"}}) == ["b", "c", "d"]
    assert chosen({"eventType": "buy", "solutionConfig": {"eventValueThreshold": "2.5"}}) == ["b"]


def test_several_types_have_weights_of_their_own():
    listed = [
        {"eventType": "View", "weight": 0.25},
        {"eventType": "Buy", "weight": 1.0, "eventValueThreshold": 5},
        {"eventType": "Rate", "weight": 0},
    ]
    record = {"solutionConfig": {"eventsConfig": {"eventParametersList": listed}}}
    found = Selection.of(record).apply(FRAME)
    assert found[["user_id", "weight"]].values.tolist() == [["a", 0.25], ["b", 1.0]]
    assert not Selection.of(record).is_all


def test_a_dataset_without_types_has_none_of_a_type():
    assert len(Selection.of({"eventType": "Buy"}).apply(FRAME[["user_id"]])) == 0


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            {"eventType": "Sell"},
            "Dataset has fewer than 1000 interactions after filtering by event type: Sell",
        ),
        (
            {"eventType": "Buy", "solutionConfig": {"eventValueThreshold": "6"}},
            "Dataset has fewer than 1000 interactions after filtering by event type: Buy "
            "(event value >= 6)",
        ),
    ],
)
def test_too_few_events_are_refused_in_amazons_words(fit, record, said):
    with pytest.raises(JobError) as refused:
        fit("aws-popularity-count", **record)
    assert str(refused.value) == said


def test_data_of_a_single_user_is_refused(fit, tmp_path):
    from tests.personalize import group

    frame = group.interactions().assign(USER_ID="only")
    with pytest.raises(JobError) as refused:
        fit("aws-sims", given=group.sources(tmp_path, INTERACTIONS=frame), name="single")
    assert str(refused.value) == (
        "Dataset has fewer than 25 users with at least 2 interactions each."
    )
