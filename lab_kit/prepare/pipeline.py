"""The whole way from a data set's raw exports to users, items and interactions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from lab_kit.data.dataset import Dataset, Export
from lab_kit.prepare import clean
from lab_kit.prepare.ledger import Ledger
from lab_kit.prepare.rules import Rules, rules_of

EVENT_COLUMNS = (
    "user_id",
    "item_id",
    "timestamp",
    "event_type",
    "event_value",
    "session_id",
    "device",
    "channel",
)
"""What of an event is kept, as far as a log has it."""
NO_TRAITS = ("user_id", "zip_code", "signup_date")
"""Columns of users from which nothing is predicted."""


@dataclass(frozen=True, eq=False)
class Preprocessed:
    """Clean tables, and what became of every raw row."""

    dataset: Dataset
    """Users (None where nothing is known of them), items and interactions."""
    ledgers: Mapping[str, Ledger]
    """By the name of the export."""


def preprocess(raw: Dataset) -> Preprocessed:
    """Clean all exports of a data set.

    Args:
        raw: Its `exports` are read; its clean frames and its truth are not looked at.

    Raises:
        LabKitError: Where there are no rules for this data set, or an export cannot be read.
    """
    rules = rules_of(raw.name)
    logs: list[pd.DataFrame] = []
    tables: dict[str, pd.DataFrame] = {}
    ledgers: dict[str, Ledger] = {}
    for name, export in raw.exports.items():
        if export.kind == "interactions":
            frame, ledgers[name] = clean_events(export, rules)
            logs.append(frame)
        elif export.kind in rules.tidy:
            tables[export.kind], ledgers[name] = clean_table(export, rules)
    dataset = replace(
        raw,
        users=tables.get("users"),
        items=tables.get("items"),
        interactions=stack(logs),
        truth=None,
    )
    return Preprocessed(dataset, ledgers)


def enrich(raw: Dataset, done: Dataset) -> Dataset:
    """Add what the further tables of a data set tell, where its rules say how.

    Args:
        raw: The data set, for its `tables`.
        done: Its clean users, items and interactions.
    """
    add = rules_of(raw.name).enrich
    return done if add is None else add(raw, done)


def complete(done: Dataset) -> Dataset:
    """Fill the gaps of the users, each predicted from what else is known of them.

    Ids, dates and codes of places help nothing and stay as they are, and so do gaps in them.
    """
    # scikit-learn, 70 MiB and a second, which the other steps do without.
    from lab_kit.prepare import missing

    if done.users is None:
        return done
    traits = done.users[[n for n in done.users if n not in NO_TRAITS]]
    filled = missing.fill(traits, "iterative")
    back = {name: _as_before(filled[name], traits[name]) for name in traits if traits[name].hasnans}
    return replace(done, users=done.users.assign(**back))


def _as_before(filled: pd.Series, before: pd.Series) -> pd.Series:
    """Numbers that were whole are whole again; the rest has the type it had."""
    whole = pd.api.types.is_integer_dtype(before.dtype)
    return (filled.round() if whole else filled).astype(before.dtype)


def clean_events(
    export: Export, rules: Rules, *, seconds: float | None = None
) -> tuple[pd.DataFrame, Ledger]:
    """Turn one raw log into clean events.

    Args:
        export: A log; one row is one event.
        rules: What is known of its data set.
        seconds: The same event again within so many seconds is dropped; as `rules` say by default.

    Returns:
        The events with `EVENT_COLUMNS`, as far as the log has them; and the ledger.
    """
    ledger = Ledger(export.name)
    run, seconds = ledger.run, rules.repeat_seconds if seconds is None else seconds
    user, item, unit = rules.user_id, rules.item_id, export.time_unit or "text"

    frame = run(clean.read_export, export)
    frame = run(clean.rename_columns, frame, export.columns)
    frame = run(clean.drop_exact_duplicates, frame)
    frame = run(
        clean.parse_times,
        frame,
        "timestamp",
        unit=unit,
        zone=export.time_zone,
        day_first=rules.day_first,
    )
    frame = run(clean.normalise_ids, frame, "user_id", prefix=user.prefix, width=user.width)
    frame = run(clean.normalise_ids, frame, "item_id", prefix=item.prefix, width=item.width)
    frame = run(
        clean.repair_categories,
        frame,
        "event_type",
        allowed=rules.event_types,
        aliases=rules.event_words,
    )
    frame = run(clean.parse_numbers, frame, "event_value")
    frame = run(clean.drop_rows_without, frame, ["user_id", "item_id", "timestamp"])
    frame = run(clean.drop_repeated_events, frame, seconds=seconds)
    return frame[[name for name in EVENT_COLUMNS if name in frame]], ledger


def clean_table(export: Export, rules: Rules) -> tuple[pd.DataFrame, Ledger]:
    """Turn the raw export of users or items into a clean table.

    Args:
        export: A register; its kind is "users" or "items".
        rules: What is known of its data set.

    Returns:
        One row a user or an item; and the ledger.
    """
    ledger = Ledger(export.name)
    frame = ledger.run(clean.read_export, export)
    frame = ledger.run(clean.rename_columns, frame, export.columns)
    return rules.tidy[export.kind](frame, ledger), ledger


def stack(logs: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put logs of the same columns below each other, in the order of time."""
    return pd.concat(logs).sort_values("timestamp", kind="stable", ignore_index=True)
