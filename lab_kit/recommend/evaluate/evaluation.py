"""What one model's lists were like: every measure, for every user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.prepare.tables import html_table, text_table
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.evaluate import beyond
from lab_kit.recommend.evaluate.bootstrap import LEVEL, interval, resampled_means
from lab_kit.recommend.evaluate.guards import (
    require_fair,
    require_fitted_on,
    require_question,
    tied,
)
from lab_kit.recommend.evaluate.metrics import (
    Hits,
    average_precision,
    hit_rate,
    ndcg,
    ndcg_of_hits,
    precision,
    recall,
    reciprocal_rank,
    reward,
    reward_share,
)
from lab_kit.recommend.evaluate.words import between, shown
from lab_kit.recommend.held_out import HeldOut
from lab_kit.recommend.model import Model, Progress, silent

DEPTHS = (5, 10, 25)
"""Lengths of the lists that are measured."""
MEASURES = {
    "NDCG": ndcg,
    "NDCG of hits": ndcg_of_hits,
    "MRR": reciprocal_rank,
    "MAP": average_precision,
    "precision": precision,
    "recall": recall,
    "hit rate": hit_rate,
}
"""Measures of being right, by the name they have in tables."""


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """Figures of one model for the users of one held-out part, or of several put together."""

    name: str
    held_out: tuple[HeldOut, ...]
    codes: tuple[np.ndarray, ...]
    """The lists of each part, (users, k) int32: codes of the items, -1 where one is shorter."""
    values: pd.DataFrame
    """One row a user asked (by id), one column a measure ("NDCG@10"), nothing rounded; the figure
    of the model is the mean. NaN takes no part in it."""
    coverage: float
    """Share of the catalogue that is on any list; the mean of the parts."""
    tied: dict[int, float]
    """For each depth the share of the lists whose last item scored as much as the next one, so that
    the hash of the ids chose; NaN where it cannot be known."""
    about: tuple[str, ...]
    """How the figures were made, in sentences."""

    @classmethod
    def joined(cls, parts: Sequence[Evaluation]) -> Evaluation:
        """Figures of several held-out parts as one, such as all folds; no user in two of them."""
        first = parts[0]
        users = np.array([len(part.values) for part in parts])
        return cls(
            first.name,
            tuple(task for part in parts for task in part.held_out),
            tuple(lists for part in parts for lists in part.codes),
            pd.concat([part.values for part in parts]),
            float(np.mean([part.coverage for part in parts])),
            {
                k: float(np.average([part.tied[k] for part in parts], weights=users))
                for k in first.tied
            },
            first.about,
        )

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a measure: metric, value (the mean), low, high, users.

        The interval is of `bootstrap`, over users. Coverage has none: it is no mean over users, and
        users drawn twice would add nothing to it.
        """
        means = resampled_means(self.values.to_numpy())
        low, high = interval(means)
        table = pd.DataFrame(
            {
                "metric": self.values.columns,
                "value": self.values.mean().to_numpy(),
                "low": low,
                "high": high,
                "users": self.values.notna().sum().to_numpy(),
            }
        )
        depth = max(self.tied)
        table.loc[len(table)] = [f"coverage@{depth}", self.coverage, np.nan, np.nan, len(self)]
        return table

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, metric: str) -> float:
        """The mean of a measure: `found["NDCG@10"]`."""
        return float(self.frame.set_index("metric").loc[metric, "value"])

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(self._header(), self._rows()), *self.about])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(words)}</p>" for words in self.about)
        return html_table(self._title(), self._header(), self._rows()) + said

    def _title(self) -> str:
        return f"{self.name}: {len(self):,} users asked; means, and {LEVEL:.0%} intervals"

    def _header(self) -> tuple[str, ...]:
        return ("measure", *(f"first {k}" for k in self.tied))

    def _rows(self) -> list[tuple[str, ...]]:
        cells = {
            row.metric: f"{shown(row.value)} ({between(row.low, row.high)})".removesuffix(" ()")
            for row in self.frame.itertuples()
        }
        names = dict.fromkeys(metric.rpartition("@")[0] for metric in cells)
        return [(name, *(cells.get(f"{name}@{k}", "") for k in self.tied)) for name in names]


def measure(
    model: Model | Lists,
    held_out: HeldOut,
    *,
    name: str | None = None,
    depths: Sequence[int] = DEPTHS,
    progress: Progress = silent,
) -> Evaluation:
    """Measure a fitted model, or lists from elsewhere, by what the users did next.

    The whole catalogue is ranked, or the candidates of `held_out`; nothing is sampled.

    Args:
        model: Fitted on `held_out.train`; or the lists themselves, one row a history.
        held_out: What a protocol gave.
        name: What the model is called in tables; None: its own name.
        depths: Lengths of the lists measured.
        progress: Told how far it is.

    Raises:
        LabKitError: If the model knows more than it may, or the lists break a rule of the question:
            an item twice, an item of the history though repeats are off, no candidate.
    """
    require_question(held_out)
    lists = model if isinstance(model, Lists) else ask(model, held_out, max(depths), progress)
    name = name or (model.name if isinstance(model, Model) else "lists")
    require_fair(lists, held_out, name)
    depth = max(depths)
    codes = lists.codes[:, :depth]
    hits = Hits.of(codes, held_out.targets)
    right = {
        f"{metric}@{k}": function(hits, k)
        for metric, function in MEASURES.items()
        for k in sorted(depths)
    }
    vectors, made_of = beyond.described(held_out.train)
    beside = _beside(codes, held_out, vectors, depth)
    return Evaluation(
        name,
        (held_out,),
        (codes,),
        pd.DataFrame(right | beside, index=held_out.users),
        beyond.coverage(codes, len(held_out.train.items)),
        {k: float(tied(lists, k).mean()) for k in sorted(depths)},
        (ranked(held_out), f"Diversity is that of {made_of}."),
    )


def ask(model: Model, held_out: HeldOut, depth: int, progress: Progress = silent) -> Lists:
    """The model's lists, one item longer than the depth: it tells whether the last one is tied.

    Raises:
        LabKitError: If the model was fitted on more than `held_out.train`.
    """
    require_fitted_on(model, held_out)
    return model.recommend_many(
        held_out.histories,
        depth + 1,
        candidates=held_out.candidates,
        repeats=held_out.repeats,
        progress=progress,
    )


def ranked(held_out: HeldOut) -> str:
    """Among what the lists are the best, in a sentence."""
    items = len(held_out.train.items)
    if held_out.candidates is None:
        return f"Every list is the best of all {items:,} items; nothing is sampled."
    return (
        f"Every list is the best of {int(held_out.candidates.sum()):,} named candidates out of "
        f"{items:,} items: not comparable with figures over the whole catalogue."
    )


def _beside(
    codes: np.ndarray, held_out: HeldOut, vectors: sp.csr_array, depth: int
) -> dict[str, np.ndarray]:
    """The measures that are not of being right, at the greatest depth."""
    users = int((np.diff(held_out.train.start) > 0).sum())
    information = beyond.self_information(held_out.popularity, users)
    found = {
        f"novelty@{depth}": beyond.novelty(codes, information),
        f"diversity@{depth}": beyond.diversity(codes, vectors),
    }
    if np.isfinite(held_out.future.events.value).any():
        rewards = held_out.rewards
        found[f"reward@{depth}"] = reward(codes, rewards, depth)
        found[f"reward share@{depth}"] = reward_share(codes, rewards, depth)
    return found
