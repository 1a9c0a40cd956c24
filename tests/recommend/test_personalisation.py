"""The personalisation model: which weights answer whom, and how new items are explored."""

from dataclasses import replace

import numpy as np
import pytest

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import DAY, HOUR, Interactions
from lab_kit.recommend.models.personalisation import CASES, Personalisation
from lab_kit.recommend.recency import VISIT_GAP
from lab_kit.recommend.signals.blend import COLD, GROUPS
from tests.recommend.shops import frame, full_shop
from tests.recommend.signals.questions import question

SHOP = full_shop(9, users=60, events=2_000)
LATEST = SHOP.latest
DAYS = 6.0


@pytest.fixture(scope="module", params=[False, True], ids=["new items", "repeats"])
def fitted(request):
    return Personalisation(min_count=1, repeats=request.param).fit(SHOP)


def exploring(model, weight=0.5, **options):
    """The same model, explored."""
    found = replace(model, exploration_weight=weight, exploration_days=DAYS, **options)
    found.__dict__ |= {
        name: value for name, value in model.__dict__.items() if name not in vars(found)
    }
    return found


def late(user):
    """A user who asks two hours after the newest event of all."""
    return replace(SHOP.history(user), now=LATEST + 2 * HOUR)


# ---- weights


def blended(model, history, case, now=None):
    """The blend itself, with the weights of a case."""
    asked = question(SHOP, [history if now is None else replace(history, now=now)])
    scores = np.zeros((1, len(SHOP.items)), np.float32)
    model._blended.weighted(model.learned[case])(scores, asked)
    return scores[0]


def test_a_visit_a_return_and_a_stranger_are_answered_with_weights_of_their_own(fitted):
    history = SHOP.history("u5")
    last = int(history.events.time[-1])
    for case, who in [
        ("visit", history),
        ("visit", history.at(last + VISIT_GAP)),
        ("back", history.at(last + VISIT_GAP + 1)),
        ("cold", History(user=4, now=LATEST)),
        ("cold", History().add(-1, LATEST).add(len(SHOP.items), LATEST)),
    ]:
        np.testing.assert_allclose(fitted.score(who), blended(fitted, who, case), atol=1e-5)


def test_nobody_is_asked_right_after_the_newest_event(fitted):
    expected = blended(fitted, History(), "cold", now=LATEST + 1)
    np.testing.assert_allclose(fitted.score(History()), expected, atol=1e-5)
    np.testing.assert_allclose(fitted.score("nobody"), expected, atol=1e-5)


def test_in_a_batch_everybody_gets_the_answer_they_get_alone(fitted):
    last = int(SHOP.history("u5").events.time[-1])
    mixed = [SHOP.history("u1"), History(), SHOP.history("u5").at(last + DAY), History(user=3)]
    together = fitted._scores(Histories.of(mixed))
    for row, history in enumerate(mixed):
        np.testing.assert_allclose(together[row], fitted.score(history), atol=1e-4)


def test_the_cold_have_weights_only_of_what_is_known_without_a_history(fitted):
    blend, cold = fitted._blended, fitted.learned["cold"]
    own = [key in COLD for key, group in blend.groups.items() for _ in group.names]
    own += [False] * (len(blend.names) - len(own))
    assert not cold[~np.array(own)].any()
    assert cold[np.array(own)].any()
    assert set(blend.groups) == set(GROUPS)
    for case in CASES:
        assert fitted.learned[case].shape == (len(fitted.signals),)
        assert np.isfinite(fitted.learned[case]).all()


def test_only_wanted_types_are_foreseen():
    """Everybody looks at three items again and again, and buys two others now and then."""
    rows, types = [], []
    for user in range(60):
        for hour in range(28):
            buys = hour % 4 == 3
            item = 3 + hour // 4 % 2 if buys else hour % 3
            rows.append((f"u{user}", f"i{(5 * user + item) % 40}", hour))
            types.append("Purchase" if buys else "View")
    view = Interactions.from_frame(frame(*rows, event_type=types))
    for wanted, of_type in [((), "View"), (("Purchase",), "Purchase")]:
        model = Personalisation(min_count=1, repeats=True, wanted=wanted).fit(view)
        right = 0
        for user in view.users.values[:30]:
            events = view.history(user).events
            own = events.item[events.kind == view.event_types.index(of_type)]
            first = view.items.codes(model.recommend(user, 2, repeats=True).items)
            right += np.isin(first, own).sum()
        assert right >= 54, wanted


