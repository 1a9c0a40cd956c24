import pytest

from lab_kit.errors import LabKitError
from lab_kit.notebooks.selection import choose, pair_up
from lab_kit.teach.labs import labs
from tests.notebooks.labs_for_tests import LABS

KNOWN = labs(LABS)


def ids(*names):
    return [info.id for info in choose(names, KNOWN)]


def keys(pairs):
    return [(pair.lab.id, pair.dataset) for pair in pairs]


def paired(*datasets, at_hand=()):
    return pair_up(KNOWN, datasets, lambda name: name == "shop" or name in at_hand)


def test_labs_are_chosen_by_id_number_or_file_name_in_their_own_order():
    assert ids() == ["01", "02", "03"]
    assert ids("3", "01_first", "03") == ["01", "03"]


def test_an_unknown_lab_is_answered_with_those_there_are():
    with pytest.raises(LabKitError, match=r"no lab '07'.*01, 02, 03"):
        ids("01", "07")


def test_by_default_a_lab_runs_on_its_own_data_set_and_on_others_at_hand():
    pairs, skipped = paired(at_hand=("movielens-small",))
    assert keys(pairs) == [
        ("01", "shop"),
        ("01", "movielens-small"),
        ("02", "shop"),
        ("03", "shop"),
    ]
    assert skipped == []


def test_what_is_not_at_hand_is_skipped_with_the_way_to_get_it():
    pairs, (skipped,) = paired()
    assert ("01", "movielens-small") not in keys(pairs)
    assert (skipped.id, skipped.dataset) == ("01", "movielens-small")
    assert "lab-kit data get movielens-small" in skipped.reason


def test_a_data_set_asked_for_leaves_out_labs_that_do_not_take_it():
    pairs, skipped = paired("movielens-small", at_hand=("movielens-small",))
    assert keys(pairs) == [("01", "movielens-small")]
    assert [(left.id, left.reason) for left in skipped] == [
        ("02", "the lab works with shop"),
        ("03", "the lab works with shop"),
    ]


def test_a_data_set_no_lab_takes_is_an_error():
    with pytest.raises(LabKitError, match=r"'shoop'.*choose from shop, movielens-small"):
        paired("shoop")


def test_nothing_left_to_run_is_an_error():
    with pytest.raises(LabKitError, match="Nothing is left to run: 01 on movielens-small: not on"):
        paired("movielens-small")
