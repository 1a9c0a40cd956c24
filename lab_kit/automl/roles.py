"""What each column is to a model, by rules that are written down here and nowhere else.

The rules are tried from top to bottom; the first that fits decides, and its words are the reason.

1. nothing in any row, or the same value in every row      -> constant (not used)
2. true and false                                           -> categorical
3. dates and times, also as ISO 8601 text                   -> datetime
4. text that reads as numbers, without leading zeros        -> numeric
5. text, 99 % of the values in one row only, few words      -> id (not used)
6. text of three words or more on average, mostly different -> text
7. other text                                               -> categorical; where more than half of
   the rows hold a value that no other row has              -> id (not used)
8. whole numbers called zip, postal, phone, area or ... code -> code (categories that look like
   numbers: their order and distance mean nothing)
9. whole numbers, all different, called id, number or key, or counting 1, 2, 3 -> id (not used)
10. other numbers                                            -> numeric
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lab_kit.automl.tables import Type, is_number, moments_of, numbers, texts, type_of
from lab_kit.errors import LabKitError

Role = Literal["numeric", "categorical", "code", "text", "datetime", "id", "constant"]
UNUSED: tuple[Role, ...] = ("id", "constant")
ALL_DIFFERENT = 0.99
"""Share of different values from which a text names its row."""
WORDS = 3.0
"""Words a value, on average, from which text is read as sentences."""
LOOKED_AT = 20_000
"""Different values of a column whose form is looked at."""
CODE_NAME = re.compile(
    r"(^|_)(zip|postal|postcode|phone|area|area_?code|code|fips|sic|naics)($|_|\d)"
)
ID_NAME = re.compile(r"(^|_)(id|ids|uuid|guid|key|number|no|nr|row|index)($|_|\d)")


@dataclass(frozen=True)
class Column:
    """What a column is to the model, and why."""

    name: str
    type: Type
    """How its values come in."""
    role: Role
    reason: str
    missing: int
    """Rows without a value."""
    distinct: int
    """Different values, missing ones not counted."""

    @property
    def used(self) -> bool:
        """Whether a model learns from it."""
        return self.role not in UNUSED


def find_roles(table: pa.Table, names: Sequence[str]) -> tuple[Column, ...]:
    """The role of each of the columns named.

    Raises:
        LabKitError: If a column has a type that cannot be learnt from, or none is of any use.
    """
    found = tuple(role_of(table[name], name) for name in names)
    if not any(column.used for column in found):
        raise LabKitError(
            "No column is left to learn from",
            where="; ".join(f"{column.name}: {column.reason}" for column in found)[:300],
            next_step="add columns that say something about the target",
        )
    return found


def role_of(values: pa.ChunkedArray, name: str) -> Column:
    """The role of one column by the rules of this module."""
    kind = type_of(values, name)
    if kind == "text":
        counts = _text_counts(values)
    else:
        found = pc.value_counts(values).to_pandas() if kind != "datetime" else None
        counts = _counts(values) if found is None else _counted(found)
    missing = len(values) - int(counts.sum())
    role, reason = _rule(values, name, kind, counts, missing)
    return Column(name, kind, role, reason, missing, len(counts))


def _counts(values: pa.ChunkedArray) -> pd.Series:
    return values.to_pandas().value_counts()


def _counted(found: pd.Series) -> pd.Series:
    pairs = pd.DataFrame(list(found), columns=["values", "counts"]).dropna()
    return pairs.set_index("values")["counts"]


def _text_counts(values: pa.ChunkedArray) -> pd.Series:
    """Rows of each different text; blanks are missing."""
    coded = texts(values)
    words = np.array(coded.dictionary.to_pylist(), dtype=object)
    codes = coded.indices.to_numpy(zero_copy_only=False)
    number = np.bincount(codes[~np.isnan(codes)].astype(np.int64), minlength=len(words))
    counts = pd.Series(number, index=pd.Index(words, dtype=object)).groupby(level=0).sum()
    return counts[counts.index != ""]


def _rule(
    values: pa.ChunkedArray, name: str, kind: Type, counts: pd.Series, missing: int
) -> tuple[Role, str]:
    if not len(counts):
        return "constant", "no row has a value"
    if len(counts) == 1 and not missing:
        return "constant", f"every row has the value {counts.index[0]!r}"
    if kind == "bool":
        return "categorical", "true and false"
    if kind == "datetime":
        return "datetime", "dates or times"
    if kind == "text":
        return _text_rule(name, counts)
    return _number_rule(values, name, counts)


def _text_rule(name: str, counts: pd.Series) -> tuple[Role, str]:
    words = counts.index[:LOOKED_AT]
    rows, distinct = int(counts.sum()), len(counts)
    if all(is_number(word) for word in words):
        padded = [word for word in words if re.fullmatch(r"0\d+", word)]
        if padded:
            return "code", f"digits with leading zeros, such as {padded[0]!r}: names, not amounts"
        if CODE_NAME.search(name.lower()):
            return "code", f"digits, and by its name a code: {distinct:,} different"
        return "numeric", "text, but every value reads as a number"
    if _reads_as_time(words):
        return "datetime", "text, but every value reads as a date or time"
    length = float(np.mean([len(word.split()) for word in words]))
    if length >= WORDS and distinct > 0.5 * rows:
        return "text", f"{length:.0f} words a value, {distinct:,} different in {rows:,} rows"
    if distinct >= ALL_DIFFERENT * rows and distinct > 20:
        return "id", f"{distinct:,} different values in {rows:,} rows: it names the row"
    if int((counts == 1).sum()) > 0.5 * rows and distinct > 20:
        return "id", "more than half of the rows have a value that no other row has"
    return "categorical", f"{distinct:,} different words in {rows:,} rows"


def _reads_as_time(words: pd.Index) -> bool:
    if not re.match(r"\d{4}-\d{2}(-\d{2})?", str(words[0])):
        return False
    try:
        moments_of(pd.Series(words, dtype="str"), "")
    except LabKitError:
        return False
    return True


def _number_rule(values: pa.ChunkedArray, name: str, counts: pd.Series) -> tuple[Role, str]:
    known = numbers(values, name)
    known = known[~np.isnan(known)]
    distinct, whole = len(counts), bool(np.all(known == np.round(known)))
    lower = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("-", "_").replace(" ", "_")
    if whole and CODE_NAME.search(lower):
        return "code", f"whole numbers, and by its name a code: {distinct:,} different"
    if whole and distinct == len(known) and distinct > 20:
        if ID_NAME.search(lower):
            return "id", "whole numbers, all different, and by its name it names the row"
        if known.max() - known.min() == distinct - 1:
            return "id", "counts the rows: all different, without gaps"
    return "numeric", f"{'whole numbers' if whole else 'numbers'}, {distinct:,} different"
