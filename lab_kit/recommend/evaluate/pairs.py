"""Two models over the same users: is the difference more than chance?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite
from statistics import NormalDist

import numpy as np
import pandas as pd

from lab_kit.prepare.tables import html_table, text_table
from lab_kit.recommend.evaluate.bootstrap import LEVEL, interval, resampled_means
from lab_kit.recommend.evaluate.words import between, shown


@dataclass(frozen=True, eq=False, repr=False)
class Pair:
    """How far one model is ahead of another."""

    one: str
    other: str
    metric: str
    """The measure that `repr` speaks of."""
    frame: pd.DataFrame
    """One row a measure: metric, one, other (means over the users both have a value for),
    difference with low and high, ratio with ratio_low and ratio_high, ahead, users and needed.

    ahead: the share of draws of the users in which the mean of `one` is higher, equal ones counted
    half. It is what the bootstrap says about users like these; it does not know that a fit may turn
    out otherwise, nor of other data, nor how many models were looked at before this pair.
    needed: with so many users a difference of this size would lie just outside its interval."""

    def __getitem__(self, metric: str) -> pd.Series:
        """The row of a measure: `pair["NDCG@10"].difference`."""
        return self.frame.set_index("metric").loc[metric]

    @property
    def told_apart(self) -> bool:
        """Whether the interval of the difference leaves 0 out."""
        row = self[self.metric]
        return bool(row.low > 0 or row.high < 0)

    @property
    def words(self) -> str:
        """What there is to say, in a sentence or two."""
        row = self[self.metric]
        said = (
            f"{self.metric} of {self.one} {shown(row.one)}, of {self.other} {shown(row.other)}: "
            f"difference {row.difference:+.4f} ({row.low:+.4f} to {row.high:+.4f}), above 0 in "
            f"{row.ahead:.1%} of the draws of {int(row.users):,} users."
        )
        if self.told_apart:
            return said
        more = f"; it would take about {int(row.needed):,} users" if isfinite(row.needed) else ""
        return f"{said} They cannot be told apart{more}."

    def __repr__(self) -> str:
        return f"{self.words}\n{text_table(self._header(), self._rows())}"

    def _repr_html_(self) -> str:
        return html_table(self.words, self._header(), self._rows())

    def _header(self) -> tuple[str, ...]:
        return ("measure", self.one, self.other, "difference", f"{LEVEL:.0%} interval", "ahead")

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                row.metric,
                shown(row.one),
                shown(row.other),
                f"{row.difference:+.4f}",
                between(row.low, row.high),
                f"{row.ahead:.1%}",
            )
            for row in self.frame.itertuples()
            if row.metric.endswith(self.metric[self.metric.index("@") :])
        ]


def paired(
    one: tuple[str, pd.DataFrame], other: tuple[str, pd.DataFrame], metric: str, seed: int = 0
) -> Pair:
    """Compare two models, draw of the users by draw.

    Args:
        one: Name, and values as in `Evaluation.values`.
        other: The same of the other model, for the same users in the same order.
        metric: The measure to speak of.
        seed: Draws the users.
    """
    names = list(one[1].columns)
    left, right = one[1].to_numpy(), other[1][names].to_numpy()
    both = np.isfinite(left) & np.isfinite(right)
    left, right = np.where(both, left, np.nan), np.where(both, right, np.nan)
    mean_left, mean_right, spread = _mean(left), _mean(right), _spread(left - right)
    drawn_left, drawn_right = np.hsplit(resampled_means(np.hstack([left, right]), seed=seed), 2)
    gap = drawn_left - drawn_right
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(drawn_right > 0, drawn_left / drawn_right, np.nan)
        ratio = mean_left / mean_right
        far = NormalDist().inv_cdf(0.5 + LEVEL / 2) * spread / (mean_left - mean_right)
    low, high = interval(gap)
    ratio_low, ratio_high = interval(ratios)
    table = pd.DataFrame(
        {
            "metric": names,
            "one": mean_left,
            "other": mean_right,
            "difference": mean_left - mean_right,
            "low": low,
            "high": high,
            "ratio": ratio,
            "ratio_low": ratio_low,
            "ratio_high": ratio_high,
            "ahead": (gap > 0).mean(axis=0) + (gap == 0).mean(axis=0) / 2,
            "users": both.sum(axis=0),
            "needed": [ceil(n**2) if isfinite(n) else np.inf for n in far],
        }
    )
    return Pair(one[0], other[0], metric, table)


def _mean(values: np.ndarray) -> np.ndarray:
    return pd.DataFrame(values).mean().to_numpy()


def _spread(values: np.ndarray) -> np.ndarray:
    return pd.DataFrame(values).std().to_numpy()
