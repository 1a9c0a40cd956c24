"""The data of a dataset group as they are now, for filters, metadata and new users and items."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.personalize.filters.stage import Known, Stage, stage_of_actions
from lab_kit.personalize.runtime.heard import events_of
from lab_kit.personalize.storage.frames import read
from lab_kit.personalize.storage.places import Source
from lab_kit.personalize.storage.records import Records
from lab_kit.recommend.ids import Ids

BYTES_OF_TEXT = 100
"""About what an id, or a value of text, takes."""
MOST_PLACES = 16
"""Catalogues of models whose places among the group's items are remembered."""


class Group:
    """What the datasets of a group hold; single records are taken in as they come.

    Args:
        sources: The datasets by type, as `places.sources_of` gives them.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        self._upto = {type: source["upto"] for type, source in sources.items()}
        self._records = Records(Path(next(iter(sources.values()))["records"])) if sources else None
        self._lock = threading.Lock()
        self._places: dict[int, tuple[Ids, Ids, np.ndarray]] = {}
        self._frames = {type: self._read(type) for type in ("ITEMS", "USERS", "ACTIONS")}
        self.items = Stage(self._events("INTERACTIONS"), self._known("ITEMS"), self._known("USERS"))
        """What filters of items and users look at."""
        actions = self._known("ACTIONS")
        self.actions = (
            stage_of_actions(self._events("ACTION_INTERACTIONS"), actions, self._known("USERS"))
            if actions is not None
            else None
        )
        """What filters of actions look at; None where there are no actions."""

    def catch_up(self) -> None:
        """Take in the records that have come since."""
        if self._records is None:
            return
        with self._lock:
            newer = {
                type: place
                for type, source in self._sources.items()
                if (place := self._records.position(source["store"])) > self._upto[type]
            }
            for type, place in newer.items():
                if type in ("INTERACTIONS", "ACTION_INTERACTIONS"):
                    self._hear(type, place)
                else:
                    self._sources[type] = {**self._sources[type], "upto": place}
                    self._frames[type] = self._read(type)
                self._upto[type] = place
            if newer.keys() & {"ITEMS", "USERS", "ACTIONS"}:
                self._know()

    def onto(self, left: np.ndarray, wanted: Ids) -> np.ndarray:
        """A mask of `items.items` in the order of other ids; see `stage.onto`."""
        kept = self._places.get(id(wanted))
        if kept is None or kept[0] is not wanted or kept[1] is not self.items.items:
            place = self.items.items.codes(wanted.values)
            if len(self._places) >= MOST_PLACES:
                self._places = {}
            kept = self._places[id(wanted)] = wanted, self.items.items, place
        place = kept[2]
        return np.where(place >= 0, left[place], False)

    def person(self, user: str) -> dict[str, Any] | None:
        """What is known of a user, by columns; None where nothing is."""
        return _row(self._frames["USERS"], "user_id", user)

    def thing(self, item: str) -> dict[str, Any] | None:
        """What is known of an item, by columns; None where nothing is."""
        return _row(self._frames["ITEMS"], "item_id", item)

    def columns(self, type: str) -> set[str]:
        """Names, in capitals, of the fields of a type of dataset."""
        source = self._sources.get(type)
        return {field["name"].upper() for field in source["schema"]["fields"]} if source else set()

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        cells = sum(each.size for each in self._frames.values() if each is not None)
        return 40 * self.items.events + BYTES_OF_TEXT * (
            cells + len(self.items.items) + len(self.items.users)
        )

    def _hear(self, type: str, upto: int) -> None:
        assert self._records is not None
        store = self._sources[type]["store"]
        puts = [put for _, put in self._records.since(store, self._upto[type], upto)]
        stage = self.items if type == "INTERACTIONS" else self.actions
        frame = events_of(puts)
        if stage is not None and len(frame):
            stage.append(frame)

    def _know(self) -> None:
        self.items.know(items=self._known("ITEMS"), users=self._known("USERS"))
        actions = self._known("ACTIONS")
        if self.actions is not None and actions is not None:
            frame = actions.frame.assign(item_id=actions.frame["action_id"])
            self.actions.know(items=Known(frame, actions.fields), users=self._known("USERS"))

    def _read(self, type: str) -> pd.DataFrame | None:
        return read(self._sources[type]) if type in self._sources else None

    def _known(self, type: str) -> Known | None:
        frame = self._frames[type]
        if frame is None:
            return None
        fields = self._sources[type]["schema"]["fields"]
        return Known(frame, {field["name"].upper(): field for field in fields})

    def _events(self, type: str) -> pd.DataFrame | None:
        source = self._sources.get(type)
        if source is None:
            return None
        there = {field["name"].upper() for field in source["schema"]["fields"]}
        wanted = ("USER_ID", "ITEM_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE")
        frame = read(source, columns=[name.lower() for name in wanted if name in there])
        return frame if len(frame) else None


def _row(frame: pd.DataFrame | None, key: str, one: str) -> dict[str, Any] | None:
    if frame is None:
        return None
    found = frame.index[frame[key] == one]
    return None if not len(found) else frame.loc[found[0]].drop(key).to_dict()
