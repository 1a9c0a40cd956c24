"""What a comparison of models found: quality with intervals, time, memory, and what to doubt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape

import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.split import Finding
from lab_kit.prepare.tables import html_table, text_table
from lab_kit.recommend.evaluate.bootstrap import LEVEL
from lab_kit.recommend.evaluate.cost import Cost
from lab_kit.recommend.evaluate.evaluation import Evaluation
from lab_kit.recommend.evaluate.pairs import Pair, paired
from lab_kit.recommend.evaluate.slices import sliced
from lab_kit.recommend.evaluate.words import between, shown


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Models over the same users, the best first."""

    evaluations: dict[str, Evaluation]
    """By name, the best first; its `values` are those of every user."""
    costs: dict[str, Cost]
    failures: dict[str, str]
    """Models without figures, and why."""
    metric: str
    """The measure the models are ranked by: "NDCG@10"."""
    how: str
    """How the events were divided."""
    findings: tuple[Finding, ...]
    """What was looked for, found or not."""
    notes: tuple[str, ...]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a model, the best first.

        Columns: model, the measure with its low and high, users, fit_seconds, users_per_second,
        peak_mib, every other measure, and reason where there are no figures.
        """
        rows = [
            {
                "model": name,
                self.metric: found[self.metric],
                **self._bounds(name),
                "users": len(found),
                **vars(self.costs[name]),
                **found.frame.set_index("metric")["value"].drop(self.metric),
                "reason": "",
            }
            for name, found in self.evaluations.items()
        ]
        failed = [{"model": name, "reason": why} for name, why in self.failures.items()]
        return pd.DataFrame([*rows, *failed])

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """One row a model and a measure: model, metric, value, low, high, users."""
        parts = {name: found.frame for name, found in self.evaluations.items()}
        return _stacked(parts, ["model", "metric", "value", "low", "high", "users"])

    @cached_property
    def slices(self) -> pd.DataFrame:
        """One row a slice and a model: slice, model, users, value, low, high."""
        parts = {name: sliced(found, self.metric) for name, found in self.evaluations.items()}
        table = _stacked(parts, ["slice", "model", "users", "value", "low", "high"])
        place = pd.factorize(table["slice"])[0]
        return table.iloc[place.argsort(kind="stable")].reset_index(drop=True)

    def pairs(self, one: str, other: str, metric: str | None = None) -> Pair:
        """Two models over the same users, draw by draw.

        Args:
            one: Name of a model.
            other: Name of another.
            metric: The measure to speak of; None: the one the models are ranked by.

        Raises:
            LabKitError: If there are no figures of one of them, or no such measure of each user.
        """
        first, second = self._of(one), self._of(other)
        metric = metric or self.metric
        if metric not in first.values:
            raise LabKitError(
                f"There is no measure {metric!r} of each user",
                where="metric",
                next_step=f"name one of {', '.join(first.values)}",
            )
        return paired((one, first.values), (other, second.values), metric)

    def __getitem__(self, name: str) -> Evaluation:
        return self._of(name)

    def _of(self, name: str) -> Evaluation:
        if name not in self.evaluations:
            raise LabKitError(
                f"There are no figures of {name!r}",
                where=self.failures.get(name, "it was not compared"),
                next_step=f"name one of {', '.join(self.evaluations)}",
            )
        return self.evaluations[name]

    def _bounds(self, name: str) -> dict[str, float]:
        row = self.evaluations[name].frame.set_index("metric").loc[self.metric]
        return {"low": row["low"], "high": row["high"]}

    # ---- as text and HTML

    def __repr__(self) -> str:
        parts = [self._title(), text_table(self._header(), self._rows()), *self._said()]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(words)}</p>" for words in self._said())
        return html_table(self._title(), self._header(), self._rows()) + said

    def _title(self) -> str:
        users = max((len(found) for found in self.evaluations.values()), default=0)
        return f"{len(self.frame)} models over {users:,} users, {self.how}"

    def _header(self) -> tuple[str, ...]:
        interval = f"{LEVEL:.0%} interval"
        return ("model", self.metric, interval, *self._beside, "fit s", "users/s", "MiB")

    @property
    def _beside(self) -> list[str]:
        """The other measures shown: first hit, share found and breadth of the longest lists."""
        deep = max((k for found in self.evaluations.values() for k in found.tied), default=0)
        names = (f"MRR@{deep}", f"recall@{deep}", f"coverage@{deep}")
        return [name for name in names if name != self.metric and name in self.frame]

    def _rows(self) -> list[tuple[str, ...]]:
        rows = [
            (
                name,
                shown(found[self.metric]),
                between(*self._bounds(name).values()),
                *(shown(found[metric]) for metric in self._beside),
                f"{self.costs[name].fit_seconds:,.2f}",
                f"{self.costs[name].users_per_second:,.0f}",
                f"{self.costs[name].peak_mib:,.0f}",
            )
            for name, found in self.evaluations.items()
        ]
        empty = ("",) * (len(self._header()) - 2)
        return [*rows, *((name, "none", *empty) for name in self.failures)]

    def _said(self) -> list[str]:
        found = [finding for finding in self.findings if finding.found]
        found.sort(key=lambda finding: not finding.leak)
        return [
            *(f"{name} has no figures: {why}" for name, why in self.failures.items()),
            *(f"{'LEAK, ' if f.leak else ''}{f.name}: {f.words}" for f in found),
            *self.notes,
        ]


def _stacked(parts: dict[str, pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Tables of models one below the other, with the model's name."""
    if not parts:
        return pd.DataFrame(columns=columns)
    named = [table.assign(model=name) for name, table in parts.items()]
    return pd.concat(named, ignore_index=True)[columns]
