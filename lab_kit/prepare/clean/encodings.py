"""Raw bytes of a file as text: unpacked, recognised, decoded, or refused with the reason."""

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

from lab_kit.errors import LabKitError

ENCODINGS = ("utf-8", "utf-8-sig", "cp949")
"""What Korean exports come in: UTF-8, Excel's UTF-8 with a byte order mark, Windows Korean."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

WRONG_FILES = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a parquet file",
    b"%PDF": "a PDF document",
    b"<!DO": "a web page",
    b"<htm": "a web page",
}


def read_bytes(path: Path) -> bytes:
    """What the file holds, unpacked where it was packed with gzip, whatever its name.

    Raises:
        LabKitError: If the file is missing, is a folder, is empty, cannot be unpacked, or is
            evidently no CSV file.
    """
    raw = _unpacked(_stored_bytes(path), path)
    if not raw.removeprefix(BYTE_ORDER_MARK).strip():
        raise LabKitError(
            "The file is empty", where=str(path), next_step="export it again, or take another file"
        )
    for beginning, kind in WRONG_FILES.items():
        if raw.startswith(beginning):
            raise LabKitError(
                f"This is {kind}, not a CSV file",
                where=str(path),
                next_step="open it where it was made and save it as CSV, or take another file",
            )
    return raw


def detect_encoding(raw: bytes, candidates: Sequence[str] = ENCODINGS) -> str | None:
    """The first of these encodings in which the bytes are text, or None.

    UTF-8 is tried before Windows Korean: much UTF-8 text is also valid in cp949, and then reads
    as nonsense, while cp949 text is hardly ever valid UTF-8. A byte order mark turns "utf-8" into
    "utf-8-sig".
    """
    found = next((name for name in candidates if _decodes(raw, name)), None)
    return "utf-8-sig" if found == "utf-8" and raw.startswith(BYTE_ORDER_MARK) else found


def require_encoding(raw: bytes, path: Path) -> str:
    """The first of `ENCODINGS` in which the bytes are text.

    Raises:
        LabKitError: If none is.
    """
    found = detect_encoding(raw)
    if found is None:
        raise LabKitError(
            f"The file is text in none of {', '.join(ENCODINGS)}",
            where=str(path),
            next_step="save it as UTF-8 where it was made",
        )
    return found


def decode(raw: bytes, encoding: str, path: Path) -> str:
    """The bytes as text, without a byte order mark.

    Raises:
        LabKitError: Naming the byte and the line that are not text in this encoding, and the
            encoding that would work; or that there is no such encoding.
    """
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise LabKitError(
            f'There is no encoding "{encoding}"',
            where=str(path),
            next_step=f"use one of {', '.join(ENCODINGS)}",
        ) from None
    except UnicodeDecodeError as error:
        raise _undecodable(raw, encoding, error.start, path) from None


def _undecodable(raw: bytes, encoding: str, position: int, path: Path) -> LabKitError:
    works = detect_encoding(raw)
    line = raw.count(b"\n", 0, position) + 1
    return LabKitError(
        f"The file is not {encoding} text: byte 0x{raw[position]:02x} at position {position:,}",
        where=f"{path}, line {line:,}",
        next_step=f'read it with encoding="{works}"'
        if works
        else f"none of {', '.join(ENCODINGS)} can read it; save it as UTF-8 where it was made",
    )


def _stored_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise LabKitError(
            "There is no such file", where=str(path), next_step=_neighbours(path)
        ) from None
    except (IsADirectoryError, PermissionError) as error:
        if path.is_dir():  # Windows reports a folder as a lack of permission
            raise LabKitError(
                "This is a folder, not a file", where=str(path), next_step=_neighbours(path / "_")
            ) from None
        raise LabKitError(
            f"The file cannot be opened: {error.strerror}",
            where=str(path),
            next_step="close it in other programs and check that you may read it",
        ) from None


def _neighbours(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"check the path: there is no folder {folder} either"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    return f"take one of {', '.join(names[:8])}" if names else f"the folder {folder} has no files"


def _unpacked(raw: bytes, path: Path) -> bytes:
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, OSError, zlib.error) as error:
        raise LabKitError(
            f"The packed file is damaged: {error}",
            where=str(path),
            next_step="fetch or export it again",
        ) from None


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
