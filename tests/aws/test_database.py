import os
import sqlite3
import sys
from datetime import timedelta

import pytest

from lab_kit.aws.clock import Clock
from lab_kit.aws.database import FORMAT, Database
from lab_kit.aws.errors import ServiceError
from lab_kit.errors import LabKitError


def test_settings_are_there_after_a_restart(tmp_path):
    path = tmp_path / "memory.sqlite"
    first = Database(path)
    first.remember("colour", "빨강")
    first.close()
    assert Database(path).setting("colour") == "빨강"
    assert Database(path).setting("size") is None


def test_what_is_no_database_is_named_with_the_way_out(tmp_path):
    path = tmp_path / "memory.sqlite"
    path.write_bytes(b"this was a database once" * 100)
    with pytest.raises(LabKitError, match="lab-kit cloud reset") as raised:
        Database(path)
    assert raised.value.where == str(path)


def test_a_damaged_page_is_found_at_the_start(tmp_path):
    path = tmp_path / "memory.sqlite"
    database = Database(path)
    for number in range(200):
        database.remember(f"key {number}", "x" * 200)
    database.close()
    with path.open("r+b") as file:
        file.seek(4096 * 6)
        file.write(os.urandom(4096 * 4))
    with pytest.raises(LabKitError, match="cannot be read"):
        Database(path)


def test_a_newer_kits_file_is_left_alone(tmp_path):
    path = tmp_path / "memory.sqlite"
    Database(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LabKitError, match=f"format {FORMAT + 1}, which a newer version"):
        Database(path)
    assert path.read_bytes() == before


def test_another_programs_file_is_left_alone(tmp_path):
    path = tmp_path / "memory.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    with pytest.raises(LabKitError, match="made by another program"):
        Database(path)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions there")
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(LabKitError, match=r"memory\.sqlite"):
        Database(tmp_path / "memory.sqlite")


def test_a_full_disk_is_a_fault_that_changes_nothing(tmp_path):
    database = Database(tmp_path / "memory.sqlite")
    database.remember("size", "small")
    pages = database.row("PRAGMA page_count")[0]
    database.rows(f"PRAGMA max_page_count = {pages + 1}")  # SQLite's own full disk
    with pytest.raises(ServiceError, match=r"disk .* is full") as raised:
        database.remember("size", "x" * 100_000)
    assert raised.value.status == 507
    assert database.setting("size") == "small"
    database.remember("size", "medium")  # and it goes on


def test_the_clock_goes_forward_only_and_keeps_its_lead(tmp_path):
    path = tmp_path / "memory.sqlite"
    clock = Clock(Database(path))
    clock.advance(timedelta(hours=2))
    clock.advance(timedelta(minutes=1))
    again = Clock(Database(path))
    assert again.ahead == timedelta(hours=2, minutes=1)
    import time

    assert again.time() - time.time() == pytest.approx(7260, abs=5)
    with pytest.raises(LabKitError, match="cannot be put back"):
        again.advance(timedelta(seconds=-1))
