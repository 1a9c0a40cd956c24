"""What a model learns from: the datasets of a group, cut to what a solution asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lab_kit.aws.jobs.work import JobError
from lab_kit.personalize.storage.columns import schema_of
from lab_kit.personalize.storage.frames import read
from lab_kit.personalize.storage.places import Source
from lab_kit.personalize.training.selection import Selection
from lab_kit.prepare.schema import rules
from lab_kit.prepare.schema.contracts import Field
from lab_kit.recommend.interactions import Interactions


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Frames with the kit's columns, and the interactions that train."""

    interactions: Interactions
    """The events that count, with all users and items of the datasets."""
    users: pd.DataFrame | None
    items: pd.DataFrame | None
    """As `users`: `item_id` and what may be learnt from; None where there is no such dataset."""
    actions: pd.DataFrame | None = None
    action_log: pd.DataFrame | None = None


def training_data(
    sources: Mapping[str, Source], record: Mapping[str, Any], selection: Selection
) -> TrainingData:
    """Read the datasets of a group.

    Args:
        sources: By type, as `places.sources_of` gives them.
        record: Of the solution version or the recommender, as its request had it.
        selection: Which events count.

    Raises:
        JobError: There is too little to learn from; in AWS's words.
    """
    columns = _Columns(record)
    if "INTERACTIONS" not in sources:
        raise JobError("The dataset group has no Interactions dataset.")
    fields = schema_of(sources["INTERACTIONS"]).fields
    contexts = [
        field.column
        for field in fields
        if field.role == "metadata"
        and (field.categorical or field.type == "boolean")
        and columns.kept("INTERACTIONS", field)
    ]
    wanted = [field.column for field in fields if field.name in _TRAINED_ON]
    events = read(sources["INTERACTIONS"], columns=[*wanted, *contexts])
    chosen = selection.apply(events)
    refuse_too_little(chosen, selection)
    users = _attributes(sources, "USERS", columns)
    items = _attributes(sources, "ITEMS", columns)
    return TrainingData(
        Interactions.from_frame(chosen, users=users, items=items, contexts=contexts),
        users,
        items,
        _plain(sources, "ACTIONS"),
        _plain(sources, "ACTION_INTERACTIONS"),
    )


_TRAINED_ON = ("USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE")


def refuse_too_little(events: pd.DataFrame, selection: Selection) -> None:
    """Make sure that there is enough to train on.

    Raises:
        JobError: There is not.
    """
    after = "" if selection.is_all else f" after filtering by event type: {selection}"
    if len(events) < rules.MIN_INTERACTIONS:
        raise JobError(f"Dataset has fewer than {rules.MIN_INTERACTIONS} interactions{after}")
    numbers = events["user_id"].value_counts()
    with_two = int((numbers >= 2).sum())
    if with_two < rules.MIN_USERS_WITH_TWO:
        raise JobError(
            f"Dataset has fewer than {rules.MIN_USERS_WITH_TWO} users with at least 2 interactions "
            f"each{after}."
        )
    if with_two < rules.MIN_SHARE_WITH_TWO * len(numbers):
        raise JobError(
            f"Fewer than {rules.MIN_SHARE_WITH_TWO:.0%} of the users of the dataset have at least "
            f"2 interactions each{after}: {with_two:,} of {len(numbers):,}."
        )


class _Columns:
    """Which columns a solution leaves out.

    Args:
        record: Its record.
    """

    def __init__(self, record: Mapping[str, Any]) -> None:
        of = record.get("solutionConfig") or record.get("recommenderConfig") or {}
        config = of.get("trainingDataConfig", {})
        self._out = {
            type.upper(): {name.upper() for name in names}
            for type, names in config.get("excludedDatasetColumns", {}).items()
        }
        self._in = {
            type.upper(): {name.upper() for name in names}
            for type, names in config.get("includedDatasetColumns", {}).items()
        }

    def kept(self, type: str, field: Field) -> bool:
        """Whether a field of a type of dataset is learnt from."""
        if type in self._in and field.name not in self._in[type]:
            return False
        return field.name not in self._out.get(type, ())


def _attributes(sources: Mapping[str, Source], type: str, columns: _Columns) -> pd.DataFrame | None:
    """The id and what is learnt from: categories, numbers, running text, when it was made.

    Plain strings are stored and filtered on, not trained on, as on AWS.
    """
    if type not in sources:
        return None
    names = [
        field.column
        for field in schema_of(sources[type]).fields
        if (field.role == "required" and field.name.endswith("_ID"))
        or (
            (field.categorical or field.textual or field.type != "string")
            and (columns.kept(type, field) or field.name == "CREATION_TIMESTAMP")
        )
    ]
    frame = read(sources[type], columns=names)
    return frame if len(frame) else None


def _plain(sources: Mapping[str, Source], type: str) -> pd.DataFrame | None:
    return read(sources[type]) if type in sources else None
