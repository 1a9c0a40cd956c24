"""Histories as a blend is asked about them."""

import numpy as np

from lab_kit.recommend.histories import Histories
from lab_kit.recommend.recency import recency
from lab_kit.recommend.signals.signals import Question

DEPTH = 500


def question(view, histories, depth=DEPTH):
    """Of `Histories`, or of a list of them, with weights relative to the heaviest event."""
    if not isinstance(histories, Histories):
        histories = Histories.of(histories)
    recent = recency(histories, len(view.items), depth)
    recent.weight[:] = recent.weight / view.events.weight.max()
    return Question(histories, recent, depth)


def asked(view, users=None, depth=DEPTH):
    """Of some users, or of everybody."""
    return question(view, view.histories(users), depth)


def each(group, asked):
    """(signals, n, items): what `each` gives."""
    return np.stack([signal.copy() for signal in group.each(asked)])
