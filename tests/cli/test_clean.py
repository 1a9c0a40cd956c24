import io
from pathlib import Path

import pytest

from tests.cli.conftest import contents


@pytest.fixture
def built(clone):
    (clone / "build" / "report").mkdir(parents=True)
    (clone / "build" / "report" / "index.html").write_text("", encoding="utf-8")
    (clone / ".ruff_cache").mkdir()
    return clone


def test_clean_removes_what_can_be_made_again_and_nothing_else(lab_kit, built):
    lab_kit("start", "--copy-only")
    before = contents(built)
    outcome = lab_kit("clean")
    assert outcome.code == 0
    assert outcome.out == f"Removed {built / 'build'}.\nRemoved {built / '.ruff_cache'}.\n"
    assert contents(built) == {
        name: text for name, text in before.items() if not name.startswith("build/")
    }


def test_clean_twice(lab_kit, built):
    lab_kit("clean")
    assert lab_kit("clean").out == "There was nothing to clean.\n"


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1)])
def test_work_goes_only_when_the_learner_agrees(lab_kit, clone, monkeypatch, answer, code):
    lab_kit("start", "--copy-only")
    (clone / "work" / "00_hello.ipynb").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    outcome = lab_kit("clean", "--work")
    assert outcome.code == code
    assert "with your edits in 00_hello.ipynb? This cannot be undone [y/N]" in outcome.out
    assert (clone / "work").exists() is (answer != "y")


@pytest.mark.parametrize("case", ["not made by start", "home"])
def test_folder_that_is_more_than_a_work_folder_is_never_removed(lab_kit, clone, monkeypatch, case):
    home = clone / "home"
    home.mkdir()
    monkeypatch.setenv("LAB_KIT_WORK", str(home))
    if case == "home":
        monkeypatch.setattr(Path, "home", lambda: home)
        lab_kit("start", "--copy-only")
    (home / "thesis.txt").write_text("years", encoding="utf-8")
    outcome = lab_kit("clean", "--work")
    assert outcome.code == 1
    assert outcome.err.startswith("Error: ")
    assert (home / "thesis.txt").exists()
