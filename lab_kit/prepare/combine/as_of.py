"""Match each row with the newest of another table that was there by then."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.combine.kinds import NOTHING, comparable, kind_of
from lab_kit.prepare.combine.words import counted
from lab_kit.prepare.ledger import Step
from lab_kit.prepare.tables import html_table, text_table

HEADER = ("rows", "number")


@dataclass(frozen=True)
class JoinedAsOf:
    """What each row of the left table found."""

    left_name: str
    right_name: str
    time: str
    right_time: str
    by: tuple[str, ...]
    rows: int
    matched: int
    """Rows that found a row of the right table, not later and not too old."""
    too_old: int
    """Rows whose newest was older than the tolerance."""
    none_yet: int
    """Rows for which nothing was there by then, or whose key or time is missing."""
    superseded: int
    """Rows for which the right table holds a later row: a plain "latest value" would have told
    them what nobody knew then."""

    @property
    def step(self) -> Step:
        """The line for the ledger of the left table."""
        return Step(
            f"join {self.right_name} as of {self.time}",
            rows_in=self.rows,
            rows_out=self.rows,
            changed=self.matched,
            why="What was known at that moment, and nothing later",
            counts={"too old": self.too_old, "none yet": self.none_yet},
        )

    def sql(self) -> str:
        """The same in SQL."""
        left, right = self.left_name, self.right_name
        same = "".join(f"{left}.{name} = {right}.{name}\n AND " for name in self.by)
        newest = f"{right}.{self.right_time}"
        return (
            f"SELECT *\nFROM {left}\nLEFT JOIN {right}\n  ON {same}{newest} <= {left}.{self.time}\n"
            f"QUALIFY ROW_NUMBER() OVER (\n  PARTITION BY {left}.row_id ORDER BY {newest} DESC) = 1"
        )

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(HEADER, self._rows()), *self._sentences()])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(words)}</p>" for words in self._sentences())
        return html_table(self._title(), HEADER, self._rows()) + said

    def _title(self) -> str:
        return f"{self.left_name} with {self.right_name} as of {self.time}"

    def _rows(self) -> list[tuple[str, int]]:
        return [
            ("came in", self.rows),
            ("matched", self.matched),
            ("newest too old", self.too_old),
            ("nothing there yet", self.none_yet),
        ]

    def _sentences(self) -> Iterator[str]:
        if self.superseded:
            yield (
                f"For {counted(self.superseded, 'row')} {self.right_name} holds a later value. A "
                "plain join on the latest would have looked into the future there."
            )


def join_as_of(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    time: str,
    right_time: str,
    by: str | tuple[str, ...] = (),
    tolerance: str | pd.Timedelta | None = None,
    names: tuple[str, str] = ("left", "right"),
) -> tuple[pd.DataFrame, JoinedAsOf]:
    """Give each row of the left table the newest row of the right that is not later.

    It never looks ahead. A right row of the same moment counts as known; of several the last.

    Args:
        left: A table with a column of times, such as purchases.
        right: Another, such as prices with the moment from which each held.
        time: The column of times of the left table.
        right_time: That of the right one; it stays in the result.
        by: Columns both tables have that must be equal, such as "item_id".
        tolerance: The greatest age of a match, such as "30D"; any by default.
        names: What the two tables are called.

    Returns:
        The rows of the left table in their order, with the columns of the right; and the report.

    Raises:
        LabKitError: If a column is missing, is no time, or one table's times have a zone and the
            other's none; or both tables have another column of the same name.
    """
    keys = (by,) if isinstance(by, str) else tuple(by)
    require_columns(left.columns, [time, *keys], where=names[0])
    require_columns(right.columns, [right_time, *keys], where=names[1])
    _require_times(left[time], right[right_time], names)
    twice = [str(n) for n in right.columns if n not in keys and n in left.columns]
    if twice:
        raise LabKitError(
            f"Both tables have {', '.join(twice)}",
            where=f"{names[0]} and {names[1]}",
            next_step=f"rename it in {names[1]} first, with clean.rename_columns",
        )
    asked = left.reset_index(drop=True)
    asked["_row"] = np.arange(len(left))
    usable = asked[[time, *keys]].notna().all(axis="columns")
    known = right[right[[right_time, *keys]].notna().all(axis="columns")]
    options = {"left_on": time, "right_on": right_time, "by": list(keys) or None}
    ours = _of_one_type(asked[usable], keys, names[0], right).sort_values(time, kind="stable")
    theirs = _of_one_type(known, keys, names[1], left).sort_values(right_time, kind="stable")
    theirs[right_time] = theirs[right_time].astype(ours[time].dtype)
    found = pd.merge_asof(ours, theirs, direction="backward", **options)
    any_age = found[right_time].notna()
    age = found[time] - found[right_time]
    fresh = any_age if tolerance is None else any_age & (age <= pd.Timedelta(tolerance))
    new = [name for name in right if name not in keys]
    found.loc[~fresh.to_numpy(), new] = None
    later = pd.merge_asof(
        ours[[time, *keys]],
        theirs[[right_time, *keys]],
        direction="forward",
        allow_exact_matches=False,
        **options,
    )
    result = found.set_index("_row").reindex(np.arange(len(left)))
    back = asked.drop(columns="_row").join(result[new])
    report = JoinedAsOf(
        names[0],
        names[1],
        time,
        right_time,
        keys,
        rows=len(left),
        matched=int(fresh.sum()),
        too_old=int((any_age & ~fresh).sum()),
        none_yet=len(left) - int(any_age.sum()),
        superseded=int(later[right_time].notna().sum()),
    )
    return back, report


def _of_one_type(
    frame: pd.DataFrame, keys: tuple[str, ...], name: str, other: pd.DataFrame
) -> pd.DataFrame:
    """The frame with its keys in the one type of their kind, which the other table shares."""
    kinds = {key: kind_of(frame[key]) for key in keys}
    for key, kind in kinds.items():
        if NOTHING not in (kind, kind_of(other[key])) and kind != kind_of(other[key]):
            raise LabKitError(
                f'Column "{key}" holds {kind} in {name} and {kind_of(other[key])} in the other',
                where=key,
                next_step="write both the same way first, with clean.normalise_ids for ids",
            )
    return frame.assign(**{key: comparable(frame[key], kind) for key, kind in kinds.items()})


def _require_times(ours: pd.Series, theirs: pd.Series, names: tuple[str, str]) -> None:
    for values, table in ((ours, names[0]), (theirs, names[1])):
        if not pd.api.types.is_datetime64_any_dtype(values.dtype):
            raise LabKitError(
                f'Column "{values.name}" holds {values.dtype}, not times',
                where=table,
                next_step=f'read it first with clean.parse_times({table}, "{values.name}", ...)',
            )
    if (ours.dt.tz is None) != (theirs.dt.tz is None):
        raise LabKitError(
            "One table's times have a zone and the other's have none",
            where=f"{names[0]}.{ours.name} and {names[1]}.{theirs.name}",
            next_step="bring both to UTC with clean.parse_times, which knows where a clock hung",
        )
