"""Users for an item or a set: each signal by dense algebra, and segments checked by eye."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.recommend import segments as module
from lab_kit.recommend.affinity_signals import SIGNALS, AffinitySignals
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.segments import UserSegments
from tests.recommend.shops import frame, random_events
from tests.recommend.test_cold_start import ODD, camps, described

shapes = st.tuples(st.integers(0, 999), st.integers(2, 12), st.integers(2, 9), st.integers(8, 80))


def standardised(values):
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-6 else np.zeros(len(values))


def logarithm(values):
    return np.sign(values) * np.log(1 + np.abs(values))


def slow_signals(view, target, regularisation, tau):
    """The six signals of one target, by dense algebra; the target has been taken."""
    counts = view.matrix().toarray().astype(float)
    taken = (counts > 0).astype(float)
    inverse = np.linalg.inv(taken.T @ taken + regularisation * np.eye(taken.shape[1]))
    asked = np.zeros(taken.shape[1])
    asked[target] = 1
    weights = np.where(asked > 0, 0, -inverse @ asked)
    fading = np.zeros_like(taken)
    for user in range(len(view.users)):
        items = view.histories(np.array([user])).events.item
        for place, item in enumerate(items):
            fading[user, item] = np.exp(-(len(items) - 1 - place) / tau)
    table = view.item_attributes.table.toarray()
    groups = [asked] if len(target) > 1 else [*table.T[table[target[0]] > 0]]
    number = taken.sum(axis=1)
    tastes = []
    for group in groups:
        share = taken.sum(axis=0) @ group / taken.sum()
        if share > 0:
            tastes.append(np.log((taken @ group + 20 * share) / ((number + 20) * share)))
    own = counts @ asked
    return np.column_stack([
        logarithm(standardised(taken @ weights)),
        logarithm(standardised(fading @ weights)),
        standardised(np.mean(tastes, axis=0)) if tastes else np.zeros(len(own)),
        standardised(np.log1p(number)),
        own > 0,
        np.log1p(own),
    ])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(shapes, st.lists(st.integers(0, 8), min_size=1, max_size=3))
def test_signals_are_those_of_the_formulas(shape, target):
    view = described(shape)
    target = np.unique(np.array(target) % len(view.items))
    if not view.popularity()[target].any():
        return
    found = AffinitySignals(view, 5.0, 3.0).of([target, target[:1]])[0]
    slow = slow_signals(view, target, 5.0, 3.0)
    # Standardising a signal that hardly differs between users enlarges what is left of a side.
    np.testing.assert_allclose(found[:, 2:], slow[:, 2:], atol=1e-4)
    for number in (0, 1):
        np.testing.assert_allclose(found[:, number], slow[:, number], atol=0.05)


def test_the_signals_have_names():
    view = described((1, 5, 5, 30))
    assert AffinitySignals(view, 5.0, 3.0).of([np.array([0])]).shape == (
        1,
        len(view.users),
        len(SIGNALS),
    )


def even(segment):
    return {int(user[1:]) % 2 for user in segment.users}


def test_each_camp_is_the_segment_of_its_items():
    model = UserSegments(regularisation=1.0).fit(camps(set()))
    for item in ("i2", "i5"):
        assert even(model.users_for(item, 8)) == {int(item[1:]) % 2}


def test_an_item_nobody_took_is_answered_by_what_is_like_it():
    model = UserSegments(regularisation=1.0).fit(camps({0, 1}))
    for item in ("i0", "i1"):
        assert even(model.users_for(item, 8)) == {int(item[1:]) % 2}


def test_a_set_may_be_ids_or_a_mask():
    view = camps(set())
    model = UserSegments(regularisation=1.0).fit(view)
    odd = [f"i{n}" for n in range(1, 12, 2)]
    by_ids = model.users_for(odd, 8)
    by_mask = model.users_for(np.isin(view.items.values, odd), 8)
    assert even(by_ids) == {1}
    assert by_ids.users.tolist() == by_mask.users.tolist()
    np.testing.assert_array_equal(by_ids.scores, by_mask.scores)
    assert (np.diff(by_ids.scores) <= 0).all()


def test_among_some_users_only():
    view = camps(set())
    model = UserSegments().fit(view)
    among = np.isin(view.users.values, ["u1", "u2", "u3"])
    assert set(model.users_for("i2", 99, among=among).users) == {"u1", "u2", "u3"}
    assert len(model.users_for("i2", 99)) == len(view.users)


def visits(again):
    """Thirty users come twelve times to a shop of forty; some buy again what they bought."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(30):
        favourite, order = rng.permutation(40)[:3], rng.permutation(40)
        for visit in range(15):
            item = favourite[visit % 3] if again else order[visit]
            rows.append((f"u{user}", f"i{item}", visit))
    return Interactions.from_frame(frame(*rows))


