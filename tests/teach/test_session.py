import subprocess
import sys

import matplotlib as mpl
import pytest

from lab_kit.errors import LabKitError
from lab_kit.teach.session import begin, current


@pytest.fixture(autouse=True)
def figures_of_the_other_tests_keep_their_look():
    with mpl.rc_context():
        yield


def test_a_lab_begins_with_its_card(capsys):
    lab = begin("01", dataset="movielens-small")
    assert capsys.readouterr().out == (
        "[Lab 01: Preprocess] about 25 minutes, data set movielens-small\n"
        "  How do raw exports become data?\n"
        "  So far: 0 of 2 exercises done.\n"
    )
    assert (lab.info.id, lab.dataset) == ("01", "movielens-small")
    assert current() is lab


def test_the_first_data_set_is_the_default():
    assert begin("01").dataset == "shop"


def test_figures_get_the_kits_look():
    mpl.rcdefaults()
    before = dict(mpl.rcParams)
    begin("01")
    assert dict(mpl.rcParams) != before


def test_a_data_set_the_lab_does_not_accept_is_answered_with_those_it_does():
    with pytest.raises(LabKitError, match=r"'telco'.*choose one of shop, movielens-small"):
        begin("01", dataset="telco")


def test_an_unknown_lab_is_answered_with_those_there_are():
    with pytest.raises(LabKitError, match=r"no lab '7'.*00, 01"):
        begin("7")


HEAVY = {"ipywidgets", "jinja2", "matplotlib", "sklearn"}


def test_importing_the_room_imports_nothing_heavy():
    code = f"import sys, lab_kit.teach; print(sorted({HEAVY} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
