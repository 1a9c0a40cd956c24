"""From a frame to arrays of events, everything that can be wrong with it said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.recommend.events import Events
from lab_kit.recommend.ids import Ids

MOST_CIRCUMSTANCES = 1_000
"""Different values of a context: with more of them it is no circumstance but an id."""


def read_events(
    frame: pd.DataFrame,
    items: Ids,
    weights: Mapping[str, float] | None,
    types: tuple[str, ...] = (),
    contexts: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Events, tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Events in the order of the rows, the event types, and the values of each context.

    Args:
        frame: As in `Interactions.from_frame`, checked with `require_events`.
        items: Where the items have their codes.
        weights: How much an event of each type counts.
        types: Event types that are known; what is new comes after them.
        contexts: Names of the columns that are contexts, with the values that are known.
    """
    kind, types = _kinds(frame, types)
    context, values = _contexts(frame, contexts or {})
    events = Events(
        items.codes(frame["item_id"]),
        milliseconds(frame["timestamp"]),
        kind,
        _values(frame),
        _weights(frame, kind, types, weights),
        context,
    )
    return events, types, values


def read_event(
    item: int,
    time: int,
    event_type: str | None,
    value: float | None,
    weight: float,
    context: Mapping[str, str],
    types: tuple[str, ...],
    contexts: Mapping[str, tuple[str, ...]],
) -> tuple[Events, tuple[str, ...], dict[str, tuple[str, ...]]]:
    """One event, and the event types and values of contexts with its own.

    Args:
        item: Code of the item.
        time: Milliseconds since 1970.
        event_type: None where it has none.
        value: None where it has none.
        weight: How much it counts.
        context: Values by the names of contexts; read as text, None where it is not known.
        types: Event types that are known.
        contexts: Values of contexts that are known.

    Raises:
        LabKitError: If the weight is not a number above 0, or a context is not known.
    """
    require_known(context, contexts)
    if not (math.isfinite(weight) and weight > 0):
        raise LabKitError(
            f"The event has the weight {weight}, which is no number above 0",
            where="weight",
            next_step="give a weight above 0, or leave the event out",
        )
    if event_type is not None and event_type not in types:
        types = (*types, event_type)
    said = {name: str(word) for name, word in context.items() if word is not None}
    values = dict(contexts)
    for name, word in said.items():
        if word not in values[name]:
            values[name] = (*values[name], word)
    codes = [of.index(said[name]) if name in said else -1 for name, of in values.items()]
    event = Events(
        np.array([item], np.int32),
        np.array([time], np.int64),
        np.array([-1 if event_type is None else types.index(event_type)], np.int16),
        np.array([np.nan if value is None else value], np.float32),
        np.array([weight], np.float32),
        np.array([codes], np.int16).reshape(1, -1),
    )
    return event, types, values


def require_known(context: Mapping[str, str], contexts: Mapping[str, tuple[str, ...]]) -> None:
    """Make sure that every name of a context is known.

    Raises:
        LabKitError: If one is not.
    """
    lost = [name for name in context if name not in contexts]
    if lost:
        raise LabKitError(
            f"There is no context {', '.join(map(repr, lost))}",
            where=f"contexts that are known: {', '.join(contexts) or 'none'}",
            next_step="name contexts when building Interactions, or leave them out here",
        )


def milliseconds(times: pd.Series) -> np.ndarray:
    """(n,) int64: milliseconds since 1970 of UTC times."""
    return times.dt.tz_localize(None).astype("datetime64[ms]").to_numpy().view("int64")