def test_whether_people_take_a_thing_again_is_learnt():
    place = SIGNALS.index("own, counted")
    again, once = (UserSegments().fit(visits(answer)) for answer in (True, False))
    assert again.learned["item"][place] > 0.5
    assert once.learned["item"][place] < 0
    view = again.interactions
    owners = view.users.values[(view.matrix().toarray() > 0)[:, 0]]
    assert set(again.users_for(view.items.values[0], len(owners)).users) == set(owners)
    owners = view.users.values[(once.interactions.matrix().toarray() > 0)[:, 0]]
    first = once.users_for(once.interactions.items.values[0], 30 - len(owners)).users
    assert not set(first) & set(owners)


def test_new_events_change_the_next_answer():
    model = UserSegments(regularisation=1.0).fit(camps(set()))
    before = model.users_for("i2", 99).frame.set_index("user_id")["score"]
    model.observe(frame(("u1", "i4", 99), ("u1", "i6", 99), ("new", "i4", 99)))
    after = model.users_for("i2", 99).frame.set_index("user_id")["score"]
    assert after["u1"] > before["u1"]
    assert "new" in after
    model.observe(frame(("u1", "novelty", 100)))
    for target in ("novelty", ["novelty", "i2"]):
        assert np.isfinite(model.users_for(target, 99).scores).all()


def test_blocks_change_nothing(monkeypatch):
    view = described((3, 12, 9, 80))
    model = UserSegments().fit(view)
    targets = [*view.items.values, view.items.values[:3].tolist()]
    whole = model.many(targets, 5)
    monkeypatch.setattr(module, "CELLS", 1)
    for one, other in zip(model.many(targets, 5), whole, strict=True):
        assert one.users.tolist() == other.users.tolist()
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-4)
    again = UserSegments().fit(view)
    for name in ("item", "set"):
        np.testing.assert_allclose(again.learned[name], model.learned[name], atol=0.02)


def test_saved_and_loaded_it_answers_the_same(tmp_path):
    view = camps({0})
    model = UserSegments(tau=7.0, seed=3).fit(view)
    model.save(tmp_path)
    again = UserSegments.load(tmp_path, view)
    assert repr(again) == repr(model)
    for target in ("i0", "i3", ["i1", "i2"]):
        one, other = again.users_for(target, 9), model.users_for(target, 9)
        assert one.users.tolist() == other.users.tolist()
        np.testing.assert_array_equal(one.scores, other.scores)
    with pytest.raises(LabKitError, match="There is no model"):
        UserSegments.load(tmp_path / "elsewhere", view)


WRONG = [
    ("lost", {}, "1 of 1 items are unknown, such as 'lost'"),
    (["i1", "lost"], {}, "1 of 2 items are unknown"),
    ([], {}, "The target holds no item"),
    (np.zeros(12, bool), {}, "The target holds no item"),
    (np.ones(3, bool), {}, r"The mask has shape \(3,\) for 12 items"),
    ("i1", {"k": 0}, "k is 0"),
    ("i1", {"among": np.ones(3, bool)}, r"The mask has shape \(3,\) and type bool for 22 users"),
    ("i1", {"among": np.ones(22)}, "type float64 for 22 users"),
]


@pytest.mark.parametrize(("target", "options", "said"), WRONG)
def test_a_wrong_request_is_refused_with_the_mend(target, options, said):
    model = UserSegments().fit(camps(set()))
    with pytest.raises(LabKitError, match=f"{said}.*Next: "):
        model.users_for(target, **options)


def test_without_events_or_fit_it_says_so():
    with pytest.raises(LabKitError, match="have not been fitted"):
        UserSegments().users_for("i1")
    with pytest.raises(LabKitError, match="There are no events"):
        UserSegments().fit(Interactions.from_frame(frame(("a", "x", 1)).iloc[:0]))


EDGES = {
    "one event": frame(("a", "x", 1)),
    "one user": frame(*[("a", f"i{n}", n) for n in range(12)]),
    "one item": frame(*[(f"u{n}", "x", n) for n in range(12)]),
    "one moment": frame(*[(f"u{n % 5}", f"i{n % 7}", 3) for n in range(60)]),
    "weights": random_events(6).assign(weight=np.geomspace(1e-6, 1e6, 60)),
}


@pytest.mark.parametrize("events", EDGES.values(), ids=EDGES.keys())
def test_odd_data_give_finite_answers(events):
    catalogue = pd.DataFrame({"item_id": ["never seen"]})
    model = UserSegments().fit(Interactions.from_frame(events, items=catalogue))
    for item in model.interactions.items.values:
        found = model.users_for(item, 99)
        assert len(found) == len(model.interactions.users)
        assert np.isfinite(found.scores).all()


@pytest.mark.parametrize("items", ODD.values(), ids=ODD.keys())
def test_odd_attributes_give_finite_answers(items):
    items = items if items is None else items.astype("str")
    model = UserSegments().fit(Interactions.from_frame(random_events(1, items=7), items=items))
    for target in ("i1", ["i1", "i2", "i3"]):
        assert np.isfinite(model.users_for(target, 99).scores).all()


def test_a_segment_shows_itself():
    segment = UserSegments().fit(camps(set())).users_for("i2", 3)
    assert segment.frame.columns.tolist() == ["rank", "user_id", "score"]
    assert segment.frame["rank"].tolist() == [1, 2, 3]
    assert all(user in repr(segment) and user in segment._repr_html_() for user in segment.users)
