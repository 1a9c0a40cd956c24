"""Which events of which users a time line shows, and the visits they form."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from lab_kit.errors import LabKitError

GAP = pd.Timedelta(minutes=30)
"""The pause that ends a session where the data names none: the usual rule of web analytics."""


@dataclass(frozen=True)
class Window:
    """What the picture shows of the interactions."""

    events: pd.DataFrame
    """`user`, `time` (local, without a zone), `type` and `session` (if any), one row an event."""
    users: list[str]
    """From the top lane to the lowest."""
    start: pd.Timestamp
    end: pd.Timestamp

    @property
    def sessions(self) -> pd.DataFrame:
        """`user`, `first`, `last` and `minutes`, one row a session."""
        spans = self.events.groupby(["user", "session"])["time"].agg(first="min", last="max")
        spans["minutes"] = (spans["last"] - spans["first"]).dt.total_seconds() / 60
        return spans.reset_index()

    @property
    def fullest_visit(self) -> pd.DataFrame:
        """The events of the visit with the most types of events, then the most events."""
        visits = self.events.groupby(["user", "session"])["type"].agg(["nunique", "size"])
        user, session = visits.sort_values(["nunique", "size"], kind="stable").index[-1]
        return self.events.loc[(self.events["user"] == user) & (self.events["session"] == session)]

    @property
    def days(self) -> float:
        """How long the window is."""
        return (self.end - self.start) / pd.Timedelta(days=1)


def choose_window(
    interactions: pd.DataFrame, users: int | Sequence[str], days: float, zone: str
) -> Window:
    """The last `days` days of some users; see `sessions_timeline` for the arguments."""
    end = interactions["timestamp"].max()
    start = end - pd.Timedelta(days=days)
    inside = interactions.loc[interactions["timestamp"] > start]
    if not isinstance(users, int):
        inside = inside.loc[inside["user_id"].isin(list(users))]
    if inside.empty:
        raise LabKitError(
            "None of these users did anything in these days",
            where=f"the {days:g} days before {end}",
            next_step="name other users or take more days",
        )
    inside = inside.sort_values(["user_id", "timestamp"], kind="stable")
    events = pd.DataFrame(
        {
            "user": inside["user_id"],
            "time": inside["timestamp"].dt.tz_convert(zone).dt.tz_localize(None),
            "type": _column(inside, "event_type", "event"),
            "session": _session_of(inside),
        }
    )
    if isinstance(users, int):
        lanes = _busiest(events, users)
        events = events.loc[events["user"].isin(lanes)]
    else:
        lanes = [str(user) for user in users]
    local = [moment.tz_convert(zone).tz_localize(None) for moment in (start, end)]
    return Window(events, lanes, *local)


def _column(frame: pd.DataFrame, name: str, otherwise: str) -> pd.Series:
    if name in frame:
        return frame[name].astype("str").fillna(otherwise)
    return pd.Series(otherwise, index=frame.index)


def _session_of(frame: pd.DataFrame) -> pd.Series:
    """A session for each event of a frame that is sorted by user and time.

    Where the data names sessions, an event without one (a rating sent by mail) belongs to none.
    """
    if "session_id" in frame and frame["session_id"].notna().any():
        return frame["session_id"].astype("str")
    pause = frame.groupby("user_id")["timestamp"].diff() > GAP
    return pause.groupby(frame["user_id"]).cumsum().astype("str")


def _busiest(events: pd.DataFrame, count: int) -> list[str]:
    activity = events.groupby("user").agg(sessions=("session", "nunique"), events=("time", "size"))
    ranked = activity.reset_index().sort_values(
        ["sessions", "events", "user"], ascending=[False, False, True]
    )
    return ranked["user"].head(count).tolist()
