"""Match the keys of two tables, on a declared cardinality, and explain what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal, get_args

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.combine.audit import KeyAudit, examine
from lab_kit.prepare.combine.keys import Codes, Names, On, first_rows, named, written_key
from lab_kit.prepare.combine.words import counted, listed
from lab_kit.prepare.ledger import Step
from lab_kit.prepare.tables import html_table, text_table

How = Literal["inner", "left", "right", "outer"]
Cardinality = Literal["one-to-one", "many-to-one", "one-to-many", "many-to-many"]
AT_MOST = 20_000_000
"""Rows of a result, unless more are asked for: about the memory of a small laptop."""
HEADER = ("rows", "left", "right")


@dataclass(frozen=True)
class Joined:
    """What became of the rows of two tables that were joined."""

    names: Names
    how: How
    cardinality: Cardinality
    """As it was declared."""
    left: int
    """Rows of the left table."""
    right: int
    left_matched: int
    """Rows of the left table whose key the right one has."""
    right_matched: int
    left_without_key: int
    """Rows of the left table whose key is missing; they match nothing."""
    right_without_key: int
    matches: int
    """Pairs of a left and a right row with one key: the rows of an inner join."""
    most: int
    """Pairs of the key that has most of them."""
    rows: int
    """Rows of the result."""

    @property
    def left_only(self) -> int:
        """Rows of the left table that match nothing."""
        return self.left - self.left_matched

    @property
    def right_only(self) -> int:
        """Rows of the right table that match nothing."""
        return self.right - self.right_matched

    @property
    def fan_out(self) -> float:
        """Rows of the result for each left row that matched; 1 where none did."""
        return self.matches / self.left_matched if self.left_matched else 1.0

    @property
    def step(self) -> Step:
        """The line for the ledger of the left table."""
        return Step(
            f"{self.how} join {self.names.right} on {self.names.key}",
            rows_in=self.left,
            rows_out=self.rows,
            why=f"Declared {self.cardinality}",
            counts={"matched": self.left_matched, "without a match": self.left_only},
        )

    def sql(self) -> str:
        """The same in SQL."""
        kind = {"outer": "FULL OUTER"}.get(self.how, self.how.upper())
        left, right = self.names.left, self.names.right
        conditions = "\n AND ".join(
            f"{left}.{ours} = {right}.{theirs}" for ours, theirs in self.names.pairs
        )
        return f"SELECT *\nFROM {left}\n{kind} JOIN {right}\n  ON {conditions}"

    def __repr__(self) -> str:
        return "\n".join(
            [self._title(), text_table(self._header(), self._rows()), *self._sentences()]
        )

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(words)}</p>" for words in self._sentences())
        return html_table(self._title(), self._header(), self._rows()) + said

    def _title(self) -> str:
        return (
            f"{self.names.left} {self.how} join {self.names.right} on {self.names.key}: "
            f"{counted(self.rows, 'row')}"
        )

    def _header(self) -> tuple[str, str, str]:
        return HEADER[0], self.names.left, self.names.right

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            ("came in", f"{self.left:,}", f"{self.right:,}"),
            ("matched", f"{self.left_matched:,}", f"{self.right_matched:,}"),
            ("without a match", f"{self.left_only:,}", f"{self.right_only:,}"),
            ("of these without a key", f"{self.left_without_key:,}", f"{self.right_without_key:,}"),
        ]

    def _sentences(self) -> Iterator[str]:
        left, right = self.names.left, self.names.right
        if self.fan_out > 1:
            yield (
                f"Rows multiply: each row of {left} that matched is there {self.fan_out:.2f} times "
                f"on average; one key alone makes {counted(self.most, 'row')}. Sums over columns "
                f"of {left} count them again."
            )
        if not self.matches:
            yield f"Nothing matched. See how keys are written: combine.audit({left}, {right}, ...)"
        if self.how in ("inner", "right") and self.left_only:
            yield f"{counted(self.left_only, 'row')} of {left} are gone."
        if self.how in ("inner", "left") and self.right_only:
            yield f"{counted(self.right_only, 'row')} of {right} were not needed."


def join(
    left: pd.DataFrame,
    right: pd.DataFrame,
    on: On,
    *,
    right_on: On | None = None,
    how: How = "left",
    cardinality: Cardinality = "many-to-one",
    names: tuple[str, str] = ("left", "right"),
    at_most: int = AT_MOST,
) -> tuple[pd.DataFrame, Joined]:
    """Join two tables whose cardinality is declared and checked before anything is built.

    A missing key matches nothing, not even another missing key, as in SQL (pandas.merge differs).

    Args:
        left: A table.
        right: Another.
        on: The column, or columns, that make the key.
        right_on: What these are called in the right table, if otherwise.
        how: "left" keeps all rows of the left table, "right" of the right, "outer" of both, "inner"
            those that match.
        cardinality: How many rows of left and right may share a key.
        names: What the two tables are called.
        at_most: Rows of a result that are never exceeded.

    Returns:
        The rows of the left table in their order, each with its matches in theirs, then the right
        ones without a match; the key columns of the left (filled from the right where there is no
        left row), its other columns, and those of the right, which end in `_<name>` where the left
        has one of that name. And the explanation.

    Raises:
        LabKitError: If the tables have no common column, a key column is missing, all keys of one
            table are missing, keys are of different kinds, more rows share a key than declared
            (naming some of these keys), or the result would have more than `at_most` rows.
    """
    if how not in get_args(How):
        raise LabKitError(
            f'There is no join "{how}"', next_step=f"choose from {', '.join(get_args(How))}"
        )
    if cardinality not in get_args(Cardinality):
        raise LabKitError(
            f'There is no cardinality "{cardinality}"',
            next_step=f"choose from {', '.join(get_args(Cardinality))}",
        )
    called = named(left, right, on, right_on, names)
    audit, codes = examine(left, right, called)
    _require_joinable(audit)
    _require_cardinality(left, right, called, codes, cardinality)
    explanation = _explain(audit, codes, how, cardinality)
    if explanation.rows > at_most:
        raise LabKitError(
            f"The result would have {explanation.rows:,} rows, made of {len(left):,} and "
            f"{len(right):,}; one key alone makes {explanation.most:,}",
            where=called.where,
            next_step="look for the column that is missing in the key, or drop repeated keys "
            f"first; if you mean it, at_most={explanation.rows}",
        )
    return _built(left, right, called, codes, how), explanation


def _require_joinable(audit: KeyAudit) -> None:
    for side in (audit.left, audit.right):
        if side.rows and side.nulls == side.rows:
            raise LabKitError(
                f"Every key of {side.name} is missing",
                where=audit.names.where,
                next_step="join on another column, or find out where the keys were lost",
            )
    for columns, ours, theirs in audit.mismatches:
        how = next((f": {repair.how}" for repair in audit.repairs), "")
        raise LabKitError(
            f"{columns} holds {ours} in {audit.left.name} and {theirs} in {audit.right.name}",
            where=audit.names.where,
            next_step=f"write both the same way first{how}",
        )


def _require_cardinality(
    left: pd.DataFrame, right: pd.DataFrame, names: Names, codes: Codes, cardinality: Cardinality
) -> None:
    ours, theirs = cardinality.split("-to-")
    sides = [
        (ours, names.left, left, names.on, codes.left, codes.left_rows),
        (theirs, names.right, right, names.right_on, codes.right, codes.right_rows),
    ]
    for declared, table, frame, columns, numbers, rows in sides:
        repeated = np.flatnonzero(rows > 1)
        if declared == "many" or not len(repeated):
            continue
        worst = repeated[np.argsort(-rows[repeated], kind="stable")][:5]
        first = first_rows(numbers, codes.size)
        keys = [f"{written_key(frame, columns, int(first[n]))} {rows[n]} times" for n in worst]
        raise LabKitError(
            f"{counted(len(repeated), 'key')} of {table} {'is' if len(repeated) == 1 else 'are'} "
            f"there more than once: {listed(keys)}",
            where=f"{names.where}, declared {cardinality}",
            next_step=f"drop the repeated rows of {table} first (clean.drop_near_duplicates keeps "
            'the newest), or declare "many" there and expect more rows',
        )


def _explain(audit: KeyAudit, codes: Codes, how: How, cardinality: Cardinality) -> Joined:
    pairs = codes.left_rows.astype(np.int64) * codes.right_rows
    matches = int(pairs.sum())
    left_only = audit.left.rows - audit.left.matched_rows
    right_only = audit.right.rows - audit.right.matched_rows
    more = {"inner": 0, "left": left_only, "right": right_only, "outer": left_only + right_only}
    return Joined(
        names=audit.names,
        how=how,
        cardinality=cardinality,
        left=audit.left.rows,
        right=audit.right.rows,
        left_matched=audit.left.matched_rows,
        right_matched=audit.right.matched_rows,
        left_without_key=audit.left.nulls,
        right_without_key=audit.right.nulls,
        matches=matches,
        most=int(pairs.max(initial=0)),
        rows=matches + more[how],
    )


def _built(
    left: pd.DataFrame, right: pd.DataFrame, names: Names, codes: Codes, how: How
) -> pd.DataFrame:
    ours, theirs = _pairs(codes, keep_left=how in ("left", "outer"))
    if how in ("right", "outer"):
        lonely = np.flatnonzero((codes.right < 0) | (codes.left_rows[codes.right] == 0))
        ours = np.arange(len(theirs)) if ours is None else ours
        ours = np.concatenate([ours, np.full(len(lonely), -1)])
        theirs = np.concatenate([theirs, lonely])
    all_left = ours is None or bool((ours >= 0).all())
    all_right = bool((theirs >= 0).all())
    columns = {
        name: left[name] if ours is None else _taken(left[name], ours, all_left) for name in left
    }
    if ours is not None and not all_left:
        for mine, other in names.pairs:
            put = _taken(right[other], theirs, all_right).to_numpy(dtype="object")
            values = columns[mine].astype("object").where(ours >= 0, put)
            columns[mine] = values.astype(_common(left[mine], right[other]))
    for name in right:
        if name not in names.right_on:
            called = f"{name}_{names.right}" if name in columns else name
            columns[called] = _taken(right[name], theirs, all_right)
    index = pd.RangeIndex(len(theirs))
    return pd.DataFrame(
        {name: values.set_axis(index) for name, values in columns.items()}, copy=False
    )


def _pairs(codes: Codes, *, keep_left: bool) -> tuple[np.ndarray | None, np.ndarray]:
    """Row numbers of left and right for each row of the result; -1 where there is no right row.

    None stands for every left row once, in order.
    """
    if not (codes.right_rows > 1).any():
        place = np.append(first_rows(codes.right, codes.size), -1)  # code -1 is the last place
        theirs = place.take(codes.left)
        if keep_left:
            return None, theirs
        ours = np.flatnonzero(theirs >= 0)
        return ours, theirs[ours]
    times = np.append(codes.right_rows, 0)[codes.left]
    shown = np.maximum(times, 1) if keep_left else times
    ours = np.repeat(np.arange(len(times)), shown)
    within = np.arange(len(ours)) - np.repeat(np.cumsum(shown) - shown, shown)
    by_code = np.argsort(codes.right, kind="stable")
    starts = np.cumsum(codes.right_rows) - codes.right_rows + (codes.right < 0).sum()
    at = np.append(starts, 0)[codes.left][ours] + within
    matched = (times > 0)[ours]
    return ours, np.where(matched, by_code[np.where(matched, at, 0)] if len(by_code) else -1, -1)


def _taken(values: pd.Series, rows: np.ndarray, complete: bool) -> pd.Series:
    """The values of these rows; missing for -1. Whole numbers and flags stay what they are."""
    if complete:
        return pd.Series(values.array.take(rows), copy=False)
    whole = values.astype(_that_can_be_missing(values)).array
    return pd.Series(whole.take(rows, allow_fill=True), copy=False)


def _common(left: pd.Series, right: pd.Series) -> object:
    """The type of a key column that holds values of both tables, which are of one kind."""
    if left.dtype == right.dtype and not isinstance(left.dtype, pd.CategoricalDtype):
        return _that_can_be_missing(left) if left.hasnans or right.hasnans else left.dtype
    return pd.concat([left.dropna().head(1), right.dropna().head(1)]).convert_dtypes().dtype


def _that_can_be_missing(values: pd.Series) -> object:
    if not isinstance(values.dtype, np.dtype):
        return values.dtype
    return {"i": "Int64", "u": "UInt64", "b": "boolean"}.get(values.dtype.kind, values.dtype)
