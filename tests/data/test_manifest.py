import gzip
import hashlib
import subprocess
import tomllib

import pandas as pd
import pytest

from lab_kit import paths
from lab_kit.data import manifest, verify
from lab_kit.errors import LabKitError


@pytest.fixture
def folder(tmp_path):
    """A data folder with a table of each kind, and its manifest."""
    shop = tmp_path / "data" / "shop"
    shop.mkdir(parents=True)
    table = pd.DataFrame({"user_id": ["1", "2"], "age": [30, 40]})
    table.to_parquet(shop / "users.parquet")
    (shop / "log.csv").write_bytes(b'a,"b\nc"\n1,"2\n3"\n\n4,5\n')
    (shop / "web.csv.gz").write_bytes(gzip.compress("이름;가격\n사과;3000\n".encode("cp949")))
    (shop / "note.json").write_text("{}", encoding="utf-8")
    manifest.write(tmp_path / "data")
    return tmp_path / "data"


def test_the_manifest_says_what_each_file_is(folder):
    entries = {entry.path: entry for entry in manifest.read(folder)}
    assert {path: (entry.rows, entry.columns) for path, entry in entries.items()} == {
        "shop/log.csv": (2, ("a", "b\nc")),
        "shop/note.json": (None, None),
        "shop/users.parquet": (2, ("user_id", "age")),
        "shop/web.csv.gz": (1, ("이름", "가격")),
    }
    note = entries["shop/note.json"]
    assert (note.sha256, note.bytes) == (hashlib.sha256(b"{}").hexdigest(), 2)
    assert {entry.licence for entry in entries.values()} == {"CC0-1.0"}


def test_writing_again_changes_nothing(folder):
    before = (folder / "MANIFEST.toml").read_bytes()
    manifest.write(folder)
    assert (folder / "MANIFEST.toml").read_bytes() == before
    assert b"\r" not in before
    assert len(tomllib.loads(before.decode())["file"]) == 4


def test_all_is_well(folder):
    assert verify(folder) == []


@pytest.mark.parametrize(
    ("damage", "path", "kind"),
    [
        (lambda shop: (shop / "log.csv").unlink(), "shop/log.csv", "missing"),
        (lambda shop: (shop / "log.csv").write_bytes(b""), "shop/log.csv", "changed"),
        (lambda shop: (shop / "note.json").write_bytes(b"[]"), "shop/note.json", "changed"),
        (lambda shop: (shop / "extra.csv").write_bytes(b"a\n"), "shop/extra.csv", "not listed"),
    ],
    ids=["missing", "other-size", "same-size", "not-listed"],
)
def test_each_fault_is_named_with_its_file(folder, damage, path, kind):
    damage(folder / "shop")
    (problem,) = verify(folder)
    assert (problem.path, problem.kind) == (path, kind)
    assert f"data/{path}" in problem.message


def test_every_fault_is_reported_at_once(folder):
    (folder / "shop" / "log.csv").unlink()
    (folder / "shop" / "note.json").write_bytes(b"[]")
    assert [problem.kind for problem in verify(folder)] == ["missing", "changed"]


def test_what_a_file_manager_leaves_behind_is_no_fault(folder):
    (folder / "shop" / ".DS_Store").write_bytes(b"x")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "log.csv").write_bytes(b"x")
    assert verify(folder) == []


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (b"[[file]\npath =", "not readable", "MANIFEST.toml"),
        ("[[file]]\npath = '가'".encode("cp949"), "not readable", "MANIFEST.toml"),
        (b"files = []", "no list of files", "MANIFEST.toml"),
        (b"file = 3", "no list of files", "MANIFEST.toml"),
        (b"file = [3]", "not a table", "file 1"),
        (b"[[file]]\npath = 'a.csv'", "no proper sha256", "file 1"),
        (b"[[file]]\npath = 'a'\nsha256 = '0'\nbytes = 'x'", "no proper bytes", "file 1"),
        (
            b"[[file]]\npath = '../a'\nsha256 = '0'\nbytes = 1\nlicence = 'MIT'",
            "points out of the data folder",
            "file 1",
        ),
    ],
)
def test_a_corrupt_manifest_is_one_clear_message(folder, text, what, where):
    (folder / "MANIFEST.toml").write_bytes(text)
    with pytest.raises(LabKitError, match=what) as error:
        manifest.read(folder)
    assert where in error.value.where
    assert error.value.next_step
    (problem,) = verify(folder)
    assert (problem.path, problem.kind) == ("MANIFEST.toml", "corrupt manifest")


def test_a_missing_manifest_is_one_clear_message(folder):
    (folder / "MANIFEST.toml").unlink()
    (problem,) = verify(folder)
    assert "missing" in problem.message


def test_the_bundled_files_are_as_the_manifest_says():
    assert verify() == []


def test_rows_and_columns_of_the_bundled_files_are_as_the_manifest_says(tmp_path):
    listed = {entry.path: entry for entry in manifest.read()}
    again = {path: manifest.describe_file(paths.data_folder(), path) for path in listed}
    assert again == listed


def test_the_bundled_files_are_small():
    assert sum(entry.bytes for entry in manifest.read()) < 8_000_000


def test_git_commits_the_bytes_that_were_summed():
    root = paths.repository()
    if root is None or not (root / ".git").exists():
        pytest.skip("not a clone")
    for entry in manifest.read():
        file = f"data/{entry.path}"
        as_committed, as_it_is = (
            subprocess.run(
                ["git", "hash-object", *option, "--", file],
                cwd=root,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for option in ([], ["--no-filters"])
        )
        assert as_committed == as_it_is, f"git would change the line ends of {file}"