def require_events(frame: pd.DataFrame) -> None:
    """Make sure that every row has a user, an item and a time in UTC.

    Raises:
        LabKitError: If a column or a time is missing, or times are of another kind.
    """
    lost = [name for name in ("user_id", "item_id", "timestamp") if name not in frame]
    if lost:
        raise LabKitError(
            f"Columns are missing: {', '.join(lost)}",
            where=f"columns {', '.join(map(str, frame.columns))}",
            next_step="rename the columns to user_id, item_id and timestamp",
        )
    dtype = frame["timestamp"].dtype
    if not (isinstance(dtype, pd.DatetimeTZDtype) and str(dtype.tz) == "UTC"):
        raise LabKitError(
            f'Column "timestamp" holds {dtype}, not times in UTC',
            next_step='write pd.to_datetime(frame["timestamp"], utc=True, unit="s")',
        )
    if frame["timestamp"].isna().any():
        raise LabKitError(
            f"{int(frame['timestamp'].isna().sum()):,} events have no time",
            where='column "timestamp"',
            next_step='write frame.dropna(subset=["timestamp"])',
        )


def require_contexts(frame: pd.DataFrame, contexts: Sequence[str]) -> None:
    """Make sure that the columns named as contexts are there, and hold circumstances.

    Raises:
        LabKitError: If one is not, or has more than 1,000 different values.
    """
    lost = [name for name in contexts if name not in frame]
    if lost:
        raise LabKitError(
            f"There is no column for the context {', '.join(lost)}",
            where=f"columns {', '.join(map(str, frame.columns))}",
            next_step="name columns of the interactions, such as device",
        )
    for name in contexts:
        number = frame[name].nunique()
        if number > MOST_CIRCUMSTANCES:
            raise LabKitError(
                f'The context "{name}" has {number:,} different values',
                where=f"{len(frame):,} events",
                next_step=f"name a column with at most {MOST_CIRCUMSTANCES:,}, such as device",
            )


def _contexts(
    frame: pd.DataFrame, known: Mapping[str, tuple[str, ...]]
) -> tuple[np.ndarray, dict[str, tuple[str, ...]]]:
    """(rows, contexts) int16, and the values the codes point at."""
    found = np.full((len(frame), len(known)), -1, np.int16)
    values: dict[str, tuple[str, ...]] = {}
    for place, (name, before) in enumerate(known.items()):
        if name not in frame:
            values[name] = before
            continue
        text = frame[name].astype("str").where(frame[name].notna())
        codes, new = pd.factorize(text)
        values[name] = tuple(dict.fromkeys([*before, *map(str, new)]))
        of = np.array([*(values[name].index(str(value)) for value in new), -1], np.int16)
        found[:, place] = of[codes]
    return found, values


def _kinds(frame: pd.DataFrame, known: tuple[str, ...] = ()) -> tuple[np.ndarray, tuple[str, ...]]:
    if "event_type" not in frame:
        return np.full(len(frame), -1, np.int16), known
    codes, found = pd.factorize(frame["event_type"])
    types = tuple(dict.fromkeys([*known, *map(str, found)]))
    place = np.array([*(types.index(str(name)) for name in found), -1], np.int16)
    return place[codes], types


def _values(frame: pd.DataFrame) -> np.ndarray:
    if "event_value" not in frame:
        return np.full(len(frame), np.nan, np.float32)
    return frame["event_value"].to_numpy(np.float32, na_value=np.nan)


def _weights(
    frame: pd.DataFrame,
    kind: np.ndarray,
    types: tuple[str, ...],
    weights: Mapping[str, float] | None,
) -> np.ndarray:
    own = (
        frame["weight"].to_numpy(np.float32, na_value=np.nan)
        if "weight" in frame
        else np.ones(len(frame), np.float32)
    )
    of_type = np.array([*((weights or {}).get(name, 1.0) for name in types), 1.0], np.float32)
    weight = own * of_type[kind]
    wrong = ~(np.isfinite(weight) & (weight > 0))
    if wrong.any():
        row = int(wrong.argmax())
        raise LabKitError(
            f"{int(wrong.sum()):,} events have a weight that is no number above 0, "
            f"such as {weight[row]}",
            where=f"row {row}",
            next_step="give weights above 0, and leave out events that shall not count",
        )
    return weight
