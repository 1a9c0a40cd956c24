"""What `load` returns: a data set in the kit's own shapes, and the raw files it came from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd


class LazyFrames(Mapping[str, pd.DataFrame]):
    """Frames by name, each read when it is first asked for.

    Args:
        readers: For each name, a function without arguments that reads the frame.
    """

    def __init__(self, readers: Mapping[str, Callable[[], pd.DataFrame]]) -> None:
        self._readers = dict(readers)
        self._frames: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self._readers[name]()
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)

    def __repr__(self) -> str:
        return f"LazyFrames({', '.join(self._readers)})"


@dataclass(frozen=True)
class Export:
    """Raw files one source system wrote, and how its columns are to be read.

    `columns` maps a column of the files to the kit's name for it; columns that are not named
    there are left as they are.
    """

    name: str
    """What people call it: "app", "web", "ratings"."""
    kind: Literal["interactions", "users", "items", "other"]
    """What one row of it describes."""
    paths: tuple[Path, ...]
    """The files, in the order in which they were written."""
    columns: Mapping[str, str]
    encoding: str = "utf-8"
    time_column: str | None = None
    """The raw column that holds the time, if there is one."""
    time_unit: Literal["s", "ms", "text"] | None = None
    """Epoch seconds, epoch milliseconds, or text such as 2026-01-31 23:59:59."""
    time_zone: str = "UTC"
    """The zone in which a text time without an offset was written."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Columns every row shares and the files lack, such as `event_type="Rating"`."""


@dataclass(frozen=True)
class Dataset:
    """Users, items and interactions, further tables, raw exports and, where known, the truth.

    Columns are lower case. `users` has `user_id`; `items` has `item_id`; `interactions` has
    `user_id`, `item_id`, `timestamp` (UTC), and where known `event_type`, `event_value`,
    `session_id`. Ids are strings.
    """

    name: str
    title: str
    users: pd.DataFrame | None
    """One row a user; None where nothing is known of users but their ids."""
    items: pd.DataFrame | None
    """One row an item; None for data sets that are a single table."""
    interactions: pd.DataFrame | None
    """One row an event; None for data sets that are a single table."""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Everything else, by name, read when first asked for."""
    exports: Mapping[str, Export] = field(default_factory=dict)
    """The raw files, by the name of the system that wrote them."""
    truth: Mapping[str, pd.DataFrame] | None = None
    """What only a simulation can know (tastes, values behind gaps); None for real data."""
    licence: str = ""
    """Under which terms the data may be used."""
    item_name: str | None = None
    """The column of `items` that holds the name a person reads, if there is one."""

    @property
    def item_names(self) -> pd.Series:
        """The name a person reads for each item, by `item_id`; its id where none is known."""
        if self.items is None:
            return pd.Series(dtype=str)
        ids = self.items["item_id"]
        names = ids if self.item_name is None else self.items[self.item_name].fillna(ids)
        return pd.Series(names.to_numpy(), index=pd.Index(ids, name="item_id"), name="name")
