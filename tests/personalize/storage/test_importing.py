"""What an import takes, and how it says what is wrong."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from lab_kit.aws.jobs.work import JobError
from lab_kit.personalize.storage import importing
from lab_kit.personalize.storage.frames import read
from tests.personalize.group import START, add_text, empty_source, field, import_text

ITEMS = [
    field("ITEM_ID", "string"),
    field("KIND", "string", "null", categorical=True),
    field("NOTE", "string", "null"),
    field("COUNT", "long", "null"),
    field("SIZE", "int", "null"),
    field("PRICE", "float", "null"),
    field("WEIGHT", "null", "double"),
    field("GREEN", "boolean", "null"),
    field("CREATION_TIMESTAMP", "long", "null"),
]
HEAD = "ITEM_ID,KIND,NOTE,COUNT,SIZE,PRICE,WEIGHT,GREEN,CREATION_TIMESTAMP\n"


def reason(folder, text, type="ITEMS", fields=ITEMS):
    with pytest.raises(JobError) as refused:
        import_text(folder, text, type, fields)
    return str(refused.value)


def test_every_type_comes_back_as_what_it_is(tmp_path):
    text = (
        HEAD
        + '한국,"a|b","said \\"no, never\\"\nand left",12,3,1.5,2e3,true,1600000000\n'
        + "😀,,,,,,,,\n"
        + '"quoted ""twice""",c,"",-7,-1,.5,-2,false,0\n'
    )
    frame = read(import_text(tmp_path, text, "ITEMS", ITEMS))
    assert frame["item_id"].tolist() == ["한국", "😀", 'quoted "twice"']
    assert frame["note"].tolist()[0] == 'said "no, never"\nand left'
    assert frame["note"].isna().tolist() == [False, True, False]  # an empty text is a text
    assert frame["count"].tolist() == [12, pd.NA, -7]
    assert frame["price"].fillna(0).tolist() == [1.5, 0, 0.5]
    assert frame["weight"].fillna(0).tolist() == [2000, 0, -2]
    assert frame["green"].tolist() == [True, pd.NA, False]
    assert frame["creation_timestamp"][0] == pd.Timestamp("2020-09-13 12:26:40", tz="UTC")
    assert frame["creation_timestamp"].isna().tolist() == [False, True, False]


def test_columns_stand_in_any_order_and_others_are_left_out(tmp_path):
    fields = [field("ITEM_ID", "string"), field("KIND", "string", categorical=True)]
    frame = read(import_text(tmp_path, "MORE,KIND,ITEM_ID\nx,k,i\n", "ITEMS", fields))
    assert frame.to_dict("records") == [{"item_id": "i", "kind": "k"}]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",k,,,,,,,", "Missing values are not allowed for ITEM_ID. Row 3"),
        ('" ",k,,,,,,,', "ITEM_ID must not be empty. Row 3"),
        (f"{'i' * 257},,,,,,,,", "Length cannot be more than 256 characters for ITEM_ID. Row 3"),
        (f"i,{'k' * 1001},,,,,,,", "Length cannot be more than 1000 characters for KIND. Row 3"),
        (f"i,,{'n' * 20001},,,,,,", "Length cannot be more than 20000 characters for NOTE. Row 3"),
        (f"i,,{'日' * 7001},,,,,,", "Length cannot be more than 7000 characters for NOTE. Row 3"),
        ("i,,,1.0,,,,,", "COUNT has values that are not of type long. Row 3: such as '1.0'"),
        ("i,,,9223372036854775808,,,,,", "COUNT has values that are not of type long."),
        ("i,,,,2147483648,,,,", "SIZE has values that are not of type int. Row 3"),
        ("i,,,,,cheap,,,", "PRICE has values that are not of type float. Row 3: such as 'cheap'"),
        ("i,,,,,nan,,,", "PRICE has values that are not of type float."),
        ("i,,,,,,,True,", "GREEN has values that are not of type boolean. Row 3: such as 'True'"),
        ("i,,,,,,,,-1", "CREATION_TIMESTAMP has values before 1970. Row 3"),
        (
            "i,,,,,,,,1600000000000",
            "CREATION_TIMESTAMP has to be in Unix epoch time format, in seconds. Row 3: these look "
            "like milliseconds; divide them by 1,000",
        ),
        ("i,,,,,,,,2020-09-13", "CREATION_TIMESTAMP has values that are not of type long."),
    ],
)
def test_a_fault_is_named_with_its_row(tmp_path, row, said):
    assert reason(tmp_path, f"{HEAD}fine,,,,,,,,\n{row}\n").startswith(said)


def test_what_is_just_right_is_taken(tmp_path):
    row = f"{'i' * 256},{'k' * 1000},{'日' * 7000},9223372036854775807,2147483647,,,,99999999999"
    frame = read(import_text(tmp_path, f"{HEAD}{row}\n", "ITEMS", ITEMS))
    assert frame["count"].tolist() == [9223372036854775807]


