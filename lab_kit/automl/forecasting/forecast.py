"""A forecast: methods compared on the newest part of the past, the best ones averaged."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from lab_kit.automl.files import read_description
from lab_kit.automl.forecasting.methods import METHODS
from lab_kit.automl.forecasting.series import Series, read_series
from lab_kit.automl.trials import workers
from lab_kit.errors import LabKitError

FORMAT = 1
KIND = "forecast"
MEAN = "mean"
MOST_PERCENTILES = 5
MOST_WINDOWS = 3
"""Ends of the past that methods are tried on."""
OBJECTIVES = ("RMSE", "WAPE", "MAPE", "MASE", "AverageWeightedQuantileLoss")
MOST_STEPS = 2_000
"""Newest steps that are learnt from."""


class Forecast:
    """The next values of one series, or of one for each item.

    Args:
        horizon: How many steps ahead.
        frequency: Length of a step: Y, M, W, D, H, 30min, 15min, 10min, 5min or 1min.
        percentiles: Up to 5 of "mean" and numbers between 0.01 and 0.99, as numbers or texts.
        objective: What methods are compared by; lower is better in each case.

    Raises:
        LabKitError: If an argument is out of its range.
    """

    def __init__(
        self,
        horizon: int,
        frequency: str,
        *,
        percentiles: Sequence[str | float] = (MEAN, 0.1, 0.5, 0.9),
        objective: str = "AverageWeightedQuantileLoss",
    ) -> None:
        if horizon < 1:
            raise LabKitError(
                f"A horizon is at least 1, not {horizon}", where="horizon", next_step="write 7"
            )
        known = {name.lower(): name for name in OBJECTIVES}
        if objective.lower() not in known:
            raise LabKitError(
                f"Forecasts are not measured by {objective!r}",
                where="objective",
                next_step=f"take one of {', '.join(OBJECTIVES)}",
            )
        self.horizon = horizon
        self.frequency = frequency
        self.percentiles = tuple(_percentile(one) for one in percentiles)
        self.objective = known[objective.lower()]
        if not 1 <= len(self.percentiles) <= MOST_PERCENTILES:
            raise LabKitError(
                f"Up to {MOST_PERCENTILES} percentiles can be asked for",
                where="percentiles",
                next_step="leave some out",
            )

    leaderboard: pd.DataFrame
    """One row a method, the best first: rank, method, the measures, weight, windows."""
    _table: pd.DataFrame

    def fit(
        self,
        frame: Any,
        target: str,
        time: str,
        item: str | None = None,
        *,
        progress: Callable[[float, str], None] | None = None,
    ) -> Self:
        """Compare methods, and look ahead with those that did best.

        Each is asked for the newest `horizon` steps of the past from what was known before them, up
        to three times. What they missed by, step by step, gives the percentiles.

        Args:
            frame: A pandas DataFrame or an Arrow table, a row a value.
            target: The column of values.
            time: The column of times.
            item: The column that tells series apart; None: there is one.
            progress: Told the share done and what is done.

        Raises:
            LabKitError: If a column or the frequency is unknown, or a series is too short.
        """
        tell = progress or (lambda share, what: None)
        series = read_series(frame, target, time, item, self.frequency)
        series = _newest(series, MOST_STEPS)
        windows = self._windows(series)
        with workers() as pool:
            asked = [(name, w) for name in METHODS for w in range(1, windows + 1)]
            past = [series.until(w * self.horizon) for w in range(1, windows + 1)]
            jobs = [pool.submit(METHODS[name], past[w - 1], self.horizon) for name, w in asked]
            found: dict[str, list[np.ndarray]] = {name: [] for name in METHODS}
            for number, ((name, _), job) in enumerate(zip(asked, jobs, strict=True), start=1):
                found[name].append(job.result())
                tell(0.8 * number / len(jobs), f"trying {name}")
            truth = [self._came(series, w) for w in range(1, windows + 1)]
            weights = self._chosen(found, truth, series)
            tell(0.9, "looking ahead")
            ahead = [pool.submit(METHODS[name], series, self.horizon) for name in weights]
            mean = sum(w * job.result() for w, job in zip(weights.values(), ahead, strict=True))
        missed = [
            came - sum(weight * found[name][w] for name, weight in weights.items())
            for w, came in enumerate(truth)
        ]
        self._table = self._look_ahead(series, np.asarray(mean), missed)
        tell(1.0, "done")
        return self

    def predict(self) -> pd.DataFrame:
        """One row an item and a step: item, time, and a column for each percentile asked for."""
        return self._table.copy()

    def _windows(self, series: Series) -> int:
        length = series.values.shape[1]
        able = (length - max(self.horizon, 4)) // self.horizon
        if able < 1:
            raise LabKitError(
                f"{length} steps are too few to look {self.horizon} ahead",
                where="horizon",
                next_step="ask for a shorter horizon, or give a longer past",
            )
        return min(able, MOST_WINDOWS)

    def _came(self, series: Series, window: int) -> np.ndarray:
        end = series.values.shape[1] - (window - 1) * self.horizon
        return series.values[:, end - self.horizon : end]

    def _chosen(
        self, found: dict[str, list[np.ndarray]], truth: list[np.ndarray], series: Series
    ) -> dict[str, float]:
        """The best method, or the average of the best two where that is better."""
        scores = {name: self._measured(parts, truth, series) for name, parts in found.items()}
        order = sorted(scores, key=lambda name: scores[name][self.objective])
        pair = order[:2]
        both = [np.mean([found[name][w] for name in pair], axis=0) for w in range(len(truth))]
        average = self._measured(both, truth, series)
        better = average[self.objective] < scores[order[0]][self.objective]
        weights = dict.fromkeys(pair, 0.5) if better else {order[0]: 1.0}
        rows = [{"method": n, **scores[n], "weight": weights.get(n, 0.0)} for n in order]
        if better:
            rows.insert(0, {"method": "average of the best two", **average, "weight": 1.0})
        self.leaderboard = pd.DataFrame(rows).assign(windows=len(truth))
        self.leaderboard.insert(0, "rank", range(1, len(rows) + 1))
        return weights

    def _measured(
        self, parts: list[np.ndarray], truth: list[np.ndarray], series: Series
    ) -> dict[str, float]:
        """Every measure over all windows, items and steps with a truth."""
        said, came = np.array(parts), np.array(truth)
        known = np.isfinite(came) & np.isfinite(said)
        wrong = np.abs(came - said)[known]
        size = np.abs(came)[known]
        step = series.season if series.values.shape[1] > series.season else 1
        usual = np.nanmean(np.abs(series.values[:, step:] - series.values[:, :-step]), axis=1)
        scaled = np.abs(came - said) / np.maximum(usual, 1e-12)[None, :, None]
        above = size > 0
        relative = wrong[above] / size[above]
        return {
            "RMSE": float(np.sqrt((wrong**2).mean())),
            "WAPE": float(wrong.sum() / max(size.sum(), 1e-12)),
            "MAPE": float(relative.mean()) if above.any() else 0.0,
            "MASE": float(scaled[known].mean()),
            "AverageWeightedQuantileLoss": self._quantile_loss(said, came, known),
        }

    def _quantile_loss(self, said: np.ndarray, came: np.ndarray, known: np.ndarray) -> float:
        """Mean weighted quantile loss; the percentiles come from what the other windows missed."""
        total = []
        for share in self._shares or [0.5]:
            loss = 0.0
            for window in range(len(said)):
                others = [w for w in range(len(said)) if w != window] or [window]
                spread = _spread(came[others] - said[others], share)
                wrong = came[window] - (said[window] + spread)
                loss += np.maximum(share * wrong, (share - 1) * wrong)[known[window]].sum()
            total.append(2 * loss / max(np.abs(came)[known].sum(), 1e-12))
        return float(np.mean(total))

    @property
    def _shares(self) -> list[float]:
        return [float(one) for one in self.percentiles if one != MEAN]

    def _look_ahead(
        self, series: Series, mean: np.ndarray, missed: list[np.ndarray]
    ) -> pd.DataFrame:
        columns = {MEAN: mean}
        for share in self._shares:
            columns[f"p{round(100 * share)}"] = mean + _spread(np.array(missed), share)
        # Counts, money and the like have never been below 0, and will not be.
        if np.nanmin(series.values) >= 0:
            columns = {name: np.maximum(values, 0) for name, values in columns.items()}
        wanted = [
            MEAN if one == MEAN else f"p{round(100 * float(one))}" for one in self.percentiles
        ]
        times = series.ahead(self.horizon)
        return pd.DataFrame(
            {
                "item": np.repeat(np.array(series.items, dtype=object), self.horizon),
                "time": np.tile(times.to_numpy(), len(series.items)),
                **{name: columns[name].ravel() for name in wanted},
            }
        ).astype({"item": "str"})

    def save(self, folder: str | Path) -> Path:
        """Write it to a folder; `automl.load` reads it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._table.to_parquet(folder / "ahead.parquet")
        said = {
            "kind": KIND,
            "format": FORMAT,
            "horizon": self.horizon,
            "frequency": self.frequency,
            "percentiles": self.percentiles,
            "objective": self.objective,
            "leaderboard": json.loads(self.leaderboard.to_json(orient="records")),
        }
        (folder / "model.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what `save` wrote.

        Raises:
            LabKitError: If the folder holds no forecast.
        """
        said = read_description(Path(folder), KIND, FORMAT)
        model = cls(
            said["horizon"],
            said["frequency"],
            percentiles=said["percentiles"],
            objective=said["objective"],
        )
        model.leaderboard = pd.DataFrame(said["leaderboard"])
        model._table = pd.read_parquet(Path(folder) / "ahead.parquet")
        return model


def _percentile(one: str | float) -> str | float:
    if str(one).lower() == MEAN:
        return MEAN
    text = str(one).lower().removeprefix("p")
    try:
        share = float(text) / 100 if str(one).lower().startswith("p") else float(text)
    except ValueError:
        share = -1.0
    if not 0.01 <= share <= 0.99:
        raise LabKitError(
            f"A percentile is 'mean' or between 0.01 and 0.99, not {one!r}",
            where="percentiles",
            next_step="write 0.1, 0.5, 0.9",
        )
    return round(share, 2)


def _spread(missed: np.ndarray, share: float) -> np.ndarray:
    """(items, horizon): how far a percentile lies from the mean.

    Errors grow with the distance and with the item: the quantile of all errors, each divided by its
    item's size, is multiplied by that size, and by how errors have grown with the steps.
    """
    size = np.sqrt(np.nanmean(missed**2, axis=(0, 2)))[:, None]
    size = np.where(size > 0, size, 1.0)
    relative = missed / size
    growth = np.sqrt(np.nanmean(relative**2, axis=(0, 1)))
    growth = np.maximum.accumulate(np.where(growth > 0, growth, 1e-12))
    quantile = np.nanquantile(relative / growth, share)
    return size * growth * quantile


def _newest(series: Series, steps: int) -> Series:
    return Series(series.items, series.values[:, -steps:], series.times[-steps:], series.frequency)
