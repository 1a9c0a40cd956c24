import subprocess
import sys

import pytest

from lab_kit.data import describe, load, names
from lab_kit.data.catalogue import public_source
from lab_kit.errors import LabKitError
from tests.data.miniatures import MOVIELENS, write_all


def test_the_shop_comes_first():
    assert names()[0] == "shop"
    assert set(names()[1:]) == {
        "movielens-small",
        "online-retail",
        "telco-churn",
        "bank-marketing",
    }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("bank", "bank-marketing"), ("Shop", "shop"), ("movilens_smal", "movielens-small")],
)
def test_an_unknown_name_gets_the_nearest_one_and_the_list(typed, meant):
    with pytest.raises(LabKitError) as error:
        load(typed)
    assert f'did you mean "{meant}"?' in str(error.value)
    assert all(name in str(error.value) for name in names())


@pytest.mark.parametrize("typed", ["nothing", ""])
def test_a_name_like_none_of_them_gets_the_list_only(typed):
    with pytest.raises(LabKitError) as error:
        describe(typed)
    assert "did you mean" not in str(error.value)
    assert all(name in str(error.value) for name in names())


@pytest.mark.parametrize("name", names()[1:])
def test_a_data_set_that_is_not_at_hand_says_both_ways_to_get_it(real_folder, name):
    with pytest.raises(LabKitError) as error:
        load(name)
    assert f"lab-kit data get {name}" in error.value.next_step
    assert "LAB_KIT_REAL_DATA" in error.value.next_step
    assert str(real_folder) in error.value.where
    assert not describe(name).at_hand


def test_a_folder_that_lacks_a_file_says_which(real_folder):
    folder = write_all(real_folder / "movielens-small", MOVIELENS)
    (folder / "tags.csv").unlink()
    with pytest.raises(LabKitError, match=r"has no tags\.csv") as error:
        load("movielens-small")
    assert error.value.where == str(folder)


def test_the_named_folder_is_preferred_to_the_cache(real_folder, tmp_path):
    cache = write_all(tmp_path / "home" / "data" / "movielens-small", MOVIELENS)
    assert describe("movielens-small").folder == cache
    named = write_all(real_folder / "movielens-small", MOVIELENS)
    assert describe("movielens-small").folder == named


def test_the_size_is_that_of_the_files_where_they_are_at_hand(real_folder):
    assert describe("movielens-small").megabytes == public_source("movielens-small").megabytes
    write_all(real_folder / "movielens-small", {**MOVIELENS, "README.txt": "x" * 1_000_000})
    assert describe("movielens-small").megabytes == pytest.approx(1.0, abs=0.01)


def test_nothing_is_downloaded_for_the_shop():
    with pytest.raises(LabKitError, match="comes with the kit"):
        public_source("shop")


def test_importing_the_package_imports_no_loader():
    code = (
        "import sys, lab_kit.data; "
        "print([m for m in sys.modules if m in ('pooch', 'requests', 'matplotlib', 'sklearn') "
        "or m.startswith('lab_kit.data.shop') or m == 'lab_kit.data.online_retail'])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
