"""Check frames against a contract and report everything at once."""

from collections.abc import Iterator, Mapping

import pandas as pd

from lab_kit.prepare.schema.amounts import check_amounts, check_links
from lab_kit.prepare.schema.contracts import Contract, contract
from lab_kit.prepare.schema.form import check_columns
from lab_kit.prepare.schema.rules import KINDS, Kind
from lab_kit.prepare.schema.values import check_values
from lab_kit.prepare.schema.violations import Violation, Violations


def check(frame: pd.DataFrame, of: Contract | Kind) -> Violations:
    """Check one table.

    Args:
        frame: Users, items or interactions with the kit's column names.
        of: What they must be: a contract, or "users", "items" or "interactions" for the contract
            of the custom domain.

    Returns:
        All violations, errors first.
    """
    rule = contract(of) if isinstance(of, str) else of
    about = f"{rule.kind} ({rule.domain} domain), {len(frame):,} rows"
    return Violations(about, _errors_first(_of_table(frame, rule)))


def check_dataset(
    users: pd.DataFrame | None,
    items: pd.DataFrame | None,
    interactions: pd.DataFrame | None,
    contracts: Mapping[Kind, Contract] | None = None,
) -> Violations:
    """Check each table that is there, and how they fit together.

    Args:
        users: One row a user, or None.
        items: One row an item, or None.
        interactions: One row an event, or None.
        contracts: What each must be; the contract of the custom domain where it is not said.
    """
    frames = dict(zip(KINDS, (users, items, interactions), strict=True))
    there = {kind: frame for kind, frame in frames.items() if frame is not None}
    found = list(_of_tables(there, contracts or {}))
    rows = ", ".join(f"{len(frame):,} {kind}" for kind, frame in there.items())
    return Violations(rows or "no table", _errors_first(found))


def _of_tables(
    frames: Mapping[Kind, pd.DataFrame], contracts: Mapping[Kind, Contract]
) -> Iterator[Violation]:
    for kind, frame in frames.items():
        yield from _of_table(frame, contracts.get(kind) or contract(kind))
    events = frames.get("interactions")
    if events is not None:
        if "users" in frames:
            yield from check_links(events, frames["users"], "users")
        if "items" in frames:
            yield from check_links(events, frames["items"], "items")


def _of_table(frame: pd.DataFrame, rule: Contract) -> Iterator[Violation]:
    yield from check_columns(frame, rule)
    yield from check_values(frame, rule)
    yield from check_amounts(frame, rule)


def _errors_first(found: Iterator[Violation] | list[Violation]) -> tuple[Violation, ...]:
    return tuple(sorted(found, key=lambda violation: violation.severity != "error"))
