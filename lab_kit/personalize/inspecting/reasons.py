"""Why an item stands where it stands in the answer for a user."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lab_kit.prepare.tables import Cell, html_table, text_table

MOST_EVENTS = 10


@dataclass(frozen=True, eq=False)
class Why:
    """The parts of one item's score, and what else decided on it. Scores are the model's own."""

    user: str
    item: str
    rank: int | None
    """Its place in the whole answer, from 1; None where a filter removed it."""
    score: float
    """What the model says, exploration not included."""
    chance: float
    """The score as callers see it, among all items."""
    events: pd.DataFrame
    """What the history adds, the largest first: `item_id`, `contribution`."""
    others: dict[str, float]
    """What else adds to the score, by name: "popularity", "attributes", "people like this"."""
    exploration: float
    """How far exploration moved it up."""
    removed_by: str | None
    """The part of the filter, or the rule of the use case, that keeps it out."""
    how: str
    """How contributions were computed, in a sentence."""
    exact: bool
    """Whether they add up to the score by the model's own formula."""

    @property
    def parts(self) -> pd.DataFrame:
        """All parts: `because_of`, `kind` (event, model or exploration) and `contribution`."""
        rows = [
            *(
                (item, "event", part)
                for item, part in zip(
                    self.events["item_id"], self.events["contribution"], strict=True
                )
            ),
            *((name, "model", part) for name, part in self.others.items()),
            ("exploration", "exploration", self.exploration),
        ]
        return pd.DataFrame(rows, columns=["because_of", "kind", "contribution"])

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(*self._table())}\n{self.how}"

    def _repr_html_(self) -> str:
        return html_table(self._title(), *self._table()) + f"<p>{self.how}</p>"

    def _title(self) -> str:
        place = f"rank {self.rank}" if self.rank is not None else f"not answered: {self.removed_by}"
        return f"{self.item} for {self.user}: {place}, score {self.chance:.4f}"

    def _table(self) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
        events = self.events.head(MOST_EVENTS)
        rest = float(self.events["contribution"].iloc[MOST_EVENTS:].sum())
        rows: list[tuple[Cell, ...]] = [
            (f"event with {item}", round(float(part), 4))
            for item, part in zip(events["item_id"], events["contribution"], strict=True)
        ]
        if len(self.events) > MOST_EVENTS:
            rows.append((f"{len(self.events) - MOST_EVENTS} other items", round(rest, 4)))
        rows += [(name, round(part, 4)) for name, part in self.others.items()]
        rows.append(("exploration", round(self.exploration, 4)))
        return ("because of", "adds"), rows
