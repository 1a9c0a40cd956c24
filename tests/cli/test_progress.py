import html
from pathlib import Path

import pytest

from lab_kit.teach.messages import words
from tests.cli.conftest import described


@pytest.fixture(autouse=True)
def one_lab(clone):
    listed = described("01", "milk", title="milk & eggs")
    (clone / "labs" / "labs.toml").write_text(listed, encoding="utf-8")


def test_progress_of_a_learner_who_has_done_nothing(lab_kit, clone):
    outcome = lab_kit("progress")
    assert outcome.code == 0
    assert f"01 milk & eggs: {words('progress.none_yet')}" in outcome.out
    assert not (clone / "work").exists()


def test_progress_page_is_written_where_asked(lab_kit, clone):
    outcome = lab_kit("progress", "--html", "mine/progress.html")
    assert outcome.out == f"Your progress is in {Path('mine/progress.html')}.\n"
    page = (clone / "mine" / "progress.html").read_text(encoding="utf-8")
    assert html.escape("milk & eggs") in page


def test_progress_page_that_cannot_be_written_is_one_line(lab_kit, clone):
    (clone / "mine").write_text("", encoding="utf-8")
    outcome = lab_kit("progress", "--html", "mine/progress.html")
    assert outcome.code == 1
    assert outcome.err.startswith("Error: ")
    assert outcome.err.count("\n") == 1


def test_damaged_progress_is_kept_aside_and_no_error(lab_kit, clone):
    (clone / "work").mkdir()
    (clone / "work" / "progress.json").write_text("{", encoding="utf-8")
    assert lab_kit("progress").code == 0
    kept = [
        path
        for path in (clone / "work").iterdir()
        if path.is_file() and path.read_text(encoding="utf-8") == "{"
    ]
    assert len(kept) == 1
