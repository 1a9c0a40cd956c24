import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.embed import count
from lab_kit.errors import LabKitError
from tests.embed.spaces import ANIMALS, MACHINES, two_worlds

TEXT = [["a", "b", "c"], ["a", "b"], ["c", "a"]]


def test_counts_can_be_checked_by_eye():
    found = count(TEXT, window=1, min_count=1)
    assert found.words == ("a", "b", "c")
    assert found.frequency.tolist() == [3, 2, 2]
    assert found.frame.to_numpy().tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]


def test_a_wider_window_sees_further():
    assert count(TEXT, window=2, min_count=1).frame.at["a", "c"] == 2


def test_rare_words_leave_before_the_window_is_laid():
    found = count([["a", "rare", "b"], ["a", "b"]], window=1, min_count=2)
    assert found.frame.at["a", "b"] == 2


def test_pmi_by_hand():
    # 8 meetings in all; a meets b 2 times, a has 3, b has 3: log(2 x 8 / 9)
    found = count(TEXT, window=1, min_count=1)
    assert found.pmi(smoothing=1)[0, 1] == pytest.approx(np.log(2 * 8 / 9))
    everything = found.pmi(positive=False, smoothing=1)
    assert everything[0, 2] == pytest.approx(np.log(1 * 8 / 6))
    assert (found.pmi().toarray() >= 0).all()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abcd"), max_size=7), min_size=2, max_size=8),
    st.integers(1, 4),
)
def test_the_table_is_what_slow_counting_finds(sentences, window):
    try:
        found = count(sentences, window=window, min_count=1)
    except LabKitError:
        return
    slow = dict.fromkeys(((a, b) for a in found.words for b in found.words), 0)
    for sentence in sentences:
        for i, a in enumerate(sentence):
            for j, b in enumerate(sentence):
                slow[a, b] += i != j and abs(i - j) <= window
    fast = found.frame
    assert {pair: fast.at[pair] for pair in slow} == slow


def test_words_of_one_world_point_the_same_way():
    space = count(two_worlds(), window=3).vectors(4)
    assert space.similarity("cat", "fox") > 0.9
    assert space.similarity("cat", "car") < 0.3
    assert set(space.nearest("tram", 2).names) <= {*MACHINES, "drives", "stops"}
    assert space.odd_one_out([*ANIMALS, "bus"]) == "bus"


def test_the_whole_decomposition_gives_the_table_back():
    found = count(TEXT, window=2, min_count=1)
    space = found.vectors(2)
    values = np.linalg.svd(found.pmi().toarray(), compute_uv=False)[:2]
    assert (space.matrix**2).sum(axis=0) == pytest.approx(values, rel=1e-4)
