"""Read a publisher's file by its declaration, and say precisely what is wrong with a wrong one."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from lab_kit.data.source import FileSpec, Kind
from lab_kit.errors import LabKitError

NOT_A_TABLE = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
    b"<!": "a web page",
    b"<html": "a web page",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
"""First bytes of what people most often save under the name of a CSV file."""

SEPARATORS = (",", ";", "\t")


def read_table(path: Path, spec: FileSpec) -> pd.DataFrame:
    """The declared columns of a file, typed, in the order of the declaration.

    Returns:
        One row a record, in the order of the file: text as `str`, integers as `int64` (`Int64`
        in columns that may be missing), numbers as `float64`, times as `datetime64[us]` without
        a zone.

    Raises:
        LabKitError: The file is empty, is something else than a table, is not UTF-8, lacks a
            column, or holds a value that cannot be read as its column's kind; with the line.
    """
    _refuse_foreign(path)
    is_parquet = path.suffix == ".parquet"
    raw = _read_parquet(path, spec) if is_parquet else _read_csv(path, spec)
    if raw.empty:
        raise LabKitError(
            "The file has a header and no rows", where=str(path), next_step=_copy_again(path)
        )
    # In an editor the header of a CSV file is line 1; a Parquet file has rows and no lines.
    first = 1 if is_parquet else 2
    unit = "row" if is_parquet else "line"

    def place(column: str, row: int) -> str:
        return f"{path}, {unit} {row + first}, column {column}"

    columns = {name: _typed(raw[name], kind, spec, place) for name, kind in spec.columns.items()}
    return pd.DataFrame(columns)


def check_contents(frame: pd.DataFrame, spec: FileSpec, path: Path) -> None:
    """Compare rows and ranges with what the publisher states.

    Raises:
        LabKitError: The number of rows differs, or a value lies outside its column's range.
    """
    if len(frame) != spec.rows:
        raise LabKitError(
            f"The file has {len(frame):,} rows and should have {spec.rows:,}",
            where=str(path),
            next_step=_copy_again(path),
        )
    for column, (low, high) in spec.ranges.items():
        smallest, largest = frame[column].min(), frame[column].max()
        if spec.columns[column] == "time":
            low, high = pd.Timestamp(low), pd.Timestamp(high)
        if smallest < low or largest > high:
            raise LabKitError(
                f"The values run from {smallest} to {largest} and should lie in {low} to {high}",
                where=f"{path}, column {column}",
                next_step=_copy_again(path),
            )


def _copy_again(path: Path) -> str:
    return f"copy or download {path.name} again"


def _refuse_foreign(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(8).lower()
    except OSError as error:
        raise LabKitError(
            f"The file cannot be read: {error.strerror}",
            where=str(path),
            next_step="check that it is there and that you may read it",
        ) from error
    if not start:
        raise LabKitError("The file is empty", where=str(path), next_step=_copy_again(path))
    for magic, what in NOT_A_TABLE.items():
        if start.startswith(magic.lower()):
            raise LabKitError(
                f"This is {what}, not {'Parquet' if path.suffix == '.parquet' else 'CSV in UTF-8'}",
                where=str(path),
                next_step=_copy_again(path),
            )


def _read_parquet(path: Path, spec: FileSpec) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.read_schema(path).names
        _need_columns(found, spec, path)
        return pd.read_parquet(path, columns=list(spec.columns))
    except (pa.ArrowException, OSError) as error:
        raise LabKitError(
            "The file is not readable as Parquet", where=str(path), next_step=_copy_again(path)
        ) from error


def _read_csv(path: Path, spec: FileSpec) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig") as file:
            header = file.readline()
        separator = max(SEPARATORS, key=header.count)
        found = pd.read_csv(path, sep=separator, nrows=0, encoding="utf-8-sig").columns
        names = {name: spec.other_headers.get(name, name) for name in found}
        _need_columns(list(names.values()), spec, path)
        # All columns: with `usecols` pandas passes over surplus fields in silence.
        frame = pd.read_csv(
            path,
            sep=separator,
            encoding="utf-8-sig",
            dtype={
                name: str
                for name, ours in names.items()
                if spec.columns.get(ours) in ("text", "time")
            },
            # "NA" and "None" are titles and tags people write; only an empty cell is missing.
            keep_default_na=False,
            na_values=[""],
            low_memory=False,
        )
    except UnicodeDecodeError as error:
        raise LabKitError(
            "The text is not in UTF-8",
            where=f"{path}, line {_first_undecodable_line(path)}",
            next_step=f"save it as UTF-8, or {_copy_again(path)}",
        ) from error
    except pd.errors.ParserError as error:
        reason = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise LabKitError(
            f"The rows do not fit the header: {reason}",
            where=str(path),
            next_step=_copy_again(path),
        ) from error
    if not isinstance(frame.index, pd.RangeIndex):  # pandas takes surplus fields for an index
        raise LabKitError(
            "The rows have more fields than the header",
            where=f"{path}, line 2",
            next_step=_copy_again(path),
        )
    return frame.rename(columns=names)


def _need_columns(found: list[str], spec: FileSpec, path: Path) -> None:
    missing = [name for name in spec.columns if name not in found]
    if missing:
        shown = ", ".join(found[:10]) + (", ..." if len(found) > 10 else "")
        raise LabKitError(
            f"The file has no column {', '.join(missing)}; it has {shown}",
            where=str(path),
            next_step=f"check that this is the publisher's {spec.name}",
        )


def _first_undecodable_line(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _typed(
    raw: pd.Series, kind: Kind, spec: FileSpec, place: Callable[[str, int], str]
) -> pd.Series:
    name = str(raw.name)
    blank = _blank(raw)
    if blank.any() and name not in spec.may_be_missing:
        raise LabKitError(
            "There is no value",
            where=place(name, int(blank.to_numpy().argmax())),
            next_step=f"compare with the publisher's {spec.name}",
        )
    if kind == "text":
        return raw.astype("str")
    typed = _time(raw, spec.time_formats) if kind == "time" else _number(raw)
    unreadable = typed.isna() & ~blank
    if kind == "integer":
        unreadable |= typed.notna() & (typed % 1 != 0)
    if unreadable.any():
        row = int(unreadable.to_numpy().argmax())
        wanted = {"integer": "a whole number", "number": "a number", "time": "a time"}[kind]
        raise LabKitError(
            f"{raw.iloc[row]!r} is not {wanted}",
            where=place(name, row),
            next_step=f"compare with the publisher's {spec.name}",
        )
    if kind == "integer":
        return typed.astype("Int64" if name in spec.may_be_missing else "int64")
    return typed.dt.as_unit("us") if kind == "time" else typed.astype("float64")


def _blank(raw: pd.Series) -> pd.Series:
    missing = raw.isna()
    if is_numeric_dtype(raw) or raw.dtype.kind == "M":
        return missing
    return missing | (raw.astype("str").str.strip() == "")


def _number(raw: pd.Series) -> pd.Series:
    if is_numeric_dtype(raw) and not is_bool_dtype(raw):
        return raw
    return pd.to_numeric(raw.astype("str").str.strip(), errors="coerce").astype("float64")


def _time(raw: pd.Series, formats: tuple[str, ...]) -> pd.Series:
    """Times by the format that reads the most of them; the first format where two do."""
    if raw.dtype.kind == "M":
        return raw
    readings = [pd.to_datetime(raw, format=format_, errors="coerce") for format_ in formats]
    return max(readings, key=lambda reading: int(reading.notna().sum()))
