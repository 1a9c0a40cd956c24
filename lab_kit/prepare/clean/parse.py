"""Text of a CSV file to a frame of text columns, refusing rows that do not fit the header."""

import csv
import io
from collections import Counter

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from lab_kit.errors import LabKitError

BLOCK_BYTES = 16 << 20
"""The parser works block by block; no single row may be longer."""

TEXT = pd.StringDtype(na_value=float("nan"))
"""The dtype pandas calls "str"."""


def parse_csv(text: str, *, delimiter: str, where: str) -> pd.DataFrame:
    """Read the rows under the header; nothing is converted, an empty field is missing.

    Args:
        text: The whole file. A quoted field may hold delimiters, line ends and doubled quotes.
        delimiter: One character.
        where: The file, for messages.

    Returns:
        One row a record, blank lines included, so that row `i` is record `i + 2` of the file.

    Raises:
        LabKitError: If the header is blank, names a column twice or shows another delimiter; if
            a row has too many or too few fields; if there are no rows; if a quotation mark is
            never closed.
    """
    names = _header(text, delimiter, where)
    table = _table(text, names, delimiter, where)
    if not table.num_rows:
        raise LabKitError(
            "The file has a header and no rows",
            where=where,
            next_step="export it again, or take another file",
        )
    frame = table.to_pandas(types_mapper=lambda _: TEXT)
    _refuse_open_quote(text, frame, where)
    frame.columns = [name or f"unnamed_{place}" for place, name in enumerate(names, start=1)]
    return frame


def _header(text: str, delimiter: str, where: str) -> list[str]:
    names = next(csv.reader(io.StringIO(text), delimiter=delimiter))
    if not any(name.strip() for name in names):
        raise LabKitError(
            "The first line is blank; it must name the columns",
            where=f"{where}, line 1",
            next_step="delete what stands above the header",
        )
    twice = [name for name, times in Counter(names).items() if times > 1 and name]
    if twice:
        raise LabKitError(
            f'Column "{twice[0]}" stands twice in the header',
            where=f"{where}, line 1",
            next_step="rename one of the two where the file was made",
        )
    other = [sign for sign in (",", ";", "\t", "|") if sign in names[0]]
    if len(names) == 1 and other:
        raise LabKitError(
            f"The file has one column, {names[0]!r}",
            where=f"{where}, line 1",
            next_step=f"its fields seem to be separated otherwise: read it with "
            f"delimiter={other[0]!r}",
        )
    return names


def _table(text: str, names: list[str], delimiter: str, where: str) -> pa.Table:
    misfits: list[arrow_csv.InvalidRow] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        misfits.append(row)
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text.encode("utf-8")),
            # One thread: only then does the parser know the numbers of the rows it refuses.
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        raise LabKitError(
            f"The file cannot be read as rows of fields: {error}",
            where=where,
            next_step="look for a quotation mark that is opened and never closed",
        ) from None
    if misfits:
        raise _misfit_error(misfits, where)
    return table


def _misfit_error(misfits: list[arrow_csv.InvalidRow], where: str) -> LabKitError:
    first = misfits[0]
    more = f" ({len(misfits):,} rows are like that)" if len(misfits) > 1 else ""
    return LabKitError(
        f"Row {first.number:,} has {first.actual_columns} fields, "
        f"the header has {first.expected_columns}{more}: {first.text[:80]!r}",
        where=f"{where}, row {first.number:,}",
        next_step="put text that holds the delimiter into quotation marks, or mend the row",
    )


def _refuse_open_quote(text: str, frame: pd.DataFrame, where: str) -> None:
    # The parser takes the end of the file for the missing mark and swallows all lines before it.
    last = [value for value in frame.iloc[-1] if isinstance(value, str)]
    if text.count('"') % 2 and any("\n" in value for value in last):
        raise LabKitError(
            f"A quotation mark in row {len(frame) + 1:,} is opened and never closed",
            where=f"{where}, row {len(frame) + 1:,}",
            next_step="close it, or double it if it belongs to the text",
        )
