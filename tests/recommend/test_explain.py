"""Why an item is recommended: causes and the rest against what the formula says they are.

`Explanation.rest` is what is missing to the score, so that the sum proves nothing by itself. Here
each model's rest is computed from its formula, and each cause by taking its event away.
"""

from dataclasses import replace

import numpy as np
import pytest

from lab_kit.recommend.histories import History
from lab_kit.recommend.models.als import ALS
from lab_kit.recommend.models.bpr import BPR
from lab_kit.recommend.models.co_purchase import CoPurchase
from lab_kit.recommend.models.cold_start import ColdStart
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.item_knn import ItemKNN
from lab_kit.recommend.models.markov import Markov
from lab_kit.recommend.models.personalisation import Personalisation
from lab_kit.recommend.models.repeat_recent import RepeatRecent
from lab_kit.recommend.models.rp3beta import RP3beta
from lab_kit.recommend.models.sequence import LinearSequence
from lab_kit.recommend.models.similar_items import SimilarItems
from tests.recommend.shops import full_shop

SHOP = full_shop(21)
LINEAR = {
    "EASE": EASE(regularisation=5.0),
    "EASE, common items": EASE(regularisation=5.0, min_count=12, most_items=9, visits=1.0),
    "LinearSequence": LinearSequence(min_count=12, regularisation=2.0),
    "ItemKNN": ItemKNN(min_count=1),
    "RP3beta": RP3beta(),
    "CoPurchase": CoPurchase(min_count=1),
    "Markov": Markov(),
    "SimilarItems": SimilarItems(min_count=1),
    "ColdStart": ColdStart(regularisation=5.0),
}
"""The score is a sum over the history, whatever else the history holds."""
SHARED = {"ALS": ALS(factors=6), "BPR": BPR(factors=6, iterations=20)}
"""Exact sums too, but one item's part depends on the others."""
USERS = ("u1", "u4", "u17")


def fit(model):
    return replace(model).fit(SHOP)


@pytest.fixture(scope="module", params=LINEAR, ids=LINEAR)
def linear(request):
    return fit(LINEAR[request.param])


@pytest.fixture(scope="module", params=SHARED, ids=SHARED)
def shared(request):
    return fit(SHARED[request.param])


def causes_of(why):
    return dict(zip(why.causes["item_id"], why.causes["contribution"], strict=True))


def test_a_cause_is_what_the_score_loses_without_it(linear):
    """Each item of the history gets the weight 0; positions, and so all other weights, stay."""
    assert linear.exact
    for user in USERS:
        history = SHOP.history(user)
        scores = linear.score(history)
        without = {}
        for item in np.unique(history.events.item):
            weight = np.where(history.events.item == item, 0, history.events.weight)
            events = replace(history.events, weight=weight.astype(np.float32))
            without[str(SHOP.items.values[item])] = linear.score(replace(history, events=events))
        for target in ("i3", "i8", "bare"):
            code = SHOP.items.code(target)
            why = linear.explain(history, target)
            found = causes_of(why)
            assert set(found) <= set(without)
            for item, score in without.items():
                assert found.get(item, 0.0) == pytest.approx(scores[code] - score[code], abs=2e-5)
            assert why.rest == pytest.approx(0, abs=2e-5)


def test_the_rest_of_factors_is_the_bias_of_the_item(shared):
    bias = shared.learned.get("bias", np.zeros(len(SHOP.items)))
    assert shared.exact
    for user in USERS:
        for target in ("i3", "i8", "bare"):
            why = shared.explain(user, target)
            assert why.rest == pytest.approx(bias[SHOP.items.code(target)], abs=2e-5)
            assert len(why.causes) == len(np.unique(SHOP.history(user).events.item))


def test_what_one_took_again_is_its_own_cause_and_popularity_the_rest():
    model = fit(RepeatRecent())
    for user in USERS:
        for target in ("i3", "i8", "bare"):
            why = model.explain(user, target)
            popular = float(model.popular[SHOP.items.code(target)]) / 1_000
            assert why.rest == pytest.approx(popular, abs=1e-6)
            assert not any(part for item, part in causes_of(why).items() if item != target)


@pytest.mark.parametrize("repeats", [False, True])
def test_groups_and_history_make_the_whole_score_of_personalisation(repeats):
    """What is named beside the history is all that is beside it; a group without words is none."""
    model = fit(Personalisation(min_count=1, repeats=repeats))
    last = SHOP.latest + 1
    histories = [SHOP.history(user) for user in USERS]
    histories += [history.at(last + 86_400_000) for history in histories]
    histories += [replace(histories[0], context=(1, 0)), History().add(-1, last)]
    words = {"the history", "taste as a whole", "popularity", "attributes"}
    words |= {"people like this", "the circumstances"}
    for history in histories:
        for target in ("i3", "i8", "bare"):
            why = model.explain(history, target)
            assert set(why.others) == words
            assert sum(why.others.values()) == pytest.approx(why.rest, abs=2e-3)
            total = why.causes["contribution"].sum() + sum(why.others.values())
            assert total == pytest.approx(why.score, abs=2e-3)
    assert not model.exact  # a logarithm is shared out


def test_an_item_had_before_is_a_cause_of_itself_where_items_come_again():
    model = fit(Personalisation(min_count=1, repeats=True))
    blend, weights = model._blended, model.learned["visit"]
    history = SHOP.history("u4")
    asked = model._question(type(SHOP.histories()).of([history]))
    _, items, numbers = blend.again.pairs(asked.histories, asked.depth)
    own = numbers @ weights[-len(blend.again.names) :]
    for place in range(0, len(items), 4):
        target = str(SHOP.items.values[items[place]])
        with_it = causes_of(model.explain(history, target))[target]
        blend.again, kept = None, blend.again
        causes, _ = blend.parts(asked, int(items[place]), weights[: -len(kept.names)])
        blend.again = kept
        without = causes[list(asked.recent.item).index(items[place])]
        assert with_it - without == pytest.approx(own[place], abs=1e-3)


def test_a_stranger_has_reasons_but_no_causes():
    model = fit(Personalisation(min_count=1))
    for history in (History(), History(user=3, now=SHOP.latest), History(context=(1, -1))):
        why = model.explain(history, "i3")
        assert len(why.causes) == 0
        assert sum(why.others.values()) == pytest.approx(why.score, abs=1e-3)
        assert not any(why.others[word] for word in ("the history", "attributes"))
        assert bool(why.others["people like this"]) == (history.user == 3)
        assert bool(why.others["the circumstances"]) == bool(history.context)
