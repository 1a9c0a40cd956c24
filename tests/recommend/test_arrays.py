"""Interactions from arrays of codes: the same view as from a frame, in less memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.recommend import ALS, Interactions
from lab_kit.recommend.arrays import table_of
from lab_kit.recommend.ids import Ids
from lab_kit.recommend.models.als import _gram
from tests.recommend.shops import random_events

USERS, ITEMS = ["u2", "u0", "u1"], ["i1", "i0"]


def view_of(user, item, time, **options):
    arrays = (np.array(values, dtype=int) for values in (user, item, time))
    return Interactions.from_arrays(USERS, ITEMS, *arrays, **options)


@given(
    st.integers(0, 1_000),
    st.integers(1, 60),
    st.integers(0, 200),
    st.sampled_from([np.int32, np.uint16, np.int64]),
)
def test_arrays_and_a_frame_give_the_same_view(seed, users, events, kind):
    frame = random_events(seed, users=users, items=5, events=events + 1)
    frame["weight"] = np.random.default_rng(seed).uniform(0.5, 2, len(frame))
    one = Interactions.from_frame(frame)
    other = Interactions.from_arrays(
        one.users.values,
        one.items.values.tolist(),
        one.users.codes(frame["user_id"]).astype(kind),
        one.items.codes(frame["item_id"]).astype(kind),
        frame["timestamp"].astype("datetime64[ms, UTC]").to_numpy("datetime64[ms]").view("int64"),
        weight=frame["weight"].to_numpy(),
    )
    np.testing.assert_array_equal(one.start, other.start)
    for column, same in zip(one.events.columns(), other.events.columns(), strict=True):
        np.testing.assert_array_equal(column, same)
        assert column.dtype == same.dtype


def test_events_at_one_moment_keep_their_order_and_some_users_have_none():
    view = view_of([2, 0, 2, 0, 2], [0, 0, 1, 1, 0], [7, 9, 7, 3, 1])
    assert [view.history(user).events.item.tolist() for user in USERS] == [[1, 0], [], [0, 0, 1]]


def test_what_is_the_same_of_every_event_takes_no_memory_and_cannot_be_changed():
    view = view_of([0, 1], [0, 1], [1, 2])
    for column in (view.events.kind, view.events.value, view.events.weight):
        assert column.strides == (0,)
    with pytest.raises(ValueError, match="read-only"):
        view.events.weight[0] = 2
    assert view.matrix().toarray().tolist() == [[1, 0], [0, 1], [0, 0]]


def test_no_events_are_a_view_too():
    assert len(view_of([], [], [])) == 0


@pytest.mark.parametrize(
    ("arrays", "options", "where", "said"),
    [
        (([0, 1], [0, 0], [1]), {}, "time", "There are (1,) values of kind int64 for 2 events"),
        (([0, 3], [0, 0], [1, 2]), {}, "user", "Codes go from 0 to 3, and there are 3 ids"),
        (([0, 1], [0, -1], [1, 2]), {}, "item", "Codes go from -1 to 0, and there are 2 ids"),
        (([0], [0], [1]), {"weight": np.array([0.0])}, "weight", "There are (1,) weights"),
        (([0], [0], [1]), {"weight": np.array([np.nan])}, "weight", "There are (1,) weights"),
        (([0], [0], [1]), {"weight": np.ones(2)}, "weight", "There are (2,) weights"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arrays, options, where, said):
    with pytest.raises(LabKitError) as error:
        view_of(*arrays, **options)
    assert said in error.value.what
    assert error.value.where == where


def test_times_that_are_no_whole_numbers_are_refused():
    one = np.zeros(1, int)
    with pytest.raises(LabKitError, match="give one whole number an event"):
        Interactions.from_arrays(USERS, ITEMS, one, one, one.astype("datetime64[ms]"))


@pytest.mark.parametrize(
    ("users", "said"), [(["a", "b", "a"], "1 ids stand more than once"), (["a", 7], "ids are text")]
)
def test_ids_that_stand_twice_or_are_no_text_are_refused(users, said):
    one = np.zeros(1, int)
    with pytest.raises(LabKitError, match=said):
        Interactions.from_arrays(users, ITEMS, one, one, one)


def test_the_table_of_pairs_is_the_matrix_with_small_indices():
    view = Interactions.from_frame(random_events(3).assign(weight=np.linspace(0.5, 2, 60)))
    table = table_of(view.start, view.events, len(view.items))
    np.testing.assert_array_equal(table.toarray(), view.matrix().toarray())
    assert table.indices.dtype == table.indptr.dtype == np.int32
    assert view.events.weight.sum() == pytest.approx(75)  # the view itself is as it was


def test_popularity_of_a_fitted_model_counts_users_as_the_view_does():
    view = Interactions.from_frame(random_events(5, events=400))
    users = view.popularity()
    np.testing.assert_allclose(ALS(factors=2).fit(view).popular, users / users.max(), rtol=1e-6)


def test_products_of_factors_are_added_up_part_by_part():
    factors = np.random.default_rng(0).normal(size=(40_000, 3)).astype(np.float32)
    exact = factors.astype(np.float64)
    np.testing.assert_allclose(_gram(factors), exact.T @ exact, rtol=1e-12)


def test_new_ids_come_after_the_old_ones_which_stay_as_they_are():
    old = Ids(["b", "a"])
    more = old.with_new(["c", "a", "d", "c"])
    most = more.with_new(["e"])
    assert most.values.tolist() == ["b", "a", "c", "d", "e"]
    assert most.codes(["e", "a", "?", "c"]).tolist() == [4, 1, -1, 2]
    assert [most.code(value) for value in ("b", "d", "?", None)] == [0, 3, -1, -1]
    assert (len(old), len(more), len(most)) == (2, 4, 5)
    assert "c" in more
    assert "c" not in old
    assert old.values.tolist() == ["b", "a"]
    assert old.with_new(["a"]) is old
