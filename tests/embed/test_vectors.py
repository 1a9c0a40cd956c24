import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.embed import Vectors
from lab_kit.errors import LabKitError
from tests.embed.spaces import COMPASS


def test_nearness_is_that_of_directions_and_not_of_lengths():
    found = COMPASS.nearest("north", 4)
    assert found.names == ["northeast", "east", "west", "south"]
    assert found.cosines == pytest.approx([np.sqrt(0.5), 0, 0, -1], abs=1e-6)
    assert COMPASS.similarity("north", "south") == pytest.approx(-1)


def test_a_vector_is_answered_as_a_name_and_names_can_be_left_out():
    assert COMPASS.nearest(np.array([0, 9.0]), 1).names == ["north"]
    assert COMPASS.nearest("north", 1, without=["northeast"]).names == ["east"]


def test_an_analogy_is_a_step_taken_twice():
    # east - north + west = (1, 0) - (0, 1) + (-1, 0) = (0, -1)
    assert COMPASS.analogy("north", "east", "west").names[0] == "south"
    assert not {"north", "east", "west"} & set(COMPASS.analogy("north", "east", "west").names)


def test_the_odd_one_points_elsewhere():
    assert COMPASS.odd_one_out(["north", "east", "northeast", "south"]) == "south"


def test_an_axis_runs_from_one_name_to_the_other():
    values = COMPASS.axis("west", "east", COMPASS.names)
    assert list(values.index[[0, -1]]) == ["west", "east"]
    assert values["north"] == pytest.approx(0)
    assert values["east"] == pytest.approx(2)


def test_an_unknown_word_is_told_with_its_nearest_spellings():
    with pytest.raises(LabKitError, match=r"'Nort' is not among the 5.*north") as caught:
        COMPASS.nearest("Nort")
    assert "take one of these" in str(caught.value)
    for ask in (
        lambda: COMPASS.analogy("north", "east", "wset"),
        lambda: COMPASS.axis("west", "eats", ["north"]),
        lambda: COMPASS.similarity("nord", "south"),
        lambda: COMPASS["qqqqqq"],
    ):
        with pytest.raises(LabKitError, match="not among"):
            ask()


def test_two_names_have_no_odd_one_out():
    with pytest.raises(LabKitError, match="no odd one out"):
        COMPASS.odd_one_out(["north", "south", "north"])


def test_a_space_comes_back_from_its_file(tmp_path):
    named = Vectors(COMPASS.names, COMPASS.matrix, COMPASS.counts, shown={"east": "동쪽"})
    named.save(tmp_path / "space.npz")
    again = Vectors.load(tmp_path / "space.npz")
    assert again.names == named.names
    assert again.shown == {"east": "동쪽"}
    assert (again.matrix == named.matrix).all()
    assert (again.counts == named.counts).all()


def test_files_that_hold_no_space_are_refused(tmp_path):
    with pytest.raises(LabKitError, match="no such file"):
        Vectors.load(tmp_path / "nothing.npz")
    np.savez(tmp_path / "other.npz", a=np.ones(2))
    (tmp_path / "text.npz").write_text("words", encoding="utf-8")
    for name in ("other.npz", "text.npz"):
        with pytest.raises(LabKitError, match="does not hold vectors"):
            Vectors.load(tmp_path / name)


def test_names_stand_once_and_have_one_row_each():
    for names, rows in ((["a", "a"], 2), (["a", "b"], 3)):
        with pytest.raises(LabKitError, match="distinct names"):
            Vectors(names, np.ones((rows, 2)))


def test_the_commonest_are_those_with_the_largest_counts():
    assert COMPASS.common(2).names == ("north", "east")
    turned = Vectors(COMPASS.names, COMPASS.matrix, [1, 2, 3, 4, 5])
    assert turned.common(2).names == ("northeast", "west")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 12))
def test_neighbours_are_what_sorting_all_cosines_finds(seed, size):
    matrix = np.random.default_rng(seed).normal(size=(size, 4))
    space = Vectors([f"w{n}" for n in range(size)], matrix)
    cosine = {
        f"w{n}": row @ matrix[0] / np.linalg.norm(row) / np.linalg.norm(matrix[0])
        for n, row in enumerate(matrix)
        if n
    }
    slow = sorted(cosine, key=lambda name: -cosine[name])[:3]
    assert space.nearest("w0", 3).names == slow[:3]


def test_a_zero_vector_is_near_to_nothing():
    space = Vectors(["a", "b"], np.array([[0, 0], [1, 0]]))
    assert space.similarity("a", "b") == 0
