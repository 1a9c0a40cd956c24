import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.cli.workspace import edited, place_labs
from lab_kit.paths import WORK_MARKER
from tests.cli.conftest import contents, environment, publish


@pytest.fixture
def start(lab_kit, clone):
    return lambda: lab_kit("start", "--copy-only")


def test_first_start_copies_the_labs_and_not_their_solutions(start, clone):
    outcome = start()
    assert outcome.code == 0
    assert contents(clone / "work") == {
        "00_hello.ipynb": "first edition",
        "01_shop.ipynb": "first edition",
    }
    assert outcome.out == f"Labs in {clone / 'work'}: 2 copied.\n"


def test_second_start_changes_nothing(start, clone):
    start()
    before = {path: path.stat().st_mtime_ns for path in (clone / "work").glob("*.ipynb")}
    assert start().out == f"Labs in {clone / 'work'}: 2 up to date.\n"
    assert {path: path.stat().st_mtime_ns for path in (clone / "work").glob("*.ipynb")} == before


def test_update_refreshes_a_copy_nobody_edited(start, clone):
    start()
    publish(clone, "01_shop.ipynb", "second edition")
    assert start().out == f"Labs in {clone / 'work'}: 1 refreshed, 1 up to date.\n"
    assert contents(clone / "work")["01_shop.ipynb"] == "second edition"


def test_second_start_while_edits_exist_keeps_them(start, clone):
    start()
    learner_writes(clone, "01_shop.ipynb", "mine")
    assert start().out == f"Labs in {clone / 'work'}: 1 up to date, 1 yours.\n"
    assert contents(clone / "work") == {"00_hello.ipynb": "first edition", "01_shop.ipynb": "mine"}


def test_update_of_an_edited_lab_is_put_beside_it_once(start, clone):
    start()
    learner_writes(clone, "01_shop.ipynb", "mine")
    publish(clone, "01_shop.ipynb", "second edition")
    said = "01_shop.ipynb has your edits and stays; its newer version is 01_shop.new.ipynb.\n"
    assert start().out.endswith(said)
    assert contents(clone / "work") == {
        "00_hello.ipynb": "first edition",
        "01_shop.ipynb": "mine",
        "01_shop.new.ipynb": "second edition",
    }
    assert said not in start().out


def test_newer_version_the_learner_deleted_does_not_come_back(start, clone):
    start()
    learner_writes(clone, "01_shop.ipynb", "mine")
    publish(clone, "01_shop.ipynb", "second edition")
    start()
    (clone / "work" / "01_shop.new.ipynb").unlink()
    start()
    assert "01_shop.new.ipynb" not in contents(clone / "work")


def test_each_update_finds_a_free_name_when_the_last_one_was_edited_too(start, clone):
    start()
    learner_writes(clone, "01_shop.ipynb", "mine")
    publish(clone, "01_shop.ipynb", "second edition")
    start()
    publish(clone, "01_shop.ipynb", "third edition")
    start()
    assert contents(clone / "work")["01_shop.new.ipynb"] == "third edition"
    learner_writes(clone, "01_shop.new.ipynb", "mine as well")
    publish(clone, "01_shop.ipynb", "fourth edition")
    start()
    assert contents(clone / "work") == {
        "00_hello.ipynb": "first edition",
        "01_shop.ipynb": "mine",
        "01_shop.new.ipynb": "mine as well",
        "01_shop.new-2.ipynb": "fourth edition",
    }


def test_deleted_lab_is_copied_afresh(start, clone):
    start()
    learner_writes(clone, "00_hello.ipynb", "mine")
    (clone / "work" / "00_hello.ipynb").unlink()
    start()
    assert contents(clone / "work")["00_hello.ipynb"] == "first edition"


def test_without_its_note_the_kit_takes_every_other_file_for_the_learners(start, clone):
    start()
    learner_writes(clone, "00_hello.ipynb", "mine")
    (clone / "work" / WORK_MARKER).unlink()
    start()
    assert contents(clone / "work")["00_hello.ipynb"] == "mine"
    assert edited(clone / "work") == ["00_hello.ipynb"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"notebooks": 3}', "\udcff"])
