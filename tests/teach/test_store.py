import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_kit.teach import lock
from lab_kit.teach.lock import locked
from lab_kit.teach.record import (
    STATES,
    ExerciseRecord,
    PredictionRecord,
    QuizRecord,
    Record,
    record_from_json,
)
from lab_kit.teach.store import Store


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "learner"
    made.mkdir()
    return made


DONE = Record(exercises={"1.1": ExerciseRecord("done", hints=1)})
OTHER = Record(exercises={"1.2": ExerciseRecord("not yet")})

ROOT = Path(__file__).parents[2]

ids = st.sampled_from(["1.1", "1.2", "2.1"])
moments = st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"])
exercise_records = st.builds(
    ExerciseRecord, st.sampled_from(STATES), st.integers(0, 3), st.booleans()
)


def of_moment(build):
    """Records that are made at different moments differ; at one moment only one is made."""
    return moments.map(lambda at: build(at))


records = st.builds(
    Record,
    st.dictionaries(ids, exercise_records),
    st.dictionaries(ids, of_moment(lambda at: PredictionRecord(f"guess of {at}", at))),
    st.dictionaries(ids, of_moment(lambda at: QuizRecord("a", at.endswith("2"), at))),
)


@given(records, records, records)
def test_merging_loses_nothing_in_any_order(one, two, three):
    assert one.merged(two) == two.merged(one)
    assert one.merged(two).merged(three) == one.merged(two.merged(three))
    assert one.merged(one) == one
    both = one.merged(two)
    for key, mine in one.exercises.items():
        assert STATES.index(both.exercises[key].state) >= STATES.index(mine.state)
        assert both.exercises[key].hints >= mine.hints
        assert both.exercises[key].revealed >= mine.revealed
    for key, guess in one.predictions.items():
        assert both.predictions[key].at >= guess.at


@given(records)
def test_a_record_survives_json(record):
    assert record_from_json(json.loads(json.dumps(record.to_json()))) == record


@pytest.mark.parametrize(
    "document",
    [
        [],
        None,
        {},
        {"exercises": {}, "predictions": {}},
        {"exercises": {"1.1": {"state": "finished"}}, "predictions": {}, "quiz": {}},
        {"exercises": {"1.1": {"hints": "two"}}, "predictions": {}, "quiz": {}},
        {"exercises": {"1.1": {"colour": 1}}, "predictions": {}, "quiz": {}},
        {"exercises": {}, "predictions": {"1.p1": {"guess": [], "at": ""}}, "quiz": {}},
        {"exercises": {}, "predictions": {}, "quiz": {"1.q1": {"answer": "a"}}},
    ],
)
def test_what_is_no_record_is_refused(document):
    with pytest.raises(ValueError, match=r"not a record|no state|wrong type"):
        record_from_json(document)


def test_what_is_added_is_read_by_another_store(folder):
    path = folder / "deep" / "progress.json"
    Store(path).add(DONE)
    assert Store(path).add(OTHER) == DONE.merged(OTHER)
    assert Store(path).read() == DONE.merged(OTHER)


def test_nothing_is_written_where_nothing_is_new(folder):
    path = folder / "progress.json"
    Store(path).add(DONE)
    os.utime(path, (1, 1))
    Store(path).add(DONE)
    assert path.stat().st_mtime == 1
    assert sorted(each.name for each in folder.iterdir()) == [
        ".progress.json.lock",
        "progress.json",
    ]


def write_sixty(path, lab):
    for number in range(60):
        Store(path).add(Record(exercises={f"{lab}.{number}": ExerciseRecord("done")}))


OTHER_KERNEL = """
import sys
from pathlib import Path
from tests.teach.test_store import write_sixty
print("ready", flush=True)
write_sixty(Path(sys.argv[1]), 2)
"""


def test_two_kernels_writing_at_once_lose_nothing(folder):
    path = folder / "progress.json"
    command = [sys.executable, "-c", OTHER_KERNEL, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "ready\n"
        write_sixty(path, 1)
    assert other.returncode == 0
    expected = {f"{lab}.{number}" for lab in (1, 2) for number in range(60)}
    assert set(Store(path).read().exercises) == expected


@pytest.mark.parametrize(
    "damage", ['{"exercises": {"1.1"', "", "[]", "\x00\x00", '{"exercises": 3}']
)
def test_a_damaged_file_is_moved_aside_whole_and_said(folder, capsys, damage):
    path = folder / "progress.json"
    path.write_text(damage, encoding="utf-8")
    store = Store(path)
    assert store.read() == Record()
    out = capsys.readouterr().out
    assert "damaged" in out
    assert "progress.damaged-1.json" in out
    assert (folder / "progress.damaged-1.json").read_text(encoding="utf-8") == damage
    assert store.add(DONE) == DONE
    assert capsys.readouterr().out == ""


def test_bytes_that_are_no_text_are_moved_aside_too(folder):
    path = folder / "progress.json"
    path.write_bytes(b"\xff\xfe\x00")
    assert Store(path).add(DONE) == DONE
    assert (folder / "progress.damaged-1.json").read_bytes() == b"\xff\xfe\x00"


def test_a_second_damaged_file_gets_a_name_of_its_own(folder):
    for number in (1, 2):
        (folder / "progress.json").write_text(f"damage {number}", encoding="utf-8")
        Store(folder / "progress.json").read()
    for number in (1, 2):
        aside = folder / f"progress.damaged-{number}.json"
        assert aside.read_text(encoding="utf-8") == f"damage {number}"


def full_disk(descriptor):
    raise OSError(28, "No space left on device")


def test_on_a_full_disk_the_lesson_goes_on_and_what_was_there_stays(folder, monkeypatch, capsys):
    path = folder / "progress.json"
    store = Store(path)
    store.add(DONE)
    before = path.read_bytes()
    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full_disk)
        assert store.add(OTHER) == DONE.merged(OTHER)
        out = capsys.readouterr().out
        assert out.count("No space left on device") == 1
        assert str(path) in out
        third = Record(exercises={"1.3": ExerciseRecord("done")})
        assert store.add(third) == DONE.merged(OTHER).merged(third)
        assert capsys.readouterr().out == ""
        assert path.read_bytes() == before
        assert [each.name for each in folder.iterdir() if "json." in each.name] == [
            ".progress.json.lock"
        ]
    assert store.add(Record()) == DONE.merged(OTHER).merged(third)
    assert Store(path).read() == DONE.merged(OTHER).merged(third)


def test_a_write_that_stops_half_way_leaves_the_old_file(folder, monkeypatch):
    path = folder / "progress.json"
    Store(path).add(DONE)
    before = path.read_bytes()
    with monkeypatch.context() as interrupted:
        interrupted.setattr("pathlib.Path.replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            Store(path).add(OTHER)
    assert path.read_bytes() == before


def stopped(*_):
    raise KeyboardInterrupt


def test_where_the_work_folder_is_a_file_the_lesson_goes_on(folder, capsys):
    (folder / "work").write_text("not a folder", encoding="utf-8")
    store = Store(folder / "work" / "progress.json")
    assert store.add(DONE) == DONE
    assert store.read() == DONE
    assert "cannot be saved" in capsys.readouterr().out


def test_a_lock_that_is_held_too_long_is_waited_for_and_then_named(folder, monkeypatch, capsys):
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    path = folder / "progress.json"
    store = Store(path)
    with locked(folder / ".progress.json.lock"):
        assert store.add(DONE) == DONE
    assert "cannot be saved" in capsys.readouterr().out
    assert not path.exists()
    store.add(OTHER)
    assert Store(path).read() == DONE.merged(OTHER)
