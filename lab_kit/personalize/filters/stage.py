"""The data of a dataset group as filters look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.personalize.filters.columns import Column, Table, number_column, text_column
from lab_kit.personalize.filters.evaluate import (
    NEWEST,
    NEWEST_OF_ACTIONS,
    NOBODY,
    Scene,
    evaluate,
    newest,
)
from lab_kit.personalize.filters.rules import NUMBERS, type_of
from lab_kit.personalize.filters.syntax import Expression
from lab_kit.personalize.filters.values import read_values
from lab_kit.recommend.ids import UNKNOWN, Ids
from lab_kit.recommend.interactions import Interactions

Fields = Mapping[str, Mapping[str, Any]]
"""Avro fields by their names in capitals."""
_NO_EVENTS = pd.DataFrame(
    {
        "user_id": pd.Series(dtype="str"),
        "item_id": pd.Series(dtype="str"),
        "timestamp": pd.Series(dtype="datetime64[us, UTC]"),
        "event_type": pd.Series(dtype="str"),
    }
)


@dataclass(frozen=True)
class Known:
    """One dataset of users, items or actions."""

    frame: pd.DataFrame
    """One row an id, columns in lower case."""
    fields: Fields


class Stage:
    """Users, items (or actions) and the events between them, for the filters of a dataset group.

    Args:
        events: One row an event: `user_id`, `item_id`, `timestamp` and, where known, `event_type`.
            An action stands in the place of an item.
        items: What is known of the items, or actions.
        users: What is known of the users.
        most: So many of the newest events of a user and an event type count.

    Attributes:
        items: All items, in the order of the masks.
        users: All users, in the order of the masks of filters about users.
    """

    def __init__(
        self,
        events: pd.DataFrame | None,
        items: Known | None = None,
        users: Known | None = None,
        *,
        most: int = NEWEST,
    ) -> None:
        self._most = most
        names = [name for name in _NO_EVENTS if events is not None and name in events]
        self._events = Interactions.from_frame(_NO_EVENTS if events is None else events[names])
        self._known: dict[str, Known | None] = {"item_id": items, "user_id": users}
        self._number()

    def append(self, events: pd.DataFrame) -> None:
        """Take in new events, as in `Interactions.append`."""
        before = self._events
        self._events = before.append(events)
        self.__dict__.pop("_counted", None)
        if (self._events.items, self._events.users) != (before.items, before.users):
            self._number()

    def know(self, *, items: Known | None, users: Known | None) -> None:
        """Replace what is known of items (or actions) and users."""
        self._known = {"item_id": items, "user_id": users}
        for made in ("_rows", "_people", "_lists"):
            self.__dict__.pop(made, None)
        self._number()

    def _number(self) -> None:
        """Give codes to all items and users: first to those of events, then to the others."""
        self.items = self._with_known("item_id", self._events.items)
        self.users = self._with_known("user_id", self._events.users)
        self._tables: dict[str, Table] = {}

    def _with_known(self, key: str, ids: Ids) -> Ids:
        known = self._known[key]
        return ids if known is None else ids.with_new(known.frame[key].tolist())

    @property
    def events(self) -> int:
        """How many events there are."""
        return len(self._events)

    def had(self, user: str | None, event_type: str) -> np.ndarray:
        """Codes of the items a user had events of a type with, whatever its case."""
        return self._of_user(user).get(event_type.lower(), np.empty(0, np.int32))

    def ids(self, expression: Expression) -> Ids:
        """What a mask of a filter is about, in its order."""
        return self.users if expression.target == "UserID" else self.items

    def left(
        self,
        expression: Expression,
        given: Mapping[str, str],
        *,
        user: str | None = None,
        item: str | None = None,
    ) -> np.ndarray:
        """Which items, actions or users a filter leaves.

        Args:
            expression: The filter.
            given: `filterValues` of the request.
            user: Whose events and fields count.
            item: The item the request is about.

        Returns:
            (items,) bool, or (users,) where the filter is about users.

        Raises:
            FilterError: The values cannot be used.
        """
        values = read_values(given, expression)
        row = UNKNOWN if item is None else self.items.code(item)
        if expression.target == "UserID":
            events = self._of_item(row) if expression.about("Interactions") else {}
            return evaluate(expression, values, Scene(self._table("user_id"), events))
        table = self._table("item_id")
        about_events = any(
            condition.dataset.endswith("nteractions") for condition in expression.conditions
        )
        events = self._of_user(user) if about_events else {}
        person = self._person(user) if expression.about("CurrentUser") else NOBODY
        return evaluate(expression, values, Scene(table, events, person, item=row))

    def value(self, name: str, item: str) -> Any:
        """What stands in a field of an item; None where nothing does.

        Args:
            name: The field, in lower case.
            item: Its id.
        """
        known = self._known["item_id"]
        if known is None or name not in known.frame:
            return None
        row = self._rows.get(item)
        return None if row is None else self._listed(name)[row]

    # ---- what conditions are evaluated on

    def _table(self, key: str) -> Table:
        ids = self.items if key == "item_id" else self.users
        if key not in self._tables:
            self._tables[key] = table_of(self._known[key], key, ids)
        return self._tables[key]

    def _person(self, user: str | None) -> Table:
        known = self._known["user_id"]
        if known is None or user is None:
            return NOBODY
        row = self._people.get(user)
        if row is None:
            return NOBODY
        return table_of(Known(known.frame.iloc[[row]], known.fields), "user_id", Ids([user]))

    def _of_user(self, user: str | None) -> dict[str, np.ndarray]:
        if user is None:
            return {}
        events = self._events.history(user).events
        return newest(events.kind, events.item, self._events.event_types, self._most)

    def _of_item(self, row: int) -> dict[str, np.ndarray]:
        """Users who had events with an item, by event type."""
        kind, item, user = self._counted
        there = item == row
        return newest(kind[there], user[there], self._events.event_types, len(user))

    @cached_property
    def _counted(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Kinds, items and users of the events that are among the newest of user and type."""
        events, user = self._events.events, self._events.user
        names = [name.lower() for name in self._events.event_types]
        same = np.array([names.index(name) for name in names] + [-1], np.int64)
        group = user.astype(np.int64) * (len(names) + 1) + same[events.kind] + 1
        order = np.argsort(group, kind="stable")[::-1]
        first = np.flatnonzero(np.diff(group[order], prepend=-1))
        before = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
        counted = np.sort(order[before < self._most])
        return events.kind[counted], events.item[counted], user[counted]

    @cached_property
    def _rows(self) -> dict[str, int]:
        known = self._known["item_id"]
        ids = () if known is None else known.frame["item_id"].tolist()
        return {each: row for row, each in enumerate(ids)}

    @cached_property
    def _people(self) -> dict[str, int]:
        known = self._known["user_id"]
        ids = () if known is None else known.frame["user_id"].tolist()
        return {each: row for row, each in enumerate(ids)}

    @cached_property
    def _lists(self) -> dict[str, list[Any]]:
        return {}

    def _listed(self, name: str) -> list[Any]:
        known = self._known["item_id"]
        assert known is not None
        if name not in self._lists:
            self._lists[name] = _plain(known.frame[name])
        return self._lists[name]


