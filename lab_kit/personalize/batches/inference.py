"""What a batch inference job does, in a child process: recommend, rank, find related items."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lab_kit.aws.jobs.work import JobError, Work
from lab_kit.personalize.batches.filtering import Filtering
from lab_kit.personalize.batches.lines import QuestionError, answered, text_of
from lab_kit.personalize.batches.themes import MOST_ITEMS, Themes
from lab_kit.personalize.training.trained import Trained, softmax
from lab_kit.recommend.model import Model
from lab_kit.recommend.models.personalisation import Personalisation
from lab_kit.recommend.top import top

USUAL_EXPLORATION = {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"}
DECIMALS = 7
"""Of scores, as AWS's examples show them."""


def infer(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Answer every line of the input.

    Args:
        arguments: As `jobs.read_batch` makes them.
        work: Where the files of answers are written.

    Returns:
        As `lines.answered`.

    Raises:
        JobError: The input holds no line, or too many.
    """
    record = arguments["record"]
    trained = Trained.load(Path(arguments["model"]))
    filtering = Filtering(arguments["filter"], arguments["sources"])
    asked = _Asked(trained, filtering, record)
    if record["batchInferenceJobMode"] == "THEME_GENERATION":
        name = record["themeGenerationConfig"]["fieldsForThemeGeneration"]["itemName"]
        if "ITEMS" not in arguments["sources"]:
            raise JobError("Themes need an Items dataset.")
        themes = Themes(arguments["sources"]["ITEMS"], name)
        return answered(arguments["files"], lambda q: themes.told(asked(q)), work, MOST_ITEMS)
    return answered(arguments["files"], asked, work)


class _Asked:
    """Answers one question after another.

    Args:
        trained: What answers.
        filtering: What may be answered.
        record: Of the job.
    """

    def __init__(self, trained: Trained, filtering: Filtering, record: Mapping[str, Any]) -> None:
        self._trained, self._filtering = trained, filtering
        self._model: Model = trained.model
        self._most = record["numResults"]
        given = record.get("batchInferenceJobConfig", {})
        self._influence = given.get("rankingInfluence", {})
        exploring = given.get("itemExplorationConfig", {})
        explores = trained.recipe.type == "USER_PERSONALIZATION"
        if isinstance(self._model, Personalisation) and explores:
            config = USUAL_EXPLORATION | exploring
            self._model.exploration_weight = float(config["explorationWeight"])
            self._model.exploration_days = float(config["explorationItemAgeCutOff"])

    def __call__(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The output of one line."""
        kind = self._trained.recipe.type
        if kind == "RELATED_ITEMS":
            return self._related(question)
        if kind == "PERSONALIZED_RANKING":
            return self._ranked(question)
        return self._recommended(question)

    def _recommended(self, question: Mapping[str, Any]) -> dict[str, Any]:
        user = text_of(question, "userId")
        scores = self._model.score(user)
        chances = softmax(scores)
        left = self._filtering.left(question, self._model.items, user=user, item=None)
        if left is not None:
            scores[~left] = -np.inf
        return self._told(top(scores, self._most), chances)

    def _ranked(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The items of the list, best first; those nobody knows come last."""
        user, items = text_of(question, "userId"), question.get("itemList")
        if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
            raise QuestionError("itemList has to be there, as a list of texts.")
        items = list(dict.fromkeys(items))
        codes = self._model.items.codes(items)
        left = self._filtering.left(question, self._model.items, user=user, item=None)
        known = codes[codes >= 0] if left is None else codes[(codes >= 0) & left[codes]]
        scores = self._model.score(user)[known]
        order = np.argsort(-scores, kind="stable")
        unknown = [item for item, code in zip(items, codes, strict=True) if code < 0]
        found = self._told(known[order], None)
        found["recommendedItems"] += unknown
        if self._trained.scores_sum_to_one:
            chances = softmax(scores[order]).round(DECIMALS).tolist()
            found["scores"] = chances + [0.0] * len(unknown)
        return found

    def _related(self, question: Mapping[str, Any]) -> dict[str, Any]:
        item = text_of(question, "itemId")
        ids = self._model.items
        left = self._filtering.left(question, ids, user=question.get("userId"), item=item)
        if item in ids:
            listed = self._model.similar(item, len(ids))
            codes = ids.codes(listed.items)
            scores = self._trained.influenced(listed.scores, codes, self._influence)
            codes = codes[np.argsort(-scores, kind="stable")]
        else:
            codes = top(self._model.popular, len(ids))
        if left is not None:
            codes = codes[left[codes]]
        return self._told(codes[: self._most], None)

    def _told(self, codes: np.ndarray, chances: np.ndarray | None) -> dict[str, Any]:
        found: dict[str, Any] = {"recommendedItems": self._model.items.values[codes].tolist()}
        if chances is not None and self._trained.scores_sum_to_one:
            found["scores"] = chances[codes].round(DECIMALS).tolist()
        return found
