"""Read raw CSV files as the text they hold, with nothing guessed and nothing lost silently."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from lab_kit.data.dataset import Export
from lab_kit.prepare.clean.encodings import decode, detect_encoding, read_bytes, require_encoding
from lab_kit.prepare.clean.parse import parse_csv
from lab_kit.prepare.clean.unread import SOURCE_COLUMNS
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.ledger import Step, example_rows


def read_csv(
    path: str | PathLike[str],
    *,
    encoding: str | None = "utf-8",
    columns: Sequence[str] = (),
    delimiter: str = ",",
) -> tuple[pd.DataFrame, Step]:
    """Read one CSV file, plain or packed with gzip.

    Every value stays the text that stands in the file; an empty field is missing. Words such as
    "NA" or "None" are kept, since they may be somebody's name. Blank rows are left out.

    Args:
        path: The file.
        encoding: How its text is stored; None to try `encodings.ENCODINGS` in order.
        columns: Columns it must have.
        delimiter: What stands between two fields.

    Returns:
        A frame of text columns, with `source_file` and `source_row` at its end; and the step,
        which names the encoding.

    Raises:
        LabKitError: If the file is missing, empty, no CSV file or not in this encoding, has only a
            header, a row with too many or too few fields, a column twice, or lacks a column.
    """
    path = Path(path)
    raw = read_bytes(path)
    used = encoding or require_encoding(raw, path)
    frame = _frame(decode(raw, used, path), columns, delimiter, path)
    return _without_blank_rows(frame, f"read {path.name}", {path.name: used}, {})


def read_export(export: Export) -> tuple[pd.DataFrame, Step]:
    """Read all files of an export into one frame, each in its own encoding.

    A file that is not in the export's encoding is read in the first of `encodings.ENCODINGS` that
    fits, and the step says so. Columns keep their raw names; one that only some files have is
    missing in the rows of the others. `Export.constants` become columns.

    Returns:
        The frame, with `source_file` and `source_row` at its end; and the step, which counts the
        rows read in each encoding.

    Raises:
        LabKitError: As `read_csv`; also if a file lacks a column that the export maps.
    """
    frames, encodings = [], {}
    for path in export.paths:
        raw = read_bytes(path)
        encodings[path.name] = _fitting_encoding(raw, export.encoding, path)
        text = decode(raw, encodings[path.name], path)
        frames.append(_frame(text, list(export.columns), ",", path))
    stacked = pd.concat(frames, ignore_index=True)
    names = [name for name in stacked.columns if name not in SOURCE_COLUMNS]
    in_order = stacked[[*names, *SOURCE_COLUMNS]]
    return _without_blank_rows(
        in_order, f'read export "{export.name}"', encodings, export.constants
    )


def _fitting_encoding(raw: bytes, declared: str, path: Path) -> str:
    fits = detect_encoding(raw, (declared,))
    return fits or require_encoding(raw, path)


def _frame(text: str, columns: Sequence[str], delimiter: str, path: Path) -> pd.DataFrame:
    frame = parse_csv(text, delimiter=delimiter, where=str(path))
    require_columns(frame.columns, columns, where=str(path))
    rows = np.arange(2, len(frame) + 2)
    return frame.assign(source_file=pd.Series(path.name, frame.index, dtype="str"), source_row=rows)


def _without_blank_rows(
    frame: pd.DataFrame, name: str, encodings: Mapping[str, str], constants: Mapping[str, str]
) -> tuple[pd.DataFrame, Step]:
    blank = frame.drop(columns=list(SOURCE_COLUMNS)).isna().all(axis=1).to_numpy()
    kept = frame if not blank.any() else frame[~blank].reset_index(drop=True)
    rows_of_file = kept["source_file"].value_counts()
    counts: dict[str, int] = {}
    for file, encoding in encodings.items():
        counts[encoding] = counts.get(encoding, 0) + int(rows_of_file.get(file, 0))
    if blank.any():
        counts["blank row"] = int(blank.sum())
    step = Step(
        name,
        rows_in=len(frame),
        rows_out=len(kept),
        why="Every value is kept as the text in the file; "
        + "; ".join(f"{file} is {encoding}" for file, encoding in encodings.items()),
        counts=counts,
        examples=example_rows(frame, np.flatnonzero(blank)),
    )
    columns = {key: pd.Series(value, kept.index, dtype="str") for key, value in constants.items()}
    return kept.assign(**columns), step
