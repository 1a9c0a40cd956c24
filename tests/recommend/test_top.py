"""The k best of many scores, beside a sort of them all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.top import GROUP, top


def slowly(scores, k):
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    return [place for place in order if scores[place] > -np.inf][:k]


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 999),
    st.one_of(st.integers(1, 40), st.integers(1, 40 * GROUP)),
    st.integers(1, 30),
    st.sampled_from([2, 5, 10_000]),
    st.sampled_from([0.0, 0.5, 0.99, 1.0]),
)
def test_it_is_the_head_of_a_stable_sort(seed, items, k, levels, barred):
    """With few levels nearly everything is a tie; with nearly all barred few are left."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(-levels, levels, items).astype(np.float32)
    scores[rng.random(items) < barred] = -np.inf
    assert top(scores, k).tolist() == slowly(scores, k)


@pytest.mark.parametrize("place", [0, GROUP, 20 * GROUP, 20 * GROUP + 1, 20 * GROUP + 62])
def test_the_best_is_found_wherever_it_lies(place):
    """Also behind the last whole group, and where all the best lie in one group."""
    scores = np.zeros(20 * GROUP + 63, np.float32)
    scores[place] = 2
    scores[::20] += 1
    assert top(scores, 5).tolist() == slowly(scores, 5)
