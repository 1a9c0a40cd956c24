"""What is known of users or items, as a table of yes and no a model can learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.recommend.ids import Ids

BINS = 5
"""A number becomes one of so many groups of about equal size."""
MOST_VALUES = 400
"""A column of text with more different values is a name or a description, no attribute."""


@dataclass(frozen=True, eq=False)
class Attributes:
    """Rows of users or items, columns such as "genres=Comedy"."""

    names: tuple[str, ...]
    """One name a column: "column=value"; for numbers "price 3 of 5", lowest group first."""
    table: sp.csr_array
    """(ids, names) float32: 1 where the attribute holds."""
    created: np.ndarray
    """(ids,) int64: `creation_timestamp` in milliseconds since 1970, 0 where it is not known."""

    def column(self, place: int) -> str:
        """The column of the frame an attribute is from: "genres" of "genres=Comedy"."""
        name = self.names[place]
        return name.partition("=")[0] if "=" in name else name.rsplit(" ", 3)[0]

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, key: str, ids: Ids) -> Attributes:
        """Read the columns of a frame.

        Text with up to 400 different values gives a column a value; several values may stand in one
        cell, joined by "|". Numbers fall into five groups of about equal size. Text with more
        values, dates and empty columns are left out; `creation_timestamp` becomes `created`.

        Args:
            frame: One row an id; of ids that stand there twice the last row counts.
            key: The column with the ids.
            ids: Where the ids have their codes.
        """
        frame = frame.drop_duplicates(key, keep="last")
        code = ids.codes(frame[key])
        created = np.zeros(len(ids), np.int64)
        names: list[str] = []
        rows: list[np.ndarray] = []
        columns: list[np.ndarray] = []
        for name in frame.columns.drop(key):
            values = frame[name]
            if isinstance(values.dtype, pd.DatetimeTZDtype):
                if name == "creation_timestamp":
                    known = values.notna().to_numpy()
                    plain = values[known].dt.tz_localize(None).astype("datetime64[ms]")
                    created[code[known]] = plain.to_numpy().view("int64")
                continue
            row, label, found = _cells(values)
            if not len(found):
                continue
            rows.append(code[row])
            columns.append(label + len(names))
            names.extend(found)
        table = sp.csr_array(
            (
                np.ones(sum(map(len, rows)), np.float32),
                (
                    np.concatenate([*rows, []]).astype(int),
                    np.concatenate([*columns, []]).astype(int),
                ),
            ),
            shape=(len(ids), len(names)),
        )
        table.data[:] = 1
        return cls(tuple(names), table, created)


def _cells(values: pd.Series) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Rows, places among the values found, and the names of these values."""
    present = np.flatnonzero(values.notna().to_numpy())
    given = values.iloc[present]
    if pd.api.types.is_bool_dtype(values.dtype):
        given = given.map({True: "yes", False: "no"})
    elif pd.api.types.is_numeric_dtype(values.dtype):
        number = given.to_numpy("float64")
        if not len(number):
            return present, present, []
        edges = np.unique(np.quantile(number, np.arange(1, BINS) / BINS))
        group = np.searchsorted(edges, number, side="left")
        groups = len(edges) + 1
        return present, group, [f"{values.name} {n + 1} of {groups}" for n in range(groups)]
    elif not isinstance(values.dtype, pd.StringDtype | pd.CategoricalDtype):
        return present[:0], present[:0], []
    parts = given.astype("str").str.split("|")
    lengths = parts.str.len().to_numpy()
    code, found = pd.factorize(parts.explode())
    if len(found) > MOST_VALUES or len(found) > 0.5 * len(values) + 10:
        return present[:0], present[:0], []
    return np.repeat(present, lengths), code, [f"{values.name}={value}" for value in found]
