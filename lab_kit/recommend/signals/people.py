"""What people with such attributes take, and what is taken under such circumstances."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.signals.signals import Question, Signals, Weighted

DOUBT = 5.0
"""Events added to both sides of a ratio: with few of them it stays near 1."""
MOST = 3.0
"""Logarithms of ratios further from 0 than this are cut to it."""


class People(Signals):
    """score(item) = mean over the user's attributes of log(taken by such people / by everybody)."""

    names = ("taken by such people",)
    word = "people like this"

    @classmethod
    def fit(cls, interactions: Interactions) -> People | None:
        """Count; None where no user has attributes."""
        known = interactions.user_attributes
        if known is None or not known.table.nnz:
            return None
        groups = sp.csr_array(known.table)
        groups.resize((len(interactions.users), groups.shape[1]))
        return cls({"users": groups, "table": more_often(groups, interactions)})

    def __len__(self) -> int:
        return self.learned["table"].shape[1]

    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32."""
        found = np.zeros((len(question), len(self)), np.float32)
        self.weighted(np.ones(1, np.float32))(found, question)
        yield found

    def weighted(self, weights: np.ndarray) -> Weighted:
        """There is one signal only."""
        groups, table = self.learned["users"], self.learned["table"]

        def add(scores: np.ndarray, question: Question) -> None:
            for row, code in enumerate(question.histories.user.tolist()):
                if 0 <= code < groups.shape[0]:
                    own = groups.indices[groups.indptr[code] : groups.indptr[code + 1]]
                    for group in own:
                        scores[row] += table[group] * (weights[0] / len(own))

        return add


class Circumstances(Signals):
    """score(item) = log(how often it is taken under this circumstance / how often at all).

    One signal a context, such as the device; 0 where the context is not known.
    """

    word = "the circumstances"

    def __init__(self, learned: dict[str, np.ndarray]) -> None:
        super().__init__(learned)
        self.names = tuple(f"taken with this {name}" for name in learned["contexts"].tolist())

    @classmethod
    def fit(cls, interactions: Interactions) -> Circumstances | None:
        """Count; None where there are no contexts."""
        if not interactions.contexts:
            return None
        learned = {"contexts": np.array(list(interactions.contexts), dtype="U")}
        for place, values in enumerate(interactions.contexts.values()):
            code = interactions.events.context[:, place]
            groups = sp.csr_array(np.eye(max(1, len(values)), dtype=np.float32))
            learned[f"table {place}"] = more_often(groups, interactions, code)
        return cls(learned)

    def __len__(self) -> int:
        return self.learned["table 0"].shape[1]

    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32 a context."""
        given = question.histories.context
        for place in range(len(self.names)):
            table = self.learned[f"table {place}"]
            found = np.zeros((len(given), len(self)), np.float32)
            if place < given.shape[1]:
                code = given[:, place]
                known = (code >= 0) & (code < len(table))
                found[known] = table[code[known]]
            yield found

    def weighted(self, weights: np.ndarray) -> Weighted:
        """Contexts that are not given cost nothing."""

        def add(scores: np.ndarray, question: Question) -> None:
            if not question.histories.context.shape[1]:
                return
            for weight, signal in zip(weights, self.each(question), strict=True):
                scores += weight * signal

        return add


def more_often(
    groups: sp.csr_array, interactions: Interactions, member: np.ndarray | None = None
) -> np.ndarray:
    """(groups, items) float32: log of taken in the group over what chance would give, shrunk.

    log((n_gj + d) / (e_gj + d)) with e_gj = n_g n_j / n expected by chance: where there are few
    events it stays near 0.

    Args:
        groups: (members, groups), 1 where a member belongs to a group.
        interactions: The events, n of them (weights relative to the largest).
        member: (events,), the member each event is of, -1 for none; None: its user.
    """
    member = interactions.user if member is None else member
    of = member >= 0
    shape = (groups.shape[0], len(interactions.items))
    weight, item = interactions.relative_weight[of], interactions.events.item[of]
    taken = sp.csr_array((weight, (member[of], item)), shape=shape)
    counts = (groups.T @ taken).toarray()
    expected = np.outer(counts.sum(axis=1), np.asarray(taken.sum(axis=0)).ravel())
    expected /= max(float(weight.sum()), 1e-9)
    level = (counts + DOUBT) / (expected + DOUBT)
    return np.clip(np.log(level), -MOST, MOST).astype(np.float32)
