from html.parser import HTMLParser

import pytest

from lab_kit.errors import LabKitError
from lab_kit.teach.checks import check
from lab_kit.teach.hints import hint, reveal
from lab_kit.teach.predict import predict
from lab_kit.teach.progress import all_progress, progress, progress_page
from lab_kit.teach.quiz import quiz


@pytest.fixture
def a_morning(names, capsys):
    check("1.1", 3, namespace=names)
    check("1.2", 5, namespace={**names, "n_users": 3})
    hint("1.2")
    reveal("1.2")
    quiz("1.q1", answer="b")
    predict("1.p1", "?", guess=1200)
    capsys.readouterr()


def test_before_anything_was_done(capsys):
    progress()
    assert capsys.readouterr().out == (
        "Your progress\n"
        "  00 Start here: nothing yet\n"
        "  01 Preprocess: 0 of 2 exercises done\n"
        "    1.1  [Not started]\n"
        "    1.2  [Not started]\n"
    )


def test_after_a_morning(a_morning, capsys):
    progress()
    assert capsys.readouterr().out == (
        "Your progress\n"
        "  00 Start here: nothing yet\n"
        "  01 Preprocess: 1 of 2 exercises done, quiz 1 of 1 right, 1 prediction\n"
        "    1.1  [Done]\n"
        "    1.2  [Not yet] (1 hint, solution seen)\n"
    )


def test_without_solutions_what_was_tried_is_shown(a_morning, labs_folder):
    (labs_folder / "solutions" / "01_preprocess.ipynb").unlink()
    assert [each.id for each in all_progress()[1].exercises] == ["1.1", "1.2"]


class References(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []
        self.outside = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.outside += [value for name, value in attrs if name in ("src", "href")]


def test_the_page_is_one_file_that_needs_nothing_else(a_morning, tmp_path):
    path = progress_page(tmp_path / "deep" / "page.html")
    text = path.read_text(encoding="utf-8")
    for part in ("1.1 done", "1.2 not yet", "(1 hint, solution seen)", "b, right", "1,200"):
        assert part in text
    references = References()
    references.feed(text)
    assert references.outside == []
    assert "script" not in references.tags
    assert references.tags.count("h1") == 1
    assert len(text) < 20_000


def test_a_page_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(LabKitError, match="cannot be written") as caught:
        progress_page(tmp_path / "file" / "page.html")
    assert str(tmp_path / "file" / "page.html") in str(caught.value)
