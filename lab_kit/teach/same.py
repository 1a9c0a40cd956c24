"""Is an answer the same as the expected one, and if not, how does it differ?

The sentence helps without giving the answer away: kind first, then size, then place.

What counts as the same: whole numbers exactly (5.0 is 5), other numbers to one part in a million;
texts without their surrounding blanks; lists and tuples entry by entry in order; sets and dicts in
any order; every missing value (None, NaN, NaT, NA) as any other; times with the same clock time
and zone. Tables and columns: see `lab_kit.teach.same_frames`.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.teach.kinds import kind_name, kind_of
from lab_kit.teach.messages import words
from lab_kit.teach.same_frames import column_difference, table_difference
from lab_kit.teach.tolerance import close


def difference(given: Any, expected: Any, *, ordered: bool = True) -> str | None:
    """The first thing in which an answer differs from the expected one.

    Args:
        given: The learner's answer.
        expected: The kit's.
        ordered: Whether the order of the rows of a table or a column counts.

    Returns:
        A sentence without the expected value, or None where both are the same.
    """
    given, expected = _plain(given), _plain(expected)
    if isinstance(given, str) and isinstance(expected, str):
        given, expected = given.strip(), expected.strip()
    return _difference(given, expected, ordered)


def _difference(given: Any, expected: Any, ordered: bool) -> str | None:
    kind = kind_of(expected)
    if kind_of(given) != kind:
        return _other_kind(given, expected)
    if kind == "empty":
        return None
    if kind == "table":
        return table_difference(given, expected, ordered=ordered)
    if kind == "column":
        return column_difference(given, expected, words("same.column"), ordered=ordered)
    return _BY_KIND.get(kind, _other)(given, expected)


def _plain(value: Any) -> Any:
    """A single value out of numpy's wrapping."""
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _other_kind(given: Any, expected: Any) -> str:
    sentences = [words("same.kind", expected=kind_name(expected), given=kind_name(given))]
    if kind_of(given) == "function":
        sentences.append(words("same.parentheses"))
    return " ".join(sentences)


def _number(given: Any, expected: Any) -> str | None:
    if close(given, expected):
        return None
    if not float(expected).is_integer() and close(given, expected * 100):
        return words("same.percent")
    if not float(expected).is_integer() and close(given, expected / 100):
        return words("same.share")
    return words("same.too_large") if given > expected else words("same.too_small")


def _yes_no(given: Any, expected: Any) -> str | None:
    return None if bool(given) == bool(expected) else words("same.yes_no")


def _text(given: str, expected: str) -> str | None:
    if given == expected:
        return None
    if given.casefold() == expected.casefold():
        return words("same.case")
    if "".join(given.split()) == "".join(expected.split()):
        return words("same.blanks")
    return words("same.text")


def _time(given: Any, expected: Any) -> str | None:
    given, expected = pd.Timestamp(given), pd.Timestamp(expected)
    if (given.tzinfo is None) != (expected.tzinfo is None):
        return words("same.no_zone" if given.tzinfo is None else "same.zone_unwanted")
    if given == expected:
        return None if given.utcoffset() == expected.utcoffset() else words("same.zone")
    return words("same.too_late") if given > expected else words("same.too_early")


def _duration(given: Any, expected: Any) -> str | None:
    # Python's own may be longer than pandas can hold, and compare as they are.
    given, expected = (
        value if isinstance(value, timedelta) else pd.Timedelta(value)
        for value in (given, expected)
    )
    if given == expected:
        return None
    return words("same.too_long") if given > expected else words("same.too_short")


def _list(given: Sequence[Any], expected: Sequence[Any]) -> str | None:
    if len(given) != len(expected):
        return _count(len(given) - len(expected), "same.entries_many", "same.entries_few")
    for place, (one, other) in enumerate(zip(given, expected, strict=True), start=1):
        if found := _difference(one, other, True):
            if _shuffled(given, expected):
                return words("same.order_list")
            return words("same.entry", place=place, difference=found)
    return None


def _shuffled(given: Sequence[Any], expected: Sequence[Any]) -> bool:
    try:
        return Counter(given) == Counter(expected)
    except TypeError:  # entries that cannot be hashed, such as lists
        return False


def _set(given: Set[Any], expected: Set[Any]) -> str | None:
    missing, extra = len(expected - given), len(given - expected)
    if missing and extra:
        return words("same.set_both", missing=missing, extra=extra)
    return _count(extra - missing, "same.entries_many", "same.entries_few")


def _dict(given: Mapping[Any, Any], expected: Mapping[Any, Any]) -> str | None:
    for key in expected:
        if key not in given:
            return words("same.key_missing", key=key)
    for key in given:
        if key not in expected:
            return words("same.key_extra", key=key)
    for key, value in expected.items():
        if found := _difference(given[key], value, True):
            return words("same.key", key=key, difference=found)
    return None


def _array(given: Any, expected: Any) -> str | None:
    given, expected = np.asarray(given), np.asarray(expected)
    if given.ndim != expected.ndim:
        return words("same.dimensions", given=given.ndim, expected=expected.ndim)
    if given.ndim > 1 and given.shape != expected.shape:
        return words("same.shape", given=" x ".join(map(str, given.shape)))
    one, other = pd.Series(given.ravel()), pd.Series(expected.ravel())
    return column_difference(one, other, words("same.array"), ordered=True)


def _index(given: pd.Index, expected: pd.Index) -> str | None:
    one, other = (
        given.to_series(index=range(len(given))),
        expected.to_series(index=range(len(expected))),
    )
    return column_difference(one, other, words("same.index"), ordered=True)


def _other(given: Any, expected: Any) -> str | None:
    if type(given) is not type(expected):
        return _other_kind(given, expected)
    if dataclasses.is_dataclass(expected):
        for field in dataclasses.fields(expected):
            one, other = getattr(given, field.name), getattr(expected, field.name)
            if found := _difference(one, other, False):
                return words("same.field", field=field.name, difference=found)
        return None
    return None if given is expected or given == expected else words("same.other")


def _count(surplus: int, many: str, few: str) -> str | None:
    if surplus == 0:
        return None
    return words(many if surplus > 0 else few, count=abs(surplus))


_BY_KIND: Mapping[str, Callable[[Any, Any], str | None]] = {
    "number": _number,
    "yes_no": _yes_no,
    "text": _text,
    "time": _time,
    "duration": _duration,
    "list": _list,
    "set": _set,
    "dict": _dict,
    "array": _array,
    "index": _index,
}
