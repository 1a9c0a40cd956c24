"""Fit and measure what suggests the next best action.

Nine tenths of the users train. Of each other user the oldest nine tenths of the events with actions
are given; which actions they took in the newest tenth is to be found.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from lab_kit.aws.jobs.work import JobError
from lab_kit.personalize.training.action_metrics import measured_actions
from lab_kit.personalize.training.job import Fitted, FittingJob
from lab_kit.personalize.training.metrics import DEPTH, FOLDS, Measured
from lab_kit.prepare.split.rules import newest
from lab_kit.recommend.actions.next_best_action import NextBestAction
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.held_out import OLDEST, HeldOut, by_user
from lab_kit.recommend.interactions import Interactions

LOG = ("user_id", "action_id", "timestamp", "event_type")


def fit(job: FittingJob) -> Fitted:
    """Fit next best action; it is measured on users it was not fitted on, and kept on all.

    Raises:
        JobError: There is no action.
    """
    data = job.data
    if data.actions is None or not len(data.actions):
        raise JobError("The dataset group has no actions: import some into an Actions dataset.")
    log = known_log(data.action_log, data.actions)
    found = _measured(job, data.actions, log)
    model = job.plan.make(job.values).fit(
        data.interactions, data.actions, log, progress=job.progress
    )
    return Fitted(model, found)


def known_log(log: pd.DataFrame | None, actions: pd.DataFrame) -> pd.DataFrame:
    """Events with actions there are; the column with event types is there in any case."""
    if log is None:
        log = pd.DataFrame(
            {
                "user_id": pd.Series(dtype="str"),
                "action_id": pd.Series(dtype="str"),
                "timestamp": pd.Series(dtype="datetime64[us, UTC]"),
                "event_type": pd.Series(dtype="str"),
            }
        )
    known = log["action_id"].isin(actions["action_id"])
    return log.loc[known, list(LOG)].reset_index(drop=True)


def _measured(job: FittingJob, actions: pd.DataFrame, log: pd.DataFrame) -> Measured:
    data = job.data
    model: NextBestAction = job.plan.make(job.values)
    events = Interactions.from_frame(
        log.rename(columns={"action_id": "item_id"}),
        items=actions[["action_id"]].rename(columns={"action_id": "item_id"}),
    )
    fold = np.random.default_rng(job.seed).permutation(len(events.users)) % FOLDS == 0
    asked = np.flatnonzero(fold & (newest(np.diff(events.start), OLDEST) > 0))
    held_out = by_user(events, np.flatnonzero(~fold), asked, OLDEST, True)
    if not len(held_out):
        return measured_actions(_lists(events, 0), held_out, np.empty((0, len(actions))))
    of_asked = log["user_id"].isin(held_out.users)
    model.fit(data.interactions, actions, log[~of_asked])
    first = pd.to_datetime(
        held_out.future.events.time[held_out.future.start[:-1]], unit="ms", utc=True
    )
    starts = pd.Series(first, index=held_out.users)
    given = log[of_asked & (log["timestamp"] < log["user_id"].map(starts))]
    if len(given):
        model.observe(given)
    lists = _lists(events, len(held_out))
    propensities = np.zeros((len(held_out), len(events.items)))
    for row, (user, moment) in enumerate(starts.items()):
        listed = events.items.codes(model.recommend(str(user), DEPTH, now=moment).items)
        lists.codes[row, : len(listed)] = listed
        found = model.propensities(str(user), now=moment)
        propensities[row, events.items.codes(found.index)] = found
    return measured_actions(lists, _taken(held_out), propensities)


def _taken(held_out: HeldOut) -> HeldOut:
    """Only actions that were taken are to be found."""
    names = [name.upper() for name in held_out.train.event_types]
    taken = [place for place, name in enumerate(names) if name == "TAKEN"]
    future = held_out.future.where(np.isin(held_out.future.events.kind, taken))
    return HeldOut(held_out.train, held_out.histories, future, True)


def _lists(events: Interactions, users: int) -> Lists:
    """Empty ones."""
    codes = np.full((users, DEPTH), -1, np.int32)
    return Lists(events.items, codes, np.zeros(codes.shape, np.float32))
