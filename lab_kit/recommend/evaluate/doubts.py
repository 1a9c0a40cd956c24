"""What to doubt in a comparison: leaks, ties, users asked twice, and too few of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lab_kit.prepare.split import Finding
from lab_kit.recommend.evaluate.evaluation import Evaluation
from lab_kit.recommend.evaluate.guards import leaks
from lab_kit.recommend.evaluate.pairs import paired
from lab_kit.recommend.held_out import HeldOut

FEW = 10
"""With fewer lists that have a hit, intervals are too narrow."""


def doubts(
    tasks: Sequence[HeldOut], evaluations: Mapping[str, Evaluation], metric: str
) -> tuple[Finding, ...]:
    """Everything that was looked for, found or not.

    Args:
        tasks: What was asked; of several, the worst counts.
        evaluations: By name, the best first.
        metric: The measure they are ranked by.
    """
    every = zip(*(leaks(task) for task in tasks), strict=True)
    found = [max(same, key=lambda finding: finding.found) for same in every]
    found.append(_asked_twice(tasks))
    if evaluations:
        depth = int(metric.rpartition("@")[2])
        found += [_ties(evaluations, depth), *_too_few(evaluations, metric, depth)]
    return tuple(found)


def _asked_twice(tasks: Sequence[HeldOut]) -> Finding:
    users = np.concatenate([task.histories.user for task in tasks])
    users = users[users >= 0]
    twice = len(users) - len(np.unique(users))
    words = (
        f"{twice:,} of {len(users):,} histories are of a user asked before; each counts as another "
        "user, so that intervals are too narrow."
    )
    return Finding("users asked more than once", twice, leak=False, words=words)


def _ties(evaluations: Mapping[str, Evaluation], depth: int) -> Finding:
    shares = {name: found.tied[depth] for name, found in evaluations.items()}
    some = {name: share for name, share in shares.items() if share > 0}
    words = (
        f"the last of {depth} items scored as much as the next one in "
        + ", ".join(f"{share:.1%} of the lists of {name}" for name, share in some.items())
        + ". The hash of the ids chose, which favours nothing."
    )
    return Finding("lists that end in a tie", len(some), leak=False, words=words)


def _too_few(
    evaluations: Mapping[str, Evaluation], metric: str, depth: int
) -> tuple[Finding, Finding]:
    names = list(evaluations)
    first = evaluations[names[0]]
    apart, words = True, ""
    if len(names) > 1:
        pair = paired((names[0], first.values), (names[1], evaluations[names[1]].values), metric)
        apart, words = pair.told_apart, pair.words
    hits = int(first.values[f"hit rate@{depth}"].sum())
    few = f"only {hits:,} lists of {names[0]} have a hit; intervals of so few are too narrow."
    return (
        Finding("too few users to name the best", 0 if apart else len(first), False, words),
        Finding("few hits", hits if hits < FEW else 0, False, few),
    )
