"""Sessions as sentences: what one user took without a long pause."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, pairwise

import numpy as np
import pandas as pd

from lab_kit.embed.corpora.corpus import Corpus
from lab_kit.errors import LabKitError
from lab_kit.recommend.interactions import Interactions

HOUR = 3_600_000
"""Milliseconds."""


def sessions(
    interactions: Interactions, gap_hours: float | None = 1.0, *, shuffled: int | None = None
) -> Corpus:
    """Item ids as tokens, a session as a sentence.

    An item that comes several times in a row in a session counts once: a click on it after its view
    says nothing about what it goes with.

    Args:
        interactions: Who took what and when.
        gap_hours: A pause longer than this begins a new session; None: all events of a user are
            one.
        shuffled: A seed; each session then comes in another order at every reading. None: as it
            happened.

    Raises:
        LabKitError: If no session has two different items, or all sessions hold the same items.
    """
    user, item = interactions.user, interactions.events.item
    begins = np.diff(user, prepend=-1) != 0
    if gap_hours is not None:
        begins[1:] |= np.diff(interactions.events.time) > gap_hours * HOUR
    kept = begins | (np.diff(item, prepend=-1) != 0)
    session, item = np.cumsum(begins)[kept] - 1, item[kept]
    _require_variety(session, item, gap_hours)
    start = np.searchsorted(session, np.arange(session[-1] + 2))
    ids = interactions.items.values
    readings = count()

    def read() -> Iterator[list[str]]:
        order = item
        if shuffled is not None:
            rng = np.random.default_rng([shuffled, next(readings)])
            order = item[np.lexsort((rng.random(len(item)), session))]
        for first, last in pairwise(start.tolist()):
            if last - first > 1:
                yield ids[order[first:last]].tolist()

    return Corpus("sessions", read, sentences=int((np.diff(start) > 1).sum()))


def as_users(frame: pd.DataFrame) -> pd.DataFrame:
    """The same events, each session a user of its own: a question about baskets, not about people.

    Args:
        frame: As in `Interactions.from_frame`, with `session_id`.

    Raises:
        LabKitError: If there are no sessions.
    """
    if "session_id" not in frame:
        raise LabKitError(
            "The events have no sessions",
            where=f"columns: {', '.join(frame)}",
            next_step="add a column session_id, or let users stand for sessions",
        )
    return frame.assign(user_id=frame["session_id"].astype("str"))


def _require_variety(session: np.ndarray, item: np.ndarray, gap_hours: float | None) -> None:
    pairs = np.unique(np.column_stack([session, item]), axis=0)
    sizes = np.bincount(pairs[:, 0]) if len(pairs) else np.zeros(0, int)
    if not (sizes > 1).any():
        raise LabKitError(
            f"None of the {len(sizes):,} sessions has two different items, so that no item stands "
            "beside another",
            where=f"gap_hours={gap_hours}",
            next_step="give a longer pause, or None to take all events of a user as one session",
        )
    distinct = len(np.unique(pairs[:, 1]))
    if len(sizes) > 1 and (sizes == distinct).all():
        raise LabKitError(
            f"All {len(sizes):,} sessions hold the same {distinct:,} items, so that no item goes "
            "with one more than with another",
            where=f"gap_hours={gap_hours}",
            next_step="look at how sessions were cut; give a shorter pause, or more data",
        )
