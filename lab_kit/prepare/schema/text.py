"""Frames as the CSV text Personalize reads, and back, losing nothing.

Text stands in double quotes where it needs them, with backslash escapes inside; a missing value
is an empty field, an empty text is two quotes; booleans are lower case, times epoch seconds.
Source: Amazon Personalize developer guide, "Data format guidelines".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from lab_kit.prepare.clean.parse import TEXT
from lab_kit.prepare.schema.avro import Schema

CHUNK_ROWS = 100_000
NEEDS_QUOTES = re.compile(r'[",\\\r\n]|^\s|\s$|^$')

Dtype = str | Mapping[str, Any]
"""A dtype as JSON: its name, or {"categories": [...], "ordered": bool}."""


def csv_lines(frame: pd.DataFrame, schema: Schema) -> Iterator[str]:
    """The header and the rows, each with its line end; the fields in the schema's order."""
    yield ",".join(field.name for field in schema.fields) + "\n"
    for start in range(0, len(frame), CHUNK_ROWS):
        chunk = frame.iloc[start : start + CHUNK_ROWS]
        columns = [_texts(chunk.iloc[:, place]) for place in range(chunk.shape[1])]
        yield from (",".join(row) + "\n" for row in zip(*columns, strict=True))


def parse_rows(raw: bytes, names: list[str]) -> pd.DataFrame:
    """Text columns of what `csv_lines` wrote; empty texts are empty, missing ones missing."""
    table = csv.read_csv(
        pa.BufferReader(raw),
        read_options=csv.ReadOptions(block_size=max(len(raw), 1)),
        parse_options=csv.ParseOptions(
            escape_char="\\", double_quote=False, newlines_in_values=True
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return table.to_pandas(types_mapper=lambda _: TEXT)


def dtype_to_json(dtype: Any) -> Dtype:
    """How a sidecar file names a dtype."""
    if isinstance(dtype, pd.CategoricalDtype):
        return {"categories": dtype.categories.tolist(), "ordered": bool(dtype.ordered)}
    return str(dtype)


def to_dtype(texts: pd.Series, dtype: Dtype) -> pd.Series:
    """Values of a dtype from their texts, exactly as they were before `csv_lines`.

    Raises:
        ValueError: If a text is no such value.
    """
    if isinstance(dtype, Mapping):
        kind = pd.CategoricalDtype(dtype["categories"], ordered=dtype["ordered"])
        return texts.astype(kind)
    if dtype.startswith("datetime64"):
        return _moments(texts, dtype)
    if dtype.lower().startswith("bool"):
        flags = texts.map({"true": True, "false": False}).astype("boolean")
        if (flags.isna() & texts.notna()).any():
            raise ValueError("a boolean is neither true nor false")
        return flags.astype(dtype)
    if dtype in ("str", "string", "object"):
        return texts.astype(dtype)
    return _numbers(texts, dtype)


def _numbers(texts: pd.Series, dtype: str) -> pd.Series:
    whole = dtype.lower().startswith(("int", "uint"))
    kind = pa.int64() if whole else pa.float64()
    numbers = pa.array(texts, pa.large_string(), from_pandas=True).cast(kind)
    nullable = "Int64" if whole else "Float64"
    values = pd.array(numbers.to_pandas(integer_object_nulls=True), dtype=nullable)
    if not whole and dtype.startswith("float"):
        return pd.Series(values.to_numpy(float, na_value=np.nan), texts.index).astype(dtype)
    return pd.Series(values, texts.index).astype(dtype)


def _moments(texts: pd.Series, dtype: str) -> pd.Series:
    seconds = _numbers(texts, "Int64")
    moments = pd.to_datetime(seconds, unit="s", utc=True)
    zone = dtype.removesuffix("]").partition(", ")[2]
    if zone:
        return moments.dt.tz_convert(zone).astype(dtype)
    return moments.dt.tz_localize(None).astype(dtype)


def _texts(values: pd.Series) -> list[str]:
    """What stands in the file for each value."""
    types, dtype = pd.api.types, values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        of_category = _texts(pd.Series(dtype.categories))
        return [of_category[code] if code >= 0 else "" for code in values.cat.codes]
    if types.is_string_dtype(dtype):
        codes, distinct = pd.factorize(values)
        quoted = [_quoted(text) for text in distinct.tolist()]
        return [quoted[code] if code >= 0 else "" for code in codes]
    texts = _plain_texts(values)
    return ["" if gone else text for text, gone in zip(texts, values.isna(), strict=True)]


def _plain_texts(values: pd.Series) -> Iterator[str]:
    """Times, numbers, true and false; anything where a value is missing."""
    types, dtype = pd.api.types, values.dtype
    if types.is_datetime64_any_dtype(dtype):
        return map(str, _epoch_seconds(values).tolist())
    if types.is_bool_dtype(dtype):
        return ("true" if flag else "false" for flag in values.fillna(False).tolist())
    if types.is_integer_dtype(dtype):
        return map(str, values.fillna(0).tolist())
    return map(repr, values.to_numpy(float, na_value=np.nan).tolist())


def _epoch_seconds(moments: pd.Series) -> np.ndarray:
    zoned = moments if moments.dt.tz is not None else moments.dt.tz_localize("UTC")
    exact = zoned.dt.tz_convert("UTC").dt.as_unit("us").astype("int64")
    return (exact // 1_000_000).to_numpy()


def _quoted(text: str) -> str:
    if not NEEDS_QUOTES.search(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
