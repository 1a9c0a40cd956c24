"""All signals together: what the weights are found on is what answers."""

import numpy as np
import pytest

from lab_kit.recommend.evaluate.metrics import Hits, ndcg
from lab_kit.recommend.held_out import come_back, visit
from lab_kit.recommend.histories import Histories
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import silent
from lab_kit.recommend.models.personalisation import Personalisation
from lab_kit.recommend.signals.blend import COLD, STARTS, Blend
from lab_kit.recommend.signals.bounds import Bounds
from tests.recommend.shops import full_shop, random_events
from tests.recommend.signals.questions import asked, each, question

SHOP = full_shop(13)
BOUNDS = Bounds(min_count=1)


@pytest.fixture(scope="module", params=[False, True], ids=["new items", "repeats"])
def case(request):
    """A held-out part, and a blend fitted on what is not held out."""
    held_out = visit(SHOP, 12, request.param, seed=0)
    taking = ("Purchase",) if request.param else None
    return held_out, Blend.fit(held_out.train, BOUNDS, taking, silent)


def test_the_evidence_scores_as_the_blend_answers_and_hides_what_was_had(case):
    held_out, blend = case
    some = question(SHOP, held_out.histories)
    weights = np.random.default_rng(0).normal(size=len(blend.names)).astype(np.float32)
    scores = np.zeros((len(held_out), len(SHOP.items)), np.float32)
    blend.weighted(weights)(scores, some)
    evidence = blend._evidence(some, held_out, list(blend.groups), cold=False)
    seen = held_out.seen.toarray()
    assert seen.any()
    if not held_out.repeats:
        assert not (evidence.relevant & seen).any()
        scores[seen] = -np.inf
    np.testing.assert_allclose(evidence.scores(weights), scores, atol=1e-3)
    np.testing.assert_array_equal(evidence.relevant, held_out.relevant)


def test_the_lists_are_at_least_as_good_as_with_any_start():
    held_out = visit(SHOP, 12, False, seed=1)
    blend = Blend.fit(held_out.train, BOUNDS, None, silent)
    some = question(SHOP, held_out.histories)
    evidence = blend._evidence(some, held_out, list(blend.groups), cold=False)
    spread = evidence.signals.std(axis=2).mean(axis=1)

    def quality(weights):
        first = np.argsort(-evidence.scores(weights), axis=1)[:, :10]
        return ndcg(Hits.of(first, held_out.targets), 10).mean()

    starts = [np.array([start.get(name, 0.0) for name in blend.names]) for start in STARTS]
    begun = [quality(start / np.where(spread > 0, spread, 1)) for start in starts]
    assert quality(blend.weigh(some, held_out)) >= max(begun) - 1e-6


def test_the_cold_are_weighed_on_what_is_known_without_a_history(case):
    held_out, blend = case
    nothing = question(SHOP, held_out.histories.blank)
    weights = blend.weigh(nothing, held_out, cold=True)
    own = [key in COLD for key, group in blend.groups.items() for _ in group.names]
    assert weights[: len(own)][own].any()
    assert not weights[: len(own)][~np.array(own)].any()
    assert not weights[len(own) :].any()


@pytest.mark.parametrize("start", [0, -1])
def test_where_nobody_can_be_held_out_a_start_counts_in_spreads_of_the_signals(start):
    view = Interactions.from_frame(random_events(1))
    assert visit(view, 10, False, 0) is None or len(visit(view, 10, False, 0)) < 20
    blend = Blend.fit(view, BOUNDS, None, silent)
    some = asked(view)
    weights = dict(zip(blend.names, blend.plain(some, start), strict=True))
    for group in blend.groups.values():
        for name, signal in zip(group.names, each(group, some), strict=True):
            expected = STARTS[start].get(name, 0) / (signal.std(axis=1).mean() or 1)
            assert weights[name] == pytest.approx(expected, rel=1e-4)
    assert sum(weight != 0 for weight in weights.values()) == len(STARTS[start])


def test_every_start_names_signals_there_are():
    blend = Blend.fit(SHOP, BOUNDS, ("Purchase",), silent)
    for start in STARTS:
        assert set(start) <= set(blend.names)
    assert len(set(blend.names)) == len(blend.names)


def test_with_few_users_the_weights_of_a_visit_serve_for_a_return():
    """Of three users one can be held out, and there are too few to tell a return from a visit."""
    view = Interactions.from_frame(random_events(2, users=3, items=8, events=60))
    assert len(visit(view, 800, False, 0) or ()) <= 1
    assert len(come_back(view, 800, False, 0) or ()) < 20
    model = Personalisation(min_count=1).fit(view)
    np.testing.assert_array_equal(model.learned["back"], model.learned["visit"])


def test_one_question_for_many_or_many_for_one(case):
    """Groups share tables between the rows of a batch; nothing of that is to be seen."""
    held_out, blend = case
    weights = np.random.default_rng(1).normal(size=len(blend.names)).astype(np.float32)
    together = np.zeros((len(held_out), len(SHOP.items)), np.float32)
    blend.weighted(weights)(together, question(SHOP, held_out.histories))
    for row in range(len(held_out)):
        alone = np.zeros((1, len(SHOP.items)), np.float32)
        single = Histories.of([held_out.histories[row]])
        blend.weighted(weights)(alone, question(SHOP, single))
        np.testing.assert_allclose(alone[0], together[row], atol=1e-3)
