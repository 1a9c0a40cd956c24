"""What each protocol promises about what is fitted on, given and to be found."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import split
from lab_kit.recommend import evaluate
from lab_kit.recommend.evaluate.guards import leaks
from lab_kit.recommend.histories import NO_TIME
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.markov import Markov
from tests.recommend.shops import START, frame, interactions, random_events

PROTOCOLS = {
    "new users": lambda view, **options: evaluate.new_users(view, folds=3, **options),
    "leave one out": evaluate.leave_one_out,
    "by time": lambda view, **options: evaluate.by_time(view, share=0.8, **options),
    "by time, cold too": lambda view, **options: evaluate.by_time(
        view, share=0.8, cold=True, **options
    ),
}
shops = st.tuples(st.integers(0, 999), st.integers(3, 12), st.integers(3, 12), st.integers(60, 200))


@pytest.fixture(params=PROTOCOLS.values(), ids=PROTOCOLS.keys())
def protocol(request):
    return request.param


def view_of(shop):
    seed, users, items, events = shop
    # The same event twice could stand in both parts, which is a leak and said to be one.
    return Interactions.from_frame(random_events(seed, users, items, events).drop_duplicates())


def asked(protocol, view, **options):
    try:
        return protocol(view, **options)
    except LabKitError as error:
        assert "Nobody can be asked" in str(error)  # noqa: PT017
        return None


def taken(histories, user):
    """(time, item) of one row's events, counted."""
    events = histories[int(np.flatnonzero(histories.user == user)[0])].events
    return Counter(zip(events.time.tolist(), events.item.tolist(), strict=True))


@settings(max_examples=25, deadline=None)
@given(shops, st.booleans(), st.sampled_from(list(PROTOCOLS)))
def test_what_is_given_and_what_is_to_be_found_are_the_users_events_once(shop, repeats, name):
    view = view_of(shop)
    task = asked(PROTOCOLS[name], view, repeats=repeats)
    if task is None:
        return
    whole = view.histories(np.arange(len(view.users)))
    for row, user in enumerate(task.histories.user):
        old, new = task.histories[row].events, task.future[row].events
        assert taken(task.histories, user) + taken(task.future, user) == taken(whole, user)
        assert old.time.max(initial=-1) <= new.time.min()
        wanted = set(new.item) if repeats else set(new.item) - set(old.item)
        assert wanted
        assert set(task.targets[[row]].indices) == wanted
    assert not any(finding.leak and finding.found for finding in leaks(task))


