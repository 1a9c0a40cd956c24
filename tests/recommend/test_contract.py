"""What every model promises, whatever it learns: one suite for all of them."""

import json

import numpy as np
import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.als import ALS
from lab_kit.recommend.models.attribute_affinity import AttributeAffinity
from lab_kit.recommend.models.bpr import BPR
from lab_kit.recommend.models.co_purchase import CoPurchase
from lab_kit.recommend.models.cold_start import ColdStart
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.item_knn import ItemKNN
from lab_kit.recommend.models.markov import Markov
from lab_kit.recommend.models.personalisation import Personalisation
from lab_kit.recommend.models.popularity import Popularity
from lab_kit.recommend.models.repeat_recent import RepeatRecent
from lab_kit.recommend.models.rp3beta import RP3beta
from lab_kit.recommend.models.semantic import Semantic
from lab_kit.recommend.models.sequence import LinearSequence
from lab_kit.recommend.models.similar_items import SimilarItems
from lab_kit.recommend.models.trending import Trending
from tests.recommend.shops import checkerboard, frame, random_events

MODELS = {
    "EASE": lambda: EASE(regularisation=1.0),
    "LinearSequence": lambda: LinearSequence(regularisation=1.0),
    "ItemKNN cosine": lambda: ItemKNN(),
    "ItemKNN BM25": lambda: ItemKNN(similarity="bm25"),
    "ItemKNN TF-IDF": lambda: ItemKNN(similarity="tfidf"),
    "RP3beta": lambda: RP3beta(),
    "CoPurchase": lambda: CoPurchase(min_count=1),
    "Markov": lambda: Markov(),
    "ALS": lambda: ALS(factors=2),
    "BPR": lambda: BPR(factors=8, learning_rate=0.1, iterations=400),
    "SimilarItems": lambda: SimilarItems(min_count=1),
    "Semantic": lambda: Semantic(),
    "AttributeAffinity": lambda: AttributeAffinity(),
    "ColdStart": lambda: ColdStart(regularisation=1.0),
    "Personalisation": lambda: Personalisation(min_count=1),
    "Personalisation with repeats": lambda: Personalisation(min_count=1, repeats=True),
}
SAME_FOR_ALL = {"Popularity": Popularity, "Trending": Trending}
ALL = {**MODELS, **SAME_FOR_ALL, "RepeatRecent": RepeatRecent}
MANY = 100_000
COLOURS = pd.DataFrame(
    {"item_id": [f"i{n}" for n in range(12)], "colour": ["white", "black"] * 6}
).astype("str")
BOARD = Interactions.from_frame(checkerboard(), items=COLOURS)


@pytest.fixture(params=ALL.values(), ids=ALL.keys())
def model(request):
    return request.param()


@pytest.fixture
def fitted(model):
    return model.fit(BOARD)


@pytest.fixture(params=MODELS.values(), ids=MODELS.keys())
def personal(request):
    """Fitted on the checkerboard; a model that answers each user differently."""
    return request.param().fit(BOARD)


def ids(answer):
    return answer.items.tolist()


def test_on_a_checkerboard_everybody_gets_the_squares_of_their_colour(personal):
    """Even users like even items: the two they have not seen come first."""
    for user in personal.interactions.users.values:
        seen = personal.items.values[personal.interactions.history(user).events.item]
        first = ids(personal.recommend(user, 2))
        assert all(int(item[1:]) % 2 == int(user[1:]) % 2 for item in first), user
        assert not set(first) & set(seen)


def test_many_answers_are_the_single_answers(fitted):
    users = [*fitted.interactions.users.values, "nobody"]
    lists = fitted.recommend_many(users, 5)
    for row, user in enumerate(users):
        single = fitted.recommend(user, 5)
        np.testing.assert_allclose(lists[row].scores, single.scores, atol=1e-5)
        # Items that score the same but for rounding may change places.
        own = fitted.score(user, ids(lists[row]))
        np.testing.assert_allclose(own, single.scores, atol=1e-5)


def test_seen_items_come_again_only_if_asked_for(fitted):
    seen = set(fitted.items.values[fitted.interactions.history("u0").events.item])
    assert not seen & set(ids(fitted.recommend("u0", 100)))
    assert seen <= set(ids(fitted.recommend("u0", 100, repeats=True)))


