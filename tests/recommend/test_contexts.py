"""Circumstances: from the frame, through files and new events, to other answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.personalisation import Personalisation
from tests.recommend.shops import frame, full_shop, random_events

ROWS = [("a", "x", 1), ("a", "y", 3), ("b", "x", 2)]


def view_of(**columns):
    return Interactions.from_frame(frame(*ROWS, **columns), contexts=list(columns))


def said(view, user):
    """The circumstances of a user's events, in words."""
    events = view.history(user).events
    return [
        {
            name: values[code]
            for (name, values), code in zip(view.contexts.items(), row, strict=True)
            if code >= 0
        }
        for row in events.context
    ]


def test_contexts_are_read_as_text_and_a_missing_one_is_not_known():
    view = view_of(device=["phone", "desk", None], hour=[7, 8, 7])
    assert view.contexts == {"device": ("phone", "desk"), "hour": ("7", "8")}
    assert said(view, "a") == [{"device": "phone", "hour": "7"}, {"device": "desk", "hour": "8"}]
    assert said(view, "b") == [{"hour": "7"}]
    assert view.histories().context.tolist() == [[-1, -1], [-1, -1]]  # nobody asked yet
    without = Interactions.from_frame(frame(*ROWS, device="phone"))
    assert without.contexts == {}
    assert without.events.context.shape == (3, 0)


def test_a_context_without_a_column_is_refused():
    with pytest.raises(LabKitError, match=r"no column for the context device.*Next: "):
        Interactions.from_frame(frame(*ROWS), contexts=["device"])


def test_a_column_in_which_every_event_differs_is_no_circumstance():
    events = random_events(1, events=2_000).assign(session=[f"s{n}" for n in range(2_000)])
    with pytest.raises(LabKitError, match=r'context "session" has 2,000 different values.*Next: '):
        Interactions.from_frame(events, contexts=["session"])


def test_new_events_bring_new_values_and_may_say_less():
    view = view_of(device=["phone", "desk", "desk"], day=["work", "rest", "rest"])
    more = view.append(frame(("a", "y", 9), ("c", "x", 9), device=["watch", "phone"]))
    assert more.contexts == {"device": ("phone", "desk", "watch"), "day": ("work", "rest")}
    assert said(more, "a")[-1] == {"device": "watch"}
    assert said(more, "c") == [{"device": "phone"}]
    silent = more.append(frame(("c", "y", 10)))
    assert said(silent, "c") == [{"device": "phone"}, {}]
    assert silent.contexts == more.contexts
    assert view.contexts["device"] == ("phone", "desk")  # the old view stays
    # As whole arrays, and side by side with a stranger who knows no contexts at all.
    assert silent.events.context.shape == (6, 2)
    both = Histories.of([silent.history("c"), History().add(0)])
    assert both.events.context.tolist() == [[0, -1], [-1, -1], [-1, -1]]


def test_a_single_event_says_its_circumstances_as_text_or_not_at_all():
    view = view_of(device=["phone", "desk", "desk"], hour=[7, 8, 8])
    more = view.append_event("a", "y", 2**41, value=3.5, context={"device": None, "hour": 9})
    assert said(more, "a")[-1] == {"hour": "9"}
    assert more.contexts == {"device": ("phone", "desk"), "hour": ("7", "8", "9")}
    assert more.history("a").events.value[-1] == 3.5


def test_a_context_nobody_named_at_the_beginning_is_passed_over_later():
    view = Interactions.from_frame(frame(*ROWS)).append(frame(("a", "y", 9), device="watch"))
    assert view.contexts == {}
    assert view.events.context.shape == (4, 0)


def test_a_question_is_put_in_the_circumstances_of_what_is_to_be_found():
    view = view_of(device=["phone", "desk", "watch"])
    given, future = view.histories(["a", "b"]).parted(np.array([1, 1]))
    assert given.context.tolist() == future.events.context.tolist() == [[1], [2]]
    given, _ = view.histories(["a", "b"]).parted(np.array([1, 0]))
    assert given.context.tolist() == [[1], [-1]]


def test_interactions_are_read_back_with_their_contexts(tmp_path):
    view = full_shop(1).append(frame(("u1", "i1", 900), device="watch"))
    view.save(tmp_path / "view.npz")
    again = Interactions.load(tmp_path / "view.npz")
    assert again.contexts == view.contexts
    for user in ("u1", "u2"):
        assert said(again, user) == said(view, user)


