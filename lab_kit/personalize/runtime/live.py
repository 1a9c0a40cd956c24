"""A trained model that has heard of every event until now, and of new items and users."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.personalize.runtime.group import BYTES_OF_TEXT, Group
from lab_kit.personalize.runtime.heard import events_of
from lab_kit.personalize.runtime.likeness import likeness
from lab_kit.personalize.runtime.timeline import Timeline
from lab_kit.personalize.storage.records import Records
from lab_kit.personalize.training.trained import Trained
from lab_kit.recommend.histories import History
from lab_kit.recommend.ids import UNKNOWN, Ids

UPDATE_SECONDS = 2 * 3600
"""Recipes that take in new items by themselves do so every two hours."""
ALIKE = 10
"""A new item scores like the mean of so many known ones, weighted by likeness."""


@dataclass(frozen=True, eq=False)
class Newcomers:
    """Items the model was not trained with."""

    ids: Ids
    """The model's items, and after them the new ones."""
    alike: sp.csr_array
    """(new items, the model's items) float32; rows add up to 1."""
    created: np.ndarray
    """(new items,) int64, milliseconds since 1970 in the time of the data."""


class Live:
    """A model and what has happened since it was trained.

    Args:
        folder: Of the model.
        stores: Where single records of each type of dataset are put.
        records: These records.
    """

    def __init__(self, folder: Path, stores: Mapping[str, str], records: Records) -> None:
        self.trained = Trained.load(folder)
        self.timeline = Timeline(self.trained.latest, self.trained.facts["started"])
        self.model = self.trained.model
        self._stores, self._records = stores, records
        self._upto = dict(self.trained.positions)
        self._lock = threading.Lock()
        self._folder = folder
        self._people = len(self.trained.interactions.users)
        self._twins: dict[tuple[Any, ...], int] = {}
        items = self.trained.interactions.items
        self.counts = np.bincount(self.trained.interactions.events.item, minlength=len(items))
        """(the model's items,): how many events each has had."""
        self.created = _created(self.trained)
        """(the model's items,) int64: when each began to be there, milliseconds since 1970."""
        self._tick = 0
        self._newcomers = Newcomers(items, sp.csr_array((0, len(items))), np.empty(0, np.int64))

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        learned = sum(_bytes(each) for each in getattr(self.model, "learned", {}).values())
        known = self.trained.interactions
        return learned + 30 * len(known) + BYTES_OF_TEXT * (len(known.users) + len(known.items))

    def catch_up(self) -> None:
        """Take in the events that have come since."""
        for type in ("INTERACTIONS", "ACTION_INTERACTIONS"):
            store = self._stores.get(type)
            if store is None or self._records.position(store) <= self._upto.get(type, 0):
                continue
            with self._lock:
                puts = self._records.since(store, self._upto.get(type, 0))
                if puts:
                    self._hear(type, [put for _, put in puts])
                    self._upto[type] = puts[-1][0]

    def _hear(self, type: str, puts: list[Any]) -> None:
        frame = events_of(puts, self.timeline.of_event)
        if not len(frame):
            return
        if self.trained.kind == "actions":
            if type == "INTERACTIONS":
                self.model.observe_items(frame)
            else:
                known = frame["action_id"].map(lambda each: each in self.model.actions.ids)
                if known.any():
                    self.model.observe(frame[known].drop(columns="item_id"))
        elif type == "INTERACTIONS":
            chosen = self.trained.selection.apply(frame)
            if len(chosen):
                self.model.interactions = self.model.interactions.append(chosen)
                code = self._newcomers.ids.codes(chosen["item_id"])
                np.add.at(self.counts, code[(code >= 0) & (code < len(self.counts))], 1)

    # ---- who asks

    def history(self, user: str | None, clock: float, group: Group) -> History:
        """What a user did, asked for now; a user new to the model has the attributes of a twin.

        Args:
            user: The id; None for nobody known.
            clock: The time on the clock, in seconds.
            group: Where users are looked up.
        """
        history = History() if user is None else self.model.interactions.history(user)
        if user is not None and not 0 <= history.user < self._people:
            history = replace(history, user=self._twin(user, group))
        now = self.timeline.moment(clock)
        if len(history):
            now = max(now, int(history.events.time[-1]) + 1)
        return history.at(now)

    def _twin(self, user: str, group: Group) -> int:
        """The code of the known user most like a new one, whose attributes stand for theirs."""
        person = group.person(user)
        people = self._frame("users")
        if person is None or people is None:
            return UNKNOWN
        key = tuple(sorted((name, str(value)) for name, value in person.items()))
        if key not in self._twins:
            like = likeness(people.drop(columns="user_id"), person)
            best = int(like.argmax())
            code = self.trained.interactions.users.code(people["user_id"].iloc[best])
            self._twins[key] = code if like[best] > 0 else UNKNOWN
        return self._twins[key]

    def _frame(self, name: str) -> pd.DataFrame | None:
        path = self._folder / f"{name}.parquet"
        return pd.read_parquet(path) if path.exists() else None

    # ---- new items

    def newcomers(self, clock: float, group: Group) -> Newcomers:
        """Items put before the last automatic update, every two hours after training.

        Args:
            clock: The time on the clock, in seconds.
            group: Where items are looked up.
        """
        store = self._stores.get("ITEMS")
        tick = int(max(0.0, clock - self.timeline.trained) // UPDATE_SECONDS)
        if store is None or not self.trained.updates_itself or tick == self._tick:
            return self._newcomers
        with self._lock:
            until = self.timeline.trained + tick * UPDATE_SECONDS
            since = self._records.since(store, self.trained.positions.get("ITEMS", 0))
            known = self.trained.interactions.items
            put = {each.record["ITEM_ID"]: each.at for _, each in since if each.at <= until}
            new = {item: at for item, at in put.items() if item not in known}
            self._newcomers = self._scored_like(new, group)
            self._tick = tick
        return self._newcomers

    def _scored_like(self, new: Mapping[str, float], group: Group) -> Newcomers:
        known = self.trained.interactions.items
        frame = self._frame("items")
        rows, created = [], []
        for item, at in new.items():
            thing = group.thing(item) or {}
            rows.append(self._alike(frame, thing))
            given = thing.get("creation_timestamp")
            seconds = at if given is None or pd.isna(given) else given.timestamp()
            created.append(self.timeline.of_event(seconds))
        alike = sp.csr_array(np.array(rows).reshape(len(rows), len(known)).astype(np.float32))
        ids = Ids(np.concatenate([known.values, np.array(list(new), dtype=object)]))
        return Newcomers(ids, alike, np.array(created, np.int64))

    def _alike(self, frame: pd.DataFrame | None, thing: Mapping[str, Any]) -> np.ndarray:
        known = self.trained.interactions.items
        weight = np.zeros(len(known))
        if frame is not None and len(frame):
            like = likeness(frame.drop(columns=["item_id", "creation_timestamp"], errors="ignore"),
                            thing)  # fmt: skip
            best = np.argsort(-like, kind="stable")[:ALIKE]
            weight[known.codes(frame["item_id"].iloc[best])] = like[best]
        return weight / weight.sum() if weight.any() else np.full(len(known), 1 / len(known))


def _created(trained: Trained) -> np.ndarray:
    """`CREATION_TIMESTAMP`; without one the oldest event; without any, the newest of all events.

    Source: https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-new-item-USER_PERSONALIZATION.html.
    """
    known, events = trained.interactions, trained.interactions.events
    first = np.full(len(known.items), trained.latest)
    np.minimum.at(first, events.item, events.time)
    attributes = known.item_attributes
    if attributes is None:
        return first
    return np.where(attributes.created > 0, attributes.created, first)


def _bytes(value: Any) -> int:
    if sp.issparse(value):
        return int(value.data.nbytes + value.indices.nbytes + value.indptr.nbytes)
    return int(np.asarray(value).nbytes)
