"""What a model answers: one list, many lists, and why an item is on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.prepare.tables import html_table, text_table
from lab_kit.recommend.ids import Ids


@dataclass(frozen=True, eq=False)
class Recommendations:
    """The best items for one user, best first."""

    items: np.ndarray
    """Ids of the items, at most k."""
    scores: np.ndarray
    """float32, falling; comparable within one list only."""

    def __len__(self) -> int:
        return len(self.items)

    @property
    def frame(self) -> pd.DataFrame:
        """Columns rank (from 1), item_id, score."""
        rank = np.arange(1, len(self) + 1)
        return pd.DataFrame({"rank": rank, "item_id": self.items.astype(str), "score": self.scores})

    def __repr__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table(f"{len(self)} recommendations, best first", *self._table())

    def _table(self) -> tuple[tuple[str, ...], list[tuple[int, str, float]]]:
        rows = zip(self.items, self.scores, strict=True)
        return ("rank", "item", "score"), [
            (rank, str(item), round(float(score), 4)) for rank, (item, score) in enumerate(rows, 1)
        ]


@dataclass(frozen=True, eq=False)
class Lists:
    """The best items for many users."""

    ids: Ids
    codes: np.ndarray
    """(users, k) int32, codes of the items, best first; -1 where there are fewer than k."""
    scores: np.ndarray
    """(users, k) float32; minus infinity where there are fewer than k."""

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Recommendations:
        there = self.codes[row] >= 0
        return Recommendations(self.ids.values[self.codes[row][there]], self.scores[row][there])


@dataclass(frozen=True, eq=False)
class Explanation:
    """Which events of a history caused the score of an item."""

    item: str
    score: float
    causes: pd.DataFrame
    """One row an item of the history: item_id, contribution; the largest first."""
    rest: float
    """The part of the score the history did not cause."""
    others: dict[str, float]
    """What `rest` is made of, where the model can tell: "popularity", "attributes"; else empty."""
    exact: bool
    """Whether contributions and rest add up to the score by the model's own formula; else they
    are the approximation `how` describes."""
    how: str
    """How the contributions were computed, in a sentence."""

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(*self._table())}\n{self.how}"

    def _repr_html_(self) -> str:
        return html_table(self._title(), *self._table()) + f"<p>{self.how}</p>"

    def _title(self) -> str:
        return f"Why {self.item}: score {self.score:.4f}"

    def _table(self) -> tuple[tuple[str, ...], list[tuple[str, float]]]:
        top = self.causes.head(10)
        rows = [
            (str(item), round(float(part), 4))
            for item, part in zip(top["item_id"], top["contribution"], strict=True)
        ]
        others = float(self.causes["contribution"].iloc[10:].sum())
        return ("because of", "contribution"), [
            *rows,
            *([("other events", round(others, 4))] if len(self.causes) > 10 else []),
            *(
                [(name, round(part, 4)) for name, part in self.others.items()]
                or [("everything else", round(self.rest, 4))]
            ),
        ]