def stage_of_actions(events: pd.DataFrame | None, actions: Known, users: Known | None) -> Stage:
    """The stage of actions: they stand in the place of items.

    Args:
        events: One row an event: `user_id`, `action_id`, `timestamp` and `event_type`.
        actions: What is known of the actions.
        users: What is known of the users.
    """
    return Stage(
        None if events is None else events.assign(item_id=events["action_id"]),
        Known(actions.frame.assign(item_id=actions.frame["action_id"]), actions.fields),
        users,
        most=NEWEST_OF_ACTIONS,
    )


def onto(left: np.ndarray, ids: Ids, wanted: Ids) -> np.ndarray:
    """A mask in the order of other ids; those that are not among the first ones are left out.

    Args:
        left: (ids,) bool.
        ids: What it is about.
        wanted: The order wanted.
    """
    place = ids.codes(wanted.values)
    return np.where(place >= 0, left[place], False)


def table_of(known: Known | None, key: str, ids: Ids) -> Table:
    """The fields that can be filtered by, as columns that are made when they are first asked for.

    Args:
        known: The dataset; None where there is none.
        key: The column with the ids.
        ids: The rows; of those that are not in the dataset nothing is known.
    """
    return Table(len(ids), {} if known is None else _Columns(known, key, ids))


class _Columns(Mapping[str, Column]):
    def __init__(self, known: Known, key: str, ids: Ids) -> None:
        self._frame, self._key, self._ids = known.frame, key, ids
        self._made: dict[str, Column] = {}
        self._makers = {
            name: maker
            for name, field in known.fields.items()
            if (maker := _maker(field)) is not None and name.lower() in known.frame
        }

    def __getitem__(self, name: str) -> Column:
        if name not in self._made:
            place = self._ids.codes(self._frame[self._key])
            values: list[Any] = [None] * len(self._ids)
            for at, value in zip(place, _plain(self._frame[name.lower()]), strict=True):
                values[at] = value
            self._made[name] = self._makers[name](values)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def _maker(field: Mapping[str, Any]) -> Callable[[list[Any]], Column] | None:
    kind = type_of(field)
    if kind in NUMBERS:
        return number_column
    if kind != "string" or field.get("textual"):
        return None
    categorical = bool(field.get("categorical"))
    return lambda values: text_column(values, categorical=categorical)


def _plain(column: pd.Series) -> list[Any]:
    """The values as they stand in a file: times in seconds since 1970, None where there is none."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        seconds = column.dt.tz_localize(None).astype("datetime64[s]").astype("int64")
        column = seconds.astype("Int64").where(column.notna())
    return [None if pd.isna(value) else value for value in column.tolist()]
