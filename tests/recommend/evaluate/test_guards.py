"""The classic mistakes, each made once on purpose."""

from dataclasses import replace

import numpy as np
import pytest

from lab_kit.errors import LabKitError
from lab_kit.recommend import evaluate
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.evaluate.guards import leaks, tied
from lab_kit.recommend.ids import Ids
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import silent
from lab_kit.recommend.models.ease import EASE
from tests.recommend.evaluate.models import Constant
from tests.recommend.shops import frame, random_events


@pytest.fixture
def view():
    return Interactions.from_frame(random_events(1, users=12, items=30, events=300))


@pytest.fixture
def task(view):
    return evaluate.by_time(view, share=0.8)


def found(task):
    return {
        finding.name: finding.found for finding in leaks(task) if finding.found and finding.leak
    }


def test_a_protocol_leaks_nothing(task):
    assert found(task) == {}


def test_fitting_on_everything_is_seen_in_three_ways(view, task):
    wrong = replace(task, train=view)
    later = int((view.events.time >= task.histories.now[0]).sum())
    leaked = found(wrong)
    assert leaked["same event in both parts"] == task.sought.sum()
    assert leaked["after the question"] == later
    assert leaked["future of a user"] > 0


def doubled(last):
    """One user's ten events, the tenth there twice, and one later event."""
    rows = [("a", f"i{n}", n) for n in range(10)] + [("a", "i9", 9), ("a", last, 10)]
    view = Interactions.from_frame(frame(*rows, ("b", "i0", 0)))
    given, future = view.histories(["a"]).parted(np.array([2]))
    return evaluate.HeldOut(view.where(view.user != view.users.code("a")), given, future)


def test_a_doubled_event_is_a_leak_only_where_it_is_asked_for_again():
    task = doubled("new")
    assert found(task) == {}
    assert found(replace(task, repeats=True)) == {"same event in both parts": 1}


def test_a_question_without_an_answer_is_refused():
    nothing = doubled("i3")
    with pytest.raises(LabKitError, match=r"Nothing is to be found.*Next: hold more events out"):
        evaluate.measure(EASE().fit(nothing.train), nothing)
    with pytest.raises(LabKitError, match="Nothing is to be found"):
        evaluate.compare(nothing, progress=silent)


def test_a_history_that_knows_the_day_after_is_seen(task):
    early = replace(task.histories, now=task.histories.now - 10 * 3_600_000)
    known = (task.histories.events.time >= early.now[0]).sum()
    known += (task.train.events.time >= early.now[0]).sum()
    assert found(replace(task, histories=early)) == {"after the question": known}


def test_histories_of_strangers_are_told_apart_by_their_row():
    view = Interactions.from_frame(
        frame(("a", "x", 9), ("a", "y", 20), ("b", "x", 1), ("b", "y", 2))
    )
    whole = view.histories()
    strangers = replace(whole, user=np.array([-1, -1], np.int32))
    given, future = strangers.parted(np.array([1, 1]))
    task = evaluate.HeldOut(view.where(np.zeros(4, bool)), given, future)
    assert found(task) == {}


def test_a_model_that_was_fitted_on_more_is_refused(view, task):
    said = rf"on events of {len(task)} users .*, and on others.*Next: call fit\(held_out.train\)"
    with pytest.raises(LabKitError, match=said):
        evaluate.measure(EASE().fit(view), task)


def test_a_model_of_another_fold_is_refused_and_one_told_of_the_histories_is_not(view):
    folds = [evaluate.new_users(view, folds=2, fold=n, repeats=True) for n in (0, 1)]
    with pytest.raises(LabKitError, match=rf"events of {len(folds[0])} users that are to be found"):
        evaluate.measure(EASE().fit(folds[1].train), folds[0])
    events = random_events(1, users=12, items=30, events=300)
    task = folds[0].take(np.array([0]))
    own = events[events["user_id"] == task.users[0]].sort_values("timestamp")
    told = EASE().fit(task.train)
    told.observe(own.head(len(task.histories[0])))
    evaluate.measure(told, task)
    told.observe(own.tail(1))
    with pytest.raises(LabKitError, match="on events of 1 users that are to be found"):
        evaluate.measure(told, task)


def lists(task, codes):
    codes = np.asarray(codes, np.int32)
    return Lists(task.train.items, codes, np.zeros(codes.shape, np.float32))


def one_user(task):
    return task.take(np.array([0]))


def test_seen_items_on_a_list_are_refused_unless_they_count(task):
    one = one_user(task)
    seen = int(one.histories.events.item[0])
    with pytest.raises(
        LabKitError, match=r"recommends items of the history.*1 of 1 lists \(row 0\)"
    ):
        evaluate.measure(lists(one, [[seen]]), one)
    evaluate.measure(lists(one, [[seen]]), replace(one, repeats=True))


def test_an_item_twice_and_one_that_is_no_candidate_are_refused(task):
    one = replace(one_user(task), repeats=True)
    with pytest.raises(LabKitError, match="recommends an item twice: 1 of 1 lists"):
        evaluate.measure(lists(one, [[3, 5, 3]]), one)
    evaluate.measure(lists(one, [[3, -1, -1]]), one)
    candidates = np.arange(30) < 4
    with pytest.raises(LabKitError, match="recommends items that are no candidates"):
        evaluate.measure(lists(one, [[3, 5]]), replace(one, candidates=candidates))
    evaluate.measure(lists(one, [[3, -1]]), replace(one, candidates=candidates))


def test_lists_of_others_are_refused(task):
    one = one_user(task)
    with pytest.raises(LabKitError, match="2 lists for 1 histories"):
        evaluate.measure(lists(one, [[0], [1]]), one)
    items = Ids(task.train.items.values[::-1])
    other = Lists(items, np.array([[0]], np.int32), np.zeros((1, 1), np.float32))
    with pytest.raises(LabKitError, match="not those of the held-out part, or not in its order"):
        evaluate.measure(other, one)


def test_a_list_ends_in_a_tie_where_the_next_item_scored_the_same():
    scores = np.array([[3, 2, 2, 1], [3, 2, 1, 1], [3, 2, -np.inf, -np.inf]], np.float32)
    codes = np.where(np.isfinite(scores), np.arange(4), -1)
    some = Lists(Ids([f"i{n}" for n in range(9)]), codes, scores)
    assert tied(some, 2).tolist() == [1, 0, 0]
    assert tied(some, 3).tolist() == [0, 1, 0]
    assert np.isnan(tied(some, 4)).all()
    assert tied(Lists(Ids(list("abcd")), codes, scores), 4).tolist() == [0, 0, 0]


def test_a_model_that_says_nothing_is_no_better_than_chance():
    """In this shop items with early ids are by far the most popular, and they stand first."""
    rng = np.random.default_rng(0)
    recalls = []
    for salt in range(60):
        item = np.minimum(rng.geometric(0.12, 900) - 1, 39)
        rows = zip((f"u{n}" for n in rng.integers(0, 30, 900)), item, range(900), strict=True)
        view = Interactions.from_frame(frame(*((u, f"{n:02}-{salt}", hour) for u, n, hour in rows)))
        task = evaluate.by_time(view, share=0.9, repeats=True)
        result = evaluate.measure(Constant().fit(task.train), task, depths=(5,))
        assert result.tied[5] == 1
        recalls.append(result["recall@5"] * len(view.items) / 5)
    assert abs(np.mean(recalls) - 1) < 3 * np.std(recalls) / 60**0.5
