"""The learner's folder: copies of the labs which an update refreshes and never overwrites.

A marker file in the folder remembers, for each copy, the sha256 of what was copied. A file that
still has that sum is untouched and may be replaced by a newer version; any other file is the
learner's own.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

from lab_kit.errors import LabKitError
from lab_kit.notebooks.files import write_whole
from lab_kit.paths import WORK_MARKER

Fate = Literal["new", "same", "refreshed", "kept", "beside"]


@dataclass(frozen=True)
class Placed:
    """What became of one lab in the learner's folder."""

    name: str
    """File name of the lab."""
    fate: Fate
    """`new`: copied. `same`: already there, up to date. `refreshed`: the untouched copy was
    replaced by the newer version. `kept`: the learner's edits stay, nothing newer to offer.
    `beside`: the edits stay, the newer version lies beside them."""
    path: Path
    """The file that was written, or the learner's where none was."""


def place_labs(notebooks: list[Path], work: Path) -> list[Placed]:
    """Bring `work` up to date with `notebooks`; no edited file is ever overwritten.

    A newer version of an edited lab is put beside it as `NN_name.new.ipynb` (and `.new-2`, ... once
    that is edited too). A lab that the learner deleted is copied again.

    Args:
        notebooks: The learner notebooks as the kit ships them.
        work: The learner's folder; made where it is missing.

    Raises:
        LabKitError: The folder cannot be made or written, the disk is full, or the marker file
            cannot be read; every file already there is whole.
    """
    _make_folder(work)
    record = read_record(work)
    placed = []
    for notebook in notebooks:
        placed.append(_place(notebook, work, record))
        _write_record(work, record)  # after each, so that a full disk half way loses no memory
    return placed


def read_record(work: Path) -> dict[str, str]:
    """For each copied file of `work`, the sha256 of what was copied; empty for a new folder."""
    marker = work / WORK_MARKER
    if not marker.exists():
        return {}
    try:
        record = json.loads(marker.read_text(encoding="utf-8"))["notebooks"]
        return {str(name): str(digest) for name, digest in record.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LabKitError(
            "The kit's note of what it copied cannot be read",
            where=str(marker),
            next_step="delete that file and start again; your notebooks stay as they are",
        ) from error


def edited(work: Path) -> list[str]:
    """Names of the notebooks in `work` that differ from what the kit copied, sorted."""
    record = read_record(work)
    return sorted(
        path.name for path in work.glob("*.ipynb") if record.get(path.name) != _digest(path)
    )


def _make_folder(work: Path) -> None:
    try:
        work.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise LabKitError(
            "The work folder cannot be made: a file of that name is in the way",
            where=str(work),
            next_step="move that file away, or name another folder with LAB_KIT_WORK",
        ) from error


def _place(notebook: Path, work: Path, record: dict[str, str]) -> Placed:
    version = _digest(notebook)
    learners = work / notebook.name
    for target in _names_for(learners):
        is_first = target == learners
        present = _digest(target) if target.exists() else None
        if present == version:
            record[target.name] = version
            return Placed(notebook.name, "same" if is_first else "kept", learners)
        was_offered = record.get(target.name) == version
        if was_offered and not (is_first and present is None):
            return Placed(notebook.name, "kept", learners)
        if present is None or present == record.get(target.name):
            write_whole(target, notebook.read_bytes().decode("utf-8"))
            record[target.name] = version
            fate: Fate = "beside" if not is_first else "new" if present is None else "refreshed"
            return Placed(notebook.name, fate, target)
    raise AssertionError("the names never end")


def _names_for(learners: Path) -> Iterator[Path]:
    """The lab's own name, then the names for newer versions beside an edited one."""
    yield learners
    yield learners.with_name(f"{learners.stem}.new.ipynb")
    for number in count(2):
        yield learners.with_name(f"{learners.stem}.new-{number}.ipynb")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_record(work: Path, record: dict[str, str]) -> None:
    text = json.dumps({"notebooks": record}, indent=1, sort_keys=True) + "\n"
    write_whole(work / WORK_MARKER, text)
