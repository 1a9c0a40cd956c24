import os
import subprocess
import sys

import pytest

from lab_kit.errors import LabKitError
from lab_kit.notebooks.files import write_whole

ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from lab_kit.errors import LabKitError
from lab_kit.notebooks.files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # a file beyond it fails as on a full disk
try:
    write_whole(Path(sys.argv[1]), "x" * 5000)
except LabKitError as error:
    print(error)
"""


def test_text_is_written_as_utf8_with_lf(tmp_path):
    path = tmp_path / "new" / "a.txt"
    write_whole(path, "누구\n")
    assert path.read_bytes() == "누구\n".encode()


def test_an_earlier_file_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, "one")
    write_whole(path, "two")
    assert path.read_text(encoding="utf-8") == "two"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
def test_on_a_full_disk_the_earlier_file_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, "earlier")
    said = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert "cannot be written" in said
    assert str(path) in said
    assert "free some space" in said
    assert path.read_text(encoding="utf-8") == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "build").write_text("", encoding="utf-8")
    with pytest.raises(LabKitError, match="cannot be written") as caught:
        write_whole(tmp_path / "build" / "index.html", "x")
    assert "build" in caught.value.where
