"""How much is missing, where, and what is missing together."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.tables import html_table, text_table

HEADER = ("column", "missing", "share")
PATTERNS = 8
"""How many patterns a report lists."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The gaps of one table."""

    rows: int
    complete: int
    """Rows without any gap."""
    columns: pd.DataFrame
    """One row a column with gaps, the most gaps first: column, missing (rows), share (0 to 1)."""
    patterns: pd.DataFrame
    """One row a pattern, the most frequent first: columns (missing together), rows, share."""
    together: pd.DataFrame
    """Correlation of the gaps of two columns (-1 to 1), square, by column name."""
    by_group: pd.DataFrame | None
    """Share of gaps (0 to 1): one row a group, one column a column with gaps."""
    over_time: pd.DataFrame | None
    """The same, one row a month."""

    def __repr__(self) -> str:
        tables = [text_table(HEADER, self._rows())] if len(self.columns) else []
        return "\n".join([self._title(), *tables, *self._sentences()])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{sentence}</p>" for sentence in self._sentences())
        return html_table(self._title(), HEADER, self._rows()) + said

    def _title(self) -> str:
        share = self.complete / self.rows if self.rows else 1
        return f"{self.rows:,} rows, {self.complete:,} of them without a gap ({share:.0%})"

    def _rows(self) -> list[tuple[str, int, str]]:
        return [(row.column, row.missing, f"{row.share:.1%}") for row in self.columns.itertuples()]

    def _sentences(self) -> Iterator[str]:
        for row in self.patterns[self.patterns["columns"] != ""].head(3).itertuples():
            yield f"{row.rows:,} rows miss exactly: {row.columns}."


def profile(frame: pd.DataFrame, *, by: str | None = None, time: str | None = None) -> Profile:
    """Count the gaps of a table.

    Args:
        frame: Any table.
        by: A column of groups; a gap in it is a group of its own.
        time: A column of times; gaps are counted for each month.

    Raises:
        LabKitError: If one of these columns is missing.
    """
    require_columns(frame.columns, [name for name in (by, time) if name])
    gaps = frame.isna()
    counts = gaps.sum()
    counts = counts[counts > 0].sort_values(ascending=False, kind="stable")
    some = gaps[counts.index]
    return Profile(
        rows=len(frame),
        complete=int((~gaps.any(axis="columns")).sum()),
        columns=pd.DataFrame(
            {
                "column": counts.index.astype("str"),
                "missing": counts.to_numpy(),
                "share": counts.to_numpy() / max(len(frame), 1),
            }
        ),
        patterns=_patterns(some),
        together=some.astype("float64").corr(),
        by_group=None if by is None else some.groupby(frame[by], dropna=False).mean(),
        over_time=None if time is None else some.groupby(_month(frame[time])).mean(),
    )


def _patterns(gaps: pd.DataFrame) -> pd.DataFrame:
    if gaps.empty:
        return pd.DataFrame({"columns": [""], "rows": [len(gaps)], "share": [1.0]})
    rows = gaps.value_counts()
    names = [
        ", ".join(n for n, gone in zip(gaps.columns, key, strict=True) if gone)
        for key in rows.index
    ]
    table = pd.DataFrame({"columns": names, "rows": rows.to_numpy()})
    return table.assign(share=table["rows"] / len(gaps)).head(PATTERNS)


def _month(times: pd.Series) -> pd.Series:
    return times.dt.strftime("%Y-%m").rename("month")
