"""Misspelt and abbreviated categories, brought back to the ones that exist."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.clean.values import distinct, spread
from lab_kit.prepare.columns import require_column
from lab_kit.prepare.ledger import EXAMPLES, Step, example_rows, tally

CUTOFF = 0.75
"""How alike two spellings must be, from 0 (nothing in common) to 1 (the same)."""

MARGIN = 0.05
"""How much nearer the nearest category must be than the second."""


@dataclass(frozen=True)
class _Decision:
    value: str
    reason: str
    """How it was found, or why it was left; empty where it was right from the start."""
    repaired: bool = False


def repair_categories(
    frame: pd.DataFrame,
    column: str,
    *,
    allowed: Sequence[str],
    aliases: Mapping[str, str] | None = None,
    cutoff: float = CUTOFF,
) -> tuple[pd.DataFrame, Step]:
    """Replace spellings of a category by the category.

    Capitals and blanks do not count; then `aliases` are looked up; then the nearest spelling
    wins, if it is near enough and no other is about as near. Hangul is compared letter by letter
    (ㅇㅕㅅㅓㅇ), so that one wrong letter is not a whole wrong syllable. A value that fits nothing,
    or two categories equally well, is left as it is and reported.

    Args:
        frame: Any frame.
        column: The column to repair.
        allowed: The categories that exist.
        aliases: Other words for them: {"F": "female"}.
        cutoff: The least likeness (`difflib.SequenceMatcher.ratio`) at which to repair.

    Returns:
        The frame with the repaired column; and the step, whose examples say what became of what.

    Raises:
        LabKitError: If the column is missing, nothing is allowed, or an alias means a category
            that is not allowed.
    """
    aliases = aliases or {}
    _require_allowed(allowed, aliases)
    exact = {_letters(name): name for name in allowed}
    known = {_letters(word): meaning for word, meaning in aliases.items()}
    values = require_column(frame, column)
    codes, texts = distinct(values)
    decisions = [_decide(text, allowed, {**known, **exact}, exact, cutoff) for text in texts]

    repaired = spread(codes, [d.repaired for d in decisions], missing=False, dtype="bool")
    reason = np.asarray(spread(codes, [d.reason for d in decisions], missing="", dtype="str"))
    became = pd.Series(spread(codes, [d.value for d in decisions], dtype="str"), frame.index)
    first_of_each = np.flatnonzero((reason != "") & ~pd.Series(codes).duplicated().to_numpy())
    shown = first_of_each[:EXAMPLES]
    step = Step(
        f"repair {column}",
        rows_in=len(frame),
        rows_out=len(frame),
        changed=int(np.sum(repaired)),
        why=f"Only {', '.join(allowed[:6])}{' …' if len(allowed) > 6 else ''} exist",
        counts=tally(reason),
        examples=example_rows(frame, shown, became=became.iloc[shown], reason=reason[shown]),
    )
    return frame.assign(**{column: became}), step


def _require_allowed(allowed: Sequence[str], aliases: Mapping[str, str]) -> None:
    if not allowed:
        raise LabKitError(
            "No category is allowed", next_step='name those that exist: allowed=["female", "male"]'
        )
    for word, meaning in aliases.items():
        if meaning not in allowed:
            raise LabKitError(
                f'The alias "{word}" means "{meaning}", which is not allowed',
                next_step=f"let it mean one of {', '.join(allowed)}",
            )


def _decide(
    text: str,
    allowed: Sequence[str],
    known: Mapping[str, str],
    exact: Mapping[str, str],
    cutoff: float,
) -> _Decision:
    letters = _letters(text)
    if text in allowed:
        return _Decision(text, "")
    if not letters:
        return _Decision(text, "blank")
    if letters in known:
        return _Decision(known[letters], "other spelling" if letters in exact else "alias", True)
    likeness = sorted(((_likeness(letters, name), name) for name in allowed), reverse=True)
    best, name = likeness[0]
    if best < cutoff:
        return _Decision(text, "unknown (left)")
    if len(likeness) > 1 and best - likeness[1][0] < MARGIN:
        return _Decision(text, "ambiguous (left)")
    return _Decision(name, "misspelt", True)


def _likeness(letters: str, name: str) -> float:
    return difflib.SequenceMatcher(None, letters, _letters(name), autojunk=False).ratio()


def _letters(text: str) -> str:
    """Lower case without blanks around or doubled; Hangul syllables as their letters."""
    return " ".join(unicodedata.normalize("NFKD", text).casefold().split())
