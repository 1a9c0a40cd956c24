"""Ids and the whole numbers (codes) that stand for them in arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from copy import copy
from functools import cached_property

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError

UNKNOWN = -1


class Ids:
    """Distinct ids of text, each with a code from 0 on.

    Codes follow a hash of the ids, not their order: where two items score the same, the one with
    the smaller code comes first, and a code that followed the ids would favour old or popular items
    in ways no model had learnt.

    Args:
        values: Distinct ids, in the order of their codes.
    """

    def __init__(self, values: Sequence[str] | np.ndarray) -> None:
        self._first = np.asarray(values, dtype=object)
        self._index = pd.Index(self._first)
        self._later: dict[str, int] = {}

    @classmethod
    def of(cls, *columns: pd.Series) -> Ids:
        """All ids that stand in any of the columns.

        Raises:
            LabKitError: If an id is missing, empty or not text.
        """
        for column in columns:
            require_text(column)
        found = pd.unique(pd.concat([pd.Series(pd.unique(column)) for column in columns]))
        values = np.asarray(found, dtype=object)
        hashed = pd.util.hash_array(values, categorize=False)
        return cls(values[np.lexsort((values.astype("U"), hashed))])

    @cached_property
    def values(self) -> np.ndarray:
        """(ids,) object: the ids, in the order of their codes."""
        if not self._later:
            return self._first
        return np.concatenate([self._first, np.array(list(self._later), dtype=object)])

    def __len__(self) -> int:
        return len(self._first) + len(self._later)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and self.code(value) != UNKNOWN

    def __repr__(self) -> str:
        return f"Ids({len(self):,})"

    def code(self, value: object) -> int:
        """The code of one id, -1 where it is unknown."""
        try:
            return int(self._index.get_loc(value))
        except (KeyError, TypeError):
            return self._later.get(value, UNKNOWN) if isinstance(value, str) else UNKNOWN

    def codes(self, values: Iterable[str] | pd.Series | np.ndarray) -> np.ndarray:
        """int32 codes in the shape of `values`, -1 where an id is unknown."""
        if not isinstance(values, pd.Series | np.ndarray):
            values = np.asarray(list(values), dtype=object)
        # Each id is looked up once: texts of a column would all become Python objects otherwise.
        place, distinct = pd.factorize(values)
        known = self._index.get_indexer(pd.Index(distinct))
        codes = np.append(known, UNKNOWN).astype(np.int32)[place]
        unknown = codes == UNKNOWN
        if self._later and unknown.any():
            lost = np.asarray(values, dtype=object)[unknown]
            codes[unknown] = [self._later.get(value, UNKNOWN) for value in lost]
        return codes

    def known(self, values: Iterable[str], what: str) -> np.ndarray:
        """int32 codes of ids that must be known.

        Raises:
            LabKitError: If one is not; `what` says of what they are: "candidates".
        """
        values = np.asarray(list(values), dtype=object)
        codes = self.codes(values)
        lost = values[codes == UNKNOWN]
        if len(lost):
            raise LabKitError(
                f"{len(lost):,} of {len(values):,} {what} are unknown, such as {lost[0]!r}",
                where=what,
                next_step="give ids the model was fitted with, as text",
            )
        return codes

    def fingerprint(self, count: int) -> str:
        """Of the first ids and their order: the same where, and only where, these are the same."""
        text = "\0".join(self.values[:count].tolist())
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def with_code(self, value: str) -> tuple[Ids, int]:
        """These ids with one that may be new, and its code."""
        code = self.code(value)
        return (self, code) if code != UNKNOWN else (self.with_new([value]), len(self))

    def with_new(self, values: Iterable[str]) -> Ids:
        """These ids, then those of `values` that are new; the codes of the old ones stay.

        The time it takes grows with the ids that were added since `of`, not with all.
        """
        new = [value for value in dict.fromkeys(values) if value not in self]
        if not new:
            return self
        found = copy(self)
        found.__dict__.pop("values", None)
        found._later = self._later | {value: len(self) + n for n, value in enumerate(new)}
        return found


def require_text(column: pd.Series) -> None:
    """Make sure that a column of ids holds text in every row.

    Raises:
        LabKitError: If it does not; with the first row that is wrong.
    """
    if isinstance(column.dtype, pd.StringDtype) and not column.isna().any():
        if not (column == "").any():
            return
        wrong = (column == "").to_numpy()
    else:
        wrong = np.array([not (isinstance(value, str) and value) for value in column], dtype=bool)
    if wrong.any():
        row = int(wrong.argmax())
        raise LabKitError(
            f'Column "{column.name}" holds {column.tolist()[row]!r}, and ids are text',
            where=f"row {row}",
            next_step=f'drop rows without an id, then write frame["{column.name}"].astype(str)',
        )


def require_id(value: object, name: str) -> None:
    """Make sure that one id is text.

    Raises:
        LabKitError: If it is not, or is empty.
    """
    if not (isinstance(value, str) and value):
        raise LabKitError(
            f"The {name} is {value!r}, and ids are text",
            where=name,
            next_step=f"give the id of the {name} as text",
        )
