"""The items of a catalogue, scored for one request."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from lab_kit.personalize.runtime.deployed import Deployed
from lab_kit.personalize.runtime.group import Group
from lab_kit.personalize.runtime.live import Live
from lab_kit.recommend.exploring import moved_up
from lab_kit.recommend.ids import Ids


@dataclass(frozen=True, eq=False)
class Ranked:
    """One request's scores, before anything is left out."""

    ids: Ids
    """The catalogue."""
    scores: np.ndarray
    """(items,) float32: what the model says."""
    explored: np.ndarray
    """(items,) float32: how far exploration moves each item up."""

    @property
    def final(self) -> np.ndarray:
        """(items,) float32: by what the answer is sorted."""
        return self.scores + self.explored


def for_user(
    what: Deployed,
    live: Live,
    group: Group,
    user: str | None,
    context: dict[str, str],
    clock: float,
) -> Ranked:
    """All items for a user.

    Args:
        what: What is asked.
        live: Its model.
        group: The data of its group.
        user: A user id, or that of an anonymous session.
        context: The circumstances, by names of fields in lower case; others than the model learnt
            from say nothing.
        clock: The time on the clock, in seconds.
    """
    known = {name: value for name, value in context.items() if name in live.model.contexts}
    history = live.history(user, clock, group)
    scores = live.model.score(history, context=known)
    weight, days = what.exploration
    if not days:
        return Ranked(live.model.items, scores, np.zeros_like(scores))
    new = live.newcomers(clock, group)
    scores = np.concatenate([scores, new.alike @ scores])
    if not weight:
        return Ranked(new.ids, scores, np.zeros_like(scores))
    explored = moved_up(
        scores,
        np.concatenate([live.created, new.created]),
        np.concatenate([live.counts, np.zeros(len(new.created), int)]),
        live.timeline.moment(clock),
        weight=weight,
        days=days,
        seeds=(seed_of(what.arn), seed_of(user or "")),
    )
    return Ranked(new.ids, scores, explored)


def for_item(what: Deployed, live: Live, item: str) -> Ranked:
    """All items by how much they are like one; by popularity where nobody knows it.

    Items the model finds nothing alike in come last, the popular ones first.
    """
    model = live.model
    if item in model.items:
        influence = what.config.get("rankingInfluence", {})
        scores = live.trained.influenced(
            model.likeness(item), np.arange(len(model.items)), influence
        )
    else:
        scores = model.popular.copy()
    nothing = scores <= 0
    if nothing.any():
        scores[nothing] = model.popular[nothing] - 2 + min(0.0, float(scores.min()))
    return Ranked(model.items, scores, np.zeros_like(scores))


def seed_of(text: str) -> int:
    """The same whole number for the same text, today and tomorrow."""
    return zlib.crc32(text.encode("utf-8"))
