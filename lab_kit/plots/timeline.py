"""Sessions on a time line: one lane a user, a bar for every visit, a mark for every event."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, DayLocator, HourLocator

from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, VERMILLION, themed
from lab_kit.plots.visits import Window, choose_window

LANE, CLOSE_UP = 0.56, 0.9
"""Inches of height for one user, and for the visit shown up close."""
MARKS = {
    "View": ("o", BLUE),
    "AddToCart": ("^", ORANGE),
    "Purchase": ("D", VERMILLION),
    "Rating": ("s", GREEN),
}
"""Shape and colour of the event types that the kit's data sets have."""
Marks = dict[str, tuple[str, str]]
OTHER_MARKS = (("h", PURPLE), ("v", GREEN), ("X", INK), ("*", VERMILLION))
VISIT = "#CBDFEE"
"""The colour of a bar that is one session."""


@themed
def sessions_timeline(
    interactions: pd.DataFrame,
    users: int | str | Sequence[str] = 6,
    days: float = 3,
    zone: str = "UTC",
) -> Picture:
    """Draw the last `days` days of some users, so that one sees events come in visits.

    Args:
        interactions: One row an event with `user_id` and `timestamp` (with a zone); `event_type`
            and `session_id` where known. Without sessions, 30 minutes of silence end one.
        users: Which user or users, or how many: then those with the most sessions in these days.
        days: Length of the window that ends with the last event of all.
        zone: The time zone of the axis, such as "Asia/Seoul".

    Raises:
        LabKitError: If no event of these users lies in the window.
    """
    if isinstance(users, str):
        users = [users]
    window = choose_window(interactions, users, days, zone)
    sessions = window.sessions
    figure = new_sheet(
        f"{_in_visits(window)} come in {_visits(len(sessions))}; "
        f"half of them last {_minutes(sessions['minutes'].median())}",
        f"{_whose(users, window)}, {window.start:%d %b %Y} to {window.end:%d %b %Y}, {zone} time",
        height=LANE * len(window.users) + CLOSE_UP + 1.1,
    )
    lanes, close_up = figure.subplots(
        2, height_ratios=[LANE * len(window.users), CLOSE_UP], gridspec_kw={"hspace": 0.04}
    )
    _draw_lanes(lanes, window, sessions)
    visit = window.fullest_visit
    _draw_close_up(close_up, visit, _kinds(window.events))
    return Picture(figure, _alt(window, sessions, visit, zone))


def _draw_lanes(axes: Axes, window: Window, sessions: pd.DataFrame) -> None:
    lanes = {user: lane for lane, user in enumerate(window.users)}
    # A little longer than the sessions, so that a visit of one event is seen as well.
    margin = pd.Timedelta(days=window.days * 0.004)
    axes.hlines(
        sessions["user"].map(lanes),
        sessions["first"] - margin,
        sessions["last"] + margin,
        color=VISIT,
        linewidth=LANE * 72 * 0.72,
        capstyle="butt",
    )
    _marks(axes, window.events, window.events["user"].map(lanes), _kinds(window.events))
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0,
        ncols=len(axes.lines),
        handletextpad=0.1,
        columnspacing=1.4,
    )
    axes.set_xlim(window.start, window.end + 4 * margin)
    axes.set_ylim(len(lanes) - 0.5, -0.5)
    counts = sessions["user"].value_counts()
    names = [f"{user}\n{_visits(counts.get(user, 0))}" for user in lanes]
    axes.set_yticks(range(len(names)), names, linespacing=1.3)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
    axes.tick_params(axis="y", which="minor", length=0)
    axes.grid(axis="y", which="minor")
    axes.spines["left"].set_visible(False)
    _days(axes, window.days)


def _days(axes: Axes, days: float) -> None:
    """A line a day; the hours between them where there is room."""
    hours = days <= 4
    axes.xaxis.set_major_locator(DayLocator(interval=max(1, int(np.ceil(days / 8)))))
    axes.xaxis.set_major_formatter(DateFormatter("00:00\n%a %d %b" if hours else "%a %d %b"))
    axes.grid(axis="x")
    if hours:
        axes.xaxis.set_minor_locator(HourLocator(byhour=[6, 12, 18]))
        axes.xaxis.set_minor_formatter(DateFormatter("%H:%M"))
        axes.tick_params(axis="x", which="both", length=3, labelsize=8.5)


