"""The same thing written down twice: equal rows, nearly equal rows, and repeated events."""

import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from lab_kit.errors import LabKitError
from lab_kit.prepare.clean.unread import SOURCE_COLUMNS
from lab_kit.prepare.clean.values import distinct, spread
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.ledger import Step, example_rows

EVENT_KEY = ("user_id", "item_id", "event_type")


def drop_exact_duplicates(
    frame: pd.DataFrame, *, ignoring: Sequence[str] = SOURCE_COLUMNS
) -> tuple[pd.DataFrame, Step]:
    """Keep the first of rows that are equal in every column; missing equals missing.

    Args:
        frame: Any frame.
        ignoring: Columns in which they may differ: by default those that `read` adds.
    """
    columns = [name for name in frame.columns if name not in ignoring]
    repeated = frame.duplicated(columns).to_numpy() if columns else np.zeros(len(frame), bool)
    return _without(frame, repeated, "drop exact duplicates", "The same row, sent or stored twice")


def drop_near_duplicates(
    frame: pd.DataFrame, columns: Sequence[str], *, newest: str
) -> tuple[pd.DataFrame, Step]:
    """Of rows that say the same but for spaces and capitals, keep the newest.

    Texts are compared without capitals, without spaces at the ends and with one space for many;
    composed and decomposed Hangul are one. A row with a missing value in one of the columns equals
    no other: two unknown addresses are not the same address.

    Args:
        frame: Any frame.
        columns: The columns that say who or what a row is about.
        newest: The column that orders rows by age; missing is oldest, and of equals the later row
            counts as newer.

    Returns:
        The rows kept, in the order they came; and the step.

    Raises:
        LabKitError: If a column is missing.
    """
    require_columns(frame.columns, [*columns, newest])
    known = frame[list(columns)].notna().all(axis=1).to_numpy()
    keys = pd.DataFrame({name: _comparable(frame[name]) for name in columns})
    oldest_first = (
        frame[newest].reset_index(drop=True).sort_values(kind="stable", na_position="first")
    )
    superseded = keys.loc[oldest_first.index].duplicated(keep="last").sort_index().to_numpy()
    return _without(
        frame,
        superseded & known,
        f"drop near duplicates by {', '.join(columns)}",
        f"The same but for spaces and capitals; the newest {newest} is kept",
    )


def drop_repeated_events(
    frame: pd.DataFrame,
    *,
    seconds: float,
    key: Sequence[str] = EVENT_KEY,
    time: str = "timestamp",
) -> tuple[pd.DataFrame, Step]:
    """Of the same event reported several times in a row, keep the first.

    An event is a repeat if the one before it with the same key came at most so many seconds
    earlier, whether or not that one was a repeat itself. So a chain of taps, each soon after the
    last, is one event however long it goes on; after a longer pause the next is a new event.

    Args:
        frame: Events.
        seconds: The longest pause within one chain.
        key: Columns that say what makes two events the same. Rows with a missing value in one of
            them are kept: two unknown users are not the same user.
        time: The column of times. Rows without a time are kept.

    Returns:
        The rows kept, in the order they came; and the step.

    Raises:
        LabKitError: If a column is missing, or `time` does not hold times.
    """
    require_columns(frame.columns, [*key, time])
    if not pd.api.types.is_datetime64_any_dtype(frame[time]):
        raise LabKitError(
            f'Column "{time}" holds {frame[time].dtype}, not times',
            next_step=f'read it first with clean.parse_times(frame, "{time}", ...)',
        )
    group = frame.groupby(list(key), dropna=False, sort=False).ngroup().to_numpy()
    times = frame[time].dt.as_unit("us").astype("int64").to_numpy()
    order = np.lexsort((times, group))  # stable: of events at one moment the earlier row is first
    same = np.diff(group[order]) == 0
    soon = np.diff(times[order]) <= round(seconds * 1_000_000)
    known = frame[[*key, time]].notna().all(axis=1).to_numpy()
    repeated = np.zeros(len(frame), bool)
    repeated[order[1:]] = same & soon & known[order[1:]] & known[order[:-1]]
    return _without(
        frame,
        repeated,
        "drop repeated events",
        f"The same {', '.join(key)} again within {seconds:g} seconds",
    )


def _comparable(values: pd.Series) -> ExtensionArray:
    if pd.api.types.is_string_dtype(values.dtype) or isinstance(values.dtype, pd.CategoricalDtype):
        codes, texts = distinct(values)
        return spread(codes, [_bare(text) for text in texts], dtype="str")
    return values.array


def _bare(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _without(
    frame: pd.DataFrame, dropped: np.ndarray, name: str, why: str
) -> tuple[pd.DataFrame, Step]:
    rows = np.flatnonzero(dropped)
    step = Step(
        name,
        rows_in=len(frame),
        rows_out=len(frame) - len(rows),
        why=why,
        counts={"duplicate": len(rows)} if len(rows) else {},
        examples=example_rows(frame, rows),
    )
    return frame[~dropped].reset_index(drop=True), step
