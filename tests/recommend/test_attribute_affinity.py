"""Which attributes a user likes: shares counted by hand, certainty counted out."""

from math import comb, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.attribute_affinity import AttributeAffinity
from tests.recommend.shops import frame, random_events

FILMS = pd.DataFrame(
    {"item_id": list("abcdef"), "genre": ["Comedy", "Comedy", "Comedy|War", "War", "War", "Noir"]}
).astype("str")


def cinema():
    """Ten films taken, one row a user: u1 sees comedies, u2 war films, u3 a bit of all."""
    return Interactions.from_frame(
        frame(
            ("u1", "a", 0), ("u1", "b", 1), ("u1", "c", 2), ("u1", "a", 3),
            ("u2", "c", 0), ("u2", "d", 1), ("u2", "e", 2),
            ("u3", "a", 0), ("u3", "d", 1),
            ("u4", "a", 0), ("u4", "e", 1),
        ),
        items=FILMS,
    )  # fmt: skip


def test_affinities_by_hand():
    model = AttributeAffinity(prior=2.0).fit(cinema())
    # Of ten films taken (a film counts once a user) six are comedies and six are of war.
    liked = model.affinities("u1").set_index("attribute")
    assert liked.index.tolist() == ["genre=Comedy", "genre=War"]  # nobody ever took Noir
    assert liked["taken"].tolist() == [3, 1]
    np.testing.assert_allclose(liked["usual"], [3 * 0.6, 3 * 0.6])
    expected = [log((3 + 1.2) / (5 * 0.6)), log((1 + 1.2) / (5 * 0.6))]
    np.testing.assert_allclose(liked["affinity"], expected, rtol=1e-5)
    # All of three, at a chance of 0.6: half of that case counts as closer to the usual.
    np.testing.assert_allclose(liked["certainty"].iloc[0], 1 - 0.6**3 / 2, rtol=1e-6)
    assert model.because("u1", "b") == (
        "because 3 of the last 3 are genre=Comedy; 1.8 would be usual"
    )
    assert model.because("u1", "d") == "because it is popular"
    assert model.because("u1", "f") == "because it is popular"


def test_scores_by_hand():
    model = AttributeAffinity(prior=2.0, popularity=0.5).fit(cinema())
    comedy, war = log(4.2 / 3), log(2.2 / 3)
    scores = model.score("u1", ["a", "c", "d", "f"])
    popular = 0.5 * np.log1p([3, 2, 2, 0])
    expected = popular + np.array([comedy, (comedy + war) / np.sqrt(2), war, 0])
    np.testing.assert_allclose(scores, expected, atol=1e-5)


def test_only_the_last_events_count():
    model = AttributeAffinity(prior=2.0, last=2).fit(cinema())
    liked = model.affinities("u1").set_index("attribute")["taken"]
    assert liked.to_dict() == {"genre=Comedy": 2, "genre=War": 1}  # c and a


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.integers(1, 80), st.integers(1, 60))
def test_many_are_answered_as_counted_out(seed, events, last):
    rng = np.random.default_rng(seed)
    items = pd.DataFrame({"item_id": [f"i{n}" for n in range(7)]})
    items["genre"] = rng.choice(["x", "y", "x|y", None], 7)
    view = Interactions.from_frame(random_events(seed, events=events), items=items.astype("str"))
    model = AttributeAffinity(prior=3.0, last=last).fit(view)
    known = view.item_attributes
    table, described = known.table.toarray(), np.diff(known.table.indptr) > 0
    taken = view.matrix().toarray() > 0
    share = (taken @ table).sum(axis=0) / max(1, taken[:, described].sum())
    found = model._affinities(view.histories())
    for row in range(len(view.users)):
        history = view.histories(np.array([row])).events.item[-last:]
        mine = [item for item in set(history.tolist()) if described[item]]
        for number in range(table.shape[1]):
            count = sum(table[item, number] for item in mine)
            if share[number] == 0:
                assert found[row, number] == 0
                continue
            lift = (count + 3 * share[number]) / ((len(mine) + 3) * share[number])
            assert found[row, number] == pytest.approx(np.log(lift), abs=1e-5)


@pytest.mark.parametrize(("count", "number", "chance"), [(0, 5, 0.3), (3, 5, 0.3), (7, 7, 0.9)])
def test_certainty_is_counted_out_of_the_binomial_distribution(count, number, chance):
    from lab_kit.recommend.models.attribute_affinity import _certainty

    mass = [comb(number, n) * chance**n * (1 - chance) ** (number - n) for n in range(number + 1)]
    middle = sum(mass[:count]) + mass[count] / 2
    found = _certainty(np.array([float(count)]), number, np.array([chance]))
    assert found[0] == pytest.approx(max(middle, 1 - middle))


def test_nothing_taken_is_certain_of_nothing():
    model = AttributeAffinity().fit(cinema())
    liked = model.affinities("nobody")
    assert liked["affinity"].abs().max() < 1e-6
    np.testing.assert_allclose(liked["certainty"], 0.5)


def test_contributions_of_the_items_make_up_the_affinities_of_what_was_taken():
    view = cinema()
    model = AttributeAffinity(prior=2.0, popularity=0.0).fit(view)
    why = model.explain("u1", "c")
    assert why.rest == pytest.approx(0, abs=1e-6)
    assert set(why.causes["item_id"]) == {"a", "b", "c"}
    # War is disliked: of the three c alone is of war, and so says least for another such film.
    parts = why.causes.set_index("item_id")["contribution"]
    assert parts["c"] < parts["a"] == pytest.approx(parts["b"])
    assert not why.exact
