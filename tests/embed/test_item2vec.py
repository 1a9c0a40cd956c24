import numpy as np
import pandas as pd
import pytest

from lab_kit.embed import Item2Vec, Vectors, as_users, sessions
from lab_kit.embed.cold import placed
from lab_kit.errors import LabKitError
from lab_kit.recommend import Interactions
from tests.recommend.shops import frame, interactions

RNG = np.random.default_rng(0)
FRUIT, TOOLS = [f"fruit{n}" for n in range(6)], [f"tool{n}" for n in range(6)]


def baskets(left_out=(), number=240):
    """Each basket is of three fruits or of three tools; never of both."""
    rng = np.random.default_rng(1)
    rows = []
    for basket in range(number):
        kind = [item for item in (FRUIT, TOOLS)[basket % 2] if item not in left_out]
        rows += [(f"b{basket}", item, 0) for item in rng.choice(kind, 3, replace=False)]
    return frame(*rows)


ITEMS = pd.DataFrame({"item_id": [*FRUIT, *TOOLS], "kind": ["fruit"] * 6 + ["tool"] * 6}).astype(
    "str"
)
SMALL = {"dimensions": 8, "epochs": 20, "learning_rate": 0.05, "gap_hours": None}


@pytest.fixture(scope="module", params=["together", "alike"])
def model(request):
    known = Interactions.from_frame(baskets(), items=ITEMS)
    return Item2Vec(by=request.param, **SMALL).fit(known)


def test_what_lies_in_one_basket_goes_together(model):
    for item in (*FRUIT, *TOOLS):
        assert {other[:4] for other in model.similar(item, 5).items} == {item[:4]}


def test_a_basket_is_completed_with_its_kind(model):
    answer = model.recommend("b0", 3)
    assert {item[:4] for item in answer.items} == {"frui"}


def test_the_vectors_are_a_space_by_item_id(model):
    assert isinstance(model.vectors, Vectors)
    assert {name[:4] for name in model.vectors.nearest("tool3", 5).names} == {"tool"}


def test_two_fits_are_the_same_to_the_last_bit():
    known = Interactions.from_frame(baskets())
    one, other = (Item2Vec(**SMALL).fit(known) for _ in range(2))
    assert (one.learned["vectors"] == other.learned["vectors"]).all()
    assert (one.learned["contexts"] == other.learned["contexts"]).all()


def test_contributions_add_up(model):
    told = model.explain("b1", "tool5")
    assert told.causes["contribution"].sum() == pytest.approx(told.score, abs=1e-4)


def test_a_cold_item_lies_where_its_attributes_say():
    known = Interactions.from_frame(baskets(left_out=["fruit5", "tool5"]), items=ITEMS)
    space = Item2Vec(**SMALL).fit(known).vectors
    for item in ("fruit5", "tool5"):
        assert {name[:4] for name in space.nearest(item, 4).names} == {item[:4]}
    bare = Item2Vec(attributes=False, **SMALL).fit(known)
    assert "fruit5" not in bare.vectors
    assert {"fruit5", "tool5"} == set(bare.recommend("b0", 12).items[-2:])


def test_known_items_keep_their_vectors():
    known = Interactions.from_frame(baskets(), items=ITEMS)
    values = RNG.normal(size=(12, 3)).astype(np.float32)
    found = placed(values, np.arange(11), known.item_attributes, np.ones(12), seed=0)
    assert (found[:11] == values[:11]).all()
    assert not np.allclose(found[11], values[11])


def test_a_basket_of_the_unknown_alone_is_answered_by_popularity():
    known = Interactions.from_frame(baskets(left_out=["fruit5"]), items=ITEMS)
    model = Item2Vec(attributes=False, **SMALL).fit(known)
    model.observe(frame(("new", "fruit5", 1)))
    most = known.items.values[np.argmax(model.popular)]
    assert model.recommend("new", 1).items[0] == most


# ---- sessions


def test_a_pause_begins_a_session_and_repeats_in_a_row_count_once():
    known = interactions(
        ("u", "a", 0), ("u", "a", 0.1), ("u", "b", 0.5), ("u", "a", 0.7), ("u", "c", 3),
        ("u", "d", 3.1), ("v", "e", 3.2), ("v", "f", 9),
    )  # fmt: skip
    assert sorted(sessions(known)) == [["a", "b", "a"], ["c", "d"]]
    assert sorted(sessions(known, None)) == [["a", "b", "a", "c", "d"], ["e", "f"]]


def test_shuffled_sessions_hold_the_same_and_differ_each_time():
    known = interactions(*[("u", f"i{n}", 0) for n in range(30)], ("v", "i0", 0), ("v", "i1", 0))
    corpus = sessions(known, shuffled=1)
    one, other = list(corpus), list(corpus)
    assert (
        [sorted(s) for s in one]
        == [sorted(s) for s in other]
        == [sorted(s) for s in sessions(known)]
    )
    assert one != other
    assert list(sessions(known, shuffled=1)) == one


def test_single_item_sessions_are_refused():
    known = interactions(("u", "a", 0), ("u", "b", 5), ("v", "a", 0), ("v", "a", 0.1))
    with pytest.raises(LabKitError, match=r"None of the 3 sessions has two.*longer pause"):
        Item2Vec().fit(known)


def test_sessions_that_are_all_alike_are_refused():
    known = interactions(*[(f"u{n}", item, 0) for n in range(4) for item in "abc"])
    with pytest.raises(LabKitError, match=r"All 4 sessions hold the same 3 items"):
        Item2Vec(min_count=1).fit(known)


def test_a_session_becomes_a_user():
    table = frame(("u", "a", 0), ("u", "b", 1), session_id=["s1", "s2"])
    assert as_users(table)["user_id"].tolist() == ["s1", "s2"]
    with pytest.raises(LabKitError, match="no sessions"):
        as_users(table.drop(columns="session_id"))