@settings(max_examples=25, deadline=None)
@given(shops, st.integers(0, 2))
def test_nobody_asked_as_a_new_user_was_fitted_on_and_nine_tenths_are_given(shop, fold):
    view = view_of(shop)
    task = asked(lambda v: evaluate.new_users(v, folds=3, fold=fold), view)
    if task is None:
        return
    assert not set(task.train.user) & set(task.histories.user)
    size = np.diff(task.histories.start) + np.diff(task.future.start)
    assert (size >= 10).all()
    np.testing.assert_array_equal(np.diff(task.future.start), size // 10)
    assert (task.histories.now == NO_TIME).all()


def test_every_user_with_ten_events_is_asked_in_one_fold_and_fitted_on_in_the_others():
    view = Interactions.from_frame(random_events(1, users=30, items=50, events=600))
    folds = [evaluate.new_users(view, folds=4, fold=n, repeats=True) for n in range(4)]
    asked_users = np.concatenate([task.histories.user for task in folds])
    able = np.flatnonzero(np.diff(view.start) >= 10)
    np.testing.assert_array_equal(np.sort(asked_users), able)
    fitted = Counter(user for task in folds for user in set(task.train.user))
    assert set(fitted.values()) == {3}


@settings(max_examples=25, deadline=None)
@given(shops)
def test_leaving_one_out_takes_the_last_event_of_each_user(shop):
    view = view_of(shop)
    task = asked(evaluate.leave_one_out, view, repeats=True)
    if task is None:
        return
    assert len(task.train) == len(view) - len(task)
    np.testing.assert_array_equal(np.diff(task.future.start), 1)
    latest = view.events.time[view.start[task.histories.user + 1] - 1]
    np.testing.assert_array_equal(task.future.events.time, latest)


@settings(max_examples=25, deadline=None)
@given(shops, st.booleans())
def test_nothing_from_the_cut_on_is_known_and_all_who_come_are_asked(shop, cold):
    view = view_of(shop)
    task = asked(lambda v: evaluate.by_time(v, share=0.8, cold=cold, repeats=True), view)
    if task is None:
        return
    (cut,) = set(task.histories.now)
    assert task.train.events.time.max() < cut <= task.future.events.time.min()
    assert len(task.train) == (view.events.time < cut).sum()
    before, after = (
        set(view.user[kept]) for kept in (view.events.time < cut, view.events.time >= cut)
    )
    assert set(task.histories.user) == (after if cold else after & before)


def test_a_cut_lies_where_the_split_of_frames_lies():
    events = random_events(3, events=200)
    parts = split.by_time(events, share=0.7)
    task = evaluate.by_time(Interactions.from_frame(events), share=0.7)
    assert len(task.train) == len(parts.train)
    assert parts.how in task.how.replace("fitted on what was ", "").replace(":", ",", 1)
    moment = START + pd.Timedelta(hours=200)
    task = evaluate.by_time(Interactions.from_frame(events), cutoff=moment.tz_convert("Asia/Seoul"))
    assert len(task.train) == (events["timestamp"] < moment).sum()


def test_users_are_divided_as_the_split_of_frames_divides_them():
    events = random_events(4, users=4, items=200, events=100).drop_duplicates(
        ["user_id", "timestamp"]
    )
    parts = split.by_user(events)
    view = Interactions.from_frame(events)
    tasks = [evaluate.new_users(view, folds=2, fold=n, repeats=True) for n in (0, 1)]
    found = {
        (view.users.values[user], view.items.values[item])
        for task in tasks
        for user, item in zip(
            task.future.user[task.future.row], task.future.events.item, strict=True
        )
    }
    assert found == set(zip(parts.test["user_id"], parts.test["item_id"], strict=True))


def test_the_same_seed_asks_the_same_and_another_does_not(protocol):
    view = Interactions.from_frame(random_events(5, users=12, items=30, events=300))
    one, same = (protocol(view, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.histories.events.item, same.histories.events.item)
    np.testing.assert_array_equal(one.targets.toarray(), same.targets.toarray())


def test_so_many_are_asked_as_wanted():
    view = Interactions.from_frame(random_events(6, users=20, items=40, events=400))
    assert len(evaluate.leave_one_out(view, users=5, repeats=True)) == 5
    assert len(evaluate.by_time(view, share=0.8, users=4, repeats=True)) == 4


def test_values_of_what_is_to_be_found_are_summed():
    events = frame(*[("a", f"i{n}", n) for n in range(18)], ("a", "new", 18), ("a", "new", 19))
    events = pd.concat([events, frame(("b", "i1", 1))]).assign(event_value=2.5)
    view = Interactions.from_frame(events)
    task = evaluate.by_time(view, cutoff=START + pd.Timedelta(hours=18))
    assert task.rewards.toarray()[0, view.items.code("new")] == 5
    assert task.rewards.sum() == 5
    np.testing.assert_array_equal(task.rewards.indices, task.targets.indices)


def test_candidates_narrow_what_is_ranked_and_what_is_to_be_found():
    view = Interactions.from_frame(random_events(7, users=9, items=12, events=200))
    task = evaluate.by_time(view, share=0.8, repeats=True)
    some = view.items.values[:4]
    narrow = task.among(some)
    assert set(narrow.targets.indices) <= {0, 1, 2, 3}
    whole = task.targets.toarray()[:, :4]
    np.testing.assert_array_equal(narrow.targets.toarray()[:, :4], whole[whole.any(axis=1)])
    lists = (
        Markov()
        .fit(task.train)
        .recommend_many(narrow.histories, 9, candidates=narrow.candidates, repeats=True)
    )
    assert lists.codes.max() == 3
    with pytest.raises(LabKitError, match="1 of 1 candidates are unknown"):
        task.among(["lost"])


# ---- the order within a moment


def baskets(names, seed=0, users=250, size=4, visits=5):
    """Baskets of random items, each at one moment and written down in the order of the names."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        for visit in range(visits):
            items = rng.permutation(len(names))[:size]
            rows += [(f"u{user}", name, visit) for name in sorted(names[n] for n in items)]
    return frame(*rows)


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_of_a_file_within_a_moment_is_no_clue(turned):
    """Random baskets hold nothing to learn, but in the file each is sorted by its ids."""
    names = [f"{chr(97 + n)}{19 - n if turned else n:02}" for n in range(20)]
    view = Interactions.from_frame(baskets(names))
    task = evaluate.leave_one_out(view, repeats=True)
    found = evaluate.measure(Markov(lags=1).fit(task.train), task, depths=(5,))
    chance = 5 / 20
    assert abs(found["recall@5"] - chance) < 4 * (chance * (1 - chance) / len(task)) ** 0.5


def test_as_filed_it_would_have_been_a_clue():
    view = Interactions.from_frame(baskets([f"i{n:02}" for n in range(20)]))
    last = np.zeros(len(view), bool)
    last[view.start[1:] - 1] = True
    one = np.ones(len(view.users), int)
    task = evaluate.HeldOut(view.where(~last), *view.histories().parted(one), repeats=True)
    found = evaluate.measure(Markov(lags=1).fit(task.train), task, depths=(5,))
    assert found["recall@5"] > 0.5


def test_notes_say_what_was_left_out_and_drawn():
    rows = [("a", f"i{n}", n // 2) for n in range(20)] + [("b", "i1", 1)] * 3
    rows += [(f"c{n}", f"i{n % 7}", n) for n in range(40)]
    view = interactions(*rows)
    fold = int(np.random.default_rng(0).permutation(len(view.users))[view.users.code("a")] % 2)
    task = evaluate.new_users(view, folds=2, fold=fold)
    assert "users of the fold have fewer than 10 events and are not asked." in task.notes[0]
    assert task.notes[-1] == "36.5% of the events are of one user at one moment: order drawn."
    assert "1 users asked, 2 items to be found" in repr(task)
    assert "items of the history do not count" in task._repr_html_()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda view: evaluate.new_users(view, folds=3, fold=3), "There is no fold 3 of 3"),
        (lambda view: evaluate.new_users(view, folds=1), "There is no fold 0 of 1"),
        (lambda view: evaluate.new_users(view, share=1.5), "The share 1.5 is not between 0 and 1"),
        (lambda view: evaluate.new_users(view, folds=2), "Nobody can be asked"),
        (lambda view: evaluate.leave_one_out(view), "Nobody can be asked"),
        (lambda view: evaluate.by_time(view), "either a cutoff or a share"),
        (lambda view: evaluate.by_time(view, cutoff="soon"), '"soon" is no moment'),
        (lambda view: evaluate.by_time(view, cutoff="1999-01-01"), "Nobody can be asked"),
        (lambda view: evaluate.by_time(view, cutoff="2999-01-01"), "Nobody can be asked"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_mend(ask, said):
    view = interactions(("a", "x", 1), ("a", "x", 2), ("b", "x", 1))
    with pytest.raises(LabKitError, match=f"{said}.*Next: "):
        ask(view)
