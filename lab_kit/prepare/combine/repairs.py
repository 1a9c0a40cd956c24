"""Which small repair of two key columns would make keys match that do not match now."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import pandas as pd

from lab_kit.prepare.combine.keys import Codes, Names, encode
from lab_kit.prepare.combine.kinds import TEXT, WHOLE

LOOKED_AT = 10_000
"""Different keys of each table from which the letters and the length of ids are told."""
ALL_TOGETHER = "all of these"


@dataclass(frozen=True)
class Repair:
    """One way to write the keys of both tables anew."""

    name: str
    """What is done: "write both as text"."""
    keys: int
    """Different keys of the left table that match nothing now and then would."""
    rows: int
    """Rows of the left table with these keys."""
    merged: int
    """Different keys of one table that would become one, less the one that is left of them."""
    how: str
    """The code that does it."""


@dataclass(frozen=True)
class Way:
    """A way to write keys anew, before it is known what it would win."""

    name: str
    change: Callable[[pd.Series], pd.Series]
    """From texts to texts."""
    code: str
    """What stands behind a column of text to do the same: ".str.strip()"."""


CLOSE_UP = Way("take spaces away at the ends", lambda texts: texts.str.strip(), ".str.strip()")
SMALL = Way("write capitals small", lambda texts: texts.str.lower(), ".str.lower()")
NO_ZEROS = Way(
    "take zeros in front away",
    lambda texts: texts.str.replace(r"^0+([0-9])", r"\1", regex=True),
    r""".str.replace(r"^0+([0-9])", r"\1", regex=True)""",
)


def find_repairs(
    ours: pd.DataFrame,
    theirs: pd.DataFrame,
    names: Names,
    kinds: Sequence[tuple[str, str]],
    codes: Codes,
) -> Iterator[Repair]:
    """The repairs that would win keys: each alone, and all together where that wins more.

    Keys that are neither text nor whole numbers have none.

    Args:
        ours: The different keys of the left table as `distinct_keys` writes them.
        theirs: Those of the right table.
        names: The key columns.
        kinds: What `key_kinds` said of these.
        codes: What `encode` said of these.
    """
    there = codes.left_rows > 0
    lost = (codes.right_rows == 0)[there]
    if not {kind for pair in kinds for kind in pair} <= {TEXT, WHOLE} or not lost.any():
        return
    rows = codes.left_rows[there][lost]
    most = 0
    for way in _ways(kinds, ours, theirs):
        changed = theirs.apply(way.change)
        after = encode(ours[lost].apply(way.change), changed, names, [(TEXT, TEXT)] * len(kinds))
        won = after.right_rows[after.left] > 0
        if won.sum() > (most if way.name == ALL_TOGETHER else 0):
            most = max(most, int(won.sum()))
            merged = _merged(ours.apply(way.change)) + _merged(changed)
            how = _how(way, names, kinds)
            yield Repair(way.name, int(won.sum()), int(rows[won].sum()), merged, how)


def _ways(
    kinds: Sequence[tuple[str, str]], ours: pd.DataFrame, theirs: pd.DataFrame
) -> Iterator[Way]:
    if any(one != two for one, two in kinds):
        yield Way("write both as text", lambda texts: texts, "")
    yield from (CLOSE_UP, SMALL, NO_ZEROS)
    prefix, width = _form_of_ids(ours, theirs)
    if prefix:
        yield _as_ids(prefix, width)
    else:
        parts = (CLOSE_UP, SMALL, NO_ZEROS)
        yield Way(
            ALL_TOGETHER,
            lambda texts: reduce(lambda done, part: part.change(done), parts, texts),
            "".join(part.code for part in parts),
        )


def _as_ids(prefix: str, width: int) -> Way:
    """As `clean.normalise_ids` does, but what it could not read stays as it is."""
    form = rf"(?i)^\s*(?:{prefix}[-_ #]?)?0*([0-9]+)(?:\.0+)?\s*$"
    return Way(
        f"write ids as {prefix}{1:0{width}}",
        lambda texts: texts.str.replace(form, r"\1", regex=True),
        f'clean.normalise_ids({{table}}, "{{column}}", prefix="{prefix}", width={width})',
    )


def _form_of_ids(ours: pd.DataFrame, theirs: pd.DataFrame) -> tuple[str, int]:
    """The letters most ids begin with and their usual number of digits; "" where none has any."""
    some = pd.concat([keys.head(LOOKED_AT).stack() for keys in (ours, theirs)])
    parts = some.str.extract(r"(?i)^\s*([a-z]+)[-_ #]?([0-9]+)\s*$").dropna()
    if parts.empty:
        return "", 1
    prefix = parts[0].str.upper().value_counts().index[0]
    digits = parts.loc[parts[0].str.upper() == prefix, 1].str.len()
    return str(prefix), int(digits.max())


def _merged(keys: pd.DataFrame) -> int:
    return int(keys.duplicated().sum())


def _how(way: Way, names: Names, kinds: Sequence[tuple[str, str]]) -> str:
    """The code for every key column of both tables; numbers are written as text first."""
    places = [
        (table, column, kind)
        for side, (table, columns) in enumerate(
            [(names.left, names.on), (names.right, names.right_on)]
        )
        for column, kind in zip(columns, (pair[side] for pair in kinds), strict=True)
    ]
    lines = []
    for table, column, kind in places:
        text = '.astype("Int64").astype("str")' if kind == WHOLE else ""
        if way.code.startswith("clean."):
            lines.append(f"{table}, _ = {way.code.format(table=table, column=column)}")
        elif text + way.code:
            lines.append(f'{table}["{column}"] = {table}["{column}"]{text}{way.code}')
    return "; ".join(lines)
