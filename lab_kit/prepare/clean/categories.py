"""Misspelt and abbreviated categories, brought back to the ones that exist."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.clean.unread import with_source
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

    Capitals and blanks do not count; then `aliases` are looked up; then the nearest spelling of a
    category or alias wins, if it is near enough and no other category is about as near. Hangul is
    compared letter by letter (ㅇㅕㅅㅓㅇ): one wrong letter is not a whole wrong syllable. A
    value that fits nothing, or two categories equally well, is left as it is and reported.

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
    meanings = {**aliases, **{name: name for name in allowed}}
    by_letters = {_letters(word): meaning for word, meaning in meanings.items()}
    values = require_column(frame, column)
    codes, texts = distinct(values)
    decisions = [_decide(text, allowed, by_letters, cutoff) for text in texts]

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
        examples=example_rows(
            with_source(frame, column), shown, became=became.iloc[shown], reason=reason[shown]
        ),
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
    text: str, allowed: Sequence[str], meanings: Mapping[str, str], cutoff: float
) -> _Decision:
    letters = _letters(text)
    if text in allowed:
        return _Decision(text, "")
    if not letters:
        return _Decision(text, "blank")
    if letters in meanings:
        name = meanings[letters]
        return _Decision(name, "other spelling" if letters == _letters(name) else "alias", True)
    (best, name), *others = _likeness(letters, meanings)
    if best < cutoff:
        return _Decision(text, "unknown (left)")
    if others and best - others[0][0] < MARGIN:
        return _Decision(text, "ambiguous (left)")
    return _Decision(name, "misspelt", True)


def _likeness(letters: str, meanings: Mapping[str, str]) -> list[tuple[float, str]]:
    """How near each category is, by the nearest of its spellings; the nearest category first."""
    nearest: dict[str, float] = {}
    for word, name in meanings.items():
        ratio = difflib.SequenceMatcher(None, letters, word, autojunk=False).ratio()
        nearest[name] = max(ratio, nearest.get(name, 0.0))
    return sorted(((ratio, name) for name, ratio in nearest.items()), reverse=True)


def _letters(text: str) -> str:
    """Lower case without blanks around or doubled; Hangul syllables as their letters."""
    return " ".join(unicodedata.normalize("NFKD", text).casefold().split())