def test_all_faults_are_told_at_once_and_rows_counted_over_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BLOCK", 2_000)
    good = "".join(f"i{n},,,{n},,,,,\n" for n in range(1000))
    bad = "".join(f"j{n},,,x,,,,maybe,\n" for n in range(7))
    said = reason(tmp_path, HEAD + good + bad)
    assert (
        "COUNT has values that are not of type long. Rows 1,002, 1,003, 1,004, 1,005, 1,006" in said
    )
    assert "GREEN has values" in said
    assert said.endswith("File: s3://b/file.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file cannot be read: Empty CSV file"),
        (HEAD, "There are no records below the header."),
        ("ITEM_ID,KIND\n", "Input CSV is missing the following columns:[NOTE, COUNT, SIZE, PRICE,"),
        (HEAD.strip() + ",KIND\n", "Input CSV has several columns of the same name:[KIND]."),
        (HEAD + "a,b\n", "The file cannot be read: CSV parse error: "),
    ],
)
def test_a_file_that_is_none_says_why(tmp_path, text, said):
    assert reason(tmp_path, text).startswith(said)


EVENTS = [
    field("USER_ID", "string"),
    field("ITEM_ID", "string"),
    field("EVENT_TYPE", "string"),
    field("TIMESTAMP", "long"),
]


def events(rows, types=1, first=0):
    lines = [f"u{n},i{n},t{n % types},{START + n}" for n in range(first, first + rows)]
    return "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n" + "\n".join(lines) + "\n"


def test_an_import_of_interactions_has_at_least_1000_and_at_most_ten_types(tmp_path):
    assert reason(tmp_path, events(999), "INTERACTIONS", EVENTS) == (
        "Dataset has fewer than 1000 interactions: 999 were found."
    )
    said = reason(tmp_path / "b", events(1000, types=11), "INTERACTIONS", EVENTS)
    assert said.startswith("Dataset has more than 10 distinct event types: t0, t1, t10, t2")
    assert len(read(import_text(tmp_path / "c", events(1000, 10), "INTERACTIONS", EVENTS))) == 1000


def test_actions_are_at_most_1000_and_events_with_them_of_three_types(tmp_path):
    rows = "".join(f"a{n},{n}\n" for n in range(1001))
    fields = [field("ACTION_ID", "string"), field("VALUE", "long", "null")]
    said = reason(tmp_path, f"ACTION_ID,VALUE\n{rows}", "ACTIONS", fields)
    assert said == "Dataset has more than 1000 actions: 1001 were found."
    log = "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\nu,a,Taken,5\nu,a,not taken,6\nu,a,Bought,7\n"
    fields = [
        field("USER_ID", "string"),
        field("ACTION_ID", "string"),
        field("EVENT_TYPE", "string"),
        field("TIMESTAMP", "long"),
    ]
    said = reason(tmp_path / "log", log, "ACTION_INTERACTIONS", fields)
    assert said.startswith("EVENT_TYPE has to be Taken, Not Taken or Viewed. Row 4.")


def test_what_is_imported_later_replaces_rows_of_the_same_id(tmp_path):
    fields = [field("ITEM_ID", "string"), field("KIND", "string", "null", categorical=True)]
    first = import_text(tmp_path, "ITEM_ID,KIND\na,old\nb,old\na,newer\n", "ITEMS", fields)
    both = add_text(first, tmp_path, "ITEM_ID,KIND\nb,newest\nc,\n")
    frame = read(both).fillna("").sort_values("item_id")
    assert frame.to_dict("records") == [
        {"item_id": "a", "kind": "newer"},
        {"item_id": "b", "kind": "newest"},
        {"item_id": "c", "kind": ""},
    ]


def test_an_event_that_is_there_twice_counts_once(tmp_path):
    text = events(1000) + "u0,i0,t0,1600000000\nu0,i0,other,1600000000\n"
    frame = read(import_text(tmp_path, text, "INTERACTIONS", EVENTS))
    assert len(frame) == 1001


def test_a_wider_schema_finds_nothing_in_older_files(tmp_path):
    source = import_text(tmp_path, events(1000), "INTERACTIONS", EVENTS)
    fields = [*EVENTS, field("DEVICE", "null", "string", categorical=True)]
    wider = {**source, "schema": {**source["schema"], "fields": fields}}
    frame = read(wider)
    assert frame["device"].isna().all()
    assert frame["item_id"].tolist() == read(source)["item_id"].tolist()


def test_numbers_survive_to_the_last_digit(tmp_path):
    rng = np.random.default_rng(0)
    prices = rng.normal(size=500) * 10.0 ** rng.integers(-8, 8, 500)
    fields = [field("ITEM_ID", "string"), field("PRICE", "double")]
    text = pd.DataFrame({"ITEM_ID": [f"i{n}" for n in range(500)], "PRICE": prices})
    frame = read(import_text(tmp_path, text.to_csv(index=False), "ITEMS", fields))
    assert (frame["price"].to_numpy() == prices).all()


def test_an_empty_dataset_is_an_empty_frame(tmp_path):
    frame = read(empty_source(tmp_path, "ITEMS", ITEMS))
    assert len(frame) == 0
    assert str(frame["creation_timestamp"].dtype) == "datetime64[us, UTC]"


def test_files_are_kept_in_small_pieces(tmp_path, monkeypatch):
    """So that two million rows need no more memory than ten thousand."""
    monkeypatch.setattr(importing, "BLOCK", 10_000)
    source = import_text(tmp_path, events(5_000), "INTERACTIONS", EVENTS)
    assert pq.ParquetFile(source["files"][0]).num_row_groups > 5
