"""The filter of a batch job, as masks over what a model knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lab_kit.personalize.batches.lines import QuestionError
from lab_kit.personalize.filters.parser import parse
from lab_kit.personalize.filters.stage import Known, Stage
from lab_kit.personalize.filters.syntax import FilterError
from lab_kit.personalize.storage.frames import read
from lab_kit.personalize.storage.places import Source
from lab_kit.recommend.ids import Ids


class Filtering:
    """One filter over the datasets of a group.

    Args:
        text: The expression; None: everything is left.
        sources: The datasets, as `places.sources_of` gives them.
    """

    def __init__(self, text: str | None, sources: Mapping[str, Source]) -> None:
        self._expression = None if text is None else parse(text)
        self._stage = None if text is None else stage_of(sources)

    def left(
        self, question: Mapping[str, Any], over: Ids, *, user: str | None, item: str | None
    ) -> np.ndarray | None:
        """(ids,) bool: what may be answered; None where there is no filter.

        Args:
            question: A line of the input, which may hold `filterValues`.
            over: The items, or users, that are chosen from.
            user: Whose events and attributes count.
            item: The item that is asked about.

        Raises:
            QuestionError: The values cannot be used.
        """
        if self._expression is None or self._stage is None:
            return None
        values = question.get("filterValues", {})
        try:
            mask = self._stage.left(self._expression, values, user=user, item=item)
        except FilterError as error:
            raise QuestionError(str(error)) from error
        return onto(mask, self._stage.ids(self._expression), over)


def stage_of(sources: Mapping[str, Source]) -> Stage:
    """The data of a dataset group as filters look at them."""
    events = read(sources["INTERACTIONS"]) if "INTERACTIONS" in sources else None
    return Stage(events, _known(sources, "ITEMS"), _known(sources, "USERS"))


def onto(mask: np.ndarray, ids: Ids, over: Ids) -> np.ndarray:
    """A mask of some ids as one of others; those it does not know are left out."""
    codes = ids.codes(over.values)
    return np.append(mask, False)[codes]


def _known(sources: Mapping[str, Source], type: str) -> Known | None:
    if type not in sources:
        return None
    fields = {field["name"].upper(): field for field in sources[type]["schema"]["fields"]}
    return Known(read(sources[type]), fields)
