"""What an export does, in a child process: a dataset as the CSV file it could be imported from."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from lab_kit.aws.jobs.work import Work
from lab_kit.personalize.storage.columns import schema_of
from lab_kit.personalize.storage.frames import PANDAS, bulk, distinct, put_table
from lab_kit.personalize.storage.names import EXPORTED
from lab_kit.prepare.schema.text import CHUNK_ROWS, csv_lines


def export(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Write `EXPORTED`.

    Args:
        arguments: `source`, as `places.source_of` gives it; `mode`: BULK, what was imported; PUT,
            what was put one by one; ALL, both.
        work: Where the file is written.

    Returns:
        `rows`, how many there are. Rows that are the same in everything are one; of several rows of
        one user, item or action the newest is written.
    """
    source, mode = arguments["source"], arguments["mode"]
    schema = schema_of(source)
    parts = [bulk(source)] if mode in ("BULK", "ALL") else []
    parts += [put_table(source)] if mode in ("PUT", "ALL") else []
    table = distinct(pa.concat_tables(parts), schema.fields, source["type"])
    with (work.folder / EXPORTED).open("w", encoding="utf-8", newline="") as file:
        head, *_ = csv_lines(table.schema.empty_table().to_pandas(types_mapper=PANDAS.get), schema)
        file.write(head)
        for first in range(0, len(table), CHUNK_ROWS):
            chunk = table.slice(first, CHUNK_ROWS).to_pandas(types_mapper=PANDAS.get)
            lines = csv_lines(chunk, schema)
            next(lines)
            file.writelines(lines)
            work.progress(first / max(1, len(table)), "writing")
    return {"rows": len(table)}
