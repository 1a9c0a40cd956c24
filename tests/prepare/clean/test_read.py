import gzip
from pathlib import Path

import pytest

from lab_kit.data.dataset import Export
from lab_kit.errors import LabKitError
from lab_kit.prepare import clean


@pytest.fixture
def write(tmp_path):
    def write(content, name="log.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def refusal(path, **options):
    with pytest.raises(LabKitError) as caught:
        clean.read_csv(path, **options)
    assert caught.value.next_step
    assert Path(path).name in (caught.value.where or "")
    return caught.value


def test_every_value_stays_the_text_it_was(write):
    path = write('id,name,note\n007,NA,None\n8," a ",\n9,"x, ""y""\nz",1e3\n')
    frame, step = clean.read_csv(path)
    assert frame["id"].tolist() == ["007", "8", "9"]
    assert frame["name"].tolist() == ["NA", " a ", 'x, "y"\nz']
    assert frame["note"].isna().tolist() == [False, True, False]
    assert frame["source_file"].unique().tolist() == ["log.csv"]
    assert frame["source_row"].tolist() == [2, 3, 4]
    assert (step.rows_in, step.rows_out, dict(step.counts)) == (3, 3, {"utf-8": 3})


def test_a_packed_file_reads_like_a_plain_one(write):
    plain, _ = clean.read_csv(write("a,b\n1,2\n"))
    packed, _ = clean.read_csv(write(gzip.compress(b"a,b\n1,2\n"), "log.csv"))
    assert packed.equals(plain)


def test_blank_rows_are_left_out_and_row_numbers_stay_those_of_the_file(write):
    frame, step = clean.read_csv(write("a,b\n1,2\n\n3,4\n,\n5,6\n"))
    assert frame["source_row"].tolist() == [2, 4, 6]
    assert (step.rows_in, step.rows_out, step.counts["blank row"]) == (5, 3, 2)
    assert step.examples["row"].tolist() == [1, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_the_encoding_is_detected_when_asked(write, encoding):
    frame, step = clean.read_csv(write("이름,값\n여성,1\n".encode(encoding)), encoding=None)
    assert frame["이름"].tolist() == ["여성"]
    assert dict(step.counts) == {encoding: 1}


def test_a_wrong_encoding_names_the_byte_the_line_and_what_would_work(write):
    path = write("name,n\nkim,1\n여성,2\n".encode("cp949"))
    error = refusal(path)
    assert "byte 0xbf at position 13" in error.what
    assert "line 3" in error.where
    assert 'encoding="cp949"' in error.next_step


def test_text_in_no_known_encoding_is_refused(write):
    path = write("name\n여성\n".encode("utf-16"))
    assert "none of utf-8, utf-8-sig, cp949" in refusal(path, encoding=None).what
    assert "none of utf-8" in refusal(path).next_step


def test_an_encoding_that_does_not_exist_is_refused(write):
    assert "utf-8, utf-8-sig, cp949" in refusal(write("a\n1\n"), encoding="utf-7b").next_step


def test_a_missing_file_lists_its_neighbours(write):
    path = write("a\n1\n")
    assert "log.csv" in refusal(path.with_name("lgo.csv")).next_step
    assert "no folder" in refusal(path.parent / "nowhere" / "log.csv").next_step


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "app.csv").write_text("a\n", encoding="utf-8")
    error = refusal(tmp_path)
    assert "folder" in error.what
    assert "app.csv" in error.next_step


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", gzip.compress(b"")])
def test_an_empty_file_is_refused(write, content):
    assert "empty" in refusal(write(content)).what


def test_a_header_without_rows_is_refused(write):
    assert "a header and no rows" in refusal(write("a,b\n")).what


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"PAR1rest", "parquet"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_file_of_another_kind_is_named(write, content, kind):
    assert kind in refusal(write(content)).what


def test_a_damaged_packed_file_is_refused(write):
    assert "damaged" in refusal(write(gzip.compress(b"a,b\n1,2\n" * 50)[:-9])).what


@pytest.mark.parametrize(("row", "fields"), [("3,4,5", 3), ("3", 1)])
def test_a_row_with_a_wrong_number_of_fields_is_named(write, row, fields):
    error = refusal(write(f"a,b\n1,2\n\n{row}\n5,6\n"))
    assert f"Row 4 has {fields} fields, the header has 2" in error.what
    assert "row 4" in error.where


def test_an_open_quotation_mark_does_not_swallow_the_rest_of_the_file(write):
    error = refusal(write('a,b\n1,2\n3,"4\n5,6\n7,8\n'))
    assert "quotation mark in row 3" in error.what


def test_a_column_named_twice_is_refused(write):
    assert 'Column "a" stands twice' in refusal(write("a,b,a\n1,2,3\n")).what


def test_a_blank_first_line_is_refused(write):
    assert "first line is blank" in refusal(write("\na,b\n1,2\n")).what


def test_another_delimiter_is_noticed_and_can_be_given(write):
    path = write("a;b\n1;2\n")
    assert "delimiter=';'" in refusal(path).next_step
    frame, _ = clean.read_csv(path, delimiter=";")
    assert frame[["a", "b"]].values.tolist() == [["1", "2"]]


def test_a_missing_column_names_the_nearest(write):
    error = refusal(write("User ID,item\n1,2\n"), columns=["user_id", "item"])
    assert error.what == 'Column "user_id" is missing'
    assert 'did you mean "User ID"?' in error.next_step


def export(paths, **more):
    return Export("web", "interactions", tuple(paths), {"user": "user_id"}, **more)


def test_an_export_becomes_one_frame_and_each_file_keeps_its_encoding(write):
    paths = [
        write("user,word\n1,구매\n".encode("utf-8-sig"), "web_01.csv"),
        write("user,word,device\n2,구매,폰\n3,조회,폰\n".encode("cp949"), "web_02.csv"),
    ]
    frame, step = clean.read_export(export(paths, constants={"channel": "web"}))
    assert frame["user"].tolist() == ["1", "2", "3"]
    assert frame["word"].tolist() == ["구매", "구매", "조회"]
    assert frame["device"].isna().tolist() == [True, False, False]
    assert frame["channel"].tolist() == ["web"] * 3
    assert frame["source_file"].tolist() == ["web_01.csv", "web_02.csv", "web_02.csv"]
    assert frame["source_row"].tolist() == [2, 2, 3]
    assert dict(step.counts) == {"utf-8-sig": 1, "cp949": 2}
    assert "web_02.csv is cp949" in step.why


def test_an_export_in_its_declared_encoding_is_not_guessed_anew(write):
    path = write("user\n여성\n".encode("euc-kr"))
    _, step = clean.read_export(export([path], encoding="euc-kr"))
    assert dict(step.counts) == {"euc-kr": 1}


def test_an_export_that_lacks_a_mapped_column_names_the_file(write):
    with pytest.raises(LabKitError, match='Column "user" is missing') as caught:
        clean.read_export(export([write("usr\n1\n", "web_03.csv")]))
    assert "web_03.csv" in caught.value.where
