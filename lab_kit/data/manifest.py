"""The manifest of the bundled data: what each file is, checked by a test and by `lab-kit doctor`.

For maintainers: whenever a file under `data/` changes, run

    python -m lab_kit.data.manifest

and commit `data/MANIFEST.toml` with it. The sums are over the bytes as they are committed, which
are the bytes on disk as long as `.gitattributes` keeps git from changing line ends.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from lab_kit import paths
from lab_kit.data.checksums import sha256_of
from lab_kit.data.contents import shape_of
from lab_kit.errors import LabKitError

MANIFEST = "MANIFEST.toml"
HEADER = """\
# What the bundled files are. Written by `python -m lab_kit.data.manifest`; do not edit by hand.
"""


@dataclass(frozen=True)
class Entry:
    """One file of the manifest."""

    path: str
    """Relative to the data folder, with forward slashes."""
    sha256: str
    bytes: int
    licence: str
    rows: int | None = None
    """None where the file is not a table."""
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Problem:
    """A bundled file that is not as the manifest says."""

    path: str
    kind: Literal["corrupt manifest", "missing", "changed", "not listed"]
    message: str
    """What is wrong and what to do, in a sentence."""

    def __str__(self) -> str:
        return self.message


def verify(folder: Path | None = None) -> list[Problem]:
    """Compare the bundled files with the manifest.

    Args:
        folder: The data folder; the kit's own where it is None.

    Returns:
        One entry a file that is missing, changed or not listed, in the order of the manifest; a
        single one where the manifest itself cannot be read; nothing where all is well.

    Raises:
        LabKitError: There is no data folder.
    """
    folder = folder or paths.data_folder()
    try:
        entries = read(folder)
    except LabKitError as error:
        return [Problem(MANIFEST, "corrupt manifest", str(error))]
    listed = {entry.path for entry in entries}
    problems = [problem for entry in entries if (problem := _compare(folder, entry))]
    problems += [
        Problem(
            path,
            "not listed",
            f"data/{path} is not in the manifest; remove it, or, if you maintain the kit, "
            "run `python -m lab_kit.data.manifest`",
        )
        for path in _files(folder)
        if path not in listed
    ]
    return problems


def read(folder: Path | None = None) -> list[Entry]:
    """The entries of the manifest.

    Raises:
        LabKitError: The manifest is missing, is not TOML, or an entry lacks a field or has one of
            a wrong type; with the entry.
    """
    path = (folder or paths.data_folder()) / MANIFEST
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _unreadable("The manifest of the bundled data is missing", str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unreadable(
            f"The manifest of the bundled data is not readable: {error}", str(path)
        ) from error
    tables = document.get("file", [])
    if not isinstance(tables, list) or set(document) - {"file"}:
        raise _unreadable("The manifest of the bundled data has no list of files", str(path))
    return [_entry(table, f"{path}, file {number}") for number, table in enumerate(tables, 1)]


def write(folder: Path | None = None) -> Path:
    """Write the manifest of every file in the data folder; for maintainers.

    Returns:
        The path of the manifest.
    """
    folder = folder or paths.data_folder()
    entries = [describe_file(folder, path) for path in _files(folder)]
    manifest = folder / MANIFEST
    text = HEADER + "".join(f"\n{_to_toml(entry)}" for entry in entries)
    manifest.write_text(text, encoding="utf-8", newline="\n")
    return manifest


def describe_file(folder: Path, path: str) -> Entry:
    """The entry of a file, from the file itself.

    Args:
        folder: The data folder.
        path: Relative to it, with forward slashes.
    """
    from lab_kit.data.shop.store import LICENCE  # all that is bundled is the shop's

    file = folder / path
    shape = shape_of(file)
    return Entry(
        path=path,
        sha256=sha256_of(file),
        bytes=file.stat().st_size,
        licence=LICENCE,
        rows=shape.rows if shape else None,
        columns=shape.columns if shape else None,
    )


def _files(folder: Path) -> list[str]:
    """Every file to be listed; names with a leading dot are the file manager's, not ours."""
    return sorted(
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file()
        and file != folder / MANIFEST
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )


def _compare(folder: Path, entry: Entry) -> Problem | None:
    file = folder / entry.path
    advice = "install the kit again, or get the file back with git"
    if not file.is_file():
        return Problem(entry.path, "missing", f"data/{entry.path} is missing; {advice}")
    size = file.stat().st_size
    if size != entry.bytes:
        return Problem(
            entry.path,
            "changed",
            f"data/{entry.path} has {size:,} bytes and should have {entry.bytes:,}; {advice}",
        )
    if sha256_of(file) != entry.sha256:
        return Problem(
            entry.path,
            "changed",
            f"data/{entry.path} has other contents than it should; {advice}",
        )
    return None


def _entry(table: Any, where: str) -> Entry:
    types: dict[str, type] = {"path": str, "sha256": str, "bytes": int, "licence": str}
    if not isinstance(table, dict):
        raise _unreadable("An entry of the manifest is not a table", where)
    for field, type_ in types.items():
        if not isinstance(table.get(field), type_):
            raise _unreadable(f"An entry of the manifest has no proper {field}", where)
    path = PurePosixPath(table["path"])
    if path.is_absolute() or ".." in path.parts:
        raise _unreadable(f"An entry of the manifest points out of the data folder: {path}", where)
    columns = table.get("columns")
    return Entry(
        **{field: table[field] for field in types},
        rows=table.get("rows"),
        columns=None if columns is None else tuple(columns),
    )


def _to_toml(entry: Entry) -> str:
    lines = [
        "[[file]]",
        f"path = {_quoted(entry.path)}",
        f"sha256 = {_quoted(entry.sha256)}",
        f"bytes = {entry.bytes}",
        f"licence = {_quoted(entry.licence)}",
    ]
    if entry.rows is not None and entry.columns is not None:
        columns = ", ".join(_quoted(column) for column in entry.columns)
        lines += [f"rows = {entry.rows}", f"columns = [{columns}]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML string


def _unreadable(what: str, where: str) -> LabKitError:
    return LabKitError(
        what,
        where=where,
        next_step=(
            "install the kit again, or get the file back with `git checkout data/MANIFEST.toml`"
        ),
    )


if __name__ == "__main__":
    print(f"wrote {write()}")
