"""What a set of similar items has in common, in a few words.

Amazon Personalize asks a generative model for a theme. Here it is what items of the set share and
others lack: the attribute, and the word of their texts, that is commonest among them for how common
it is in the catalogue. Source of the form:
https://docs.aws.amazon.com/personalize/latest/dg/themed-batch-recommendations.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.aws.jobs.work import JobError
from lab_kit.personalize.storage.columns import schema_of
from lab_kit.personalize.storage.frames import read
from lab_kit.personalize.storage.places import Source
from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.ids import Ids

MOST_ITEMS = 100
"""Items one job may be asked about."""
FEWEST = 2
"""Items of a set that have to share a word."""


class Themes:
    """Themes of sets of items.

    Args:
        source: The Items dataset, as `places.source_of` gives it.
        name: The field with the names of items.

    Raises:
        JobError: There is no such field, or none of running text.
    """

    def __init__(self, source: Source, name: str) -> None:
        fields = schema_of(source).fields
        text = [field.column for field in fields if field.textual]
        if name.lower() not in [field.column for field in fields if field.type == "string"]:
            raise JobError(f"The Items dataset has no text field {name}.")
        if not text:
            raise JobError("Themes need a textual field in the Items dataset.")
        frame = read(source)
        categories = [field.column for field in fields if field.categorical]
        self._ids = Ids.of(frame["item_id"])
        words = frame[["item_id"]].assign(
            words=frame[[name.lower(), *text]].fillna("").agg(" ".join, axis=1)
        )
        self._words = _terms(words, self._ids)
        self._attributes = _terms(frame[["item_id", *categories]], self._ids)

    def told(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """An answer with its theme, and how much each item belongs to it, 0 to 1."""
        codes = self._ids.codes(np.array(answer["recommendedItems"], dtype=object))
        known = codes[codes >= 0]
        named = [_commonest(table, names, known) for table, names in self._tables()]
        theme = ": ".join(name for name, _ in named if name)
        fits = np.zeros(len(codes))
        parts = [carried for name, carried in named if name]
        if parts:
            fits[codes >= 0] = np.mean(parts, axis=0)
        return {
            **answer,
            "theme": theme or "Similar items",
            "itemsThemeRelevanceScores": fits.round(7).tolist(),
        }

    def _tables(self) -> list[tuple[Any, tuple[str, ...]]]:
        attributes, words = self._attributes, self._words
        labels = tuple(name.partition("=")[2] for name in attributes.names)
        return [(attributes.table, labels), (words.words, words.vocabulary)]


def _terms(frame: pd.DataFrame, ids: Ids) -> Attributes:
    return Attributes.from_frame(frame, "item_id", ids)


def _commonest(table: Any, names: tuple[str, ...], items: np.ndarray) -> tuple[str, np.ndarray]:
    """The most telling column for some items, and (items,) whether each has it.

    Telling is what so many more of them have than chance would give, in standard deviations.
    """
    nothing = "", np.zeros(len(items))
    if not names or not len(items):
        return nothing
    own = table[items].toarray() > 0
    usual = np.bincount(table.indices, minlength=len(names)) / table.shape[0]
    count = own.sum(axis=0)
    spread = np.sqrt(len(items) * usual * (1 - usual)) + 0.5
    excess = np.where(count >= FEWEST, (count - len(items) * usual) / spread, 0)
    best = int(excess.argmax())
    return (names[best], own[:, best].astype(float)) if excess[best] > 0 else nothing
