"""Little's test: are the means of the rows the same, whatever else of them is missing?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from lab_kit.errors import LabKitError
from lab_kit.prepare.missing.columns import is_number, plain, require_usable

ROUNDS, CLOSE = 200, 1e-6


@dataclass(frozen=True)
class LittleTest:
    """The result; a small p speaks against gaps that came completely at random."""

    statistic: float
    """d squared, chi-squared distributed under MCAR and normality."""
    degrees: int
    p: float
    patterns: int
    """How many patterns of gaps there are."""
    columns: tuple[str, ...]
    """The numeric columns that took part."""


def little_test(frame: pd.DataFrame) -> LittleTest:
    """Test whether gaps in numeric columns are completely at random.

    Roderick Little, "A Test of Missing Completely at Random for Multivariate Data with Missing
    Values", JASA 83 (1988), 1198-1202, equation 5: with the maximum likelihood mean and covariance
    (by EM), d2 = sum over patterns of n (m - mu)' S^-1 (m - mu), on sum of p_j - p degrees.

    Args:
        frame: A table; its numeric columns that vary take part.

    Raises:
        LabKitError: If fewer than two such columns are there, no value of them is missing, or a
            column is missing throughout.
    """
    numbers = plain(frame[[name for name in frame if is_number(frame[name])]])
    require_usable(numbers, list(numbers))
    numbers = numbers.loc[:, numbers.nunique() > 1]
    if numbers.shape[1] < 2 or not numbers.isna().to_numpy().any():
        raise LabKitError(
            "Little's test compares means of rows with different gaps",
            where=f"{numbers.shape[1]} numeric columns, {int(numbers.isna().sum().sum())} gaps",
            next_step="give it two or more numeric columns, one of them with gaps",
        )
    values = numbers.to_numpy()
    values = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0)
    values = values[~np.isnan(values).all(axis=1)]
    groups = _by_pattern(values)
    mean, covariance = _em(groups, values.shape[1])
    statistic, parts = 0.0, 0
    for seen, rows in groups:
        off = rows.mean(axis=0) - mean[seen]
        statistic += len(rows) * off @ np.linalg.pinv(covariance[np.ix_(seen, seen)]) @ off
        parts += len(seen)
    degrees = parts - values.shape[1]
    p = float(chi2.sf(statistic, degrees))
    return LittleTest(float(statistic), degrees, p, len(groups), tuple(numbers))


def _by_pattern(values: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each pattern the columns that are seen, and the seen values of its rows."""
    seen = ~np.isnan(values)
    patterns, which = np.unique(seen, axis=0, return_inverse=True)
    return [
        (np.flatnonzero(pattern), values[which == number][:, pattern])
        for number, pattern in enumerate(patterns)
    ]


def _em(groups: list[tuple[np.ndarray, np.ndarray]], width: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of a normal distribution by maximum likelihood, gaps and all."""
    mean, covariance = np.zeros(width), np.eye(width)
    total = sum(len(rows) for _, rows in groups)
    for _ in range(ROUNDS):
        first, second = np.zeros(width), np.zeros((width, width))
        for seen, rows in groups:
            gone = np.setdiff1d(np.arange(width), seen)
            weights = covariance[np.ix_(gone, seen)] @ np.linalg.pinv(
                covariance[np.ix_(seen, seen)]
            )
            full = np.empty((len(rows), width))
            full[:, seen] = rows
            full[:, gone] = mean[gone] + (rows - mean[seen]) @ weights.T
            first += full.sum(axis=0)
            second += full.T @ full
            rest = covariance[np.ix_(gone, gone)] - weights @ covariance[np.ix_(seen, gone)]
            second[np.ix_(gone, gone)] += len(rows) * rest
        before = mean, covariance
        mean = first / total
        covariance = second / total - np.outer(mean, mean)
        if max(np.abs(mean - before[0]).max(), np.abs(covariance - before[1]).max()) < CLOSE:
            break
    return mean, covariance
