"""How good suggested actions are, by Amazon Personalize's definitions.

Beside the coverage and the ranking there are three figures of propensities. An action is predicted
for a user whose propensity for it is at least one half; AWS does not say where it draws the line,
nor what the member is called that holds the area under the curve.

Source: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html,
precision, recall and area under the curve of PERSONALIZED_ACTIONS recipes.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from lab_kit.personalize.training.metrics import DEPTHS, TEXTBOOK, Measured, measured
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.evaluate.metrics import ndcg_of_hits
from lab_kit.recommend.held_out import HeldOut

LIKELY = 0.5
"""From this propensity on an action is predicted to be taken."""
RANKED = {
    **{f"normalized_discounted_cumulative_gain_at_{k}": (ndcg_of_hits, k) for k in DEPTHS},
    **TEXTBOOK,
}
"""What tells how well actions are ranked: means over the users who took one."""


def measured_actions(lists: Lists, held_out: HeldOut, propensities: np.ndarray) -> Measured:
    """The figures of a model that suggests actions.

    Args:
        lists: What is suggested to each user.
        held_out: Who was asked; to be found are the actions they took.
        propensities: (n, actions), how likely each user is to take each action.
    """
    found = measured(lists, held_out, measures=RANKED)
    taken = held_out.relevant
    metrics = found.metrics | {
        "precision": precision(propensities, taken),
        "recall": recall(propensities, taken),
        "auc": area_under_the_curve(propensities, taken),
    }
    return Measured(metrics, found.users.assign(propensities=propensities.tolist()))


def precision(propensities: np.ndarray, taken: np.ndarray) -> float:
    """Mean over actions: users who took it / users for whom it was predicted.

    Args:
        propensities: (n, actions).
        taken: (n, actions) bool. Both functions leave out actions for which they would divide by
            nothing, and say 0 where none is left.
    """
    predicted = propensities >= LIKELY
    return _share(predicted & taken, predicted)


def recall(propensities: np.ndarray, taken: np.ndarray) -> float:
    """Mean over actions: users for whom it was predicted / users who took it."""
    return _share((propensities >= LIKELY) & taken, taken)


def area_under_the_curve(propensities: np.ndarray, taken: np.ndarray) -> float:
    """How often something taken had a higher propensity than something not taken, 0 to 1.

    All pairs of a user and an action are compared; equal ones count one half, which is the area
    under the receiver operating characteristic (Hanley & McNeil 1982). 0 where all or none of them
    were taken.
    """
    rank, positive = rankdata(propensities.ravel()), taken.ravel()
    some, others = int(positive.sum()), int((~positive).sum())
    if not some or not others:
        return 0.0
    return float((rank[positive].sum() - some * (some + 1) / 2) / (some * others))


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    number = whole.sum(axis=0)
    counted = number > 0
    return float((part.sum(axis=0)[counted] / number[counted]).mean()) if counted.any() else 0.0