@pytest.fixture(scope="module")
def by_device():
    """On the phone everybody takes even items, at the desk odd ones; users say nothing.

    Each has fifteen events, so that one is to be found: the one the question's device is of.
    """
    rng = np.random.default_rng(0)
    rows = [(f"u{n % 160}", f"i{rng.integers(20)}", 3 * (n // 160)) for n in range(2_400)]
    even = np.array([int(item[1:]) % 2 == 0 for _, item, _ in rows])
    events = frame(*rows).assign(device=np.where(even, "phone", "desk"), day="work")
    view = Interactions.from_frame(events, contexts=["device", "day"])
    return Personalisation(min_count=1, repeats=True).fit(view)


def even(model, who, **context):
    first = model.recommend(who, 8, repeats=True, context=context).items
    return sum(int(item[1:]) % 2 == 0 for item in first)


@pytest.mark.parametrize("who", ["u1", "nobody", History(), History().add(3)])
def test_answers_follow_the_circumstances(by_device, who):
    assert even(by_device, who, device="phone") >= 7
    assert even(by_device, who, device="desk") <= 1


def test_a_score_and_its_reasons_follow_them_too(by_device):
    item = "i4"
    plain = by_device.score("u1", [item])[0]
    phone = by_device.score("u1", [item], context={"device": "phone"})[0]
    desk = by_device.score("u1", [item], context={"device": "desk"})[0]
    assert desk < plain < phone
    for name, score in (("phone", phone), ("desk", desk)):
        why = by_device.explain("u1", item, context={"device": name})
        assert why.score == pytest.approx(score, abs=1e-6)
        assert why.others["the circumstances"] == pytest.approx(score - plain, abs=1e-4)
    assert by_device.explain("u1", item).others["the circumstances"] == 0


@pytest.mark.parametrize("context", [{"device": "watch"}, {"device": None}, {}, None])
def test_a_value_never_met_is_as_if_nothing_were_said(by_device, context):
    np.testing.assert_array_equal(by_device.score("u1", context=context), by_device.score("u1"))
    half = {**(context or {}), "day": "work"}
    np.testing.assert_array_equal(
        by_device.score("u1", context=half), by_device.score("u1", context={"day": "work"})
    )


@pytest.mark.parametrize("ask", ["recommend", "score", "explain"])
def test_a_context_of_another_name_is_refused_and_the_known_ones_are_named(by_device, ask):
    arguments = ("u1", "i1") if ask == "explain" else ("u1",)
    with pytest.raises(LabKitError, match=r"no context 'weather'.*device, day\)\. Next: "):
        getattr(by_device, ask)(*arguments, context={"device": "phone", "weather": "rain"})
    lonely = EASE().fit(Interactions.from_frame(frame(*ROWS)))
    with pytest.raises(LabKitError, match=r"no context 'device' \(contexts that are known: none"):
        getattr(lonely, ask)("a", *(("x",) if ask == "explain" else ()), context={"device": "x"})


def test_a_model_from_disk_knows_its_contexts(by_device, tmp_path):
    by_device.save(tmp_path)
    again = Personalisation.load(tmp_path, by_device.interactions)
    assert dict(again.contexts) == by_device.contexts
    for device in ("phone", "desk"):
        ours, theirs = (
            model.score("u1", context={"device": device}) for model in (by_device, again)
        )
        np.testing.assert_array_equal(ours, theirs)


def test_many_are_asked_in_circumstances_of_their_own(by_device):
    histories = by_device.interactions.histories(["u1", "u2", "nobody"])
    context = np.array([[0, -1], [1, 0], [1, -1]], np.int16)
    lists = by_device.recommend_many(replace(histories, context=context), 5, repeats=True)
    devices = by_device.contexts["device"]
    for row, who in enumerate(("u1", "u2", "nobody")):
        given = {"device": devices[context[row, 0]]}
        if context[row, 1] >= 0:
            given["day"] = "work"
        alone = by_device.recommend(who, 5, repeats=True, context=given)
        np.testing.assert_allclose(lists[row].scores, alone.scores, atol=1e-5)


def test_after_an_event_with_a_new_value_the_model_answers_as_before(by_device):
    model = replace(by_device)
    model.__dict__.update(by_device.__dict__)
    model.observe(frame(("u1", "i1", 900), device="watch", day="rest"))
    assert np.isfinite(model.score("u1", context={"device": "watch"})).all()
    with pytest.raises(LabKitError, match="There is no context 'place'"):
        model.score("u1", context={"place": "home"})


def test_a_model_that_learns_nothing_from_circumstances_answers_the_same():
    events = random_events(1).assign(device=pd.Series(["phone", "desk"] * 30, dtype="str"))
    model = EASE().fit(Interactions.from_frame(events, contexts=["device"]))
    np.testing.assert_array_equal(model.score("u1", context={"device": "desk"}), model.score("u1"))
