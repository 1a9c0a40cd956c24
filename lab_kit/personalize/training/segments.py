"""Fit and measure what finds users for an item.

The oldest four fifths of everybody's events are given. For items somebody took in the newest fifth
it is asked who did: of the one percent of users said to be likeliest, how many were right.
Source: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.personalize.training.job import Fitted, FittingJob
from lab_kit.personalize.training.metrics import Measured
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.segments import UserSegments, newest_fifth

MOST_ITEMS = 300
"""So many items at most are asked about, drawn."""
SHARE = 0.01
"""The part of the users that is looked at."""


def fit(job: FittingJob) -> Fitted:
    """Fit user segments; they are measured on the oldest four fifths and kept on everything."""
    before, after = newest_fifth(job.data.interactions)
    measured = _measured(job, before, after)
    model = job.plan.make(job.values).fit(job.data.interactions, progress=job.progress)
    return Fitted(model, measured)


def _measured(job: FittingJob, before: Interactions, after: Interactions) -> Measured:
    model: UserSegments = job.plan.make(job.values).fit(before)
    later = sp.csc_array(after.matrix())
    rng = np.random.default_rng(job.seed)
    items = np.sort(rng.permutation(np.flatnonzero(np.diff(later.indptr)))[:MOST_ITEMS])
    number = max(1, int(np.ceil(SHARE * len(before.users))))
    ids, users = before.items.values, before.users.values
    found = model.many([ids[item] for item in items], number)
    took = [users[later.indices[later.indptr[n] : later.indptr[n + 1]]] for n in items]
    hits = np.array(
        [len(np.intersect1d(one.users, right)) for one, right in zip(found, took, strict=True)],
        float,
    )
    recall = hits / np.array([len(right) for right in took])
    reached = {user for one in found for user in one.users}
    metrics = {
        "coverage": len(reached) / max(1, len(users)),
        "hits_at_1_percent": float(hits.mean()) if len(hits) else 0.0,
        "recall_at_1_percent": float(recall.mean()) if len(recall) else 0.0,
    }
    asked = pd.DataFrame(
        {
            "user_id": pd.Series([ids[item] for item in items], dtype="str"),
            "to_find": [right.tolist() for right in took],
            "answered": [one.users.tolist() for one in found],
            "hits_at_1_percent": hits,
            "recall_at_1_percent": recall,
        }
    )
    return Measured(metrics, asked)
