"""The answer to a question about a space: names, and how near they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lab_kit.prepare.tables import html_table, text_table


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Names by their cosine, the largest first."""

    what: str
    """To what they are near."""
    names: list[str]
    cosines: np.ndarray
    """(names,) float32, falling."""
    shown: Sequence[str]
    """What a person reads for each name."""

    def __len__(self) -> int:
        return len(self.names)

    @property
    def frame(self) -> pd.DataFrame:
        """Columns rank (from 1), name, shown, cosine."""
        return pd.DataFrame(
            {
                "rank": np.arange(1, len(self) + 1),
                "name": self.names,
                "shown": self.shown,
                "cosine": self.cosines.astype(float),
            }
        )

    def about(self, what: str) -> Neighbours:
        """The same answer to a question in other words."""
        return replace(self, what=what)

    def __repr__(self) -> str:
        return f"{self.what}\n{text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return html_table(self.what, *self._table())

    def _table(self) -> tuple[tuple[str, ...], list[tuple[str, float]]]:
        return ("nearest", "cosine"), [
            (name, round(float(cosine), 2))
            for name, cosine in zip(self.shown, self.cosines, strict=True)
        ]