def test_k_beyond_the_catalogue_gives_what_there_is(fitted):
    seen = len(fitted.interactions.history("u0"))
    assert len(fitted.recommend("u0", 10_000)) == len(fitted.items) - seen
    assert len(fitted.recommend("nobody", 10_000)) == len(fitted.items)


def test_candidates_and_exclusions_are_kept_to(fitted):
    assert set(ids(fitted.recommend("u0", 9, candidates=["i1", "i3"]))) == {"i1", "i3"}
    mask = np.isin(fitted.items.values, ["i1", "i3"])
    assert set(ids(fitted.recommend("u0", 9, candidates=mask))) == {"i1", "i3"}
    assert ids(fitted.recommend("u0", 9, candidates=["i1", "i3"], exclude=["i3"])) == ["i1"]
    assert len(fitted.recommend("u0", 9, candidates=[])) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 0}, "k is 0"),
        ({"candidates": ["i1", "lost"]}, "1 of 2 candidates are unknown, such as 'lost'"),
        ({"exclude": [3]}, "1 of 1 items to exclude are unknown, such as 3"),
        ({"candidates": np.ones(3, bool)}, r"The mask has shape \(3,\) for 12 items"),
    ],
)
def test_a_wrong_request_is_refused_with_the_mend(fitted, options, said):
    with pytest.raises(LabKitError, match=f"{said}.*Next: "):
        fitted.recommend("u0", **options)


def test_nobody_known_and_an_empty_history_get_what_most_users_had(model):
    rows = [
        ("a", "x", 1),
        ("b", "x", 2),
        ("c", "x", 3),
        ("a", "y", 4),
        ("b", "y", 5),
        ("a", "z", 6),
    ]
    model.fit(Interactions.from_frame(frame(*rows)))
    for who in ("nobody", History(), History().add(-1), History().add(999)):
        assert ids(model.recommend(who, 3)) == ["x", "y", "z"]


def test_a_new_event_changes_the_next_answer_without_refitting(personal):
    before = personal.score("u0")
    personal.observe(frame(("u0", "i1", 900), ("u0", "i3", 901)))
    assert not np.allclose(before, personal.score("u0"))
    assert not {"i1", "i3"} & set(ids(personal.recommend("u0", 50)))
    personal.observe(frame(("u0", "never seen before", 902)))
    assert len(personal.recommend("u0", 3)) == 3


def test_it_is_fitted_anew_on_events_of_users_and_items_that_came_later(model):
    model.fit(BOARD.append(frame(("u0", "i1", 900), ("newcomer", "novelty", 901))))
    assert "novelty" in ids(model.recommend("u0", 99))
    for user in ("u0", "newcomer"):
        assert np.isfinite(model.score(user)).all()
    assert np.isfinite(model.similar("novelty", 5).scores).all()


def test_reasons_add_up_to_the_score(fitted):
    for user in ("u0", "u3"):
        for item in ids(fitted.recommend(user, 4)):
            why = fitted.explain(user, item)
            assert why.score == pytest.approx(float(fitted.score(user, [item])[0]), abs=1e-6)
            assert why.causes["contribution"].sum() + why.rest == pytest.approx(why.score)
            assert why.item in repr(why)


def test_the_history_is_the_reason_for_what_is_recommended(personal):
    liked = personal.explain("u0", ids(personal.recommend("u0", 1))[0])
    assert liked.causes["contribution"].sum() > 0
    assert set(liked.causes["item_id"]) <= {"i0", "i2", "i4", "i6", "i8", "i10"}


@pytest.mark.parametrize("kind", SAME_FOR_ALL.values(), ids=SAME_FOR_ALL.keys())
def test_what_is_the_same_for_all_has_no_cause_in_a_history(kind):
    model = kind().fit(BOARD)
    np.testing.assert_array_equal(model.score("u0"), model.score("u1"))
    why = model.explain("u0", "i1")
    assert (len(why.causes), why.rest) == (0, why.score)
    assert "the same for everybody" in why.how


def test_similar_items_are_of_the_same_colour(personal):
    found = ids(personal.similar("i4", 3))
    assert "i4" not in found
    assert all(int(item[1:]) % 2 == 0 for item in found)


def test_saved_and_loaded_it_answers_the_same(fitted, tmp_path):
    fitted.save(tmp_path)
    again = type(fitted).load(tmp_path, fitted.interactions)
    for user in ("u0", "u1", "nobody"):
        np.testing.assert_array_equal(again.score(user), fitted.score(user))
    lonely = type(fitted).load(tmp_path)
    history = fitted.interactions.history("u0")
    np.testing.assert_array_equal(lonely.score(history), fitted.score("u0"))
    with pytest.raises(LabKitError, match="loaded without interactions"):
        lonely.recommend("u0")


