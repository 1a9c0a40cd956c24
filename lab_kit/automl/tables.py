"""Tables as they come (pandas, Arrow) read into columns of five plain types.

Everything passes through Arrow: it knows which value is missing in every type, and pandas, DuckDB
and a client of the local cloud all give it without copying numbers.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lab_kit.errors import LabKitError

Type = Literal["float", "int", "bool", "text", "datetime"]


def as_table(frame: Any) -> pa.Table:
    """The frame as an Arrow table with column names of text.

    Args:
        frame: A pandas DataFrame, or an Arrow table or record batch.

    Raises:
        LabKitError: If it is something else, has two columns of one name, or a column whose values
            are of several types.
    """
    if isinstance(frame, pa.RecordBatch):
        frame = pa.Table.from_batches([frame])
    if isinstance(frame, pa.Table):
        table = frame
    elif isinstance(frame, pd.DataFrame):
        names = [str(name) for name in frame.columns]
        columns = [_as_array(frame.iloc[:, place], name) for place, name in enumerate(names)]
        table = pa.Table.from_arrays(columns, names=names)
    else:
        raise LabKitError(
            f"A table is wanted, not {type(frame).__name__}",
            next_step="give a pandas DataFrame or an Arrow table",
        )
    names = table.column_names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LabKitError(
            "Two columns have the same name", where=twice[0], next_step="rename one of them"
        )
    return table


def _as_array(values: pd.Series, name: str) -> pa.Array:
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        raise LabKitError(
            "The values of a column are of several types, or of one that is no number, text, "
            "boolean or time",
            where=f"column {name}",
            next_step=f'convert it, for example frame["{name}"].astype(str)',
        ) from None


def type_of(column: pa.ChunkedArray, name: str) -> Type:
    """Which of the five types a column has; decimals and times of day count as float.

    Raises:
        LabKitError: If it has none of them (lists, structures, bytes).
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_integer(kind):
        return "int"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_time(kind):
        return "float"
    if pa.types.is_null(kind) or _is_text(kind):
        return "text"
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "datetime"
    raise LabKitError(
        f"A column of type {kind} cannot be learnt from",
        where=f"column {name}",
        next_step="leave it out, or make numbers, text, booleans or times of it",
    )


def _is_text(kind: pa.DataType) -> bool:
    return (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def numbers(column: pa.ChunkedArray, name: str) -> np.ndarray:
    """(rows,) float64, NaN where the value is missing; text is read as numbers, blanks as missing.

    Raises:
        LabKitError: If a text is no number; the message shows the first.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        return column.to_numpy().astype(np.float64, copy=False)
    if pa.types.is_time(kind):
        return pc.cast(column, pa.time64("us")).cast(pa.int64()).to_numpy() / 1e6
    if _is_text(kind):
        return _parsed(column, name)
    try:
        return pc.cast(column, pa.float64()).to_numpy().astype(np.float64, copy=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise LabKitError(
            f"Numbers are wanted here, not values of type {kind}",
            where=f"column {name}",
            next_step="give the column the type it had in training",
        ) from None


def _parsed(column: pa.ChunkedArray, name: str) -> np.ndarray:
    trimmed = pc.utf8_trim_whitespace(column)
    filled = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)
    try:
        return pc.cast(filled, pa.float64()).to_numpy().astype(np.float64, copy=False)
    except pa.ArrowInvalid:
        bad = next(text for text in filled.to_pylist() if text and not is_number(text))
        raise LabKitError(
            f"{bad!r} is not a number",
            where=f"column {name}",
            next_step="give the column the values it had in training: numbers",
        ) from None


def is_number(text: str) -> bool:
    """Whether a text reads as a finite decimal number."""
    try:
        return bool(np.isfinite(float(text))) and "_" not in text
    except ValueError:
        return False


def texts(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The column as text, each different value once; blanks at both ends do not count."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_boolean(column.type):
        column = pc.if_else(column, "true", "false")
    encoded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = (
            encoded.chunk(0)
            if encoded.num_chunks
            else pa.array([], pa.string()).dictionary_encode()
        )
    values = pc.utf8_trim_whitespace(encoded.dictionary.cast(pa.string()))
    return pa.DictionaryArray.from_arrays(encoded.indices, values)


def moments(column: pa.ChunkedArray, name: str) -> np.ndarray:
    """(rows,) datetime64[us] in UTC, NaT where missing; text is read as ISO 8601.

    Raises:
        LabKitError: If a value is no time.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if _is_text(kind) or pa.types.is_null(kind):
        return moments_of(column.to_pandas().astype("str"), name)
    try:
        naive = pc.cast(column, pa.timestamp("us", tz=getattr(kind, "tz", None)), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise LabKitError(
            f"Times are wanted here, not values of type {kind}",
            where=f"column {name}",
            next_step="give the column the type it had in training",
        ) from None
    return naive.cast(pa.timestamp("us"), safe=False).to_numpy().astype("datetime64[us]")


def moments_of(values: pd.Series, name: str) -> np.ndarray:
    """(rows,) datetime64[us] of ISO 8601 texts, in UTC.

    Raises:
        LabKitError: If one is no time.
    """
    blank = values.str.strip() == ""
    try:
        read = pd.to_datetime(values.mask(blank), format="ISO8601", utc=True)
    except ValueError as error:
        raise LabKitError(
            f"A text is not a time: {str(error)[:80]}",
            where=f"column {name}",
            next_step="write times as 2026-01-31 or 2026-01-31 23:59:59",
        ) from None
    return read.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
