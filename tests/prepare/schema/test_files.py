import csv
import errno
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.errors import LabKitError
from lab_kit.prepare import schema
from lab_kit.prepare.schema import text
from tests.prepare.schema.frames import dataset, good_interactions, good_items, good_users


def written(folder, **frames):
    schema.write(dataset(**frames), folder)
    return schema.read(folder)


def test_the_files_are_those_personalize_imports(tmp_path):
    paths = schema.write(
        dataset(users=good_users(), items=good_items(), interactions=good_interactions()), tmp_path
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    assert {path.name for path in paths} == {
        "users.csv", "users.schema.json", "items.csv", "items.schema.json",
        "interactions.csv", "interactions.schema.json", "frames.json",
    }  # fmt: skip
    lines = (tmp_path / "interactions.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", "U000,I000,1767225600,Purchase"]
    avro = json.loads((tmp_path / "items.schema.json").read_text(encoding="utf-8"))
    assert avro["name"] == "Items"


def test_values_are_written_as_the_guide_says(tmp_path):
    frame = pd.DataFrame(
        {
            "item_id": ["I1", "I2", "I,3"],
            "name": ['5" pipe', "back\\slash", "두 줄\n이름"],
            "fresh": pd.Series([True, False, None], dtype="boolean"),
            "note": ["", None, " x"],
            "weight": [0.1, np.nan, 1e21],
            "creation_timestamp": pd.Series(["2026-01-01", None, "2026-01-02"]).pipe(
                pd.to_datetime, utc=True
            ),
        }
    )
    schema.write(dataset(items=frame), tmp_path)
    assert (tmp_path / "items.csv").read_bytes().decode("utf-8") == (
        "ITEM_ID,NAME,FRESH,NOTE,WEIGHT,CREATION_TIMESTAMP\n"
        'I1,"5\\" pipe",true,"",0.1,1767225600\n'
        'I2,"back\\\\slash",false,,,\n'
        '"I,3","두 줄\n이름",," x",1e+21,1767312000\n'
    )
    pd.testing.assert_frame_equal(schema.read(tmp_path).items, frame)


def test_everything_reads_back_as_it_was(tmp_path):
    users = good_users().assign(
        gender=pd.Categorical(["F", None] * 25, categories=["M", "F"], ordered=True),
        born=pd.Series([pd.Timestamp("1950-05-05"), pd.NaT] * 25).astype("datetime64[s]"),
        visits=pd.Series([1, None] * 25, dtype="Int64"),
        small=np.arange(50, dtype="int8"),
        ratio=np.float32(0.1),
        Mixed=True,
    )
    back = written(tmp_path, users=users, interactions=good_interactions())
    pd.testing.assert_frame_equal(back.users, users)
    pd.testing.assert_frame_equal(back.interactions, good_interactions())
    assert back.items is None
    assert back.name == "tiny"


def test_parts_of_seconds_are_cut(tmp_path):
    frame = good_interactions()
    later = frame.assign(timestamp=frame["timestamp"] + pd.Timedelta(milliseconds=999))
    pd.testing.assert_frame_equal(written(tmp_path, interactions=later).interactions, frame)


def test_a_table_that_breaks_a_rule_is_not_written(tmp_path):
    frame = good_interactions().assign(user_id=[None, *["U1"] * 1_499])
    with pytest.raises(LabKitError, match="USER_ID must have a value in every row") as caught:
        schema.write(dataset(users=good_users(), interactions=frame), tmp_path)
    assert caught.value.where == "interactions.user_id, row 0"
    assert "schema.check" in caught.value.next_step
    assert list(tmp_path.iterdir()) == []


def test_too_few_rows_are_no_obstacle_to_writing(tmp_path):
    frame = good_interactions(5)
    pd.testing.assert_frame_equal(written(tmp_path, interactions=frame).interactions, frame)


def test_a_data_set_without_tables_cannot_be_written(tmp_path):
    with pytest.raises(LabKitError, match="neither users, items nor interactions"):
        schema.write(dataset(), tmp_path)


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    before = good_users()
    schema.write(dataset(users=before, items=good_items()), tmp_path)
    files = sorted(path.name for path in tmp_path.iterdir())
    real_open = Path.open

    def open_on_a_full_disk(path, mode="r", *args, **options):
        if path.name == "items.csv" and "w" in mode:
            file = real_open(path, mode, *args, **options)
            file.write("ITEM_ID,COL")
            file.close()
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_open(path, mode, *args, **options)

    monkeypatch.setattr(Path, "open", open_on_a_full_disk)
    with pytest.raises(LabKitError, match="disk is full; nothing was changed"):
        schema.write(dataset(users=before.assign(age=99), items=good_items()), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == files
    pd.testing.assert_frame_equal(schema.read(tmp_path).users, before)


def test_a_place_where_nothing_can_be_written_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(LabKitError, match="cannot be written") as caught:
        schema.write(dataset(users=good_users()), tmp_path / "taken")
    assert caught.value.where == str(tmp_path / "taken")


def test_a_folder_without_the_files_is_named(tmp_path):
    with pytest.raises(LabKitError, match=r"no frames\.json") as caught:
        schema.read(tmp_path)
    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize("name", ["users.csv", "users.schema.json"])
def test_a_missing_file_is_named(tmp_path, name):
    schema.write(dataset(users=good_users()), tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(LabKitError, match=name):
        schema.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("frames.json", "{"),
        ("frames.json", "{}"),
        ("users.schema.json", "[]"),
        ("users.csv", "USER_ID,AGE\nU1,old\n"),
        ("users.csv", "USER_ID\nU1\n"),
        ("users.csv", "USER_ID,AGE\nU1\n"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, name, content):
    schema.write(dataset(users=good_users()), tmp_path)
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(LabKitError, match=r"do not fit together|no schema of users"):
        schema.read(tmp_path)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.none()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text('ab,"\\ \n', min_size=1, max_size=4),
            texts,
            st.floats(allow_nan=False, allow_infinity=False) | st.none(),
            st.integers(-(2**62), 2**62) | st.none(),
            st.booleans() | st.none(),
            st.integers(-(2**33), 2**33) | st.none(),
        ),
        max_size=8,
    )
)
def test_any_values_read_back_as_they_were(rows):
    names = ["item_id", "name", "weight", "count", "fresh", "since"]
    frame = pd.DataFrame(rows, columns=names).astype(
        {"item_id": "str", "name": "str", "weight": float, "count": "Int64", "fresh": "boolean"}
    )
    seconds = frame["since"].astype("Int64")
    frame["since"] = pd.to_datetime(seconds, unit="s", utc=True).astype("datetime64[us, UTC]")
    described = schema.describe(frame, schema.contract("items"))
    raw = "".join(text.csv_lines(frame, described)).encode("utf-8")
    back = text.parse_rows(raw, [field.name for field in described.fields])
    back.columns = frame.columns
    dtypes = {name: text.dtype_to_json(dtype) for name, dtype in frame.dtypes.items()}
    back = pd.DataFrame({name: text.to_dtype(back[name], dtypes[name]) for name in names})
    pd.testing.assert_frame_equal(back, frame, check_exact=True)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text('ab,"\\ \n', min_size=1), st.text("ab,\"\\ '")), max_size=6))
def test_pythons_csv_reader_agrees_about_quotes_and_escapes(rows):
    frame = pd.DataFrame(rows, columns=["item_id", "name"], dtype="str")
    described = schema.describe(frame, schema.contract("items"))
    lines = "".join(text.csv_lines(frame, described)).splitlines(keepends=True)
    reader = csv.reader(lines, doublequote=False, escapechar="\\", strict=True)
    assert list(reader)[1:] == [list(row) for row in rows]
