"""What is known of users or items, as tables of numbers a model can learn from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.recommend.ids import Ids

BINS = 5
"""A number becomes one of so many groups of about equal size."""
MOST_VALUES = 400
"""A column of text with more different values is a name or a description: words, no attribute."""
WORD = r"(?u)[^\W\d_]{2,}"
"""Two letters or more of any script; numbers say little that an attribute does not say better."""
MOST_WORDS = 10_000
"""The most frequent words are kept; those of a single id are not, as nothing follows from them."""


@dataclass(frozen=True, eq=False)
class Attributes:
    """Rows of users or items, columns such as "genres=Comedy"."""

    names: tuple[str, ...]
    """One name a column: "column=value"; for numbers "price 3 of 5", lowest group first."""
    table: sp.csr_array
    """(ids, names) float32: 1 where the attribute holds."""
    created: np.ndarray
    """(ids,) int64: `creation_timestamp` in milliseconds since 1970, 0 where it is not known."""
    text: pd.Series
    """(ids,): names and descriptions, all columns of text joined; empty where there is none."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """One word a column of `words`, in the order of the alphabet."""
        return self._spoken[0]

    @property
    def words(self) -> sp.csr_array:
        """(ids, vocabulary) float32, TF-IDF of names and descriptions.

        Each row has length 1, or is empty (Salton & Buckley, Term-weighting approaches in automatic
        text retrieval, 1988). Counted when they are first asked for.
        """
        return self._spoken[1]

    @cached_property
    def _spoken(self) -> tuple[tuple[str, ...], sp.csr_array]:
        nothing = (), sp.csr_array((len(self.text), 0), dtype=np.float32)
        row = np.flatnonzero(self.text != "")
        if not len(row):
            return nothing
        # Imported where there is text: it takes longer than all else here.
        from sklearn.feature_extraction.text import TfidfVectorizer

        maker = TfidfVectorizer(
            token_pattern=WORD,
            min_df=2,
            max_features=MOST_WORDS,
            sublinear_tf=True,
            dtype=np.float32,
        )
        try:
            found = maker.fit_transform(self.text.iloc[row]).tocoo()
        except ValueError:  # no word stands in two texts
            return nothing
        entries = (found.data, (row[found.row], found.col))
        words = sp.csr_array(entries, shape=(len(self.text), found.shape[1]))
        return tuple(maker.get_feature_names_out().tolist()), words

    def features(self, words: float = 1.0) -> sp.csr_array:
        """(ids, names + vocabulary) float32: attributes, scaled to rows of length 1, and words.

        Args:
            words: Length of the part with the words.
        """
        length = np.sqrt(np.diff(self.table.indptr))
        scaled = sp.diags_array((1 / np.maximum(length, 1)).astype(np.float32)) @ self.table
        return sp.csr_array(sp.hstack([scaled, words * self.words]), dtype=np.float32)

    def grown(self, ids: int) -> Attributes:
        """The same for more ids, of whom nothing is known."""
        more = ids - len(self.created)
        if not more:
            return self
        start = np.append(self.table.indptr, np.full(more, self.table.indptr[-1]))
        shape = (ids, self.table.shape[1])
        return Attributes(
            self.names,
            sp.csr_array((self.table.data, self.table.indices, start), shape=shape),
            np.append(self.created, np.zeros(more, np.int64)),
            self.text.reindex(range(ids), fill_value=""),
        )

    def column(self, place: int) -> str:
        """The column of the frame an attribute is from: "genres" of "genres=Comedy"."""
        name = self.names[place]
        return name.partition("=")[0] if "=" in name else name.rsplit(" ", 3)[0]

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, key: str, ids: Ids) -> Attributes:
        """Read the columns of a frame.

        Text with up to 400 different values gives a column a value; several values may stand in one
        cell, joined by "|". Numbers fall into five groups of about equal size. Text with more
        values becomes words. Dates and empty columns are left out; `creation_timestamp` becomes
        `created`.

        Args:
            frame: One row an id; of ids that stand there twice the last row counts.
            key: The column with the ids.
            ids: Where the ids have their codes.
        """
        frame = frame.drop_duplicates(key, keep="last")
        code = ids.codes(frame[key])
        created = np.zeros(len(ids), np.int64)
        names: list[str] = []
        texts: list[pd.Series] = []
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
            if _is_text(values):
                texts.append(values)
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
        return cls(tuple(names), table, created, _joined(texts, code, len(ids)))


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
    code, found = pd.factorize(parts.explode())
    lengths = parts.str.len().to_numpy()
    return np.repeat(present, lengths), code, [f"{values.name}={value}" for value in found]


def _is_text(values: pd.Series) -> bool:
    """Whether a column holds names or descriptions: too many different values for an attribute."""
    if not isinstance(values.dtype, pd.StringDtype | pd.CategoricalDtype):
        return False
    found = values.dropna().astype("str").str.split("|").explode().nunique()
    return found > MOST_VALUES or found > 0.5 * len(values) + 10


def _joined(texts: list[pd.Series], code: np.ndarray, ids: int) -> pd.Series:
    """(ids,): all columns of text, one after the other."""
    found = pd.Series("", index=range(ids), dtype="str")
    for text in texts:
        given = text.astype("str").fillna("").to_numpy()
        found.iloc[code] = found.iloc[code].to_numpy() + " " + given
    return found.str.strip()
