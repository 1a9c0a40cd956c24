"""What the child process of an import does: read the files, and count their events if asked to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lab_kit.aws.jobs.work import Work
from lab_kit.personalize.attributions.reporting import figures, items_of, write
from lab_kit.personalize.attributions.windows import FILE
from lab_kit.personalize.storage import importing
from lab_kit.personalize.storage.names import BULK
from lab_kit.personalize.storage.records import Put


def load(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Import, and write a report of what was imported; see `importing.load`.

    Args:
        arguments: As there, and as `report` what is counted, as `imports.read` gives it.
        work: Where the files are written.

    Raises:
        JobError: As there.
    """
    said = importing.load(arguments, work)
    asked = arguments.get("report")
    if asked is not None:
        types = {metric["eventType"].lower() for metric in asked["metrics"]}
        rows = figures(
            counted(work.folder / BULK, types),
            asked["metrics"],
            items_of(asked["sources"], asked["metrics"]),
            asked["marks"],
            asked["window"],
        )
        write(rows, work.folder / FILE)
    return said


def counted(path: Path, types: set[str]) -> Iterator[Put]:
    """The events of some types, in lower case, each at the time it happened, a block at a time."""
    wanted = pa.array(sorted(types), pa.string())
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            there = pc.is_in(pc.utf8_lower(batch.column("EVENT_TYPE")), wanted)
            for record in batch.filter(there).to_pylist():
                yield Put(record, at=record["TIMESTAMP"])
