"""The inside of a campaign, a recommender or a solution version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.aws.ground import Ground
from lab_kit.errors import LabKitError
from lab_kit.paths import home_folder
from lab_kit.personalize.filters.parser import parse
from lab_kit.personalize.filters.stage import onto
from lab_kit.personalize.inspecting.cuts import Removed, cuts
from lab_kit.personalize.inspecting.moments import in_time
from lab_kit.personalize.inspecting.reasons import Why
from lab_kit.personalize.inspecting.tables import frame_of, with_doubt
from lab_kit.personalize.runtime.answering import Answering, Asked
from lab_kit.personalize.runtime.deployed import Deployed, deployed, of_trained
from lab_kit.personalize.runtime.group import Group
from lab_kit.personalize.runtime.live import Live
from lab_kit.personalize.runtime.ranked import Ranked
from lab_kit.personalize.runtime.remembered import Remembered
from lab_kit.personalize.training.trained import Trained, softmax
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.top import top


def inspect(arn: str, *, ground: Ground | None = None) -> Inspection:
    """Look inside a campaign, a recommender or a solution version of the local cloud.

    It shows what is there now; call it again after an event or when the clock was put forward.

    Args:
        arn: Its ARN.
        ground: The local cloud it is in; None: the one of this kit's home folder.

    Raises:
        LabKitError: There is none, or it is not active.
    """
    ground = ground or Ground.under(home_folder() / "cloud")
    resource = ground.registry.get(arn)
    if resource is None or resource.kind not in ("Campaign", "Recommender", "SolutionVersion"):
        raise LabKitError(
            f"The local cloud has no campaign, recommender or solution version {arn}",
            next_step="give an ARN that a create call returned, in the local cloud that runs",
        )
    if resource.status != "ACTIVE":
        raise LabKitError(
            f"It has status {resource.status}: {arn}", next_step="wait until it is ACTIVE"
        )
    if resource.kind == "SolutionVersion":
        return Inspection(ground, of_trained(ground, resource))
    return Inspection(ground, deployed(ground, resource.kind, arn, resource.region))


class Inspection:
    """What is inside.

    Args:
        ground: What the local cloud stands on.
        what: What is looked into.
    """

    def __init__(self, ground: Ground, what: Deployed) -> None:
        self._ground, self._what = ground, what
        self._answering = Answering(ground, Remembered(ground.database))

    def __repr__(self) -> str:
        facts = self.facts
        return (
            f"{self._what.recipe.name}, {type(self.trained.model).__name__}, trained on "
            f"{facts['interactions']:,} events of {facts['users']:,} users with "
            f"{facts['items']:,} items in {facts['seconds']:.1f} s"
        )

    @cached_property
    def _live(self) -> Live:
        return self._answering.live(self._what)

    @cached_property
    def _group(self) -> Group:
        return self._answering.group(self._what)

    # ---- the model

    @property
    def trained(self) -> Trained:
        """The model with its data: `trained.model` is one of `lab_kit.recommend`."""
        return self._live.trained

    @property
    def facts(self) -> dict[str, Any]:
        """How it was trained: recipe, hyperparameters, counts, seconds."""
        return self.trained.facts

    def events(self) -> pd.DataFrame:
        """The events that trained it: `user_id`, `item_id`, `timestamp`, `event_type`, `weight`."""
        known = self.trained.interactions
        return frame_of(known, known.histories(), with_users=True)

    def history(self, user: str) -> pd.DataFrame:
        """What the model knows of a user, oldest first: `item_id`, `timestamp`, `event_type`."""
        known = self._live.model.interactions
        return frame_of(known, Histories.of([known.history(user)]))

    def neighbours(self, item: str, k: int = 10) -> pd.DataFrame:
        """The items the model holds to be most like one: rank, item_id, score."""
        frame: pd.DataFrame = self._live.model.similar(item, k).frame
        return frame

    def signals(self) -> pd.DataFrame:
        """What the personalisation model weighs: signals, and their weights in each case.

        Raises:
            LabKitError: It is another model, which weighs nothing.
        """
        model = self._live.model
        if not hasattr(model, "signals"):
            raise LabKitError(
                f"{type(model).__name__} has no signals", next_step="look at .trained.model"
            )
        cases = {case: model.learned[case] for case in ("visit", "back", "cold")}
        return pd.DataFrame(cases, index=pd.Index(model.signals, name="signal"))

    def factors(self) -> pd.DataFrame:
        """One row an item: the numbers the model describes it with.

        Raises:
            LabKitError: The model has none.
        """
        model = self._live.model
        for name in ("factors factors", "vectors", "factors"):
            if name in model.learned:
                found = np.asarray(model.learned[name])
                found = found if len(found) == len(model.items) else found.T
                return pd.DataFrame(found, index=pd.Index(model.items.values.astype(str)))
        raise LabKitError(
            f"{type(model).__name__} describes items with no factors",
            next_step="look at .trained.model.learned",
        )

    # ---- how good it is

    @property
    def held_out(self) -> pd.DataFrame:
        """Every user it was measured on: `given`, `to_find`, `answered`, and the measures."""
        return self.trained.held_out

    def metrics(self, level: float = 0.95, *, seed: int = 0) -> pd.DataFrame:
        """Means over the held-out users, not rounded, and how far they may be off.

        Args:
            level: The part of draws the interval holds; between 0 and 1.
            seed: Draws users with replacement.

        Returns:
            One row a metric, AWS's names and the textbook's: `mean`, `low`, `high`, `users`.

        Raises:
            LabKitError: Nobody was held out.
        """
        return with_doubt(self.held_out, level, seed)

    # ---- one answer

    def ranking(self, user: str | None = None, *, item: str | None = None) -> pd.DataFrame:
        """The whole answer, without a filter, best first.

        Args:
            user: The user it is for.
            item: The item it is about, for models of related items.

        Returns:
            `item_id`, `score`, `exploration` (how far it moved up), `chance` (the score as callers
            see it), `events` (how many the item has had).
        """
        ranked = self._ranked(Asked(self._what, 1, user, item))
        order = np.argsort(-ranked.final, kind="stable")
        counts = np.zeros(len(ranked.ids), int)
        counts[: len(self._live.counts)] = self._live.counts
        return pd.DataFrame(
            {
                "item_id": ranked.ids.values[order].astype(str),
                "score": ranked.scores[order],
                "exploration": ranked.explored[order],
                "chance": softmax(ranked.final)[order],
                "events": counts[order],
            }
        )

    def answer(self, user: str, k: int = 10, *, after: Sequence[str] = ()) -> pd.DataFrame:
        """The best k items for a user and the main reason for each; also, what if?

        Args:
            user: Whose answer it is.
            k: How many, 1 or more.
            after: Items, as if the user had just had the commonest kind of event with them, one
                after the other. Nothing is kept of that.

        Returns:
            `item_id`, `chance` (the score as callers see it), `because_of` (the event, or the part
            of the model, that adds most) and `adds` (how much).

        Raises:
            LabKitError: An item is unknown, or the recipe does not answer for users.
        """
        self._need_users()
        history = self._history(user, after)
        scores = self._live.model.score(history)
        chances, rows = softmax(scores), []
        for code in top(scores, k):
            events, others, _, _ = self._parts(history, {}, scores, int(code))
            parts = {f"event with {i}": float(c) for i, c in events.itertuples(index=False)}
            parts |= {name: float(part) for name, part in others.items()}
            main = max(parts, key=lambda name: parts[name])
            rows.append(
                (str(self._live.model.items.values[code]), chances[code], main, parts[main])
            )
        return pd.DataFrame(rows, columns=["item_id", "chance", "because_of", "adds"])

    def why(
        self,
        user: str,
        item: str,
        *,
        context: Mapping[str, str] | None = None,
        filter_arn: str | None = None,
        filter_values: Mapping[str, str] | None = None,
    ) -> Why:
        """Why an item stands where it stands in the answer for a user.

        Args:
            user: Whose answer it is.
            item: The item.
            context: As in the request.
            filter_arn: As in the request; whether, and by what, it was removed.
            filter_values: As in the request.

        Raises:
            LabKitError: The item is unknown, or the recipe does not answer for users.
        """
        self._need_users()
        asked = Asked(self._what, 1, user, context=context)
        ranked = self._ranked(asked)
        code = int(ranked.ids.known([item], "items")[0])
        removed = self._removed_by(user, filter_arn, filter_values or {}, ranked)
        order = np.argsort(-np.where(removed == "", ranked.final, -np.inf), kind="stable")
        history = self._history(user)
        events, others, how, exact = self._parts(history, context or {}, ranked.scores, code)
        return Why(
            user,
            item,
            None if removed[code] else int(np.flatnonzero(order == code)[0]) + 1,
            float(ranked.scores[code]),
            float(softmax(ranked.final)[code]),
            events,
            others,
            float(ranked.explored[code]),
            str(removed[code]) or None,
            how,
            exact,
        )

    def removed(
        self, user: str, filter_arn: str, filter_values: Mapping[str, str] | None = None
    ) -> Removed:
        """What a filter removes from the answer for a user, and which part of it does.

        Args:
            user: Whose answer it is.
            filter_arn: The filter.
            filter_values: What a request gives for its parameters.
        """
        ranked = self._ranked(Asked(self._what, 1, user))
        by = self._removed_by(user, filter_arn, filter_values or {}, ranked)
        order = np.argsort(-ranked.final, kind="stable")
        rank = np.empty(len(order), int)
        rank[order] = np.arange(1, len(order) + 1)
        out = order[by[order] != ""]
        items = pd.DataFrame(
            {
                "item_id": ranked.ids.values[out].astype(str),
                "rank": rank[out],
                "removed_by": by[out].astype(str),
            }
        )
        parts = items["removed_by"].value_counts().to_dict()
        return Removed(user, parts, items, int((by == "").sum()))

    # ---- time

    def clock(self) -> pd.Series:
        """Where the model stands in time: now, the data's now, the next automatic update."""
        return in_time(self._what, self._live, self._group, self._ground.clock.time())

    # ---- parts

    def _need_users(self) -> None:
        if self.trained.kind != "items":
            raise LabKitError(
                f"{self._what.recipe.name} does not answer for users",
                next_step="look at .neighbours(item)",
            )

    def _history(self, user: str, after: Sequence[str] = ()) -> History:
        history = self._live.history(user, self._ground.clock.time(), self._group)
        kinds = self.trained.interactions.events.kind
        usual = int(np.bincount(kinds + 1).argmax()) - 1
        for code in self._live.model.items.known(after, "items"):
            history = history.add(int(code), history.now, kind=usual)
        return history

    def _ranked(self, asked: Asked) -> Ranked:
        return self._answering.ranked(asked)

    def _parts(
        self, history: History, context: Mapping[str, str], scores: np.ndarray, code: int
    ) -> tuple[pd.DataFrame, dict[str, float], str, bool]:
        model = self._live.model
        known = {k.lower(): v for k, v in context.items() if k.lower() in model.contexts}
        if code < len(model.items):
            found = model.explain(history, str(model.items.values[code]), context=known)
            others = found.others or {"everything else": found.rest}
            return found.causes, others, found.how, found.exact
        new = self._live.newcomers(self._ground.clock.time(), self._group)
        like = new.alike[[code - len(model.items)]].tocoo()
        events = pd.DataFrame({"item_id": [], "contribution": []})
        others = {
            f"like {model.items.values[item]}": float(weight * scores[item])
            for item, weight in zip(like.col, like.data, strict=True)
        }
        how = "The item is newer than the model: it scores like the known items most like it."
        return events, others, how, True

    def _removed_by(
        self, user: str, arn: str | None, values: Mapping[str, str], ranked: Ranked
    ) -> np.ndarray:
        """(items,) text: what removes each item; empty where nothing does."""
        by = np.full(len(ranked.ids), "", dtype=object)
        if arn is not None:
            expression = parse(self._ground.registry.require(arn).record["filterExpression"])
            stage = self._group.items
            for cut in cuts(expression, values, stage, user=user, item=None):
                by[onto(cut.removed, stage.items, ranked.ids) & (by == "")] = cut.text
        bare = Asked(replace(self._what), 1, user)
        by[~self._answering.left(bare, ranked) & (by == "")] = (
            f"items after {self._what.use_case.leaves_out} are left out by the use case"
        )
        return by
