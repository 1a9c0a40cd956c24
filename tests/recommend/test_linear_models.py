"""EASE and the linear sequence model against slow textbook versions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.sequence import LinearSequence
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
