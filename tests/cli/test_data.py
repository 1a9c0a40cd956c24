import io
import shutil

import pytest

from lab_kit import paths
from lab_kit.data import describe, names


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch, tmp_path):
    monkeypatch.setenv("LAB_KIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LAB_KIT_REAL_DATA", raising=False)
    # An address where nobody answers: a test that downloads anything fails at once.
    monkeypatch.setenv("LAB_KIT_DATA_MIRROR", "http://127.0.0.1:9")
    return tmp_path


def test_list_names_every_data_set_with_its_licence_and_how_to_get_it(lab_kit):
    outcome = lab_kit("data", "list")
    assert outcome.code == 0
    entries = [line.split(":")[0] for line in outcome.out.splitlines() if line[0] != " "]
    assert entries == names()
    for name in names()[1:]:
        assert describe(name).licence in outcome.out
        assert f"get it with `lab-kit data get {name}`" in outcome.out


def test_list_says_where_a_data_set_lies(lab_kit, monkeypatch):
    folder = paths.data_folder() / "shop"
    assert f"in {folder}" in lab_kit("data", "list").out


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_get_shows_the_terms_and_does_nothing_unless_they_are_accepted(
    lab_kit, monkeypatch, nothing_at_hand, answer
):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    outcome = lab_kit("data", "get", "telco-churn")
    assert outcome.code == 1
    assert "Apache" in outcome.out
    assert "Do you accept these terms? [y/N]" in outcome.out
    assert outcome.err.startswith("Error: ")
    assert outcome.err.count("\n") == 1
    assert not (nothing_at_hand / "home" / "data" / "telco-churn").exists()


def test_accepted_terms_are_not_asked_for_and_a_dead_address_is_one_line(lab_kit):
    outcome = lab_kit("data", "get", "telco-churn", "--accept-terms")
    assert outcome.code == 1
    assert outcome.out == ""
    last = outcome.err.splitlines()[-1]
    assert last.startswith("Error: The download from http://127.0.0.1:9/telco-churn/")
    assert "LAB_KIT_DATA_MIRROR" in last


def test_unknown_data_set_is_one_line_with_the_nearest_name(lab_kit):
    outcome = lab_kit("data", "get", "telco-chrun")
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert '"telco-churn"' in outcome.err


def test_verify_names_the_file_that_changed_and_fails(lab_kit, tmp_path, monkeypatch):
    shutil.copytree(paths.data_folder(), tmp_path / "data")
    monkeypatch.setattr(paths, "PACKAGE", tmp_path / "lab_kit")
    assert lab_kit("data", "verify").code == 0
    victim = next(path for path in (tmp_path / "data").rglob("*.parquet"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    outcome = lab_kit("data", "verify")
    assert outcome.code == 1
    assert victim.name in outcome.out
    assert outcome.out.count("\n") == 1
