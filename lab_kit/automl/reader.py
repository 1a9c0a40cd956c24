"""From a table to the features of a model: one matrix of numbers, learnt from no target.

| role | features |
|---|---|
| numeric | the number |
| categorical, code | the place of the level in a list; rare ones share the level "other" |
| datetime | days since 1970, year, month, day, weekday, and the hour where there is one |
| text | number of words, and for each of the 40 words found in most rows whether it is there |
| id, constant | none |

What is missing is NaN. A level never seen counts as "other" where there is one, else as missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lab_kit.automl.roles import Column
from lab_kit.automl.tables import as_table, moments, numbers, texts
from lab_kit.errors import LabKitError

MOST_LEVELS = 200
"""Of a categorical column, the most frequent first; what is left is "other"."""
LEAST_ROWS = 3
"""A level in fewer rows is "other"."""
OTHER = "other"
WORDS = 40
PARTS = ("days", "year", "month", "day", "weekday", "hour")


@dataclass(frozen=True)
class Feature:
    """One column of the matrix."""

    name: str
    column: str
    """The column of the table it comes from."""
    levels: tuple[str, ...] | None = None
    """Words of the codes 0, 1, …; None where it is a number."""


@dataclass(frozen=True)
class Source:
    """How a column of the table becomes features."""

    column: Column
    levels: tuple[Any, ...] = ()
    """Of categories: texts, or numbers where the column holds numbers."""
    other: bool = False
    """Whether rare levels were put together."""
    parts: tuple[str, ...] = ()
    """Of times: which of `PARTS`."""
    words: tuple[str, ...] = ()
    """Of texts."""

    @property
    def features(self) -> list[Feature]:
        """What it becomes."""
        name, role = self.column.name, self.column.role
        if not self.column.used:
            return []
        if role in ("categorical", "code"):
            words = tuple(map(str, self.levels)) + ((OTHER,) if self.other else ())
            return [Feature(name, name, words)]
        if role == "datetime":
            return [Feature(f"{name}: {part}", name) for part in self.parts]
        if role == "text":
            said = [Feature(f"{name}: {word!r}", name) for word in self.words]
            return [Feature(f"{name}: words", name), *said]
        return [Feature(name, name)]

    def read(self, values: pa.ChunkedArray) -> np.ndarray:
        """(rows, features) float64."""
        name, role = self.column.name, self.column.role
        if role == "numeric":
            return numbers(values, name)[:, None]
        if role == "datetime":
            return _parts(moments(values, name), self.parts)
        if role == "text":
            return _words(values, self.words)
        return self._codes(values)[:, None]

    def _codes(self, values: pa.ChunkedArray) -> np.ndarray:
        if self.column.type in ("int", "float"):
            known = numbers(values, self.column.name)
            order = np.array(self.levels, dtype=np.float64)
            place = np.minimum(np.searchsorted(order, known), len(order) - 1)
            codes = np.where(order[place] == known, place, np.nan)
            return np.where(np.isnan(codes) & ~np.isnan(known), self._unseen, codes)
        coded = texts(values)
        places = pc.index_in(coded.dictionary, value_set=pa.array(self.levels, pa.string()))
        found = places.to_numpy(zero_copy_only=False).astype(np.float64)
        blank = pc.equal(coded.dictionary, "").to_numpy(zero_copy_only=False)
        found = np.where(np.isnan(found) & ~blank.astype(bool), self._unseen, found)
        found = np.append(found, np.nan)  # the last place is that of what is missing
        return found[coded.indices.fill_null(len(found) - 1).to_numpy(zero_copy_only=False)]

    @property
    def _unseen(self) -> float:
        return float(len(self.levels)) if self.other else np.nan


@dataclass(frozen=True)
class Reader:
    """Reads tables into matrices, always the same way."""

    sources: tuple[Source, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """The columns of the matrix."""
        return tuple(feature for source in self.sources for feature in source.features)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns a table must have, used or not, in the order of training."""
        return tuple(source.column.name for source in self.sources)

    def read(self, frame: Any) -> np.ndarray:
        """(rows, features) float64 in Fortran order; columns the reader does not know are ignored.

        Raises:
            LabKitError: If a column is missing, or has values of another type.
        """
        table = as_table(frame)
        used = [source for source in self.sources if source.column.used]
        lost = [s.column.name for s in used if s.column.name not in table.column_names]
        if lost:
            raise LabKitError(
                f"Columns the model learnt from are missing: {', '.join(lost)}",
                where="the table to predict for",
                next_step=f"give all of {', '.join(source.column.name for source in used)}",
            )
        result = np.empty((len(table), len(self.features)), order="F")
        first = 0
        for source in used:
            part = source.read(table[source.column.name])
            result[:, first : first + part.shape[1]] = part
            first += part.shape[1]
        # What is not finite is no measurement, and most models refuse it.
        result[np.isinf(result)] = np.nan
        return result


