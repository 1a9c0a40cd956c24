"""What is wrong with the rows of a file, in AWS's words where they are known, with row numbers.

Source: https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lab_kit.personalize.storage.columns import ARROW
from lab_kit.prepare.schema import rules
from lab_kit.prepare.schema.contracts import Field

FIRST_ROWS = 5
"""How many row numbers a fault names."""
LATEST = 10**11
"""Epoch seconds from here on, the year 5138, are taken for milliseconds."""
TAKEN_WORDS = ("TAKEN", "NOT TAKEN", "NOT_TAKEN", "VIEWED")
_WHOLE = r"^[+-]?\d{1,19}$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


@dataclass
class Fault:
    """One rule that rows of one file break."""

    said: str
    """What is wrong, as AWS says it."""
    hint: str = ""
    """What to do, where that is not plain."""
    count: int = 0
    rows: list[int] = field(default_factory=list)
    """The first of them, as a spreadsheet counts: the header is row 1."""

    def __str__(self) -> str:
        more = self.count - len(self.rows)
        numbers = ", ".join(f"{row:,}" for row in self.rows)
        rows = f"{'Rows' if self.count > 1 else 'Row'} {numbers}"
        rows += f" and {more:,} more" if more else ""
        return f"{self.said} {rows}{f': {self.hint}' if self.hint else ''}."


class Faults:
    """The faults of one file, in the order they were first met."""

    def __init__(self) -> None:
        self._found: dict[str, Fault] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def __str__(self) -> str:
        return " ".join(map(str, self._found.values()))

    def note(self, where: np.ndarray, first: int, said: str, hint: str = "") -> None:
        """Note the rows (bool, (rows,)) that break a rule.

        Args:
            where: Which.
            first: The number of the first row.
            said: The fault.
            hint: What to do.
        """
        places = np.flatnonzero(where)
        if not len(places):
            return
        fault = self._found.setdefault(said, Fault(said, hint))
        room = FIRST_ROWS - len(fault.rows)
        fault.count += len(places)
        fault.rows += [first + int(place) for place in places[:room]]


def typed(
    texts: pa.ChunkedArray | pa.Array, column: Field, type: str, first: int, faults: Faults
) -> pa.Array:
    """The values of a column from their texts; what is wrong is noted, and null.

    Args:
        texts: What stands in the file; null where nothing does.
        column: What it has to be.
        type: The type of the dataset.
        first: The number of the first row.
        faults: Where faults are noted.
    """
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if not column.nullable:
        faults.note(_is_null(texts), first, f"Missing values are not allowed for {column.name}.")
    if column.type == "string":
        for where, said, hint in _broken_texts(texts, column, type):
            faults.note(where, first, said, hint)
        return texts
    wrong = _not_of_type(texts, column)
    faults.note(
        wrong,
        first,
        f"{column.name} has values that are not of type {column.type}.",
        _how_to_write(texts, wrong, column),
    )
    values = pc.if_else(pa.array(wrong), pa.scalar(None, pa.string()), texts)
    numbers = (
        pc.equal(values, "true") if column.type == "boolean" else values.cast(ARROW[column.type])
    )
    if column.moment:
        early = _true(pc.less(numbers, 0))
        faults.note(early, first, f"{column.name} has values before 1970.")
        late = _true(pc.greater_equal(numbers, LATEST))
        faults.note(
            late,
            first,
            f"{column.name} has to be in Unix epoch time format, in seconds.",
            "these look like milliseconds; divide them by 1,000",
        )
    return numbers


def _not_of_type(texts: pa.Array, column: Field) -> np.ndarray:
    """(rows,) bool: texts that are no such value."""
    if column.type == "boolean":
        return ~_is_null(texts) & ~_true(pc.is_in(texts, pa.array(["true", "false"])))
    if column.type in ("float", "double"):
        return ~_is_null(texts) & ~_true(pc.match_substring_regex(texts, _NUMBER))
    whole = _true(pc.match_substring_regex(texts, _WHOLE))
    limits = np.iinfo(np.int32 if column.type == "int" else np.int64)
    near = np.flatnonzero(whole & (_lengths(texts) >= len(str(limits.max))))
    for place in near:  # hardly any number is that long
        whole[place] = limits.min <= int(texts[int(place)].as_py()) <= limits.max
    return ~_is_null(texts) & ~whole


def _how_to_write(texts: pa.Array, wrong: np.ndarray, column: Field) -> str:
    places = np.flatnonzero(wrong)
    if not len(places):
        return ""
    shown = f"such as {texts[int(places[0])].as_py()[:40]!r}"
    if column.type == "boolean":
        return f"{shown}; write true or false"
    if column.moment:
        return f"{shown}; write whole seconds since 1970"
    return f"{shown}; write {'whole numbers' if column.type in ('long', 'int') else 'numbers'}"


def _broken_texts(
    texts: pa.Array, column: Field, type: str
) -> Iterator[tuple[np.ndarray, str, str]]:
    """Rows, the rule they break, and what to do."""
    length = _lengths(texts)
    most = rules.MAX_TEXT_LENGTH
    if column.name.endswith("_ID") and column.role == "required":
        most = rules.MAX_ID_LENGTH
        blank = _true(pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(texts)), 0))
        yield blank, f"{column.name} must not be empty.", ""
    elif column.categorical:
        most = rules.MAX_CATEGORICAL_LENGTH
    elif column.name == "IMPRESSION":
        most = rules.MAX_IMPRESSION_LENGTH
    elif length.max(initial=0) > rules.MAX_TEXT_LENGTH_CHINESE_JAPANESE:
        said = _too_long(rules.MAX_TEXT_LENGTH_CHINESE_JAPANESE, column)
        yield _mostly_chinese_or_japanese(texts, length), said, ""
    yield length > most, _too_long(most, column), ""
    if type == "ACTION_INTERACTIONS" and column.name == "EVENT_TYPE":
        known = _true(pc.is_in(pc.utf8_upper(texts), pa.array(TAKEN_WORDS)))
        yield (
            ~_is_null(texts) & ~known,
            "EVENT_TYPE has to be Taken, Not Taken or Viewed.",
            "",
        )


def _too_long(most: int, column: Field) -> str:
    return f"Length cannot be more than {most} characters for {column.name}."


def _mostly_chinese_or_japanese(texts: pa.Array, length: np.ndarray) -> np.ndarray:
    """(rows,) bool: texts too long for these languages, more than half written in them."""
    found = np.zeros(len(texts), bool)
    long = np.flatnonzero(
        (length > rules.MAX_TEXT_LENGTH_CHINESE_JAPANESE) & (length <= rules.MAX_TEXT_LENGTH)
    )
    signs = pc.count_substring_regex(texts.take(pa.array(long)), rules.CHINESE_OR_JAPANESE)
    found[long] = signs.to_numpy() > length[long] / 2
    return found


def _lengths(texts: pa.Array) -> np.ndarray:
    return pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False)


def _is_null(values: pa.Array) -> np.ndarray:
    return pc.is_null(values).to_numpy(zero_copy_only=False)


def _true(flags: pa.Array) -> np.ndarray:
    return pc.fill_null(flags, False).to_numpy(zero_copy_only=False)
