"""Single events as frames, for what has to hear of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from lab_kit.personalize.storage.records import Put

Moment = Callable[[float], int]
"""From seconds since 1970 to milliseconds."""


def plainly(seconds: float) -> int:
    """The same moment."""
    return round(1000 * seconds)


def events_of(puts: Sequence[Put], moment: Moment = plainly) -> pd.DataFrame:
    """One row an event: `user_id`, `item_id`, `timestamp`, and the other fields in lower case.

    Until the next training an event without a user belongs to its session, which may be asked for
    in the place of a user. Events with no item are left out. An action stands for an item.

    Args:
        puts: Records of Interactions or Action_Interactions.
        moment: When an event counts as having happened.
    """
    rows = [_row(put, moment) for put in puts if _item(put)]
    frame = pd.DataFrame(rows)
    for name in frame.columns:
        if name == "timestamp":
            frame[name] = pd.to_datetime(frame[name], unit="ms", utc=True)
        elif name == "event_value":
            frame[name] = frame[name].astype("float64")
        else:
            frame[name] = frame[name].astype("str")
    return frame


def _row(put: Put, moment: Moment) -> dict[str, Any]:
    return {
        **{name.lower(): value for name, value in put.record.items()},
        "user_id": put.record.get("USER_ID") or put.session,
        "item_id": _item(put),
        "timestamp": moment(put.record["TIMESTAMP"]),
    }


def _item(put: Put) -> str | None:
    found: str | None = put.record.get("ITEM_ID") or put.record.get("ACTION_ID")
    return found