def make_reader(table: pa.Table, columns: Sequence[Column]) -> Reader:
    """Look at the training rows, never at the target: levels, words, parts of times."""
    return Reader(tuple(_source(table[column.name], column) for column in columns))


def _source(values: pa.ChunkedArray, column: Column) -> Source:
    if column.role in ("categorical", "code"):
        levels, other = _levels(values, column)
        return Source(column, levels, other)
    if column.role == "datetime":
        when = moments(values, column.name)
        known = when[~np.isnat(when)]
        midnight = bool(np.all(known == known.astype("datetime64[D]")))
        return Source(column, parts=PARTS[:-1] if midnight else PARTS)
    if column.role == "text":
        return Source(column, words=_frequent_words(values))
    return Source(column)


def _levels(values: pa.ChunkedArray, column: Column) -> tuple[tuple[Any, ...], bool]:
    if column.type in ("int", "float"):
        known = numbers(values, column.name)
        names, counts = np.unique(known[~np.isnan(known)], return_counts=True)
    else:
        coded = texts(values)
        words = coded.dictionary.to_pylist()
        codes = coded.indices.drop_null().to_numpy()
        total: Counter[str] = Counter()
        for word, number in zip(words, np.bincount(codes, minlength=len(words)), strict=True):
            total[word] += int(number)
        total.pop("", None)
        names = np.array(sorted(total), dtype=object)
        counts = np.array([total[name] for name in names])
    frequent = np.argsort(-counts, kind="stable")[:MOST_LEVELS]
    kept = np.sort(frequent[counts[frequent] >= min(LEAST_ROWS, counts.max())])
    levels = names[kept]
    return tuple(levels.tolist()), len(kept) < len(names)


def _parts(when: np.ndarray, parts: Sequence[str]) -> np.ndarray:
    missing = np.isnat(when)
    days = when.astype("datetime64[D]")
    since = days.astype(np.int64)
    month = when.astype("datetime64[M]")
    calculated = {
        "days": since,
        "year": when.astype("datetime64[Y]").astype(np.int64) + 1970,
        "month": month.astype(np.int64) % 12 + 1,
        "day": (days - month.astype("datetime64[D]")).astype(np.int64) + 1,
        "weekday": (since + 3) % 7,  # Monday is 0; 1 January 1970 was a Thursday
        "hour": (when - days) / np.timedelta64(1, "h"),
    }
    columns = [np.where(missing, np.nan, calculated[part]) for part in parts]
    return np.column_stack(columns).astype(np.float64)


def _split(text: str | None) -> list[str]:
    return re.findall(r"\w+", text.lower()) if text else []


def _frequent_words(values: pa.ChunkedArray) -> tuple[str, ...]:
    """In most rows, but not in nearly all of them."""
    rows = [set(_split(text)) for text in values.to_pylist()]
    counts = Counter(word for row in rows for word in row)
    some = [(-number, word) for word, number in counts.items() if 3 <= number <= 0.9 * len(rows)]
    return tuple(word for _, word in sorted(some)[:WORDS])


def _words(values: pa.ChunkedArray, words: Sequence[str]) -> np.ndarray:
    place = {word: number + 1 for number, word in enumerate(words)}
    result = np.zeros((len(values), len(words) + 1))
    for row, text in enumerate(values.to_pylist()):
        said = _split(text)
        result[row, 0] = len(said) if text is not None else np.nan
        result[row, [place[word] for word in set(said) if word in place]] = 1
    return result
