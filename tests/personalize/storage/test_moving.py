"""Exports, deletions, and records put one by one."""

import json

import pandas as pd
import pytest

from lab_kit.aws.jobs.work import JobError, Work
from lab_kit.personalize.storage.deleting import delete
from lab_kit.personalize.storage.exporting import export
from lab_kit.personalize.storage.frames import read
from lab_kit.personalize.storage.names import BULK, EXPORTED, FORGOTTEN
from lab_kit.personalize.storage.records import Put, Records
from tests.personalize.group import (
    START,
    add_text,
    empty_source,
    field,
    import_text,
    items,
    put,
    silent,
)

KINDS = [field("ITEM_ID", "string"), field("KIND", "string", "null", categorical=True)]


def exported(folder, source, mode):
    export({"source": source, "mode": mode}, Work(folder, silent))
    return (folder / EXPORTED).read_text(encoding="utf-8")


def test_an_export_can_be_imported_again_and_is_the_same(tmp_path):
    odd = items()
    odd.loc[0, "TITLE"] = 'say "no", or\nleave \\ it'
    odd.loc[1, ["TITLE", "PRICE", "CREATION_TIMESTAMP"]] = [None, None, None]
    odd["CREATION_TIMESTAMP"] = odd["CREATION_TIMESTAMP"].astype("Int64")
    source = import_text(tmp_path, odd.to_csv(index=False), "ITEMS")
    again = import_text(tmp_path / "again", exported(tmp_path, source, "BULK"), "ITEMS")
    pd.testing.assert_frame_equal(read(source), read(again))


def test_an_export_is_of_what_was_imported_put_or_both(tmp_path):
    source = import_text(tmp_path, "ITEM_ID,KIND\na,bulk\nb,bulk\n", "ITEMS", KINDS)
    source = put(source, [Put({"ITEM_ID": "b", "KIND": "put"}), Put({"ITEM_ID": "c"})])
    assert exported(tmp_path, source, "BULK") == "ITEM_ID,KIND\na,bulk\nb,bulk\n"
    assert exported(tmp_path, source, "PUT") == "ITEM_ID,KIND\nb,put\nc,\n"
    assert exported(tmp_path, source, "ALL") == "ITEM_ID,KIND\na,bulk\nb,put\nc,\n"


def test_the_export_of_nothing_is_a_header(tmp_path):
    assert exported(tmp_path, empty_source(tmp_path, "ITEMS", KINDS), "ALL") == "ITEM_ID,KIND\n"


def test_what_was_put_beats_what_was_imported_and_a_later_import_does_not_beat_it(tmp_path):
    source = import_text(tmp_path, "ITEM_ID,KIND\na,old\n", "ITEMS", KINDS)
    source = put(source, [Put({"ITEM_ID": "a", "KIND": "put"})])
    source = add_text(source, tmp_path, "ITEM_ID,KIND\na,again\n")
    assert read(source)["kind"].tolist() == ["put"]
    assert read(source, put=False)["kind"].tolist() == ["again"]


EVENTS = [
    field("USER_ID", "string"),
    field("ITEM_ID", "string"),
    field("TIMESTAMP", "long"),
]


def event(item, time=START, **more):
    return {"ITEM_ID": item, "TIMESTAMP": time, **more}


def test_a_session_belongs_to_the_user_it_names_once(tmp_path):
    source = put(
        empty_source(tmp_path, "INTERACTIONS", EVENTS),
        [
            Put(event("a"), session="s1"),
            Put(event("b", USER_ID="ann"), session="s1"),
            Put(event("c"), session="s2"),
        ],
    )
    assert read(source)[["user_id", "item_id"]].values.tolist() == [
        ["ann", "a"],
        ["ann", "b"],
        ["s2", "c"],
    ]


def test_a_record_with_a_key_that_is_there_is_left_out(tmp_path):
    records = Records(tmp_path / "records.sqlite")
    first = records.add("s", [Put(event("a"), key="1"), Put(event("b"))])
    second = records.add("s", [Put(event("z"), key="1"), Put(event("b"))])
    records.add("other", [Put(event("y"), key="1", at=12.5)])
    assert [one.record["ITEM_ID"] for _, one in records.since("s")] == ["a", "b", "b"]
    assert [place for place, _ in records.since("s", first)] == [second]
    assert records.since("s", upto=first - 1)[0][1] == Put(event("a"), key="1")
    assert records.since("other")[0][1].at == 12.5
    records.drop("s")
    assert records.since("s") == []
    assert records.position("other") > 0


def test_records_are_there_for_another_process_at_once(tmp_path):
    one, other = Records(tmp_path / "r.sqlite"), Records(tmp_path / "r.sqlite")
    one.add("s", [Put({"ITEM_ID": "한국 😀", "N": 1, "F": 0.5, "B": True, "X": None})])
    assert other.since("s")[0][1].record == {
        "ITEM_ID": "한국 😀", "N": 1, "F": 0.5, "B": True, "X": None,
    }  # fmt: skip


def test_a_deletion_leaves_no_row_of_the_users(tmp_path):
    rows = "".join(f"u{n % 4},i{n},{START + n}\n" for n in range(1200))
    source = import_text(tmp_path, f"USER_ID,ITEM_ID,TIMESTAMP\n{rows}", "INTERACTIONS", EVENTS)
    (tmp_path / "gone.csv").write_text("USER_ID\nu1\nu3\nnobody\n", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    arguments = {
        "files": [[str(tmp_path / "gone.csv"), "s3://b/gone.csv"]],
        "stores": {"events": source["files"], "none": []},
    }
    said = delete(arguments, Work(out, silent))
    assert said == {"written": {"events": [0]}, "deleted": 600}
    assert json.loads((out / FORGOTTEN).read_text()) == ["nobody", "u1", "u3"]
    left = read({**source, "files": [str(out / "events.0")]})
    assert set(left["user_id"]) == {"u0", "u2"}
    assert len(read(source)) == 1200  # the file before is as it was: a training may be reading it
    assert BULK in source["files"][0]


def test_the_sessions_of_a_deleted_user_go_too(tmp_path):
    records = Records(tmp_path / "r.sqlite")
    records.add(
        "s",
        [
            Put(event("a"), session="x"),
            Put(event("b", USER_ID="ann"), session="x"),
            Put(event("c", USER_ID="bob"), session="y"),
        ],
    )
    assert records.forget("s", ["ann", "carl"]) == 2
    assert [one.record["ITEM_ID"] for _, one in records.since("s")] == ["c"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ID\nu1\n", "Input CSV is missing the following columns:[USER_ID]."),
        ("", "The file cannot be read: Empty CSV file"),
    ],
)
def test_a_deletion_needs_a_column_of_users(tmp_path, text, said):
    (tmp_path / "gone.csv").write_text(text, encoding="utf-8")
    arguments = {"files": [[str(tmp_path / "gone.csv"), "s3://b/gone.csv"]], "stores": {}}
    with pytest.raises(JobError) as refused:
        delete(arguments, Work(tmp_path, silent))
    assert str(refused.value).startswith(said)
