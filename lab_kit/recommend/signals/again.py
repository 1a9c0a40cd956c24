"""Whether an item that was met before is wanted again.

Much of what people take they have taken before, and when they want it again depends on the item:
rice is bought every few weeks, a coat is not (Bhagat et al., Buy It Again: Modeling Repeat
Purchase Recommendations, KDD 2018).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lab_kit.recommend.histories import Histories
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.signals.hazard import at, hazards
from lab_kit.recommend.signals.taste import common_types

AGES = (2 / 24, 7.0, 28.0, 60.0)
"""Days: whether the last event with the item is younger."""
FADING = 10.0
"""In events."""


class Again:
    """Numbers of a pair of history and item; of most pairs they are 0.

    For all events, and for each of the commonest types: log(1 + events), fading with the newest,
    and whether it is younger than two hours, a week, four weeks, sixty days. For the time since the
    item was taken: how much more it is wanted then (`hazard`).

    Args:
        learned: As `fit` leaves it.
    """

    def __init__(self, learned: dict[str, Any]) -> None:
        self.learned = learned
        kinds = [" ".join(["any", *([] if n < 0 else [f"of type {n}"])]) for n in learned["kinds"]]
        ages = [f"younger than {days:g} days" for days in AGES]
        self.names = (
            *(f"{kind}: {what}" for kind in kinds for what in ("number", "fading", *ages)),
            "time since it was taken",
        )

    @classmethod
    def fit(cls, interactions: Interactions, taking: tuple[str, ...]) -> Again:
        """Learn when items are taken up again.

        Args:
            interactions: What to learn from.
            taking: Types of events that satisfy a wish; where none occurs, all do.
        """
        kind = interactions.events.kind
        wanted = [n for n, name in enumerate(interactions.event_types) if name in taking]
        taken = np.isin(kind, wanted)
        if not taken.any():
            wanted, taken = [], np.ones(len(kind), bool)
        return cls(
            {
                "kinds": np.array([-1, *common_types(interactions)], np.int64),
                "taking": np.array(wanted, np.int64),
                "hazards": hazards(interactions, taken),
            }
        )

    def __len__(self) -> int:
        return len(self.learned["hazards"])

    def pairs(self, histories: Histories, depth: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows and items (pairs,), and (pairs, numbers) float32.

        Args:
            histories: Of n users.
            depth: How many events of each are looked at, the newest.
        """
        position = np.repeat(histories.start[1:], np.diff(histories.start))
        position = position - 1 - np.arange(len(histories.events))
        item = histories.events.item
        kept = np.flatnonzero((position < depth) & (item >= 0) & (item < len(self)))
        row, item, position = histories.row[kept], item[kept], position[kept]
        order = np.lexsort((item, row))
        kept, row, item, position = kept[order], row[order], item[order], position[order]
        new = np.ones(len(row), bool)
        new[1:] = (np.diff(row) > 0) | (np.diff(item) > 0)
        first = np.flatnonzero(new)
        if not len(first):
            return row, item, np.zeros((0, len(self.names)), np.float32)
        age = (histories.moment[row] - histories.events.time[kept]) / DAY
        kind = histories.events.kind[kept]
        numbers = [self._of_kind(n, kind, position, age, first) for n in self.learned["kinds"]]
        row, item = row[first], item[first]
        numbers.append(self._since_taken(kind, age, first, item))
        return row, item, np.hstack(numbers).astype(np.float32)

    def _of_kind(
        self,
        wanted: int,
        kind: np.ndarray,
        position: np.ndarray,
        age: np.ndarray,
        first: np.ndarray,
    ) -> np.ndarray:
        """(pairs, numbers of a kind)."""
        of = np.ones(len(kind), bool) if wanted < 0 else kind == wanted
        each = [np.exp(-position / FADING), *(age < days for days in AGES)]
        newest = np.maximum.reduceat(np.stack(each, axis=1) * of[:, None], first, axis=0)
        number = np.add.reduceat(of.astype(np.float32), first)
        return np.column_stack([np.log1p(number), newest])

    def _since_taken(
        self, kind: np.ndarray, age: np.ndarray, first: np.ndarray, item: np.ndarray
    ) -> np.ndarray:
        """(pairs, 1)."""
        taking = self.learned["taking"]
        of = np.isin(kind, taking) if len(taking) else np.ones(len(kind), bool)
        since = np.minimum.reduceat(np.where(of, age, np.inf), first)
        return at(self.learned["hazards"], item, since)[:, None]
