"""Propensities against the chances the data were drawn with, and the rules for suggesting."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from lab_kit.errors import LabKitError
from lab_kit.recommend.actions.next_best_action import NextBestAction
from lab_kit.recommend.actions.propensity import chances, fit_propensity
from lab_kit.recommend.interactions import Interactions
from tests.recommend.actions.test_actions import START, actions_of, log_of
from tests.recommend.shops import frame


def test_chances_can_be_believed():
    """Of those said to take it with a chance of a tenth a tenth takes it, and so on."""
    rng = np.random.default_rng(0)
    truth = np.array([1.0, -0.7, *np.zeros(38)])
    seen, new = rng.normal(size=(400, 40)), rng.normal(size=(20_000, 40))
    took = rng.random(400) < 1 / (1 + np.exp(1 - seen @ truth))
    weights = fit_propensity(seen, took, seed=0)
    said = chances(new, weights[None])[:, 0]
    real = 1 / (1 + np.exp(1 - new @ truth))
    plain = LogisticRegression().fit(seen, took).predict_proba(new)[:, 1]

    def missed(chance):
        tenth = np.digitize(chance, np.quantile(chance, np.arange(1, 10) / 10))
        gaps = [chance[tenth == n].mean() - real[tenth == n].mean() for n in range(10)]
        return np.abs(gaps).mean()

    assert np.corrcoef(said, real)[0, 1] > 0.8
    assert missed(said) < 0.04
    assert missed(plain) > 2 * missed(said)


def test_what_says_nothing_leaves_the_share():
    rng = np.random.default_rng(1)
    features, took = rng.normal(size=(600, 30)), rng.random(600) < 0.2
    said = chances(rng.normal(size=(500, 30)), fit_propensity(features, took, seed=0)[None])
    assert said.mean() == pytest.approx(took.mean(), abs=0.01)
    assert said.std() < 0.05


@pytest.mark.parametrize("taken", [0, 3])
def test_hardly_ever_taken_is_the_share_with_one_of_either_kind_added(taken):
    took = np.arange(60) < taken
    weights = fit_propensity(np.random.default_rng(0).normal(size=(60, 4)), took, seed=0)
    assert chances(np.zeros((1, 4)), weights[None])[0, 0] == pytest.approx((taken + 1) / 62)
    assert not weights[:-1].any()


def club(users=300, asked=240):
    """Women join mostly, men hardly; who bought toys reads about them; nobody was told of `new`.

    Sixty users have not been told of anything.
    """
    rng = np.random.default_rng(3)
    people = pd.DataFrame({"user_id": [f"u{n}" for n in range(users)]})
    people["gender"] = ["F", "M"] * (users // 2)
    rows, bought = [], []
    for n in range(users):
        toys = n % 3 == 0
        bought += [(f"u{n}", f"{'toy' if toys else 'tool'}{k}", k) for k in rng.permutation(5)[:3]]
        join = rng.random() < (0.8 if n % 2 == 0 else 0.2)
        read = rng.random() < (0.9 if toys else 0.3)
        day = 10 + rng.integers(20)
        if n >= asked:
            continue
        rows.append((f"u{n}", "join", day, "TAKEN" if join else "NOT_TAKEN"))
        rows.append((f"u{n}", "read", day, "VIEWED"))
        rows += [(f"u{n}", "read", day + 1, "TAKEN")] * int(read)
    view = Interactions.from_frame(frame(*bought), users=people.astype("str"))
    return view, log_of(*rows)


VIEW, LOG = club()
ACTIONS = actions_of("join", "read", "new")


@pytest.fixture(scope="module")
def fitted():
    return NextBestAction(factors=4).fit(VIEW, ACTIONS, LOG)


def mean_propensity(model, action, users):
    now = START + pd.Timedelta(days=20)
    return np.mean([model.propensities(user, now=now)[action] for user in users])


def test_propensities_follow_attributes_and_what_was_bought(fitted):
    fresh = [f"u{n}" for n in range(240, 300)]
    women, men = fresh[::2], fresh[1::2]
    assert mean_propensity(fitted, "join", women) == pytest.approx(0.8, abs=0.1)
    assert mean_propensity(fitted, "join", men) == pytest.approx(0.2, abs=0.1)
    players = fresh[::3]
    others = [user for user in fresh if user not in players]
    assert mean_propensity(fitted, "read", players) > 0.7
    assert mean_propensity(fitted, "read", others) < 0.5
    assert fitted.propensities("u0")["new"] == 0.0
    assert 0 < fitted.propensities("nobody")["join"] < 1


def test_the_first_is_the_likeliest_and_scores_fall(fitted):
    man, woman = fitted.recommend("u243", 3), fitted.recommend("u242", 3)
    assert woman.items[0] == "join"
    assert man.items[0] == "read"
    assert man.items[-1] == woman.items[-1] == "new"
    for answer in (man, woman):
        assert (np.diff(answer.scores) <= 0).all()
        exact = fitted.propensities("u243" if answer is man else "u242")
        np.testing.assert_allclose(answer.scores, exact[answer.items].round(2), atol=1e-6)


def test_explanations_add_up_to_the_log_odds(fitted):
    why = fitted.explain("u4", "join")
    chance = fitted.propensities("u4")["join"]
    assert why["contribution"].sum() == pytest.approx(np.log(chance / (1 - chance)))
    assert why["feature"].iloc[:3].str.startswith("gender").any()
    with pytest.raises(LabKitError, match="'new' has no propensity yet"):
        fitted.explain("u4", "new")


def test_an_action_below_fifty_of_a_kind_has_no_propensity():
    taken = LOG[(LOG["action_id"] == "join") & (LOG["event_type"] == "TAKEN")]
    few = LOG.drop(taken.index[49:])
    model = NextBestAction(factors=2).fit(VIEW, ACTIONS, few)
    assert model.propensities("u4")["join"] == 0.0
    assert model.propensities("u4")["read"] > 0


def with_rules(**columns):
    return NextBestAction(factors=2).fit(VIEW, actions_of("join", "read", "new", **columns), LOG)


def test_an_expired_action_is_not_suggested():
    model = with_rules(expiration_timestamp=[START + pd.Timedelta(days=40), pd.NaT, pd.NaT])
    for day, expected in ((39.9, {"join", "read", "new"}), (40, {"read", "new"})):
        now = START + pd.Timedelta(days=day)
        assert set(model.recommend("u4", 9, now=now).items) == expected


def test_a_user_is_left_in_peace_for_the_repeat_frequency():
    model = with_rules(repeat_frequency=[30, None, None])
    last = LOG[(LOG["user_id"] == "u4") & (LOG["action_id"] == "join")]["timestamp"].max()
    for days, there in ((29.9, False), (30, True)):
        found = model.recommend("u4", 9, now=last + pd.Timedelta(days=days)).items
        assert ("join" in found) is there
    assert "join" in model.recommend("stranger", 9).items


def test_of_equally_likely_actions_the_more_valuable_comes_first():
    rows = [
        (f"u{n}", action, 3, "TAKEN" if n % 2 else "VIEWED")
        for n in range(200)
        for action in ("a", "b", "c")
    ]
    for values, expected in (([1, 10, 5], "b"), ([10, 5, 1], "a")):
        actions = actions_of("a", "b", "c", value=values)
        nothing = Interactions.from_frame(frame(("u0", "x", 0)))
        model = NextBestAction(factors=1).fit(nothing, actions, log_of(*rows))
        answer = model.recommend("stranger", 3)
        assert len(set(answer.scores.tolist())) == 1
        assert answer.items[0] == expected


def test_actions_without_propensity_come_by_value_and_then_the_newest():
    times = [START, START + pd.Timedelta(days=5), START]
    actions = actions_of("a", "b", "c", value=[1, 1, 2], creation_timestamp=times)
    model = NextBestAction().fit(VIEW, actions, log_of())
    answer = model.recommend("u1", 3)
    assert answer.items.tolist() == ["c", "b", "a"]
    assert answer.scores.tolist() == [0, 0, 0]


def test_new_events_change_the_next_answer(fitted):
    model = NextBestAction(factors=4).fit(VIEW, ACTIONS, LOG)
    before = model.propensities("u4")
    model.observe(log_of(*[("u4", "join", 40 + n, "VIEWED") for n in range(6)]))
    after = model.propensities("u4")
    assert after["join"] != before["join"]
    toys = frame(*[("u1", f"toy{n}", 900 + n) for n in range(5)] * 4)
    now = START + pd.Timedelta(days=60)
    before = model.propensities("u1", now=now)["read"]
    model.observe_items(toys)
    assert model.propensities("u1", now=now)["read"] > before
    model.observe_items(frame(("somebody", "toy1", 950)))
    assert len(model.recommend("somebody", 3)) == 3


def test_saved_and_loaded_it_answers_the_same(fitted, tmp_path):
    fitted.save(tmp_path)
    again = NextBestAction.load(tmp_path, VIEW, ACTIONS, LOG)
    assert repr(again) == repr(fitted)
    for user in ("u0", "u1", "nobody"):
        pd.testing.assert_series_equal(again.propensities(user), fitted.propensities(user))
    more = actions_of("join", "read", "new", "newer", "newest")
    moved = NextBestAction.load(tmp_path, VIEW, more, LOG)
    old = fitted.propensities("u1")
    pd.testing.assert_series_equal(moved.propensities("u1")[old.index], old)
    assert moved.propensities("u1")[["newer", "newest"]].tolist() == [0, 0]


def test_loading_says_what_is_wrong(fitted, tmp_path):
    fitted.save(tmp_path)
    with pytest.raises(LabKitError, match="actions it knows are unknown, such as 'new'"):
        NextBestAction.load(tmp_path, VIEW, ACTIONS.iloc[:2], LOG)
    nobody = Interactions.from_frame(frame(("u0", "toy1", 1)))
    with pytest.raises(LabKitError, match="not those the model was fitted with"):
        NextBestAction.load(tmp_path, nobody, ACTIONS, LOG)
    with pytest.raises(LabKitError, match="There is no model"):
        NextBestAction.load(tmp_path / "elsewhere", VIEW, ACTIONS, LOG)


def test_candidates_and_wrong_requests(fitted):
    assert fitted.recommend("u4", 9, candidates=["read"]).items.tolist() == ["read"]
    with pytest.raises(LabKitError, match="k is 0"):
        fitted.recommend("u4", 0)
    with pytest.raises(LabKitError, match="1 of 1 candidates are unknown, such as 'fly'"):
        fitted.recommend("u4", candidates=["fly"])
    with pytest.raises(LabKitError, match="has not been fitted"):
        NextBestAction().recommend("u4")
    with pytest.raises(LabKitError, match="There are no actions"):
        NextBestAction().fit(VIEW, ACTIONS.iloc[:0], LOG)


@pytest.mark.parametrize(
    "events",
    [frame(("a", "x", 1)), frame(("a", "x", 1)).iloc[:0], frame(("a", "x", 1), ("b", "y", 1))],
    ids=["one event", "no events", "one moment"],
)
def test_odd_items_give_an_answer(events):
    model = NextBestAction().fit(Interactions.from_frame(events), ACTIONS, LOG)
    found = model.propensities("u4")
    assert found.between(0, 1).all()
    assert found["join"] > 0
