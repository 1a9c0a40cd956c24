"""What an import does, in a child process: CSV files become one typed file, or a reason why not.

Files are read a few megabytes at a time, so that their size does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from lab_kit.aws.jobs.work import JobError, Work
from lab_kit.personalize.storage.columns import arrow_schema, contract_of, key_of, schema_of
from lab_kit.personalize.storage.faults import Faults, typed
from lab_kit.personalize.storage.names import BULK
from lab_kit.prepare.schema import rules
from lab_kit.prepare.schema.contracts import Field

BLOCK = 4 * 2**20
"""Bytes of text read at a time."""
MOST_ACTIONS = 1_000
FEWEST = rules.MIN_INTERACTIONS
"""Interactions that one import has to bring."""


def load(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Read the files of an import and write one of them all.

    Args:
        arguments: `files`, pairs of a path and the address it stands for; `source`, as
            `places.source_of` gives it; `event_types`, those the dataset has already.
        work: Where the file is written.

    Returns:
        `rows`, how many there were, and `event_types`, those the files hold.

    Raises:
        JobError: A file breaks a rule; with AWS's words, where they are known, and row numbers.
    """
    source = arguments["source"]
    fields, type = schema_of(source).fields, source["type"]
    rows, types, ids = 0, set[str](), set[str]()
    sizes = [max(1, Path(path).stat().st_size) for path, _ in arguments["files"]]
    read = 0
    key = key_of(fields, type) if type == "ACTIONS" else None
    with pq.ParquetWriter(work.folder / BULK, arrow_schema(fields), compression="zstd") as writer:
        for (path, address), size in zip(arguments["files"], sizes, strict=True):
            faults = Faults()
            first = 2
            for block in _blocks(Path(path), address, fields):
                columns = [
                    typed(block.column(field.name), field, type, first, faults) for field in fields
                ]
                first += len(block)
                rows += len(block)
                if not faults:
                    batch = pa.record_batch(columns, schema=arrow_schema(fields))
                    writer.write_batch(batch)
                    _gather(batch, "EVENT_TYPE", types)
                    _gather(batch, key, ids)
                work.progress(min(0.99, (read + block.nbytes) / sum(sizes)), f"reading {address}")
            if faults:
                raise JobError(f"{faults} File: {address}")
            read += size
    _refuse_amounts(source, rows, types | set(arguments.get("event_types", ())), ids)
    return {"rows": rows, "event_types": sorted(types)}


def _blocks(path: Path, address: str, fields: tuple[Field, ...]) -> Iterator[pa.RecordBatch]:
    """The rows of a file as columns of text, a few thousand at a time.

    Raises:
        JobError: It is no CSV file, is not in UTF-8, or lacks columns.
    """
    try:
        with csv.open_csv(
            path,
            read_options=csv.ReadOptions(block_size=BLOCK, use_threads=False),
            parse_options=csv.ParseOptions(
                escape_char="\\", double_quote=True, newlines_in_values=True
            ),
            convert_options=csv.ConvertOptions(
                column_types={field.name: pa.string() for field in fields},
                include_columns=_checked_header(path, fields),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        ) as reader:
            yield from reader
    except pa.ArrowInvalid as error:
        said = str(error).split("\n")[0]
        if "UTF8" in said:
            raise JobError(f"The file is no text in UTF-8: {address}") from None
        raise JobError(f"The file cannot be read: {said} ({address})") from None


def _checked_header(path: Path, fields: tuple[Field, ...]) -> list[str]:
    with path.open("rb") as file:
        head = file.readline().decode("utf-8-sig", errors="replace")
    names = [name.strip().strip('"') for name in head.strip("\r\n").split(",")]
    missing = [field.name for field in fields if field.name not in names]
    if missing and head.strip():
        raise JobError(f"Input CSV is missing the following columns:[{', '.join(missing)}].")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise JobError(f"Input CSV has several columns of the same name:[{', '.join(twice)}].")
    return [field.name for field in fields]


def _gather(batch: pa.RecordBatch, name: str | None, found: set[str]) -> None:
    if name in batch.schema.names:
        found.update(each for each in batch.column(name).unique().to_pylist() if each is not None)


def _refuse_amounts(source: dict[str, Any], rows: int, types: set[str], ids: set[str]) -> None:
    if contract_of(source).kind == "interactions":
        if rows < FEWEST:
            raise JobError(f"Dataset has fewer than {FEWEST} interactions: {rows} were found.")
        if len(types) > rules.MAX_EVENT_TYPES:
            raise JobError(
                f"Dataset has more than {rules.MAX_EVENT_TYPES} distinct event types: "
                f"{', '.join(sorted(types))}."
            )
    if len(ids) > MOST_ACTIONS:
        raise JobError(f"Dataset has more than {MOST_ACTIONS} actions: {len(ids)} were found.")
    if not rows:
        raise JobError("There are no records below the header.")
