"""The classic mistakes of measuring recommenders, as errors where a figure would mean nothing.

What makes a figure wrong beyond repair is refused; what one has to know to read it is a `Finding`,
as in `prepare.split`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.split import Finding, Split, check_leakage
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.evaluate.metrics import place_of
from lab_kit.recommend.events import Events
from lab_kit.recommend.held_out import HeldOut
from lab_kit.recommend.histories import NO_TIME
from lab_kit.recommend.model import Model


def leaks(held_out: HeldOut) -> tuple[Finding, ...]:
    """What the part to fit on, and the histories, know of what is to be found.

    `prepare.split.check_leakage`, and where the question is asked at a moment what is known from
    that moment on.
    """
    train, given, future = held_out.train, held_out.histories, held_out.future
    user = np.where(given.user < 0, -1 - np.arange(len(given)), given.user)  # strangers differ
    told = ~np.isin(user, np.unique(train.user))[given.row]  # other histories are in the train part
    known = [
        _frame(train.events, train.user),
        _frame(given.events.take(told), user[given.row][told]),
    ]
    sought = _frame(future.events.take(held_out.sought), user[future.row][held_out.sought])
    split = Split(pd.concat(known), sought, held_out.how)
    asked = given.now[given.now != NO_TIME]
    late = int((train.events.time >= asked.min()).sum()) if len(asked) else 0
    now = given.now[given.row]
    late += int(((now != NO_TIME) & (given.events.time >= now)).sum())
    words = f"{late:,} events known to the model come from after the moment it is asked at."
    return (*check_leakage(split).findings, Finding("after the question", late, True, words))


def require_question(held_out: HeldOut) -> None:
    """Make sure that something is to be found.

    Raises:
        LabKitError: If nothing is.
    """
    if not held_out.targets.nnz:
        raise LabKitError(
            "Nothing is to be found: every figure would be empty",
            where=f"{held_out.how}; {len(held_out):,} users",
            next_step="hold more events out, or allow repeats=True",
        )


def require_fitted_on(model: Model, held_out: HeldOut) -> None:
    """Make sure that a model does not know what is to be found.

    Raises:
        LabKitError: If it knows more events of a user than are given, or events from after the
            moment it is asked at.
    """
    known, given = model.interactions, held_out.histories
    if known is None or known is held_out.train:
        return
    code = known.users.codes(held_out.users)
    more = np.where(code >= 0, np.diff(known.start)[code], 0) > np.diff(given.start)
    asked = given.now[given.now != NO_TIME]
    late = len(asked) > 0 and known.latest >= int(asked.min())
    if more.any() or late:
        raise LabKitError(
            f"{model.name} was fitted on more than it may know: on events of "
            f"{int(more.sum()):,} users that are to be found"
            + (", and on others from after the moment it is asked at" if late else ""),
            where=held_out.how,
            next_step="call fit(held_out.train) first",
        )


def require_fair(lists: Lists, held_out: HeldOut, name: str) -> None:
    """Make sure that lists are answers to the question.

    Raises:
        LabKitError: If they are not one a history, of another catalogue, or a list holds an item
            twice, one that is no candidate, or one of the history though repeats are off.
    """
    codes, items = lists.codes, held_out.train.items
    if len(codes) != len(held_out):
        raise LabKitError(
            f"{name} gave {len(codes):,} lists for {len(held_out):,} histories",
            next_step="ask with recommend_many(held_out.histories)",
        )
    if lists.ids is not items and not np.array_equal(lists.ids.values, items.values):
        raise LabKitError(
            f"The items of {name} are not those of the held-out part, or not in its order",
            where=f"{len(lists.ids):,} and {len(items):,} items",
            next_step="fit on held_out.train, and ask that model",
        )
    rising = np.sort(codes, axis=1)
    twice = ((rising[:, 1:] == rising[:, :-1]) & (rising[:, 1:] >= 0)).any(axis=1)
    _refuse(twice, f"{name} recommends an item twice", "leave out what is on the list already")
    if not held_out.repeats:
        seen = np.any(place_of(codes, held_out.seen) >= 0, axis=1)
        _refuse(
            seen,
            f"{name} recommends items of the history, and they do not count",
            "ask with repeats=False, or hold out with repeats=True",
        )
    if held_out.candidates is not None:
        stray = np.any(~held_out.candidates[codes] & (codes >= 0), axis=1)
        _refuse(stray, f"{name} recommends items that are no candidates", "ask with candidates=")


def tied(lists: Lists, k: int) -> np.ndarray:
    """(n,): 1 where the k-th item scored as much as the next one, else 0.

    NaN where the lists are not longer than k, so that the next one is not known.
    """
    if lists.codes.shape[1] <= k:
        whole = lists.codes.shape[1] == len(lists.ids)
        return np.full(len(lists), 0.0 if whole else np.nan)
    last, following = lists.scores[:, k - 1], lists.scores[:, k]
    return ((last == following) & (lists.codes[:, k] >= 0)).astype(float)


def _refuse(wrong: np.ndarray, what: str, next_step: str) -> None:
    if wrong.any():
        raise LabKitError(
            f"{what}: {int(wrong.sum()):,} of {len(wrong):,} lists",
            where=f"row {int(wrong.argmax())}",
            next_step=next_step,
        )


def _frame(events: Events, user: np.ndarray) -> pd.DataFrame:
    """Events as `check_leakage` reads them; codes serve as ids."""
    return pd.DataFrame(
        {
            "user_id": user,
            "item_id": events.item,
            "timestamp": pd.to_datetime(events.time, unit="ms", utc=True),
            "event_type": events.kind,
        }
    )
