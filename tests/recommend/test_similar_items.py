"""Similar items: the formula pair by pair, and what becomes of items nobody took."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.similar_items import SimilarItems
from tests.recommend.shops import frame, random_events
from tests.recommend.test_cold_start import ODD, camps, described

shapes = st.tuples(st.integers(0, 999), st.integers(2, 12), st.integers(2, 9), st.integers(8, 80))


@settings(max_examples=40, deadline=None)
@given(shapes, st.sampled_from([0.3, 0.5]), st.integers(1, 3))
def test_similarity_is_behaviour_and_what_attributes_add(shape, discount, min_count):
    view = described(shape)
    model = SimilarItems(discount=discount, min_count=min_count, shrinkage=2.0, trust=4.0).fit(view)
    ones = view.matrix().toarray() > 0
    users = ones.sum(axis=0)
    vectors, scale = model.learned["vectors"], model.learned["scale"]
    assert scale > 0
    for i, one in enumerate(view.items.values):
        similar = model.similar(one, 99)
        expected = {}
        for j, other in enumerate(view.items.values):
            if i == j:
                continue
            both = (ones[:, i] & ones[:, j]).sum()
            size = users[i] ** (1 - discount) * users[j] ** discount + 2
            behaviour = both / size if both >= min_count else 0
            known = users[i] / (users[i] + 4) * users[j] / (users[j] + 4)
            expected[other] = behaviour + scale[0] * (vectors[i] @ vectors[j]) * (1 - known)
        if max(expected.values()) > 0:
            values = [expected[item] for item in similar.items]
            np.testing.assert_allclose(similar.scores, values, atol=1e-5)


def test_vectors_have_length_one_and_follow_what_matters_for_behaviour():
    """Two camps by colour; the size of an item says nothing about who takes it."""
    view = camps(set())
    rng = np.random.default_rng(0)
    items = pd.DataFrame({"item_id": view.items.values.astype(str)})
    items["colour"] = [("w", "b")[int(item[1:]) % 2] for item in items["item_id"]]
    items["size"] = rng.permutation(["large", "small"] * 6)
    rows = frame(*[
        (view.users.values[user], view.items.values[item], place)
        for place, (user, item) in enumerate(zip(view.user, view.events.item, strict=True))
    ])  # fmt: skip
    model = SimilarItems().fit(Interactions.from_frame(rows, items=items.astype("str")))
    vectors = model.learned["vectors"]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    colour = items.set_index("item_id")["colour"][model.items.values].to_numpy()
    same = colour[:, None] == colour
    cosines = vectors @ vectors.T
    assert cosines[same].min() > cosines[~same].max()


def test_an_item_nobody_took_has_good_neighbours_and_is_one():
    model = SimilarItems(min_count=1).fit(camps({0, 1}))
    for item in ("i0", "i1"):
        colour = int(item[1:]) % 2
        assert {int(other[1:]) % 2 for other in model.similar(item, 5).items} == {colour}
    whole = model.similar("i4", 5).items
    assert "i0" in whole
    assert {int(other[1:]) % 2 for other in whole} == {0}


def test_an_unknown_item_is_answered_with_popular_ones():
    view = Interactions.from_frame(random_events(2))
    model = SimilarItems().fit(view)
    users = view.popularity()
    answer = model.similar("never heard of", 3)
    assert [users[view.items.code(item)] for item in answer.items] == sorted(users)[::-1][:3]
    with pytest.raises(LabKitError, match="k is 0"):
        model.similar("never heard of", 0)


def test_an_item_of_which_nothing_is_known_is_answered_with_popular_ones():
    catalogue = pd.DataFrame({"item_id": ["silent"]})
    model = SimilarItems().fit(Interactions.from_frame(random_events(2), items=catalogue))
    popular = model.similar("never heard of", 4).items.tolist()
    assert model.similar("silent", 4).items.tolist() == popular


@pytest.mark.parametrize("items", ODD.values(), ids=ODD.keys())
def test_odd_attributes_give_finite_answers(items):
    items = items if items is None else items.astype("str")
    view = Interactions.from_frame(random_events(1, items=7), items=items)
    model = SimilarItems().fit(view)
    for item in view.items.values:
        answer = model.similar(item, 9)
        assert len(answer) == 6
        assert np.isfinite(answer.scores).all()


def test_behaviour_counts_the_more_the_more_users_an_item_has():
    view = described((4, 12, 9, 80))
    known = SimilarItems(trust=3.0).fit(view).learned["known"]
    users = view.popularity()
    np.testing.assert_allclose(known, users / (users + 3), atol=1e-6)
    assert (known[users == 0] == 0).all()
