"""Cold items by what is like them, cold users by who is like them; against dense linear algebra."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge as SlowRidge

from lab_kit.errors import LabKitError
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models import cold_start as module
from lab_kit.recommend.models.cold_start import ColdStart
from lab_kit.recommend.models.item_knn import binary
from lab_kit.recommend.ridge import Ridge
from lab_kit.recommend.smoothing import smoothing
from tests.recommend.shops import frame, random_events

shapes = st.tuples(st.integers(0, 999), st.integers(2, 12), st.integers(2, 9), st.integers(8, 80))


def described(shape):
    """Random events with items of three colours and users of two kinds, some never seen."""
    seed, users, items, events = shape
    rng = np.random.default_rng(seed)
    colours = pd.DataFrame({"item_id": [f"i{n}" for n in range(items + 2)]})
    colours["colour"] = rng.choice(["red", "blue", "green"], len(colours))
    people = pd.DataFrame({"user_id": [f"u{n}" for n in range(users + 2)]})
    people["kind"] = rng.choice(["old", "young"], len(people))
    log = random_events(seed, users, items, events)
    return Interactions.from_frame(log, items=colours.astype("str"), users=people.astype("str"))


@settings(max_examples=30, deadline=None)
@given(shapes, st.sampled_from([0.0, 0.25, 1.0]))
@example((397, 8, 8, 8), 0.0)  # all strengths are alike but for rounding
def test_the_table_is_ease_smoothed_over_attributes(shape, discount):
    view = described(shape)
    model = ColdStart(regularisation=3.0, discount=discount).fit(view)
    ones = binary(view.matrix())
    dense, users = ones.toarray().astype(float), np.asarray(ones.sum(axis=0)).ravel()
    inverse = np.linalg.inv(dense.T @ dense + 3 * np.eye(dense.shape[1]))
    # The diagonal is an estimate, tested by itself; the rest is exact.
    diagonal = Ridge(ones, 3.0).inverse_diagonal(module.PROBES, 0)
    behaviour = (np.eye(len(inverse)) - inverse / diagonal) * np.maximum(users, 1) ** -discount
    mixed = module.SAMPLE, module.MIXTURES
    rng = np.random.default_rng(0)
    drawn = ones[np.sort(rng.permutation(ones.shape[0])[: mixed[0]])]
    noise = rng.normal(size=(drawn.shape[0], mixed[1])).astype(np.float32)
    smooth = smoothing(view.item_attributes, behaviour.T @ (drawn.T @ noise), users, seed=0)
    features = smooth.features.toarray().astype(float)
    weights = np.log1p(users)
    system = features.T @ (weights[:, None] * features)
    system += float(smooth.ridge.regularisation) * np.eye(features.shape[1])
    slow = behaviour @ (weights[:, None] * features) @ np.linalg.solve(system, features.T)
    found = model.learned["left"] @ model.learned["right"].T
    np.testing.assert_allclose(found, slow, atol=0.02 * np.abs(slow).max() + 1e-4)


@settings(max_examples=30, deadline=None)
@given(shapes)
def test_users_without_events_get_what_ridge_regression_on_their_attributes_says(shape):
    view = described(shape)
    model = ColdStart(user_regularisation=2.0).fit(view)
    there = np.diff(view.start) > 0
    table = view.user_attributes.table.toarray()
    slow = SlowRidge(alpha=2.0).fit(table[there], (view.matrix().toarray() > 0)[there])
    found = model.from_attributes(np.arange(len(view.users)))
    np.testing.assert_allclose(found, slow.predict(table).reshape(found.shape), atol=1e-4)
    silent = np.flatnonzero(~there)[0]
    asked = History(user=int(silent))
    np.testing.assert_allclose(model.score(asked), found[silent], atol=1e-6)


def camps(hidden):
    """Users of two camps take twelve items of their colour; of each colour some are hidden."""
    rows = []
    for user in range(20):
        mine = [n for n in range(12) if n % 2 == user % 2]
        rows += [(f"u{user}", f"i{n}", hour) for hour, n in enumerate(mine) if (user + hour) % 3]
    log = frame(*[row for row in rows if int(row[1][1:]) not in hidden])
    items = pd.DataFrame({"item_id": [f"i{n}" for n in range(12)], "colour": ["w", "b"] * 6})
    users = pd.DataFrame({"user_id": [f"u{n}" for n in range(22)], "camp": ["even", "odd"] * 11})
    return Interactions.from_frame(log, items=items.astype("str"), users=users.astype("str"))


def test_items_nobody_took_are_ranked_by_their_colour():
    model = ColdStart(regularisation=1.0).fit(camps({0, 1, 2, 3}))
    new = ["i0", "i1", "i2", "i3"]
    for user, expected in (("u4", {"i0", "i2"}), ("u5", {"i1", "i3"})):
        assert set(model.recommend(user, 2, candidates=new).items) == expected
        why = model.explain(user, next(iter(expected)))
        assert why.causes["contribution"].sum() == pytest.approx(why.score, abs=1e-5)
        assert (why.causes["contribution"] > 0).all()


def test_users_who_did_nothing_are_answered_by_their_camp():
    model = ColdStart(user_regularisation=1.0).fit(camps({0, 1}))
    even, odd = model.recommend("u20", 5), model.recommend("u21", 5)
    assert {int(item[1:]) % 2 for item in even.items} == {0}
    assert {int(item[1:]) % 2 for item in odd.items} == {1}
    popular = model.recommend("nobody", 5)
    np.testing.assert_array_equal(popular.scores, np.sort(model.popular)[::-1][:5])


def test_both_signals_are_there_for_many_at_once():
    view = camps({0, 1})
    model = ColdStart().fit(view)
    histories = view.histories()
    signal = model.from_histories(histories)
    assert signal.shape == (len(view.users), 12)
    assert not signal[np.diff(histories.start) == 0].any()
    one = model.from_histories(Histories.of([view.history("u3")]))
    np.testing.assert_allclose(one[0], signal[view.users.code("u3")], atol=1e-5)
    codes = np.array([-1, 5, 999])
    chances = model.from_attributes(codes)
    np.testing.assert_array_equal(chances[0], model.popular)
    np.testing.assert_array_equal(chances[2], model.popular)


ODD = {
    "no attributes": None,
    "all the same": pd.DataFrame({"item_id": [f"i{n}" for n in range(7)], "colour": ["red"] * 7}),
    "all different": pd.DataFrame(
        {"item_id": [f"i{n}" for n in range(7)], "name": list("abcdefg")}
    ),
    "all empty": pd.DataFrame({"item_id": [f"i{n}" for n in range(7)], "colour": [None] * 7}),
}


@pytest.mark.parametrize("items", ODD.values(), ids=ODD.keys())
def test_odd_attributes_give_finite_answers(items):
    items = items if items is None else items.astype("str")
    view = Interactions.from_frame(random_events(1, items=7), items=items)
    model = ColdStart().fit(view)
    assert np.isfinite(model.score("u1")).all()
    assert len(model.recommend("u1", 9, repeats=True)) == 7


def test_without_attributes_the_answer_is_popularity():
    view = Interactions.from_frame(random_events(1))
    model = ColdStart().fit(view)
    np.testing.assert_array_equal(model.score("u1"), model.popular)


def test_attributes_of_users_that_do_not_fit_into_memory_are_refused(monkeypatch):
    monkeypatch.setattr("lab_kit.recommend.memory.free_memory", lambda: 100)
    with pytest.raises(LabKitError, match=r"with 2 attributes of users needs .*Next: leave out"):
        ColdStart().fit(described((1, 5, 5, 50)))
