"""A trained model on disk, with all that is needed to answer with it and to say how good it is.

Light enough for a server: what only training needs is not imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lab_kit import recommend
from lab_kit.personalize.catalogue import SEMANTIC, Recipe, recipe
from lab_kit.personalize.training.selection import Selection
from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.interactions import Interactions

FRAMES = ("users", "items", "actions", "action_log")
FACTS, MODEL, EVENTS = "facts.json", "model", "interactions.npz"


@dataclass(frozen=True, eq=False)
class Trained:
    """What a solution version or a recommender learnt."""

    facts: dict[str, Any]
    """How it was trained, as JSON has it; see `fitting.train`."""
    model: Any
    """A `Model`, `UserSegments`, or `NextBestAction`; user ids can be looked up in it."""
    interactions: Interactions
    """The events it was trained on, with the attributes of users and items."""
    folder: Path

    @property
    def recipe(self) -> Recipe:
        """Its recipe."""
        return recipe(self.facts["recipe"])

    @property
    def kind(self) -> str:
        """What it is asked: "items", "related", "segments" or "actions"."""
        return self.facts["kind"]

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """Those it was trained with."""
        return self.facts["hyperparameters"]

    @property
    def repeats(self) -> bool:
        """Whether items of a history may be answered again; a filter is there to leave them out."""
        return True

    @property
    def scores_sum_to_one(self) -> bool:
        """Whether answers have scores (`scores.softmax`)."""
        return self.facts["scored"]

    @property
    def latest(self) -> int:
        """Time of the newest event it was trained on, milliseconds since 1970."""
        return self.interactions.latest

    @property
    def updates_itself(self) -> bool:
        """Whether it takes in new items every two hours; what trainingMode UPDATE made does not.

        Source: https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolutionVersion.html.
        """
        return self.facts["record"].get("trainingMode") != "UPDATE"

    @property
    def positions(self) -> dict[str, int]:
        """By type of dataset the position of the newest single record it knows."""
        return self.facts["positions"]

    @property
    def selection(self) -> Selection:
        """Which events it learns from: `apply` it to a frame of new ones."""
        return Selection.of(self.facts["record"], self.facts["event"])

    @cached_property
    def held_out(self) -> pd.DataFrame:
        """Every user it was measured on: one row each, by id.

        Columns `given` and `to_find`, lists of item ids, oldest first; `answered`, the list it
        gave; and the measures, not rounded.
        """
        return pd.read_parquet(self.folder / "held_out.parquet").set_index("user_id")

    def influenced(
        self, likeness: np.ndarray, codes: np.ndarray, config: Mapping[str, float]
    ) -> np.ndarray:
        """The likeness of items, and how much it counts with recipe aws-semantic-similarity.

        What is alike counts 1 + POPULARITY x events of the item / most events of any + FRESHNESS x
        its place in time from the oldest item, 0, to the newest, 1. Items without
        CREATION_TIMESTAMP are not fresh. Both are as they were at training, as on AWS, which does
        not say how it weighs them.
        Source: https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-semantic-similarity.html.

        Args:
            likeness: (n,).
            codes: (n,), of which items.
            config: `rankingInfluence` of a campaign or a batch job.
        """
        if self.recipe.name != SEMANTIC or not config:
            return likeness
        popular, fresh = (rank[codes] for rank in self._ranks)
        factor = 1 + config.get("POPULARITY", 0.0) * popular + config.get("FRESHNESS", 0.0) * fresh
        return np.where(likeness > 0, likeness * factor, likeness).astype(np.float32)

    @cached_property
    def _ranks(self) -> tuple[np.ndarray, np.ndarray]:
        """(items,) each, 0 to 1: how popular and how fresh items are."""
        known = self.interactions
        count = np.bincount(known.events.item, minlength=len(known.items))
        fresh = np.zeros(len(known.items))
        if known.item_attributes is not None:
            created = known.item_attributes.created
            there = created > 0
            if there.any():
                first, last = created[there].min(), created[there].max()
                fresh[there] = (created[there] - first) / max(1, last - first)
        return count / max(1, count.max(initial=0)), fresh

    @classmethod
    def load(cls, folder: Path) -> Trained:
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: There is none.
        """
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        frames = {
            name: pd.read_parquet(folder / f"{name}.parquet")
            for name in FRAMES
            if (folder / f"{name}.parquet").exists()
        }
        interactions = with_attributes(
            Interactions.load(folder / EVENTS), frames.get("users"), frames.get("items")
        )
        named = getattr(recommend, facts["model"])
        if facts["kind"] == "actions":
            log = frames.get("action_log")
            model = named.load(folder / MODEL, interactions, frames["actions"], log)
        else:
            model = named.load(folder / MODEL, interactions)
        return cls(facts, model, interactions, folder)


def save(
    folder: Path,
    facts: Mapping[str, Any],
    model: Any,
    interactions: Interactions,
    frames: Mapping[str, pd.DataFrame | None],
    held_out: pd.DataFrame,
) -> None:
    """Write a trained model; `facts` is written last.

    Args:
        folder: An empty one.
        facts: As JSON has them.
        model: Fitted.
        interactions: What histories are looked up in.
        frames: By the names in `FRAMES`.
        held_out: As `Trained.held_out`, with a column `user_id`.
    """
    model.save(folder / MODEL)
    interactions.save(folder / EVENTS)
    for name, frame in frames.items():
        if frame is not None:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    held_out.to_parquet(folder / "held_out.parquet", index=False)
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def with_attributes(
    interactions: Interactions, users: pd.DataFrame | None, items: pd.DataFrame | None
) -> Interactions:
    """The same interactions, and what is known of users and items."""
    of = [
        None if frame is None else Attributes.from_frame(_known(frame, key, ids), key, ids)
        for frame, key, ids in (
            (users, "user_id", interactions.users),
            (items, "item_id", interactions.items),
        )
    ]
    return Interactions(
        interactions.users,
        interactions.items,
        interactions.start,
        interactions.events,
        interactions.event_types,
        contexts=interactions.contexts,
        user_attributes=of[0],
        item_attributes=of[1],
    )


def _known(frame: pd.DataFrame, key: str, ids: Any) -> pd.DataFrame:
    return frame[ids.codes(frame[key]) >= 0]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities float64 that add up to 1 by row; a score of minus infinity has none.

    The personalisation model's scores are the log-odds of a conditional logit, so this is what it
    holds the chances of the items to be.

    Args:
        scores: (items,) or (n, items).
    """
    exact = scores.astype(np.float64)
    best = exact.max(axis=-1, keepdims=True)
    chances = np.exp(exact - np.where(np.isfinite(best), best, 0))
    total = chances.sum(axis=-1, keepdims=True)
    return np.divide(chances, total, out=np.zeros_like(chances), where=total > 0)
