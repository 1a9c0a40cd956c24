"""The units in which raw times come, and a look at a column to tell them apart."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError

Unit = Literal["s", "ms", "text"]

PER_SECOND: dict[Unit, int] = {"s": 1, "ms": 1_000}

YEARS = (1990, 2100)
"""Times outside these years are taken for errors: no shop has events from 1970 or 55970."""

NUMBER = r"[+-]?\d{1,18}(\.\d{1,9})?"


@dataclass(frozen=True)
class TimeUnitGuess:
    """What a column of raw times seems to be written in, and why."""

    unit: Unit
    reason: str


def guess_time_unit(values: pd.Series) -> TimeUnitGuess:
    """Look at raw times and say which unit makes sense of them.

    Args:
        values: Raw values, texts or numbers.

    Returns:
        The guess, with the middle value read each way as its reason.

    Raises:
        LabKitError: If there is no value, or the numbers are times in neither unit.
    """
    texts = values.dropna().astype("str").str.strip()
    if texts.empty:
        raise LabKitError("There is no value to guess from", next_step="look at another column")
    numeric = texts.str.fullmatch(NUMBER)
    if numeric.mean() < 0.5:
        example = texts[~numeric].iloc[0]
        return TimeUnitGuess("text", f'most values are written like "{example}"')
    middle = float(np.median(texts[numeric].astype(float)))
    read = {unit: _shown(middle / per) for unit, per in PER_SECOND.items()}
    reason = f"{middle:.0f} is {read['s']} in seconds and {read['ms']} in milliseconds"
    for unit, day in read.items():
        if str(YEARS[0]) <= day < str(YEARS[1] + 1):
            return TimeUnitGuess(unit, reason)
    raise LabKitError(
        f"{reason}; neither is likely", next_step="check whether this column holds times at all"
    )


def _shown(seconds: float) -> str:
    if abs(seconds) >= 250_000_000_000:
        return "beyond the year 9900"
    return str(np.datetime64(round(seconds), "s").astype("datetime64[D]"))
