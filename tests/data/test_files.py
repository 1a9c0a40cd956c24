import pandas as pd
import pytest

from lab_kit.data.files import check_contents, read_table
from lab_kit.data.source import FileSpec
from lab_kit.errors import LabKitError

SPEC = FileSpec(
    name="visits.csv",
    columns={"who": "text", "pages": "integer", "share": "number", "at": "time"},
    rows=2,
    ranges={"pages": (1, 9), "at": ("2026-01-01", "2026-01-31 23:59")},
    may_be_missing=frozenset({"share"}),
    time_formats=("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"),
)
GOOD = "who,pages,share,at\n007,3,0.5,2026-01-02 03:04\nNone,9,,2026-01-31 10:00\n"


@pytest.fixture
def file(tmp_path):
    def write(contents, name="visits.csv"):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path

    return write


def fault(path):
    with pytest.raises(LabKitError) as error:
        read_table(path, SPEC)
    assert str(path) in error.value.where
    assert error.value.next_step
    return error.value


def test_values_are_typed_as_declared(file):
    frame = read_table(file(GOOD), SPEC)
    expected = pd.DataFrame(
        {
            "who": ["007", "None"],
            "pages": [3, 9],
            "share": [0.5, float("nan")],
            "at": pd.to_datetime(["2026-01-02 03:04", "2026-01-31 10:00"]).as_unit("us"),
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


@pytest.mark.parametrize(
    "same",
    [
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        "at,who,extra,share,pages\n2026-01-02 03:04,007,x,0.5,3\n2026-01-31 10:00,None,y, ,9\n",
        GOOD.replace("2026-01-02 03:04", "02.01.2026 03:04").replace(
            "2026-01-31 10:00", "31.01.2026 10:00"
        ),
    ],
    ids=[
        "semicolons",
        "tabs",
        "windows-lines",
        "mark",
        "other-order-and-more-columns",
        "days-first",
    ],
)
def test_the_same_table_in_other_clothes(file, same):
    expected = read_table(file(GOOD, "good.csv"), SPEC)
    pd.testing.assert_frame_equal(read_table(file(same), SPEC), expected)


def test_an_empty_file(file):
    assert "is empty" in fault(file("")).what


def test_a_header_without_rows(file):
    assert "no rows" in fault(file("who,pages,share,at\n")).what


def test_a_missing_column_is_named_beside_those_that_are_there(file):
    error = fault(file(GOOD.replace("pages", "clicks", 1)))
    assert "no column pages" in error.what
    assert "clicks" in error.what
    assert "visits.csv" in error.next_step


@pytest.mark.parametrize(
    ("contents", "what"),
    [
        (b"PK\x03\x04rest of a workbook", "Excel workbook"),
        (b"<!DOCTYPE html><p>404", "web page"),
        (b"\xff\xfew\x00h\x00o\x00", "UTF-16"),
        (b"\x1f\x8b\x08 packed", "gzip"),
    ],
)
def test_another_kind_of_file_is_named(file, contents, what):
    assert what in fault(file(contents)).what


def test_another_encoding_is_named_with_its_line(file):
    error = fault(file(GOOD.replace("None", "정").encode("cp949")))
    assert "not in UTF-8" in error.what
    assert "line 3" in error.where


@pytest.mark.parametrize(
    ("wrong", "what", "column"),
    [
        (GOOD.replace(",9,", ",nine,"), "'nine' is not a whole number", "pages"),
        (GOOD.replace(",9,", ",9.5,"), "is not a whole number", "pages"),
        (GOOD.replace(",9,", ",,"), "no value", "pages"),
        (GOOD.replace("None,", ","), "no value", "who"),
        (GOOD.replace("9,,", "9,1.2.3,"), "'1.2.3' is not a number", "share"),
        (GOOD.replace("2026-01-31 10:00", "2026-02-31 10:00"), "is not a time", "at"),
    ],
)
def test_a_value_that_cannot_be_read_is_shown_with_line_and_column(file, wrong, what, column):
    error = fault(file(wrong))
    assert what in error.what
    assert error.where.endswith(f"line 3, column {column}")


def test_a_row_with_too_many_fields(file):
    error = fault(file(GOOD.replace("10:00", "10:00,surplus")))
    assert "do not fit the header" in error.what
    assert "line 3" in error.what


def test_rows_that_all_have_too_many_fields(file):
    wrong = GOOD.replace("03:04", "03:04,x").replace("10:00", "10:00,x")
    assert "more fields than the header" in fault(file(wrong)).what


def test_a_parquet_file_that_is_none(file):
    assert "Parquet" in fault(file("who,pages\n", "visits.parquet")).what


def test_a_missing_column_in_parquet(tmp_path):
    path = tmp_path / "visits.parquet"
    pd.DataFrame({"who": ["a"]}).to_parquet(path)
    assert "no column pages, share, at" in fault(path).what


def test_the_right_contents_pass(file):
    path = file(GOOD)
    check_contents(read_table(path, SPEC), SPEC, path)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (GOOD + GOOD.splitlines()[1] + "\n", "3 rows and should have 2"),
        (GOOD.replace(",9,", ",10,"), "3 to 10 and should lie in 1 to 9"),
        (GOOD.replace("2026-01-31", "2026-02-01"), "should lie in 2026-01-01"),
    ],
)
def test_other_contents_are_refused(file, wrong, what):
    path = file(wrong)
    with pytest.raises(LabKitError, match=what):
        check_contents(read_table(path, SPEC), SPEC, path)
