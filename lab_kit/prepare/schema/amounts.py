"""Rules about how much data there is, and how the tables fit together."""

from collections.abc import Iterator
from typing import Literal

import pandas as pd

from lab_kit.prepare.clean.values import among
from lab_kit.prepare.schema import rules
from lab_kit.prepare.schema.contracts import Contract
from lab_kit.prepare.schema.violations import Violation, first_rows


def check_amounts(frame: pd.DataFrame, contract: Contract) -> Iterator[Violation]:
    """Violations of the rules about the number of events, users, items and event types.

    Columns that are missing are passed over; they are violations of their own.
    """
    if contract.kind != "interactions":
        yield from _repeated_ids(frame, contract)
        return
    yield from _enforced(frame)
    yield from _rule_of_thumb(frame)
    if "event_type" in frame:
        yield from _event_types(frame["event_type"], contract)


def check_links(
    interactions: pd.DataFrame, table: pd.DataFrame, kind: Literal["users", "items"]
) -> Iterator[Violation]:
    """Events of users or items that their table does not have, and the other way round."""
    column = f"{kind[:-1]}_id"
    if column not in interactions or column not in table:
        return
    unknown = ~among(interactions[column], table[column]) & interactions[column].notna()
    if unknown.any():
        yield Violation(
            f"events of unknown {kind}",
            "warning",
            f"{interactions.loc[unknown, column].nunique():,} {kind} of these events are not in "
            f"{kind}",
            f"write {column} in both tables one way, or add the {kind}",
            table="interactions",
            column=column,
            count=int(unknown.sum()),
            rows=first_rows(unknown),
        )
    silent = ~among(table[column], interactions[column])
    if silent.any():
        yield Violation(
            f"{kind} without events",
            "warning",
            f"These {kind} have no events",
            "nothing, if they are new; else compare how their ids are written",
            table=kind,
            column=column,
            count=int(silent.sum()),
            rows=first_rows(silent),
        )


def _enforced(events: pd.DataFrame) -> Iterator[Violation]:
    if len(events) < rules.MIN_INTERACTIONS:
        yield _amount(
            "error",
            "too few interactions",
            f"{len(events):,} interactions; {rules.MIN_INTERACTIONS:,} are needed to train",
        )
    if "user_id" not in events:
        return
    events_of_user = events["user_id"].value_counts()
    with_two = int((events_of_user >= 2).sum())
    if with_two < rules.MIN_USERS_WITH_TWO:
        yield _amount(
            "error",
            "too few users with two interactions",
            f"{with_two} users have two or more; {rules.MIN_USERS_WITH_TWO} are needed to train",
        )
    elif with_two < rules.MIN_SHARE_WITH_TWO * len(events_of_user):
        yield _amount(
            "error",
            "too small a part of users with two interactions",
            f"{with_two:,} of {len(events_of_user):,} users have two or more; "
            f"{rules.MIN_SHARE_WITH_TWO:.0%} must",
        )


def _rule_of_thumb(events: pd.DataFrame) -> Iterator[Violation]:
    few = []
    if rules.MIN_INTERACTIONS <= len(events) < rules.THUMB_INTERACTIONS:
        few.append(f"{len(events):,} interactions ({rules.THUMB_INTERACTIONS:,} are better)")
    for column, word, least in (
        ("item_id", "items", rules.THUMB_ITEMS),
        ("user_id", "users", rules.THUMB_USERS),
    ):
        if column in events and events[column].nunique() < least:
            few.append(f"{events[column].nunique()} {word} ({least} are better)")
    if few:
        yield _amount("warning", "below the rule of thumb", f"Only {', '.join(few)}")


def _event_types(event_types: pd.Series, contract: Contract) -> Iterator[Violation]:
    found = sorted(map(str, event_types.dropna().unique()))
    if len(found) > rules.MAX_EVENT_TYPES:
        yield Violation(
            "too many event types",
            "error",
            f"{len(found)} event types; at most {rules.MAX_EVENT_TYPES} may be there",
            "join spellings of one type with clean.repair_categories",
            table=contract.kind,
            column="event_type",
            count=len(found),
        )
    meant = rules.EVENT_TYPES[contract.domain]
    lacking = [name for name in meant if name not in found]
    if lacking:
        yield Violation(
            "event type of the domain missing",
            "warning",
            f"No event is a {' or a '.join(lacking)}; the domain's recommenders look for "
            f"{' and '.join(meant)}",
            "rename your event types to the domain's",
            table=contract.kind,
            column="event_type",
        )


def _repeated_ids(frame: pd.DataFrame, contract: Contract) -> Iterator[Violation]:
    for field in contract.ids:
        if field.column not in frame:
            continue
        repeated = frame[field.column].duplicated() & frame[field.column].notna()
        if repeated.any():
            yield Violation(
                "id in several rows",
                "warning",
                f"{frame.loc[repeated, field.column].nunique():,} ids stand in several rows; only "
                "one row of each can be used",
                f'keep one with clean.drop_near_duplicates(frame, ["{field.column}"], newest=...)',
                table=contract.kind,
                column=field.column,
                count=int(repeated.sum()),
                rows=first_rows(repeated),
            )


def _amount(severity: Literal["error", "warning"], rule: str, message: str) -> Violation:
    return Violation(
        rule,
        severity,
        message,
        "collect more events, or take a longer time",
        table="interactions",
        about="amount",
    )
