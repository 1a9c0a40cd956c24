"""What a statement answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from lab_kit.redshift.sql.type_names import precision, redshift_name


@dataclass(frozen=True)
class Column:
    """One column of an answer."""

    name: str
    type: str
    """By Redshift's name: int4, varchar, float8."""
    precision: int = 0
    scale: int = 0


@dataclass(frozen=True)
class Result:
    """The answer to one statement."""

    tag: str
    """What was done: SELECT, CREATE MODEL."""
    columns: tuple[Column, ...] = ()
    table: pa.Table | None = field(default=None, repr=False)
    """The rows; None for a statement that has none."""
    affected: int = -1
    """How many rows were changed or found; -1 where nothing is counted."""
    notices: tuple[str, ...] = ()
    """What a person should know about it."""


def of_relation(relation: duckdb.DuckDBPyRelation, tag: str) -> Result:
    """The rows that DuckDB found."""
    types = [str(each) for each in relation.types]
    names = list(relation.columns)
    table = relation.to_arrow_table()
    arrays = [_plain(table.column(place), type) for place, type in enumerate(types)]
    columns = tuple(
        Column(name, redshift_name(type), *precision(type))
        for name, type in zip(names, types, strict=True)
    )
    return Result(tag, columns, pa.Table.from_arrays(arrays, names=names), table.num_rows)


def of_rows(
    tag: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]]
) -> Result:
    """Rows that the engine made itself.

    Args:
        tag: What was done.
        columns: Names and types, by Redshift's names.
        rows: The values.
    """
    arrays = [
        pa.array([row[place] for row in rows], ARROW[type])
        for place, (_, type) in enumerate(columns)
    ]
    table = pa.Table.from_arrays(arrays, names=[name for name, _ in columns])
    return Result(tag, tuple(Column(*each) for each in columns), table, len(rows))


ARROW = {
    "varchar": pa.string(),
    "bpchar": pa.string(),
    "super": pa.string(),
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
"""What values of a type are in Arrow."""


def _plain(values: pa.ChunkedArray, type: str) -> pa.ChunkedArray:
    """Values in types that every reader of Arrow knows."""
    if type == "HUGEINT":
        return values.cast(pa.int64())
    if pa.types.is_interval(values.type) or type.endswith("[]") or "STRUCT" in type:
        return pa.chunked_array([pa.array([str(each) for each in values.to_pylist()], pa.string())])
    if isinstance(values.type, pa.BaseExtensionType):
        return pa.chunked_array([each.storage for each in values.chunks], values.type.storage_type)
    return values
