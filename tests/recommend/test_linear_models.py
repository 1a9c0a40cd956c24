"""EASE and the linear sequence model against slow textbook versions."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.sequence import LinearSequence
from lab_kit.recommend.recency import VISIT_GAP
from tests.recommend.shops import random_events

shapes = st.tuples(st.integers(0, 999), st.integers(1, 12), st.integers(1, 12), st.integers(2, 60))


def view_of(shape):
    seed, users, items, events = shape
    return Interactions.from_frame(random_events(seed, users, items, events))


def full_table(model):
    kept = model.learned.get("kept", np.arange(len(model.items)))
    table = np.zeros((len(model.items),) * 2)
    table[np.ix_(kept, kept)] = model.learned["table"]
    return table


@settings(max_examples=60, deadline=None)
@given(shapes, st.sampled_from([0.5, 5.0, 200.0]))
def test_ease_is_the_solution_of_its_least_squares(shape, regularisation):
    """Column by column: ridge regression of an item on all other items (Steck's problem)."""
    view = view_of(shape)
    model = EASE(regularisation).fit(view)
    ones = (view.matrix().toarray() > 0).astype(float)
    slow = np.zeros((len(view.items),) * 2)
    for item in range(len(view.items)):
        others = np.delete(np.arange(len(view.items)), item)
        past = ones[:, others]
        system = past.T @ past + regularisation * np.eye(len(others))
        slow[others, item] = np.linalg.solve(system, past.T @ ones[:, item])
    np.testing.assert_allclose(full_table(model), slow, atol=2e-4)


@settings(max_examples=60, deadline=None)
@given(shapes)
def test_the_sequence_table_is_the_solution_of_its_normal_equations(shape):
    view = view_of(shape)
    model = LinearSequence(regularisation=2.0, past=1.5, future=0.75).fit(view)
    before, after = [], []
    for user in range(len(view.users)):
        items = view.histories(np.array([user])).events.item
        for place in range(len(items) - 1):
            past, future = np.zeros(len(view.items)), np.zeros(len(view.items))
            for distance in range(6):  # four times 1.5
                if place - distance >= 0:
                    past[items[place - distance]] += np.exp(-distance / 1.5)
            for distance in range(3):  # four times 0.75
                if place + 1 + distance < len(items):
                    future[items[place + 1 + distance]] += np.exp(-distance / 0.75)
            before.append(past)
            after.append(future)
    s, t = (np.array(rows).reshape(-1, len(view.items)) for rows in (before, after))
    slow = np.linalg.solve(s.T @ s + 2 * np.eye(len(view.items)), s.T @ t)
    np.testing.assert_allclose(full_table(model), slow, atol=2e-4)


def weighted(seed, users=9, items=7, events=60):
    """Events that weigh from a little to a lot, hours apart, so that users have several visits."""
    rng = np.random.default_rng(seed)
    table = random_events(seed, users, items, events)
    return Interactions.from_frame(table.assign(weight=rng.uniform(0.1, 4, events)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.sampled_from([0.0, 0.5, 2.0]), st.integers(1, 3))
def test_ease_with_weights_and_visits_is_ridge_regression_with_more_rows(seed, visits, least):
    """A row a user and a row a visit, each holding the heaviest event with every item."""
    view = weighted(seed)
    model = EASE(3.0, visits=visits, min_count=least).fit(view)
    heaviest, rows = view.events.weight.max(), []
    for user in view.users.values:
        events = view.history(user).events
        parts = [slice(None)]
        if visits:
            cuts = np.flatnonzero(np.diff(events.time) > VISIT_GAP) + 1
            parts += [slice(a, b) for a, b in pairwise([0, *cuts, len(events)])]
        for number, part in enumerate(parts):
            row = np.zeros(len(view.items))
            np.maximum.at(row, events.item[part], events.weight[part] / heaviest)
            rows.append(row * (visits**0.5 if number else 1))
    taken = np.array(rows)
    users = [len(set(view.user[view.events.item == item])) for item in range(len(view.items))]
    kept = np.flatnonzero(np.array(users) >= least)
    np.testing.assert_array_equal(model.kept, kept)
    slow = np.zeros((len(view.items),) * 2)
    for item in kept:
        others = kept[kept != item]
        past = taken[:, others]
        system = past.T @ past + 3.0 * np.eye(len(others))
        slow[others, item] = np.linalg.solve(system, past.T @ taken[:, item])
    np.testing.assert_allclose(full_table(model), slow, atol=2e-4)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.integers(1, 3))
def test_events_weigh_in_the_sequence_and_rare_items_leave_no_gap(seed, least):
    """What is left out has no place: its neighbours then stand next to each other."""
    view = weighted(seed)
    model = LinearSequence(regularisation=2.0, past=1.5, future=0.75, min_count=least).fit(view)
    users = [len(set(view.user[view.events.item == item])) for item in range(len(view.items))]
    kept = np.flatnonzero(np.array(users) >= least)
    heaviest, before, after = view.events.weight.max(), [], []
    for user in view.users.values:
        events = view.history(user).events
        there = np.isin(events.item, kept)
        pairs = list(zip(events.item[there], events.weight[there] / heaviest, strict=True))
        for place in range(len(pairs) - 1):
            past, future = np.zeros(len(view.items)), np.zeros(len(view.items))
            for distance, (item, weight) in enumerate(pairs[place::-1][:6]):
                past[item] += weight * np.exp(-distance / 1.5)
            for distance, (item, weight) in enumerate(pairs[place + 1 :][:3]):
                future[item] += weight * np.exp(-distance / 0.75)
            before.append(past)
            after.append(future)
    s, t = (np.array(rows).reshape(-1, len(view.items)) for rows in (before, after))
    slow = np.linalg.solve(s.T @ s + 2 * np.eye(len(view.items)), s.T @ t)
    np.testing.assert_allclose(full_table(model), slow, atol=2e-4)


@pytest.mark.parametrize("kind", [EASE, LinearSequence])
def test_contributions_add_up_to_the_score(kind):
    view = Interactions.from_frame(random_events(7))
    model = kind(min_count=2).fit(view)
    for user in view.users.values:
        for item in view.items.values:
            why = model.explain(user, item)
            assert why.exact
            assert abs(why.causes["contribution"].sum() - why.score) < 1e-5
            assert abs(why.rest) < 1e-5


@pytest.mark.parametrize(("kind", "instead"), [(EASE, "use ALS"), (LinearSequence, "use Markov")])
def test_too_little_memory_is_refused_before_it_is_taken(kind, instead):
    view = Interactions.from_frame(random_events(8))
    with pytest.raises(LabKitError, match=rf"with 7 items needs .* MiB.*Next: {instead}"):
        kind(memory=100).fit(view)