def test_damaged_note_stops_the_start_and_touches_nothing(start, clone, damage):
    start()
    learner_writes(clone, "00_hello.ipynb", "mine")
    publish(clone, "01_shop.ipynb", "second edition")
    marker = clone / "work" / WORK_MARKER
    marker.write_bytes(damage.encode("utf-8", "surrogateescape"))
    before = contents(clone / "work")
    outcome = start()
    assert outcome.code == 1
    assert one_line(outcome.err)
    assert str(marker) in outcome.err
    assert "delete that file" in outcome.err
    assert contents(clone / "work") == before


def test_file_in_place_of_the_work_folder(start, clone):
    (clone / "work").write_text("something else", encoding="utf-8")
    outcome = start()
    assert outcome.code == 1
    assert one_line(outcome.err)
    assert str(clone / "work") in outcome.err
    assert "LAB_KIT_WORK" in outcome.err
    assert (clone / "work").read_text(encoding="utf-8") == "something else"


def test_file_above_the_work_folder(start, clone, monkeypatch):
    (clone / "notes.txt").write_text("", encoding="utf-8")
    monkeypatch.setenv("LAB_KIT_WORK", str(clone / "notes.txt" / "work"))
    outcome = start()
    assert outcome.code == 1
    assert one_line(outcome.err)


def test_work_folder_can_be_named(start, clone, monkeypatch):
    monkeypatch.setenv("LAB_KIT_WORK", str(clone / "elsewhere" / "한글 폴더"))
    assert start().code == 0
    assert len(contents(clone / "elsewhere" / "한글 폴더")) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of a file")
def test_full_disk_leaves_every_file_whole(start, clone):
    start()
    learner_writes(clone, "00_hello.ipynb", "mine")
    publish(clone, "01_shop.ipynb", "second edition " * 1000)
    before = contents(clone / "work")
    # The system refuses to write beyond the limit, as it does on a full disk.
    script = (
        "import resource, sys; from pathlib import Path; from lab_kit import paths, cli;"
        f"paths.PACKAGE = Path({str(clone / 'lab_kit')!r});"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000));"
        "sys.argv = ['lab-kit', 'start', '--copy-only']; cli.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert one_line(ended.stderr)
    assert str(clone / "work" / "01_shop.ipynb") in ended.stderr
    assert contents(clone / "work") == before
    assert start().code == 0
    assert contents(clone / "work")["01_shop.ipynb"].startswith("second edition")


ACTIONS = st.sampled_from(["start", "edit lab", "edit new", "delete new", "update", "forget"])


@settings(deadline=None)  # the disk of a shared machine may take its time
@given(st.lists(ACTIONS, max_size=14))
def test_whatever_happens_what_a_learner_wrote_stays_until_they_change_it(actions):
    with tempfile.TemporaryDirectory() as folder:
        root, work = Path(folder), Path(folder) / "work"
        (root / "labs").mkdir()
        publish(root, "01_shop.ipynb", "edition 0")
        written: dict[Path, str] = {}
        for number, action in enumerate(["start", *actions, "start"]):
            newer = sorted(work.glob("*.new*.ipynb"))
            if action == "start":
                place_labs([root / "labs" / "01_shop.ipynb"], work)
            elif action == "update":
                publish(root, "01_shop.ipynb", f"edition {number}")
            elif action == "edit lab":
                written[work / "01_shop.ipynb"] = f"mine {number}"
            elif action == "edit new" and newer:
                written[newer[-1]] = f"mine {number}"
            elif action == "delete new" and newer:
                newer[-1].unlink()
                written.pop(newer[-1], None)
            elif action == "forget":
                (work / WORK_MARKER).unlink(missing_ok=True)
            for path, text in written.items():
                if action.startswith("edit"):
                    path.write_bytes(text.encode("utf-8"))
                assert path.read_text(encoding="utf-8") == text
        if not written and "delete new" not in actions:
            newest = (root / "labs" / "01_shop.ipynb").read_bytes()
            assert newest in {path.read_bytes() for path in work.glob("*.ipynb")}


def learner_writes(clone: Path, name: str, text: str) -> None:
    (clone / "work" / name).write_bytes(text.encode("utf-8"))


def one_line(text: str) -> bool:
    return text.startswith("Error: ") and text.count("\n") == 1 and "Next: " in text
