"""The keys of two tables as whole numbers: the same number for the same key."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.combine.kinds import WHOLE, comparable, kind_of
from lab_kit.prepare.combine.words import quoted

On = str | Sequence[str]


@dataclass(frozen=True)
class Names:
    """What the two tables and their key columns are called."""

    left: str
    right: str
    on: tuple[str, ...]
    right_on: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key in words: "user_id" or "user_id, day"."""
        return ", ".join(self.on)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """For each part of the key its column in the left and in the right table."""
        return tuple(zip(self.on, self.right_on, strict=True))

    @property
    def where(self) -> str:
        """The place of an error: the two tables and the columns that must match."""
        columns = ", ".join(one if one == two else f"{one} = {two}" for one, two in self.pairs)
        return f"{self.left} and {self.right} on {columns}"


@dataclass(frozen=True, eq=False)
class Codes:
    """The key of each row as a number from 0 on, -1 where a part of it is missing."""

    left: np.ndarray
    """Shape (rows of the left table,)."""
    right: np.ndarray
    """Shape (rows of the right table,)."""
    size: int
    """How many different numbers there are."""

    @cached_property
    def left_rows(self) -> np.ndarray:
        """Rows of the left table with each key, shape (size,)."""
        return _count(self.left, self.size)

    @cached_property
    def right_rows(self) -> np.ndarray:
        """Rows of the right table with each key, shape (size,)."""
        return _count(self.right, self.size)


def named(
    left: pd.DataFrame, right: pd.DataFrame, on: On, right_on: On | None, names: tuple[str, str]
) -> Names:
    """Find the key columns in both tables.

    Raises:
        LabKitError: If one is missing, none is named or one twice, or both tables have one name.
    """
    ours = (on,) if isinstance(on, str) else tuple(on)
    theirs = ours if right_on is None else (right_on,) if isinstance(right_on, str) else right_on
    if not len(set(ours)) == len(set(theirs)) == len(ours) == len(theirs) > 0:
        raise LabKitError(
            f"The key has {len(ours)} columns at the left and {len(theirs)} at the right",
            where=f"on={on!r}, right_on={right_on!r}",
            next_step="name at least one column, as many for each table, and none twice",
        )
    if names[0] == names[1]:
        raise LabKitError(
            f'Both tables are called "{names[0]}"',
            where="names",
            next_step='give each a name of its own, such as names=("orders", "users")',
        )
    if right_on is None:
        _require_common(left, right, ours, names)
    require_columns(left.columns, ours, where=names[0])
    require_columns(right.columns, theirs, where=names[1])
    return Names(*names, ours, tuple(theirs))


def encode(
    left: pd.DataFrame, right: pd.DataFrame, names: Names, kinds: Sequence[tuple[str, str]]
) -> Codes:
    """Number the keys of both tables; keys of different kinds are never equal.

    A missing value makes the whole key missing. Each column of the key is hashed once.

    Args:
        left: A table.
        right: Another.
        names: Their key columns.
        kinds: What `key_kinds` said of these.
    """
    parts = [
        _factorized(left[ours], right[theirs], *both)
        for (ours, theirs), both in zip(names.pairs, kinds, strict=True)
    ]
    codes, size = parts[0]
    for other, distinct in parts[1:]:
        codes, size = _paired(codes, other, distinct)
    return Codes(codes[: len(left)], codes[len(left) :], size)


def key_kinds(left: pd.DataFrame, right: pd.DataFrame, names: Names) -> list[tuple[str, str]]:
    """For each part of the key the kind of its values at the left and at the right."""
    return [(kind_of(left[ours]), kind_of(right[theirs])) for ours, theirs in names.pairs]


def first_rows(codes: np.ndarray, size: int) -> np.ndarray:
    """The first row with each key, shape (size,); -1 for a key no row has."""
    first = np.full(size + 1, -1)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # -1, a missing key, writes to the end
    return first[:size]


def distinct_keys(
    frame: pd.DataFrame, columns: Sequence[str], kinds: Sequence[str], codes: np.ndarray, size: int
) -> pd.DataFrame:
    """The different keys of a table as text, in the order of their numbers."""
    first = first_rows(codes, size)
    keys = frame[list(columns)].iloc[first[first >= 0]].reset_index(drop=True)
    return pd.DataFrame(
        {
            column: comparable(keys[column], kind).astype("str")
            for column, kind in zip(columns, kinds, strict=True)
        },
        copy=False,
    )


def written_key(frame: pd.DataFrame, columns: Sequence[str], row: int) -> str:
    """The key of one row as a person writes it: "U00012" or "U00012, 2026-01-31"."""
    return ", ".join(quoted(frame[column].iloc[row]) for column in columns)


def _count(codes: np.ndarray, size: int) -> np.ndarray:
    # One place for -1, so that no copy without the missing keys is needed.
    return np.bincount(codes + 1, minlength=size + 1)[1:]


def _factorized(
    ours: pd.Series, theirs: pd.Series, our_kind: str, their_kind: str
) -> tuple[np.ndarray, int]:
    if our_kind == their_kind == WHOLE:
        counted = _by_distance(comparable(ours, WHOLE), comparable(theirs, WHOLE))
        if counted is not None:
            return counted
    if our_kind == their_kind:
        both = [comparable(ours, our_kind), comparable(theirs, their_kind)]
        codes, distinct = pd.factorize(pd.concat(both, ignore_index=True))
        return codes, len(distinct)
    our_codes, our_keys = pd.factorize(comparable(ours, our_kind))
    their_codes, their_keys = pd.factorize(comparable(theirs, their_kind))
    apart = np.where(their_codes < 0, -1, their_codes + len(our_keys))
    return np.concatenate([our_codes, apart]), len(our_keys) + len(their_keys)


def _by_distance(ours: pd.Series, theirs: pd.Series) -> tuple[np.ndarray, int] | None:
    """Whole numbers that lie close together are their own code, less the smallest: no hashing."""
    if "Int64" in (ours.dtype, theirs.dtype):
        return None
    numbers = np.concatenate([ours.to_numpy(), theirs.to_numpy()])
    smallest, largest = int(numbers.min()), int(numbers.max())
    size = largest - smallest + 1
    if size > len(numbers):
        return None
    numbers -= smallest
    return numbers, size


def _paired(one: np.ndarray, two: np.ndarray, distinct: int) -> tuple[np.ndarray, int]:
    pairs = pd.arrays.IntegerArray(one * np.int64(distinct) + two, (one < 0) | (two < 0))
    codes, numbers = pd.factorize(pairs)
    return codes, len(numbers)


def _require_common(
    left: pd.DataFrame, right: pd.DataFrame, on: Sequence[str], names: tuple[str, str]
) -> None:
    common = [str(name) for name in left.columns if name in right.columns]
    if common or all(name in right.columns for name in on):
        return
    raise LabKitError(
        f"The tables have no common column: {names[0]} has {_listed(left)}; "
        f"{names[1]} has {_listed(right)}",
        where=f"on={list(on)}",
        next_step="name the column of each that holds the same thing with on= and right_on=, "
        "or rename one with clean.rename_columns",
    )


def _listed(frame: pd.DataFrame) -> str:
    return ", ".join(map(str, frame.columns)) or "none"
