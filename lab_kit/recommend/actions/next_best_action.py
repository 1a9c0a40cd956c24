"""Next best action: how likely a user is to take each action, and which to suggest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from lab_kit.errors import LabKitError
from lab_kit.recommend.actions.catalogue import Actions
from lab_kit.recommend.actions.episodes import Episodes, checked, read_log, ready
from lab_kit.recommend.actions.features import Features, Timeline
from lab_kit.recommend.actions.propensity import chances, fit_propensity
from lab_kit.recommend.answers import Recommendations
from lab_kit.recommend.estimator import Estimator
from lab_kit.recommend.files import read_model, write_model
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.model import Progress, silent
from lab_kit.recommend.models.item_knn import binary
from lab_kit.recommend.reading import milliseconds
from lab_kit.recommend.threads import one_thread

LEAST = 50
"""Events of either kind an action needs before it has a propensity."""
SPAN = 42 * DAY
"""Six weeks, before the newest event with an action, in which they have to lie."""
STEP = 0.01
"""Propensities are told apart so finely; the value decides between equal ones."""
ONE_BY_ONE = 30
"""So many of the most frequent actions are features of their own."""
FAR = 3.0
"""In standard deviations: what was hardly ever seen is not trusted beyond."""
NOTHING = -2
"""Stands for a kind no event has."""


@dataclass(eq=False, repr=False)
class NextBestAction(Estimator):
    """propensity(user, action) = calibrated logistic regression, one an action.

    It is the chance that the user takes the action within `period_days` of having to do with it.
    Features are what was known at the moment: attributes of the user, how much and what they did
    with items, which actions they took or left. An action has the propensity 0.0 until 50 events
    TAKEN, and 50 NOT_TAKEN or VIEWED, lie in the last six weeks of the log.
    """

    name: ClassVar[str] = "next best action"
    paper: ClassVar[str] = (
        "Amazon Personalize Developer Guide, Next-Best-Action recipe; logistic regression with "
        "Platt scaling (1999)"
    )
    unfitted: ClassVar[tuple[str, str]] = (
        "has not been fitted",
        "call fit(interactions, actions, log) first",
    )

    period_days: float = 14.0
    """How far is looked ahead: Amazon's action optimization period."""
    factors: int = 16
    """Numbers that say what kind of items a user takes."""
    seed: int = 0

    def fit(
        self,
        interactions: Interactions,
        actions: pd.DataFrame,
        log: pd.DataFrame,
        *,
        progress: Progress = silent,
    ) -> Self:
        """Learn; whatever was learnt before is forgotten.

        Args:
            interactions: What users did with items, and attributes of users.
            actions: As in `Actions.from_frame`.
            log: What users did with actions, as in `episodes.read_log`; may be empty.
            progress: Told how far it is.

        Raises:
            LabKitError: If one of the frames is wrong, or there is no action.
        """
        if not len(actions):
            raise LabKitError("There are no actions", next_step="give one row an action")
        self._know(interactions, actions, log)
        counts = np.bincount(self.log.events.item, minlength=len(self.actions))
        self.learned = {
            "factors": self._item_factors(),
            "counted": np.argsort(-counts, kind="stable")[:ONE_BY_ONE],
            "ready": ready(self.log, LEAST, SPAN),
        }
        self._weigh(progress)
        progress(1.0, "next best action is fitted")
        return self

    def _know(self, interactions: Interactions, actions: pd.DataFrame, log: pd.DataFrame) -> None:
        self.interactions, self.actions = interactions, Actions.from_frame(actions)
        self.log = read_log(log, self.actions.ids)
        self.latest = max(interactions.latest, self.log.latest)
        """Time of the newest event of all, milliseconds since 1970."""
        first = np.full(len(self.actions), self.latest)
        np.minimum.at(first, self.log.events.item, self.log.events.time)
        self.created = np.where(self.actions.created > 0, self.actions.created, first)
        """(actions,): when each was made; its oldest event, or the newest of all, where nothing is
        said, as in Amazon Personalize."""

    def _item_factors(self) -> np.ndarray:
        """(items, factors) float64: the main directions in which users' items differ."""
        taken = binary(self.interactions.matrix())
        number = min(self.factors, min(taken.shape) - 1)
        if number < 1 or not taken.nnz:
            return np.zeros((taken.shape[1], 0))
        popular = np.maximum(np.bincount(taken.indices, minlength=taken.shape[1]), 1)
        scaled = sp.csr_array(taken @ sp.diags_array(1 / np.sqrt(popular)), dtype=np.float64)
        start = np.random.default_rng(self.seed).normal(size=min(taken.shape))
        _, _, directions = svds(scaled, number, v0=start)
        return directions[::-1].T * np.sqrt(taken.shape[1])

    def _features(self) -> Features:
        known = self.interactions.user_attributes
        nothing = sp.csr_array((0, 0), dtype=np.float32)
        counted = self.learned["counted"]
        return Features(
            known.names if known else (),
            known.table if known else nothing,
            self.learned["factors"],
            counted,
            self.actions.ids.values[counted].tolist(),
            self.log.event_types.index("TAKEN") if "TAKEN" in self.log.event_types else NOTHING,
        )

    def _weigh(self, progress: Progress) -> None:
        episodes = Episodes.of(self.log, round(self.period_days * DAY))
        users = self.interactions.users.codes(self.log.users.values)[episodes.user]
        made = self._features()
        features = made.of(
            users,
            episodes.time,
            (Timeline(self.interactions.start, self.interactions.events), users),
            (Timeline(self.log.start, self.log.events), episodes.user),
        )
        usual = features if len(features) else np.zeros((1, len(made.names)))
        spread = usual.std(axis=0)
        self.learned |= {
            "names": np.array(made.names, dtype="U"),
            "mean": usual.mean(axis=0),
            "spread": np.where(spread > 1e-9, spread, np.inf),
        }
        features = self._standardised(features)
        weights = np.zeros((len(self.actions), len(made.names) + 1))
        able = np.flatnonzero(self.learned["ready"])
        # Hundreds of small systems: threads that wait for each other take many times as long.
        with one_thread():
            for done, action in enumerate(able):
                own = episodes.action == action
                weights[action] = fit_propensity(features[own], episodes.taken[own], self.seed)
                progress(done / len(able), "next best action: weighing features")
        self.learned["weights"] = weights

    # ---- answers

    def recommend(
        self,
        user: str,
        k: int = 5,
        *,
        now: pd.Timestamp | None = None,
        candidates: Iterable[str] | None = None,
    ) -> Recommendations:
        """The k actions to suggest to a user, the likeliest first.

        Propensities are given to one part in a hundred, and of equal ones the action of the higher
        value comes first; then the likelier, then the newer. Actions that have expired, and those
        the user had to do with within their repeat frequency, are left out.

        Args:
            user: A user id; of unknown users nothing is known.
            k: How many at most, 1 or more.
            now: The moment of the answer; None: right after the newest event of all.
            candidates: Only these actions.

        Raises:
            LabKitError: If it is not fitted, k is below 1, or a candidate is unknown.
        """
        self._fitted()
        if k < 1:
            raise LabKitError(f"k is {k}", where="k", next_step="ask for 1 action or more")
        moment = self._moment(now)
        exact = self._propensities(user, moment)
        allowed = self._allowed(user, moment)
        if candidates is not None:
            chosen = np.zeros(len(exact), bool)
            chosen[self.actions.ids.known(candidates, "candidates")] = True
            allowed &= chosen
        given = np.round(exact / STEP) * STEP
        order = np.lexsort((-self.created, -exact, -self.actions.value, -given))
        best = order[allowed[order]][:k]
        return Recommendations(self.actions.ids.values[best], given[best].astype(np.float32))

    def propensities(self, user: str, *, now: pd.Timestamp | None = None) -> pd.Series:
        """The exact propensity of every action, by its id, whatever the rules for suggesting it.

        Raises:
            LabKitError: If it is not fitted.
        """
        self._fitted()
        found = self._propensities(user, self._moment(now))
        return pd.Series(found, index=self.actions.ids.values.astype(str), name="propensity")

    def explain(self, user: str, action: str, *, now: pd.Timestamp | None = None) -> pd.DataFrame:
        """What raised or lowered a propensity.

        Returns:
            One row a feature: `feature`, `contribution` to the log-odds against the mean of all
            occasions, the largest first. Together with the intercept, the row "usual", they are the
            log-odds of the propensity.

        Raises:
            LabKitError: If it is not fitted, the action is unknown, or has no propensity yet.
        """
        self._fitted()
        code = int(self.actions.ids.known([action], "actions")[0])
        if not self.learned["ready"][code]:
            raise LabKitError(
                f"Action {action!r} has no propensity yet",
                where=action,
                next_step=f"record {LEAST} events TAKEN and {LEAST} others within six weeks",
            )
        weights = self.learned["weights"][code]
        parts = np.append(self._now(user, self._moment(now))[0], 1.0) * weights
        frame = pd.DataFrame(
            {"feature": [*self.learned["names"].tolist(), "usual"], "contribution": parts}
        )
        return frame.sort_values(
            "contribution", key=np.abs, ascending=False, kind="stable", ignore_index=True
        )

    def _propensities(self, user: str, moment: int) -> np.ndarray:
        """(actions,) float64."""
        found = chances(self._now(user, moment), self.learned["weights"])[0]
        return np.where(self.learned["ready"], found, 0.0)

    def _now(self, user: str, moment: int) -> np.ndarray:
        """(1, features): one user at one moment."""
        history, past = self.interactions.history(user), self.log.history(user)
        one = np.zeros(1, np.int64)
        features = self._features().of(
            np.array([history.user]),
            np.array([moment]),
            (Timeline(np.array([0, len(history)]), history.events), one),
            (Timeline(np.array([0, len(past)]), past.events), one),
        )
        return self._standardised(features)

    def _standardised(self, features: np.ndarray) -> np.ndarray:
        """Features against those of all occasions; what is further out counts as `FAR`."""
        return np.clip((features - self.learned["mean"]) / self.learned["spread"], -FAR, FAR)

    def _allowed(self, user: str, moment: int) -> np.ndarray:
        """(actions,) bool: which may be suggested."""
        allowed = self.actions.expires > moment
        events = self.log.history(user).events
        past = events.time < moment
        last = np.full(len(allowed), np.iinfo(np.int64).min // 2)
        np.maximum.at(last, events.item[past], events.time[past])
        return allowed & (moment - last >= self.actions.pause)

    def _moment(self, now: pd.Timestamp | None) -> int:
        if now is None:
            return self.latest + 1
        return int(milliseconds(pd.Series([now.tz_convert("UTC")]))[0])

    # ---- new events

    def observe(self, log: pd.DataFrame) -> None:
        """Take in new events with actions: the next answer knows them; nothing is refitted.

        Args:
            log: As in `fit`.
        """
        self._fitted()
        self.log = self.log.append(checked(log, self.actions.ids))
        self._newest(log)

    def observe_items(self, frame: pd.DataFrame) -> None:
        """Take in new events with items.

        Args:
            frame: As in `Interactions.from_frame`.
        """
        self._fitted()
        self.interactions = self.interactions.append(frame)
        self._newest(frame)

    def _newest(self, frame: pd.DataFrame) -> None:
        self.latest = max([self.latest, *milliseconds(frame["timestamp"]).tolist()])

    # ---- on disk

    def save(self, folder: Path) -> None:
        """Write what was learnt (JSON and npz); actions and events are kept by whoever has them."""
        self._fitted()
        ids = {"actions": self.actions.ids.values.astype("U")}
        write_model(folder, self, {**self.learned, **ids})

    @classmethod
    def load(
        cls, folder: Path, interactions: Interactions, actions: pd.DataFrame, log: pd.DataFrame
    ) -> Self:
        """Read what `save` wrote.

        Args:
            folder: Where it lies.
            interactions: As in `fit`; attributes of users have to be those it was fitted with.
            actions: As in `fit`; those that are new since have the propensity 0.0.
            log: As in `fit`.

        Raises:
            LabKitError: If the folder holds no such model, a frame is wrong, an action it was
                fitted with is gone, or users have other attributes.
        """
        parameters, learned, _ = read_model(folder, cls)
        model = cls(**parameters)
        model._know(interactions, actions, log)
        old = model.actions.ids.known(learned.pop("actions").astype(object), "actions it knows")
        model.learned = learned | {
            "counted": old[learned["counted"]],
            "ready": _moved(learned["ready"], old, len(model.actions)),
            "weights": _moved(learned["weights"], old, len(model.actions)),
        }
        if model._features().names != learned["names"].tolist():
            raise LabKitError(
                "Users, or their attributes, are not those the model was fitted with",
                where=str(folder),
                next_step="give the same table of users, or fit again",
            )
        return model


def _moved(values: np.ndarray, places: np.ndarray, number: int) -> np.ndarray:
    """The rows at other places; 0 where there is none."""
    found = np.zeros((number, *values.shape[1:]), values.dtype)
    found[places] = values
    return found