def test_loading_says_what_is_wrong(fitted, tmp_path):
    with pytest.raises(LabKitError, match="There is no model"):
        type(fitted).load(tmp_path)
    other = LinearSequence if isinstance(fitted, EASE) else EASE
    fitted.save(tmp_path)
    with pytest.raises(LabKitError, match=f"not a {other.__name__}"):
        other.load(tmp_path)
    said = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    said["format"] -= 1
    (tmp_path / "model.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(LabKitError, match="another version of the kit") as caught:
        type(fitted).load(tmp_path)
    assert "fit it anew" in str(caught.value)


def test_interactions_whose_items_have_other_codes_are_refused(tmp_path):
    """Histories would be read as if they were of other items."""
    EASE().fit(BOARD).save(tmp_path)
    grown = BOARD.append(frame(("u0", "novelty", 900)))
    assert len(EASE.load(tmp_path, grown).score("u0")) == 12
    EASE().fit(grown).save(tmp_path / "grown")
    assert len(EASE.load(tmp_path / "grown", BOARD).score("u0")) == 13
    anew = Interactions.from_frame(pd.concat([checkerboard(), frame(("u0", "novelty", 900))]))
    with pytest.raises(LabKitError, match=r"The 13 items .* its 12 .*Next: "):
        EASE.load(tmp_path, anew)


def test_interactions_whose_users_have_other_codes_are_refused(tmp_path):
    """What is known of a user would be taken for that of another."""
    Personalisation(min_count=1).fit(BOARD).save(tmp_path)
    grown = BOARD.append(frame(("somebody", "i0", 900)))
    assert Personalisation.load(tmp_path, grown).recommend("somebody")
    anew = Interactions.from_frame(pd.concat([checkerboard(), frame(("somebody", "i0", 900))]))
    assert anew.items.values.tolist() == BOARD.items.values.tolist()
    with pytest.raises(LabKitError, match=r"The 13 users .* its 12 .*Next: "):
        Personalisation.load(tmp_path, anew)


def test_two_fits_are_the_same(model):
    view = Interactions.from_frame(random_events(3, users=30, items=12, events=600))
    one = model.fit(view).score("u1").copy()
    np.testing.assert_array_equal(one, model.fit(view).score("u1"))


def test_an_unfitted_model_says_so(model):
    with pytest.raises(LabKitError, match="has not been fitted"):
        model.recommend(History())


def test_no_events_are_refused(model):
    with pytest.raises(LabKitError, match="There are no events to fit"):
        model.fit(Interactions.from_frame(frame(("a", "x", 1)).iloc[:0]))


EDGES = {
    "one event": frame(("a", "x", 1)),
    "one user": frame(*[("a", f"i{n}", n) for n in range(12)]),
    "one item": frame(*[(f"u{n}", "x", n) for n in range(12)]),
    "duplicates": pd.concat([frame(("a", "x", 1), ("b", "y", 1), ("a", "y", 2))] * 5),
    "one moment": frame(*[(f"u{n % 5}", f"i{n % 7}", 3) for n in range(60)]),
    "weights": random_events(6).assign(weight=np.geomspace(1e-6, 1e6, 60)),
}


@pytest.mark.parametrize("events", EDGES.values(), ids=EDGES.keys())
def test_odd_data_give_finite_answers(model, events):
    catalogue = pd.DataFrame({"item_id": ["never seen"]})
    model.fit(Interactions.from_frame(events, items=catalogue))
    for user in [*model.interactions.users.values, "nobody"]:
        answer = model.recommend(user, 3, repeats=True)
        assert np.isfinite(answer.scores).all()
        assert len(answer) == min(3, len(model.items))


def test_a_very_long_history_is_answered(fitted):
    rng = np.random.default_rng(0)
    events = fitted.interactions.events.take(rng.integers(0, len(fitted.interactions), MANY))
    answer = fitted.recommend(History(events), 5, repeats=True)
    assert len(answer) == 5
    assert np.isfinite(answer.scores).all()


def test_a_batch_of_nobody_is_empty(fitted):
    assert len(fitted.recommend_many([], 3)) == 0
    assert len(fitted.recommend_many(Histories.of([History()]), 3)) == 1
