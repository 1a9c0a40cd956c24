"""SHA-256 sums: of files, and of downloads whose publisher states none.

For those the sum of the first download that passed every check is kept, and later downloads have
to equal it.
"""

import hashlib
import json
from pathlib import Path

from lab_kit import paths
from lab_kit.data.source import Source
from lab_kit.errors import LabKitError


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksum_file() -> Path:
    """Where the sums of first downloads are kept."""
    return paths.home_folder() / "data" / "checksums.json"


def expected_sha256(source: Source) -> str | None:
    """The sum a download must have: the declared one, else that of the first; None before it.

    Raises:
        LabKitError: The file of remembered sums is not readable.
    """
    return source.sha256 or _remembered().get(source.name)


def remember(source: Source, sha256: str) -> None:
    """Keep the sum of a download that passed every check."""
    sums = {**_remembered(), source.name: sha256}
    text = json.dumps(sums, indent=2, sort_keys=True) + "\n"
    whole = checksum_file().with_suffix(".new")
    whole.write_text(text, encoding="utf-8")
    whole.replace(checksum_file())


def _remembered() -> dict[str, str]:
    path = checksum_file()
    try:
        sums = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise LabKitError(
            "The sums of earlier downloads are not readable",
            where=str(path),
            next_step="delete this file; the next download writes it anew",
        ) from error
    if not isinstance(sums, dict):
        raise LabKitError(
            "The sums of earlier downloads are not a table",
            where=str(path),
            next_step="delete this file; the next download writes it anew",
        )
    return sums
