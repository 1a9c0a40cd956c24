"""Look at the keys of two tables before joining them."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from lab_kit.prepare.combine.keys import Codes, Names, On, distinct_keys, encode, key_kinds, named
from lab_kit.prepare.combine.kinds import NOTHING, TEXT
from lab_kit.prepare.combine.repairs import Repair, find_repairs
from lab_kit.prepare.combine.words import counted
from lab_kit.prepare.tables import html_table, text_table

REPAIRS = ("repair", "keys won", "rows won", "keys merged", "how")


@dataclass(frozen=True)
class Side:
    """The keys of one of two tables."""

    name: str
    """What the table is called."""
    kinds: tuple[str, ...]
    """For each part of the key what its values are: "text", "whole numbers", …"""
    rows: int
    nulls: int
    """Rows whose key, or a part of it, is missing."""
    spaced: int
    """Rows whose key has white space before or after a part that is text."""
    keys: int
    """Different keys."""
    repeated: int
    """Different keys that several rows share."""
    most: int
    """Rows of the most frequent key."""
    only: int
    """Different keys the other table does not have."""
    matched_rows: int
    """Rows whose key the other table has."""

    @property
    def unique(self) -> bool:
        """Whether no two rows share a key; rows without a key do not count."""
        return self.repeated == 0


@dataclass(frozen=True)
class KeyAudit:
    """The keys of two tables: gaps, repetition, form, and how far they meet."""

    names: Names
    left: Side
    right: Side
    keys_in_both: int
    """Different keys that both tables have."""
    repairs: tuple[Repair, ...]
    """What would make more keys match; the code of each stands in `how`."""

    @property
    def cardinality(self) -> str:
        """The strictest that holds, such as "many-to-one"."""
        sides = ("one" if side.unique else "many" for side in (self.left, self.right))
        return "-to-".join(sides)

    @property
    def mismatches(self) -> tuple[tuple[str, str, str], ...]:
        """The parts of the key whose values are of two kinds: columns, left kind, right kind."""
        both = zip(self.names.pairs, self.left.kinds, self.right.kinds, strict=True)
        return tuple(
            (one if one == two else f"{one} = {two}", ours, theirs)
            for (one, two), ours, theirs in both
            if ours != theirs and NOTHING not in (ours, theirs)
        )

    def __repr__(self) -> str:
        parts = [self._title(), text_table(self._header(), self._rows()), *self._sentences()]
        if self.repairs:
            parts.append(text_table(REPAIRS[:4], [row[:4] for row in self._repairs()]))
            parts += [f"{repair.name}: {repair.how}" for repair in self.repairs]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(sentence)}</p>" for sentence in self._sentences())
        table = html_table(self._title(), self._header(), self._rows()) + said
        if not self.repairs:
            return table
        return table + html_table("What would make more keys match", REPAIRS, self._repairs())

    def _title(self) -> str:
        return f"Keys of {self.names.where}: {self.cardinality}, {self.keys_in_both:,} in both"

    def _header(self) -> tuple[str, str, str]:
        return "keys", self.left.name, self.right.name

    def _rows(self) -> list[tuple[str, str, str]]:
        def row(what: str, field: str) -> tuple[str, str, str]:
            return what, f"{getattr(self.left, field):,}", f"{getattr(self.right, field):,}"

        return [
            ("values are", ", ".join(self.left.kinds), ", ".join(self.right.kinds)),
            row("rows", "rows"),
            row("rows without a key", "nulls"),
            row("rows with white space around it", "spaced"),
            row("different keys", "keys"),
            row("keys on several rows", "repeated"),
            row("rows of the most frequent key", "most"),
            row("keys the other table lacks", "only"),
            row("rows whose key the other table has", "matched_rows"),
        ]

    def _repairs(self) -> list[tuple[str, int, int, int, str]]:
        return [(r.name, r.keys, r.rows, r.merged, r.how) for r in self.repairs]

    def _sentences(self) -> Iterator[str]:
        for columns, ours, theirs in self.mismatches:
            yield (
                f"{columns} holds {ours} in {self.left.name} and {theirs} in {self.right.name}: "
                "as they stand they never match."
            )
        for side in (self.left, self.right):
            if side.nulls:
                rows = counted(side.nulls, "row")
                yield f"{rows} of {side.name} without a key will match nothing."
        if any(repair.merged for repair in self.repairs):
            yield "A repair that merges keys may make one of two people: look at them first."


def audit(
    left: pd.DataFrame,
    right: pd.DataFrame,
    on: On,
    *,
    right_on: On | None = None,
    names: tuple[str, str] = ("left", "right"),
) -> KeyAudit:
    """Look at the keys of two tables: what is missing, repeated, written otherwise, in both.

    A key is missing if one of its parts is. Keys of different kinds, such as text and numbers, are
    never equal. A float column of whole numbers counts as whole numbers.

    Args:
        left: A table.
        right: Another.
        on: The column, or columns, that make the key.
        right_on: What these are called in the right table, if otherwise.
        names: What the two tables are called.

    Raises:
        LabKitError: If the tables have no common column, or a key column is missing.
    """
    return examine(left, right, named(left, right, on, right_on, names))[0]


def examine(left: pd.DataFrame, right: pd.DataFrame, names: Names) -> tuple[KeyAudit, Codes]:
    """The audit, and the numbered keys it was made from."""
    kinds = key_kinds(left, right, names)
    codes = encode(left, right, names, kinds)
    our_kinds, their_kinds = zip(*kinds, strict=True)
    repairs: tuple[Repair, ...] = ()
    spaced = [np.zeros(1, bool)] * 2
    if TEXT in (*our_kinds, *their_kinds):
        our_texts = distinct_keys(left, names.on, our_kinds, codes.left, codes.size)
        their_texts = distinct_keys(right, names.right_on, their_kinds, codes.right, codes.size)
        spaced = [_spaced(our_texts), _spaced(their_texts)]
        repairs = tuple(find_repairs(our_texts, their_texts, names, kinds, codes))
    ours, theirs = codes.left_rows, codes.right_rows
    report = KeyAudit(
        names,
        _side(names.left, our_kinds, len(left), ours, theirs, spaced[0]),
        _side(names.right, their_kinds, len(right), theirs, ours, spaced[1]),
        int(((ours > 0) & (theirs > 0)).sum()),
        repairs,
    )
    return report, codes


def _side(
    name: str,
    kinds: tuple[str, ...],
    rows: int,
    mine: np.ndarray,
    others: np.ndarray,
    spaced: np.ndarray,
) -> Side:
    """One side, from the rows each key has here and there and the keys here that are spaced."""
    return Side(
        name,
        kinds,
        rows=rows,
        nulls=rows - int(mine.sum()),
        spaced=int(mine[mine > 0][spaced].sum()) if spaced.any() else 0,
        keys=int((mine > 0).sum()),
        repeated=int((mine > 1).sum()),
        most=int(mine.max(initial=0)),
        only=int(((mine > 0) & (others == 0)).sum()),
        matched_rows=int(mine[others > 0].sum()),
    )


def _spaced(keys: pd.DataFrame) -> np.ndarray:
    return keys.apply(lambda texts: texts.str.strip() != texts).any(axis="columns").to_numpy()