def _draw_close_up(axes: Axes, visit: pd.DataFrame, kinds: Marks) -> None:
    first = visit["time"].iloc[0]
    minutes = (visit["time"] - first).dt.total_seconds() / 60
    length = max(minutes.max(), 1)
    axes.set_title(
        f"One visit up close: {visit['user'].iloc[0]}, {first:%A %d %B, %H:%M}",
        fontsize=9.5,
    )
    axes.axhspan(-0.36, 0.36, color=VISIT, linewidth=0)
    heights = visit["type"].map(_heights(kinds)).fillna(0)
    axes.plot(minutes, heights, color=MUTED, linewidth=0.8)
    _marks(axes, visit.assign(time=minutes), pd.Series(0, index=visit.index), kinds)
    axes.set_xlim(-0.02 * length, 1.02 * length)
    axes.set_ylim(0.4, -0.4)
    axes.set_yticks([])
    axes.set_xlabel("minutes since the first event")
    axes.spines["left"].set_visible(False)


def _marks(axes: Axes, events: pd.DataFrame, lanes: pd.Series, kinds: Marks) -> None:
    """Each type has a shape, a colour and a height of its own within the lane."""
    for kind, height in _heights(kinds).items():
        shape, colour = kinds[kind]
        of_kind = events["type"] == kind
        axes.plot(
            events.loc[of_kind, "time"].to_numpy(),
            lanes.loc[of_kind].to_numpy() + height,
            linestyle="none",
            marker=shape,
            color=colour,
            markersize=6,
            markeredgecolor="white",
            markeredgewidth=0.6,
            label=f"{kind} ({of_kind.sum():,})",
            zorder=3,
        )


def _heights(kinds: Marks) -> dict[str, float]:
    offsets = np.linspace(0.27, -0.27, len(kinds)) if len(kinds) > 1 else np.zeros(len(kinds))
    return dict(zip(kinds, offsets.tolist(), strict=True))


def _kinds(events: pd.DataFrame) -> Marks:
    present = events["type"].value_counts().index
    known = {kind: mark for kind, mark in MARKS.items() if kind in present}
    others = [kind for kind in present if kind not in MARKS][: len(OTHER_MARKS)]
    return known | dict(zip(others, OTHER_MARKS, strict=False))


def _in_visits(window: Window) -> str:
    events, inside = len(window.events), int(window.events["session"].notna().sum())
    return f"{events:,} events" if inside == events else f"{inside:,} of {events:,} events"


def _visits(count: int) -> str:
    return "1 visit" if count == 1 else f"{count:,} visits"


def _minutes(length: float) -> str:
    whole = max(1, int(np.ceil(length)))
    return "one minute or less" if whole == 1 else f"{whole} minutes or less"


def _whose(users: int | Sequence[str], window: Window) -> str:
    count = len(window.users)
    return f"the {count} users with the most visits" if isinstance(users, int) else f"{count} users"


def _alt(window: Window, sessions: pd.DataFrame, visit: pd.DataFrame, zone: str) -> str:
    counts = sessions["user"].value_counts()
    lanes = ", ".join(f"{user} {counts.get(user, 0)}" for user in window.users)
    length = (visit["time"].iloc[-1] - visit["time"].iloc[0]) / pd.Timedelta(minutes=1)
    return (
        f"Time line from {window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} ({zone}). "
        f"{len(window.users)} users made {len(window.events):,} events "
        f"({_by_type(window.events)}). {_in_visits(window)} come in {_visits(len(sessions))}. "
        f"Half of the visits last {_minutes(sessions['minutes'].median())}. "
        f"Visits by user: {lanes}. "
        f"Below, one visit of {visit['user'].iloc[0]} up close: {_by_type(visit)} "
        f"from first to last in {_minutes(length)}."
    )


def _by_type(events: pd.DataFrame) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in events["type"].value_counts().items())
