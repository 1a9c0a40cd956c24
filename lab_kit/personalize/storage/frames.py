"""A dataset as one frame: what was imported in bulk, and after it what was put one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lab_kit.personalize.storage.columns import arrow_schema, key_of, schema_of
from lab_kit.personalize.storage.places import Source
from lab_kit.personalize.storage.records import Put, Records
from lab_kit.prepare.schema.contracts import Field

PANDAS = {
    pa.int64(): pd.Int64Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}
"""What columns that may lack values become."""


def read(source: Source, *, put: bool = True, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows of a dataset with the kit's column names.

    Of several rows of one user, item or action the newest counts, one that was put before one
    that was imported. Of events that are the same in everything one counts.

    Args:
        source: As `places.source_of` gives it.
        put: Whether records put one by one belong to it.
        columns: Only these (in lower case); None: all.

    Returns:
        Text as text, times in UTC, long as Int64, float as float64; missing values as pandas has
        them.
    """
    fields = schema_of(source).fields
    table = pa.concat_tables(
        [bulk(source), *([put_table(source)] if put else [])], promote_options="default"
    )
    table = distinct(table, fields, source["type"])
    if columns is not None:
        table = table.select([name.upper() for name in columns])
    frame = table.to_pandas(types_mapper=PANDAS.get)
    for field in fields:
        if field.moment and field.name in frame:
            seconds = frame[field.name].astype("Int64")
            frame[field.name] = pd.to_datetime(seconds, unit="s", utc=True).dt.as_unit("us")
    return frame.rename(columns=str.lower)


def bulk(source: Source) -> pa.Table:
    """What was imported, in the order of the imports; fields an older file lacks are null."""
    wanted = arrow_schema(schema_of(source).fields)
    tables = [_as_wanted(pq.read_table(path), wanted) for path in source["files"]]
    return pa.concat_tables(tables) if tables else wanted.empty_table()


def put_table(source: Source) -> pa.Table:
    """What was put one by one, oldest first."""
    kept = Records(Path(source["records"]))
    try:
        found = [put for _, put in kept.since(source["store"], upto=source["upto"])]
    finally:
        kept.close()
    return table_of(found, schema_of(source).fields)


def table_of(puts: Sequence[Put], fields: tuple[Field, ...]) -> pa.Table:
    """Single records as columns. An event without a user belongs to whom its session names.

    Where no event of the session names a user, the session stands for one.
    """
    owners = {put.session: put.record["USER_ID"] for put in puts if put.record.get("USER_ID")}
    rows = [_owned(put, owners) for put in puts]
    wanted = arrow_schema(fields)
    arrays = [
        pa.array([row.get(name) for row in rows], wanted.field(name).type) for name in wanted.names
    ]
    return pa.table(arrays, schema=wanted)


def distinct(table: pa.Table, fields: tuple[Field, ...], type: str) -> pa.Table:
    """Without rows that newer ones replace, or that repeat an event in everything."""
    key = key_of(fields, type)
    if key is not None:
        ids = table.column(key).to_pandas()
        return table.take(np.flatnonzero(~ids.duplicated(keep="last")))
    # Hardly any event is there twice; only those of one user at one moment are looked at closely.
    at = table.select(["USER_ID", "TIMESTAMP"]).to_pandas()
    close = np.flatnonzero(at.duplicated(keep=False))
    if not len(close):
        return table
    again = table.take(close).to_pandas().duplicated()
    kept = np.ones(len(table), bool)
    kept[close[again.to_numpy()]] = False
    return table.filter(pa.array(kept))


def _owned(put: Put, owners: dict[str | None, str]) -> dict[str, object]:
    if put.session is None or put.record.get("USER_ID"):
        return dict(put.record)
    return {**put.record, "USER_ID": owners.get(put.session, put.session)}


def _as_wanted(table: pa.Table, wanted: pa.Schema) -> pa.Table:
    columns = [
        table.column(field.name)
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in wanted
    ]
    return pa.table(columns, schema=wanted)
