"""What a data deletion does, in a child process: files without the rows of some users."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from lab_kit.aws.jobs.work import JobError, Work
from lab_kit.personalize.storage.names import FORGOTTEN

ID = "USER_ID"


def delete(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Write every file of the datasets again that holds rows of the users.

    Args:
        arguments: `files`, pairs of a path and its address, CSV files with a column USER_ID;
            `stores`, by name the paths of the current files.
        work: Where the new files are written, named after their store and place, and the users.

    Returns:
        `written`, by store the places of the files that were; `deleted`, how many rows are gone.

    Raises:
        JobError: A file has no such column.
    """
    users = _users(arguments["files"])
    (work.folder / FORGOTTEN).write_text(json.dumps(users), encoding="utf-8")
    gone = pa.array(users, pa.string())
    written: dict[str, list[int]] = {}
    deleted = 0
    for store, paths in arguments["stores"].items():
        for place, path in enumerate(paths):
            table = pq.read_table(path)
            if ID not in table.column_names:
                continue
            kept = table.filter(pc.invert(pc.is_in(table.column(ID), gone)))
            if len(kept) < len(table):
                deleted += len(table) - len(kept)
                pq.write_table(kept, work.folder / f"{store}.{place}", compression="zstd")
                written.setdefault(store, []).append(place)
    return {"written": written, "deleted": deleted}


def _users(files: list[list[str]]) -> list[str]:
    found: set[str] = set()
    for path, address in files:
        try:
            table = csv.read_csv(
                Path(path), convert_options=csv.ConvertOptions(column_types={ID: pa.string()})
            )
        except pa.ArrowInvalid as error:
            said = str(error).split("\n")[0]
            raise JobError(f"The file cannot be read: {said} ({address})") from None
        if ID not in table.column_names:
            raise JobError(f"Input CSV is missing the following columns:[{ID}].")
        found.update(each for each in table.column(ID).to_pylist() if each)
    return sorted(found)
