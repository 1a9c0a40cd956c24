"""What a batch segment job does, in a child process: the users most interested in something."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lab_kit.aws.jobs.work import JobError, Work
from lab_kit.personalize.batches.filtering import Filtering, onto, stage_of
from lab_kit.personalize.batches.lines import QuestionError, answered, text_of
from lab_kit.personalize.filters.parser import parse
from lab_kit.personalize.filters.stage import Stage
from lab_kit.personalize.filters.syntax import Expression, FilterError
from lab_kit.personalize.training.trained import Trained
from lab_kit.recommend.segments import UserSegments

MOST_ITEMS, MOST_ATTRIBUTES = 500, 10
"""Questions one job may hold, about items and about attributes."""
BY_ATTRIBUTE = "aws-item-attribute-affinity"


def segment(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Answer every line of the input.

    Args:
        arguments: As `jobs.read_batch` makes them.
        work: Where the files of answers are written.

    Returns:
        As `lines.answered`.

    Raises:
        JobError: The input holds no line, or too many; or the filter is of no use here.
    """
    trained = Trained.load(Path(arguments["model"]))
    by_attribute = trained.recipe.name == BY_ATTRIBUTE
    if arguments["filter"] and by_attribute:
        conditions = parse(arguments["filter"]).conditions
        if any(condition.dataset == "Interactions" for condition in conditions):
            raise JobError("Item-Attribute-Affinity takes no filter about interactions.")
    asked = _Asked(trained, arguments, by_attribute)
    most = MOST_ATTRIBUTES if by_attribute else MOST_ITEMS
    return answered(arguments["files"], asked, work, most)


class _Asked:
    """Answers one question after another.

    Args:
        trained: What answers.
        arguments: Of the job.
        by_attribute: Whether questions are about attributes.
    """

    def __init__(self, trained: Trained, arguments: Mapping[str, Any], by_attribute: bool) -> None:
        self._model: UserSegments = trained.model
        self._filtering = Filtering(arguments["filter"], arguments["sources"])
        self._most = arguments["record"]["numResults"]
        self._stage: Stage | None = stage_of(arguments["sources"]) if by_attribute else None

    def __call__(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The output of one line."""
        known, target = self._model.interactions, self._target(question)
        item = question.get("itemId")
        among = self._filtering.left(question, known.users, user=None, item=item)
        users = self._model.users_for(target, self._most, among=among).users
        return {"usersList": users.tolist()}

    def _target(self, question: Mapping[str, Any]) -> str | np.ndarray:
        items = self._model.interactions.items
        if self._stage is None:
            item = text_of(question, "itemId")
            if item not in items:
                raise QuestionError(f"There is no item {item}.")
            return item
        expression = attributes(text_of(question, "itemAttributes"))
        mask = onto(self._stage.left(expression, {}), self._stage.items, items)
        if not mask.any():
            raise QuestionError("No item has these attributes.")
        return mask


def attributes(text: str) -> Expression:
    """What an item has to be: ITEMS.genres = "Comedy" AND ITEMS.year = 1994.

    Raises:
        QuestionError: It cannot be read, or says anything else than equalities joined by AND.
    """
    try:
        expression = parse(f"INCLUDE ItemID WHERE {text}")
    except FilterError as error:
        raise QuestionError(f"itemAttributes cannot be read: {error}") from error
    clause = expression.clauses[0]
    plain = len(expression.clauses) == 1 and len(clause.any_of) == 1 and not clause.only_if
    if not plain or any(
        condition.operator != "=" or condition.dataset != "Items"
        for condition in expression.conditions
    ):
        raise QuestionError("itemAttributes may hold ITEMS.FIELD = VALUE, joined by AND.")
    return expression
