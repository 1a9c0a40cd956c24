"""Answers to requests that were read and found in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lab_kit.aws.ground import Ground
from lab_kit.personalize import refusals
from lab_kit.personalize.filters.stage import onto
from lab_kit.personalize.filters.syntax import Expression, FilterError
from lab_kit.personalize.runtime.deployed import Deployed, data_of
from lab_kit.personalize.runtime.group import Group
from lab_kit.personalize.runtime.kept import Kept
from lab_kit.personalize.runtime.live import Live
from lab_kit.personalize.runtime.promotions import mixed
from lab_kit.personalize.runtime.ranked import Ranked, for_item, for_user, seed_of
from lab_kit.personalize.runtime.remembered import Remembered
from lab_kit.personalize.storage.places import records
from lab_kit.personalize.training.trained import softmax
from lab_kit.recommend.top import top

HOUR = 3600


@dataclass(frozen=True)
class Filtered:
    """A filter and the values a request gives for its parameters."""

    expression: Expression
    values: Mapping[str, str]


@dataclass(frozen=True)
class Promotion:
    """Items that are to take a part of the list."""

    name: str
    percent: int
    filter: Filtered | None


@dataclass(frozen=True)
class Asked:
    """A request for recommendations."""

    what: Deployed
    number: int
    user: str | None = None
    item: str | None = None
    context: Mapping[str, str] | None = None
    filter: Filtered | None = None
    promotion: Promotion | None = None
    columns: tuple[str, ...] = ()
    """Fields of items to be answered with, as the request names them."""


@dataclass(frozen=True, eq=False)
class Answered:
    """What was answered, and why."""

    ranked: Ranked
    left: np.ndarray
    """(items,) bool: what was not filtered out."""
    codes: np.ndarray
    """The answer, best first."""
    promoted: np.ndarray
    """For each item of the answer whether a promotion put it there."""


class Answering:
    """Answers with models that stay in memory while they are asked.

    Args:
        ground: What the local cloud stands on.
        remembered: What was found in the registry.
    """

    def __init__(self, ground: Ground, remembered: Remembered) -> None:
        self._ground = ground
        self._remembered = remembered
        self._records = records(ground)
        self._live: Kept[Live] = Kept()
        self._groups: Kept[Group] = Kept()

    # ---- models and data

    def live(self, what: Deployed) -> Live:
        """The model that answers, which knows every event until now."""

        def load() -> Live:
            _, sources = self._data(what.group)
            stores = {type: source["store"] for type, source in sources.items()}
            return Live(what.folder, stores, self._records)

        live = self._live.get(what.folder, load)
        live.catch_up()
        return live

    def group(self, what: Deployed) -> Group:
        """The data of its dataset group, as they are now."""
        mark, sources = self._data(what.group)
        key = what.group, mark
        group = self._groups.get(key, lambda: Group(sources))
        if len(self._groups) > 1:
            self._groups.drop(lambda other: other != key and other[0] == what.group)  # type: ignore[index]
        group.catch_up()
        return group

    def _data(self, group: str) -> Any:
        return self._remembered(("data", group), lambda: data_of(self._ground, group))

    # ---- answers

    def items(self, asked: Asked) -> Answered:
        """The items for a user, or like an item."""
        live, group = self.live(asked.what), self.group(asked.what)
        ranked = self._ranked(asked, live, group)
        left = self._left(asked, group, ranked)
        if asked.promotion is None:
            codes = top(np.where(left, ranked.final, -np.inf), asked.number)
            return Answered(ranked, left, codes, np.zeros(len(codes), bool))
        promotion = asked.promotion
        seeds = (
            seed_of(asked.what.arn),
            seed_of(asked.user or asked.item or ""),
            int(self._ground.clock.time()) // HOUR,
        )
        may = self._filtered(promotion.filter, asked, group, ranked)
        codes, promoted = mixed(ranked.final, left, may, asked.number, promotion.percent, seeds)
        return Answered(ranked, left, codes, promoted)

    def ranking(self, asked: Asked, wanted: list[str]) -> Answered:
        """Some items, sorted for a user; those the model does not know come last."""
        live, group = self.live(asked.what), self.group(asked.what)
        ranked = self._ranked(asked, live, group)
        left = self._left(asked, group, ranked)
        code = ranked.ids.codes(wanted)
        known = code[code >= 0]
        known = known[left[known]]
        codes = known[np.argsort(-ranked.final[known], kind="stable")]
        return Answered(ranked, left, codes, np.zeros(len(codes), bool))

    def actions(self, asked: Asked) -> list[dict[str, Any]]:
        """The actions to suggest to a user, with their propensities."""
        live, group = self.live(asked.what), self.group(asked.what)
        candidates = None
        if asked.filter is not None and group.actions is not None:
            try:
                left = group.actions.left(
                    asked.filter.expression, asked.filter.values, user=asked.user
                )
            except FilterError as error:
                raise refusals.invalid(str(error)) from None
            ids = live.model.actions.ids
            candidates = ids.values[onto(left, group.actions.items, ids)].tolist()
        import pandas as pd

        moment = live.timeline.moment(self._ground.clock.time())
        found = live.model.recommend(
            asked.user or "",
            asked.number,
            now=pd.Timestamp(moment, unit="ms", tz="UTC"),
            candidates=candidates,
        )
        return [
            {"actionId": str(item), "score": round(float(score), 7)}
            for item, score in zip(found.items, found.scores, strict=True)
        ]

    def shown(self, asked: Asked, answered: Answered, over: np.ndarray | None = None) -> list[
        dict[str, Any]
    ]:  # fmt: skip
        """The items of an answer as callers see them.

        Args:
            asked: The request.
            answered: Its answer.
            over: Codes of the items over which scores add up to 1; None: all.
        """
        ranked, codes = answered.ranked, answered.codes
        live = self.live(asked.what)
        items: list[dict[str, Any]] = [{"itemId": str(each)} for each in ranked.ids.values[codes]]
        if live.trained.scores_sum_to_one:
            for item, chance in zip(items, _chances(ranked.final, codes, over), strict=True):
                item["score"] = float(f"{chance:.7g}")
        explored = self._explored(answered)
        for item, is_promoted, is_explored in zip(items, answered.promoted, explored, strict=True):
            if is_promoted and asked.promotion is not None:
                item["promotionName"] = asked.promotion.name
            if asked.what.is_second_version:
                reasons = ["Promoted item"] * bool(is_promoted) + ["Exploration"] * bool(
                    is_explored
                )
                if reasons:
                    item["reason"] = reasons
        if asked.columns:
            group = self.group(asked.what)
            for item in items:
                values = {
                    name.lower(): group.items.value(name.lower(), item["itemId"])
                    for name in asked.columns
                }
                item["metadata"] = {
                    name: str(value) for name, value in values.items() if value is not None
                }
        return items

    def ranked(self, asked: Asked) -> Ranked:
        """All items with their scores, before anything is left out."""
        return self._ranked(asked, self.live(asked.what), self.group(asked.what))

    def left(self, asked: Asked, ranked: Ranked) -> np.ndarray:
        """(items,) bool: what the filter, the use case and the request leave."""
        return self._left(asked, self.group(asked.what), ranked)

    # ---- parts of an answer

    def _ranked(self, asked: Asked, live: Live, group: Group) -> Ranked:
        if live.trained.kind == "related":
            return for_item(asked.what, live, asked.item or "")
        context = {name.lower(): value for name, value in (asked.context or {}).items()}
        clock = self._ground.clock.time()
        return for_user(asked.what, live, group, asked.user, context, clock)

    def _left(self, asked: Asked, group: Group, ranked: Ranked) -> np.ndarray:
        left = self._filtered(asked.filter, asked, group, ranked)
        event = asked.what.use_case.leaves_out
        if event is not None:
            had = group.items.items.values[group.items.had(asked.user, event)]
            code = ranked.ids.codes(had)
            left[code[code >= 0]] = False
        if asked.item is not None and asked.item in ranked.ids:
            left[ranked.ids.code(asked.item)] = False
        return left

    def _filtered(
        self, by: Filtered | None, asked: Asked, group: Group, ranked: Ranked
    ) -> np.ndarray:
        if by is None:
            return np.ones(len(ranked.ids), bool)
        try:
            left = group.items.left(by.expression, by.values, user=asked.user, item=asked.item)
        except FilterError as error:
            raise refusals.invalid(str(error)) from None
        return group.onto(left, ranked.ids)

    def _explored(self, answered: Answered) -> np.ndarray:
        """For each item of the answer whether it is there because exploration moved it up."""
        ranked, codes = answered.ranked, answered.codes
        if not ranked.explored.any() or not len(codes):
            return np.zeros(len(codes), bool)
        without = top(np.where(answered.left, ranked.scores, -np.inf), len(codes))
        return ~np.isin(codes, without) & (ranked.explored[codes] > 0)


def _chances(scores: np.ndarray, codes: np.ndarray, over: np.ndarray | None) -> np.ndarray:
    if over is None:
        return softmax(scores)[codes]
    found = np.full(len(scores), -np.inf)
    found[over] = scores[over]
    return softmax(found)[codes]
