"""Stack tables whose rows mean the same, and say what each brought."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.combine.kinds import NOTHING, WHOLE, kind_of
from lab_kit.prepare.combine.words import counted, listed
from lab_kit.prepare.ledger import Step
from lab_kit.prepare.tables import html_table, text_table

Convert = Callable[[pd.Series], pd.Series]
"""Takes a column, returns it in another type or unit."""
HEADER = ("source", "rows", "renamed", "columns it lacks")


@dataclass(frozen=True)
class Source:
    """What one table brought."""

    name: str
    rows: int
    renamed: tuple[tuple[str, str], ...]
    """Its name for a column, and the common name."""
    lacks: tuple[str, ...]
    """Columns that other tables have; missing in all rows of this one."""


@dataclass(frozen=True)
class Stacked:
    """How tables were stacked."""

    sources: tuple[Source, ...]
    columns: tuple[str, ...]
    """The columns of the result, without the one that names the source."""
    provenance: str
    """The column that names the source of each row."""

    @property
    def rows(self) -> int:
        """Rows of the result."""
        return sum(source.rows for source in self.sources)

    @property
    def step(self) -> Step:
        """The line for a ledger that began with the first table."""
        first = self.sources[0].rows
        return Step(
            f"stack {', '.join(source.name for source in self.sources)}",
            rows_in=first,
            rows_out=self.rows,
            why="One row means the same in each of them",
            counts={source.name: source.rows for source in self.sources},
        )

    def sql(self) -> str:
        """The same in SQL; UNION ALL goes by position, so each table lists its columns."""
        return "\nUNION ALL\n".join(map(self._select, self.sources))

    def __repr__(self) -> str:
        table = text_table(HEADER, self._rows())
        return "\n".join([self._title(), table, *self._sentences()])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(words)}</p>" for words in self._sentences())
        return html_table(self._title(), HEADER, self._rows()) + said

    def _title(self) -> str:
        return f"{counted(len(self.sources), 'table')} stacked: {counted(self.rows, 'row')}"

    def _rows(self) -> list[tuple[str, int, str, str]]:
        return [
            (
                source.name,
                source.rows,
                listed(f"{old} → {new}" for old, new in source.renamed) or "none",
                ", ".join(source.lacks) or "none",
            )
            for source in self.sources
        ]

    def _sentences(self) -> Iterator[str]:
        for source in self.sources:
            if source.lacks:
                yield (
                    f"{', '.join(source.lacks)}: missing in all {counted(source.rows, 'row')} of "
                    f"{source.name}, which has no such column. That is no gap to fill."
                )

    def _select(self, source: Source) -> str:
        own = {new: old for old, new in source.renamed}
        picked = [
            f"NULL AS {name}"
            if name in source.lacks
            else f"{own[name]} AS {name}"
            if name in own
            else name
            for name in self.columns
        ]
        names = ", ".join([*picked, f"'{source.name}' AS {self.provenance}"])
        return f"SELECT {names}\nFROM {source.name}"


def concat(
    sources: Mapping[str, pd.DataFrame],
    columns: Mapping[str, Mapping[str, str]] | None = None,
    *,
    convert: Mapping[str, Mapping[str, Convert]] | None = None,
    provenance: str = "source",
) -> tuple[pd.DataFrame, Stacked]:
    """Put the rows of several tables below each other.

    Columns are matched by name, after the declared renaming. Whole numbers that another table lacks
    stay whole (Int64, which can be missing).

    Args:
        sources: The tables by name, in the order of their rows in the result.
        columns: For a table, its names and the common ones: {"web": {"member_no": "user_id"}}.
        convert: For a table, what brings a column (by its common name) to the common type or unit:
            {"web": {"price": lambda won: won / 1_300}}.
        provenance: The column that will name the source of each row.

    Returns:
        The table, its columns in order of appearance; and what each source brought.

    Raises:
        LabKitError: If there is no table, a column to rename is missing or two would have one name,
            `provenance` is taken, no column is common to all, or a column holds values of different
            kinds (text here, numbers there): pandas would turn them into something that is neither.
    """
    if not sources:
        raise LabKitError(
            "There is nothing to stack", next_step='give tables, {"app": app, "web": web}'
        )
    renaming = columns or {}
    require_columns(sources, list(renaming), where="columns")
    converting = convert or {}
    require_columns(sources, list(converting), where="convert")
    renamed = {n: _renamed(n, frame, renaming.get(n, {})) for n, frame in sources.items()}
    frames = {n: _converted(n, frame, converting.get(n, {})) for n, frame in renamed.items()}
    every = list(dict.fromkeys(column for frame in frames.values() for column in frame))
    if provenance in every:
        raise LabKitError(
            f'There is already a column "{provenance}"',
            next_step='choose another name, such as provenance="came_from"',
        )
    if not any(all(column in frame for frame in frames.values()) for column in every):
        raise LabKitError(
            "No column is common to all tables",
            where="; ".join(f"{name} has {listed(frame)}" for name, frame in frames.items()),
            next_step="declare what is called what: columns={...}; if the rows do not mean the "
            "same thing, join the tables instead of stacking them",
        )
    for column in every:
        _require_one_kind(column, frames)
    parts = [
        _with_all(frame, every, frames).assign(**{provenance: name})
        for name, frame in frames.items()
    ]
    report = Stacked(
        tuple(
            Source(
                name,
                len(frame),
                tuple(renaming.get(name, {}).items()),
                tuple(column for column in every if column not in frame),
            )
            for name, frame in frames.items()
        ),
        tuple(every),
        provenance,
    )
    return pd.concat(parts, ignore_index=True), report


def _renamed(name: str, frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    require_columns(frame.columns, list(names), where=name)
    renamed = frame.rename(columns=dict(names))
    if renamed.columns.has_duplicates:
        twice = listed(renamed.columns[renamed.columns.duplicated()].unique())
        raise LabKitError(
            f"Two columns would be called {twice}",
            where=name,
            next_step="rename or drop one of them first",
        )
    return renamed


def _converted(name: str, frame: pd.DataFrame, ways: Mapping[str, Convert]) -> pd.DataFrame:
    require_columns(frame.columns, list(ways), where=name)
    return frame.assign(**{column: way(frame[column]) for column, way in ways.items()})


def _require_one_kind(column: str, frames: Mapping[str, pd.DataFrame]) -> None:
    kinds = {name: kind_of(frame[column]) for name, frame in frames.items() if column in frame}
    told = {kind for kind in kinds.values() if kind != NOTHING}
    if len(told) > 1:
        raise LabKitError(
            f'Column "{column}" holds {"; ".join(f"{kind} in {n}" for n, kind in kinds.items())}',
            where=column,
            next_step="bring them to one type and unit first, with clean.parse_times, "
            "clean.parse_numbers or clean.normalise_ids",
        )


def _with_all(
    frame: pd.DataFrame, every: Sequence[str], frames: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The frame with every column, each in a type that all tables share."""
    shared = {}
    for column in every:
        having = [other[column] for other in frames.values() if column in other]
        whole = all(kind_of(values) in (WHOLE, NOTHING) for values in having)
        gaps = len(having) < len(frames) or any(values.isna().any() for values in having)
        known = next((values for values in having if kind_of(values) != NOTHING), having[0])
        dtype = "Int64" if whole and gaps and kind_of(known) == WHOLE else known.dtype
        values = frame[column] if column in frame else pd.Series(pd.NA, frame.index, dtype="object")
        shared[column] = (
            values.astype(dtype) if values.notna().any() else _empty(dtype, frame.index)
        )
    return pd.DataFrame(shared, index=frame.index)


def _empty(dtype: Any, index: pd.Index) -> pd.Series:
    whole_or_flag = {"i": "Int64", "u": "Int64", "b": "boolean"}
    if isinstance(dtype, np.dtype):
        dtype = whole_or_flag.get(dtype.kind, dtype)
    return pd.Series(None, index, dtype=dtype)
