"""Three ways to ask a model what it is worth, each with its own answer.

Which model is best depends on the question: dividing by user favours models of sequences, a cut in
time favours what is popular just now (Meng et al., Exploring Data Splitting Strategies for the
Evaluation of Recommendation Models, RecSys 2020). The divisions are those of `prepare.split`.

Events of one user at one moment have no known order. They are put in an order that is drawn, in the
part to fit on too: in a file they stand by article number or as they were typed in, and the newest
tenth of a basket would tell the file's order, not what the user did.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.split.rules import least_events, moment_wanted
from lab_kit.recommend.held_out import (
    OLDEST,
    HeldOut,
    answerable,
    by_moment,
    by_user,
    returning,
)
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.moments import at_one_moment, in_random_order


def new_users(
    interactions: Interactions,
    *,
    folds: int = 10,
    fold: int = 0,
    share: float = OLDEST,
    repeats: bool = False,
    seed: int = 0,
) -> HeldOut:
    """What do users do next whom the model was not fitted on? Amazon Personalize's protocol.

    Users fall into folds at random. The model is fitted on the others; of each user of the fold
    the oldest nine tenths of the events are given and the newest tenth is to be found
    (https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html). Users
    with too few events to be divided, fewer than 10 for nine tenths, are not asked.

    Args:
        interactions: Everything known.
        folds: How many, 2 or more; a tenth of the users each by default.
        fold: Which one is asked, from 0 on.
        share: The part of each user's events that is given, between 0 and 1.
        repeats: Whether an item of the history may be found again.
        seed: Draws the folds, and the order of events of one user at one moment.

    Raises:
        LabKitError: If there is no such fold, or nobody can be asked.
    """
    if not 0 <= fold < folds or folds < 2:
        raise LabKitError(
            f"There is no fold {fold} of {folds}",
            where="fold, folds",
            next_step="give 2 folds or more, and count them from 0",
        )
    view = in_random_order(interactions, seed)
    of_fold = np.random.default_rng(seed).permutation(len(view.users)) % folds == fold
    length = np.diff(view.start)
    able = np.flatnonzero(of_fold & (length >= least_events(share)))
    held_out = by_user(view, np.flatnonzero(~of_fold), able, share, repeats)
    short = int((of_fold & (length > 0)).sum()) - len(able)
    how = (
        f"new users: fitted on {folds - 1} of {folds} folds of the users; of each user asked the "
        f"oldest {share:.0%} of the events are given"
    )
    note = f"{short:,} users of the fold have fewer than {least_events(share)} events"
    return _asked(interactions, held_out, how, (f"{note} and are not asked.",) if short else ())


def leave_one_out(
    interactions: Interactions, *, users: int | None = None, repeats: bool = False, seed: int = 0
) -> HeldOut:
    """What is each user's next event? The last one is to be found, the model fitted on the rest.

    Much used (He et al., Neural Collaborative Filtering, WWW 2017), and kind to a model: it knows
    what others did later, and the last events of all users lie spread over the whole time.

    Args:
        interactions: Everything known.
        users: Ask at most so many, drawn; None: everybody with two events.
        repeats: Whether an item of the history may be found again. Without, a user whose last
            event repeats an item is not asked.
        seed: Draws the users, and the order of events of one user at one moment.

    Raises:
        LabKitError: If nobody can be asked.
    """
    view = in_random_order(interactions, seed)
    able = np.flatnonzero(np.diff(view.start) >= 2)
    drawn = _drawn(able, users, seed)
    histories, future = view.histories(drawn).parted(np.ones(len(drawn), np.int64))
    rest = np.ones(len(view), bool)
    rest[view.start[drawn + 1] - 1] = False
    held_out = HeldOut(view.where(rest), histories, future, repeats)
    short = int((np.diff(view.start) == 1).sum())
    notes = (f"{short:,} users have one event and are not asked.",) if short else ()
    return _asked(interactions, held_out, "leave one out: the last event of each user", notes)


def by_time(
    interactions: Interactions,
    *,
    cutoff: str | pd.Timestamp | None = None,
    share: float | None = None,
    users: int | None = None,
    cold: bool = False,
    repeats: bool = False,
    seed: int = 0,
) -> HeldOut:
    """What would the model have been worth, had it been put to work at a moment?

    Fitted on everything before it; the users who come back are asked at that moment, and all they
    did from it on is to be found.

    Args:
        interactions: Everything known.
        cutoff: The moment; in UTC where it names no zone.
        share: Instead of a moment, the part of the events to learn from, between 0 and 1.
        users: Ask at most so many, drawn; None: everybody.
        cold: Whether users are asked too who had no event before; their histories are empty.
        repeats: Whether an item of the history may be found again.
        seed: Draws the users, and the order of events of one user at one moment.

    Raises:
        LabKitError: If not exactly one of `cutoff` and `share` is given, or nobody can be asked.
    """
    view = in_random_order(interactions, seed)
    time = view.events.time
    moment = moment_wanted(time.view("datetime64[ms]"), cutoff, share)
    cut = int(moment.as_unit("ms").asm8.view("int64"))
    known, after = returning(view, cut), np.unique(view.user[time >= cut])
    held_out = by_moment(view, cut, _drawn(after if cold else known, users, seed), repeats)
    how = f"by time: fitted on what was before {moment:%Y-%m-%d %H:%M:%S} UTC"
    new = len(after) - len(known)
    note = f"{new:,} users have no event before the cut and are {'' if cold else 'not '}asked."
    return _asked(interactions, held_out, how, (note,) if new else ())


def _asked(
    interactions: Interactions, held_out: HeldOut, how: str, notes: tuple[str, ...]
) -> HeldOut:
    """The held-out part in words, without users who have nothing to find."""
    found = answerable(held_out)
    if not len(found) or not len(found.train):
        raise LabKitError(
            "Nobody can be asked: no user has events to fit on beside events to be found",
            where=f"{how}, {len(interactions):,} events",
            next_step="take another cutoff, share or fold, repeats=True, or more events",
        )
    nothing, tied = len(held_out) - len(found), float(at_one_moment(interactions).mean())
    said = [
        *notes,
        *([f"{nothing:,} users have nothing new to be found and are not asked."] * (nothing > 0)),
        *([f"{tied:.1%} of the events are of one user at one moment: order drawn."] * (tied > 0)),
    ]
    again = "may be found again" if held_out.repeats else "do not count"
    return replace(found, how=f"{how}; items of the history {again}", notes=tuple(said))


def _drawn(users: np.ndarray, number: int | None, seed: int) -> np.ndarray:
    """Codes of so many users at most, rising."""
    if number is None:
        return users
    return np.sort(np.random.default_rng(seed).permutation(users)[:number])
