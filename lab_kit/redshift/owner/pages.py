"""Rows in a file, a page of them at a time, as the Data API writes them.

A page has at most 1,000 rows here; AWS says "a chunk" and names no number.
"""

import csv
import io
from pathlib import Path
from typing import Any

ROWS_A_PAGE = 1000
_LONG = ("int2", "int4", "int8")
_DOUBLE = ("float4", "float8")


def page(path: Path, begin: int, columns: list[dict[str, Any]], form: str) -> dict[str, Any]:
    """The rows from one on.

    Args:
        path: The file.
        begin: The first row.
        columns: Name and type of each column.
        form: JSON or CSV.

    Returns:
        `records`, `next` (None on the last page) and `total`.
    """
    table = _read(path)
    part = _tuples(table.slice(begin, ROWS_A_PAGE))
    types = [each["type"] for each in columns]
    end = begin + len(part)
    if form == "CSV":
        records: list[Any] = [{"CSVRecords": _csv(part, [] if begin else columns)}]
    else:
        records = [
            [field(value, type) for value, type in zip(row, types, strict=True)] for row in part
        ]
    total = table.num_rows
    return {"records": records, "next": end if end < total else None, "total": total}


def rows(path: Path) -> list[tuple[Any, ...]]:
    """All rows of a file."""
    return _tuples(_read(path))


def _read(path: Path) -> Any:
    import pyarrow as pa

    with pa.OSFile(str(path)) as source:
        return pa.ipc.open_stream(source).read_all()


def _tuples(table: Any) -> list[tuple[Any, ...]]:
    return list(zip(*(each.to_pylist() for each in table.columns), strict=True))


def field(value: Any, type: str) -> dict[str, Any]:
    """One value, under the name of what it is (API_Field)."""
    if value is None:
        return {"isNull": True}
    if type == "bool":
        return {"booleanValue": value}
    if type in _LONG:
        return {"longValue": value}
    if type in _DOUBLE:
        return {"doubleValue": value}
    return {"stringValue": as_text(value)}


def as_text(value: Any) -> str:
    """A value as Redshift prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _csv(rows: list[tuple[Any, ...]], header: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if header:
        writer.writerow([each["name"] for each in header])
    writer.writerows([["" if each is None else as_text(each) for each in row] for row in rows])
    return out.getvalue()
