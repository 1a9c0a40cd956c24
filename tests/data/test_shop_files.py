import gzip

import pandas as pd
import pytest

from lab_kit import paths
from lab_kit.data import shop
from lab_kit.data.shop.exports import make_exports
from lab_kit.data.shop.store import read, write
from lab_kit.errors import LabKitError


@pytest.fixture(scope="module")
def tiny():
    return shop.generate(users=60, items=59, months=4, seed=5)


@pytest.fixture
def folder(tiny, tmp_path):
    write(tiny, make_exports(tiny), tmp_path)
    return tmp_path


def test_the_committed_shop_is_what_the_committed_seed_gives():
    made, stored = shop.generate(), shop.load()
    raw = make_exports(made)
    for name in ("users", "items", "interactions"):
        pd.testing.assert_frame_equal(getattr(made, name), getattr(stored, name), check_exact=True)
    truth = {**made.truth, **raw.truth}
    for expected, found in ((made.tables, stored.tables), (truth, stored.truth)):
        assert set(found) == set(expected)
        for name in found:
            pd.testing.assert_frame_equal(expected[name], found[name], check_exact=True)
    files = {path.name: path for export in stored.exports.values() for path in export.paths}
    assert set(files) == {file.name for file in raw.files}
    for file in raw.files:
        assert gzip.decompress(files[file.name].read_bytes()) == file.content(), file.name


def test_the_types_are_the_documented_ones():
    stored = shop.load()
    assert stored.users.dtypes.astype(str).to_dict() == {
        "user_id": "str", "age": "int64", "gender": "str", "zip_code": "str",
        "membership": "str", "signup_date": "datetime64[us]",
    }  # fmt: skip
    assert stored.interactions.dtypes.astype(str).to_dict() == {
        "event_id": "str", "user_id": "str", "item_id": "str",
        "timestamp": "datetime64[us, UTC]", "event_type": "str", "event_value": "float64",
        "session_id": "str", "device": "str", "channel": "str", "quantity": "Int64",
        "impressions": "str",
    }  # fmt: skip
    items = stored.items.dtypes.astype(str)
    assert items.pop("price") == "int64"
    assert items.pop("creation_timestamp") == "datetime64[us, UTC]"
    assert set(items) == {"str"}


def test_the_bundled_data_stays_under_eight_megabytes():
    files = [path for path in paths.data_folder().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 8e6


def test_what_is_written_is_read_back(tiny, folder):
    stored = read(folder)
    for name in ("users", "items", "interactions"):
        pd.testing.assert_frame_equal(getattr(tiny, name), getattr(stored, name))
    for name, frame in tiny.tables.items():
        pd.testing.assert_frame_equal(frame, stored.tables[name])
    for name, frame in tiny.truth.items():
        pd.testing.assert_frame_equal(frame, stored.truth[name])


def test_writing_twice_gives_the_same_bytes_and_removes_what_has_no_successor(tiny, folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "exports" / "app_2025-12.csv.gz").write_bytes(b"of an earlier run")
    write(tiny, make_exports(tiny), folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_tables_and_truth_are_read_when_asked_for(folder):
    (folder / "truth" / "users.parquet").write_bytes(b"broken")
    (folder / "tables" / "orders.parquet").write_bytes(b"broken")
    stored = read(folder)
    assert len(stored.tables["prices"]) >= 59
    with pytest.raises(Exception, match=r"(?i)parquet"):
        stored.truth["users"]


def test_a_missing_file_is_named(folder):
    (folder / "items.parquet").unlink()
    with pytest.raises(LabKitError, match=r"items are not there.*data/ back with git"):
        read(folder)


def test_every_export_says_how_it_is_read():
    for export in shop.load().exports.values():
        assert export.paths
        for path in export.paths:
            columns = pd.read_csv(path, encoding=_encoding(path), nrows=0).columns
            assert set(export.columns) <= set(columns), path.name
            assert export.time_column in columns


@pytest.mark.parametrize(
    ("options", "where"),
    [({"users": 0}, "users"), ({"items": 58}, "items"), ({"months": 3}, "months")],
)
def test_a_shop_of_impossible_size_is_refused(options, where):
    with pytest.raises(LabKitError, match=f"cannot have .* {where}.*Next: give a number from"):
        shop.generate(**options)


def test_the_seed_decides_everything():
    one, same, other = (shop.generate(users=30, items=59, months=4, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one.interactions, same.interactions)
    assert not one.users["zip_code"].equals(other.users["zip_code"])


def test_more_people_leave_goods_and_prices_as_they_are():
    few, many = (shop.generate(users=n, items=59, months=4, seed=1) for n in (30, 60))
    pd.testing.assert_frame_equal(few.items, many.items)
    pd.testing.assert_frame_equal(few.tables["prices"], many.tables["prices"])


def _encoding(path):
    text = gzip.decompress(path.read_bytes())
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return "cp949"
    return "utf-8-sig"
