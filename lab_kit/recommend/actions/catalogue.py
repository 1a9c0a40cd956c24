"""What may be suggested, and when: values, expiry, and how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.recommend.ids import Ids
from lab_kit.recommend.interactions import DAY
from lab_kit.recommend.reading import milliseconds

NEVER = np.iinfo(np.int64).max
"""Expiry of an action that does not expire."""
MOST_DAYS = 30
"""The longest repeat frequency."""
MOST_VALUE = 10
"""The value of the most valuable action; the least is 1."""


@dataclass(frozen=True, eq=False)
class Actions:
    """The actions and the rules for suggesting them.

    As in the Amazon Personalize Developer Guide, "Preparing action metadata for training".
    """

    ids: Ids
    value: np.ndarray
    """(actions,) float64, 1 to 10: what an action is worth; 1 where nothing is said."""
    expires: np.ndarray
    """(actions,) int64, milliseconds since 1970: from then on an action is not suggested."""
    pause: np.ndarray
    """(actions,) int64, milliseconds: how long a user who had to do with it is left in peace."""
    created: np.ndarray
    """(actions,) int64, milliseconds since 1970; 0 where it is not known."""

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Actions:
        """Read the actions.

        Args:
            frame: One row an action: `action_id` (text) and, where known, `value` (1 to 10),
                `expiration_timestamp` and `creation_timestamp` (UTC), `repeat_frequency` (days, 0
                to 30). Empty cells mean: worth 1, never, unknown, at any time again.

        Raises:
            LabKitError: If ids are missing or not distinct, or a number lies outside its range.
        """
        if "action_id" not in frame:
            raise LabKitError(
                'Column "action_id" is missing',
                where=f"columns {', '.join(map(str, frame.columns))}",
                next_step="rename the column with the ids of the actions to action_id",
            )
        ids = Ids.of(frame["action_id"])
        if len(ids) < len(frame):
            twice = frame["action_id"][frame["action_id"].duplicated()].iloc[0]
            raise LabKitError(
                f"Action {twice!r} stands there twice",
                where='column "action_id"',
                next_step='write frame.drop_duplicates("action_id")',
            )
        order = np.argsort(ids.codes(frame["action_id"]))
        value = _numbers(frame, "value", 1, MOST_VALUE, empty=1)
        pause = _numbers(frame, "repeat_frequency", 0, MOST_DAYS, empty=0) * DAY
        return cls(
            ids,
            value[order],
            _times(frame, "expiration_timestamp", NEVER)[order],
            pause.astype(np.int64)[order],
            _times(frame, "creation_timestamp", 0)[order],
        )

    def __len__(self) -> int:
        return len(self.ids)


def _numbers(
    frame: pd.DataFrame, name: str, least: float, most: float, *, empty: float
) -> np.ndarray:
    if name not in frame:
        return np.full(len(frame), float(empty))
    values = frame[name].to_numpy(np.float64, na_value=np.nan)
    wrong = (values < least) | (values > most)
    if wrong.any():
        row = int(wrong.argmax())
        raise LabKitError(
            f"{name} is {values[row]:g}, and has to lie between {least:g} and {most:g}",
            where=f'row {row}, column "{name}"',
            next_step="scale the column, or leave the cell empty",
        )
    return np.where(np.isnan(values), empty, values)


def _times(frame: pd.DataFrame, name: str, empty: int) -> np.ndarray:
    found = np.full(len(frame), empty, np.int64)
    if name in frame:
        if not isinstance(frame[name].dtype, pd.DatetimeTZDtype):
            raise LabKitError(
                f'Column "{name}" holds {frame[name].dtype}, not times in UTC',
                next_step=f'write pd.to_datetime(frame["{name}"], utc=True, unit="s")',
            )
        known = frame[name].notna().to_numpy()
        found[known] = milliseconds(frame[name][known])
    return found