# ---- exploration


def ages(moment):
    """(items,) days; an item of which nothing is known is as new as can be."""
    created = SHOP.item_attributes.created
    created = np.where(created > 0, np.minimum(created, LATEST + 1), LATEST + 1)
    return (moment - created) / DAY


def test_without_a_weight_nothing_is_explored(fitted):
    model = exploring(fitted, weight=0.0)
    for who in (SHOP.history("u1"), late("u2"), History()):
        np.testing.assert_array_equal(model.score(who), fitted.score(who))
        assert "exploration" not in model.explain(late("u2"), "i3").others


@pytest.mark.parametrize("weight", [0.2, 1.0])
def test_only_items_within_the_age_move_and_by_no_more_than_the_formula_allows(fitted, weight):
    events = np.bincount(SHOP.events.item, minlength=len(SHOP.items))
    model = exploring(fitted, weight)
    for user in SHOP.users.values[:20]:
        who = late(user)
        plain, bonus = fitted.score(who), model.score(who) - fitted.score(who)
        age = ages(who.now)
        young = (age >= 0) & (age <= DAYS)
        assert 0 < young.sum() < len(young)
        assert not bonus[~young].any()
        most = weight * (plain.max() - plain) / np.sqrt(1 + events)
        assert (bonus >= 0).all()
        assert (bonus <= most + 1e-4).all()
    assert bonus[young].max() > 0


def test_the_draws_are_uniform_between_nothing_and_the_weight(fitted):
    """Over many hours the bonus of one item is half of the most it can be, on the whole."""
    model, item = exploring(fitted, weight=1.0), "bare"
    code = SHOP.items.code(item)
    who = [late("u1").at(LATEST + hour * HOUR) for hour in range(2, 100)]
    plain = np.array([fitted.score(history) for history in who])
    bonus = np.array([model.score(history)[code] for history in who]) - plain[:, code]
    share = bonus / (plain.max(axis=1) - plain[:, code])  # nobody took it: divided by sqrt(1)
    assert abs(share.mean() - 0.5) < 0.1
    assert share.min() >= 0
    assert 0.9 < share.max() <= 1


def test_one_hour_one_user_and_one_seed_draw_the_same(fitted):
    model = exploring(fitted)
    begin = (LATEST // HOUR + 2) * HOUR + 1  # on the hour items grow too old

    def bonus(model, user="u1", moment=begin):
        """In parts of the way to the best item."""
        history = SHOP.history(user).at(moment)
        plain = fitted.score(history)
        return (model.score(history) - plain) / (plain.max() - plain + 1e-3)

    first = bonus(model)
    np.testing.assert_array_equal(first, bonus(exploring(fitted)))
    np.testing.assert_allclose(first, bonus(model, moment=begin + HOUR - 2), atol=1e-3)
    for other in (
        bonus(model, moment=begin + HOUR),
        bonus(model, user="u2"),
        bonus(exploring(fitted, seed=1)),
    ):
        assert np.abs(other - first).max() > 1e-2


def test_a_stranger_is_shown_new_items_too(fitted):
    model = exploring(fitted, weight=1.0)
    bonus = model.score(History()) - fitted.score(History())
    age = ages(LATEST + 1)
    young = (age >= 0) & (age <= DAYS)
    assert bonus[young].max() > 0
    assert not bonus[~young].any()


def test_exploration_is_named_among_the_reasons(fitted):
    model, who = exploring(fitted), late("u3")
    for item in ("bare", "i2", "i24"):
        code = SHOP.items.code(item)
        why = model.explain(who, item)
        moved = model.score(who)[code] - fitted.score(who)[code]
        assert why.others["exploration"] == pytest.approx(moved, abs=1e-4)
        assert sum(why.others.values()) == pytest.approx(why.rest, abs=1e-3)
