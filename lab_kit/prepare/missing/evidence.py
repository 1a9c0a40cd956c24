"""What the rest of a table says about the gaps of one column, and what it cannot say."""

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from lab_kit.errors import LabKitError
from lab_kit.prepare.missing.columns import plain, require_usable
from lab_kit.prepare.missing.encode import encoder, one_thread
from lab_kit.prepare.tables import html_table, text_table

HEADER = ("column", "difference", "where there is a gap", "where there is none")
FEWEST = 20
"""Gaps, and known values, without which nothing can be said."""
SURE = 3.0
"""Standard errors above one half from which the gaps count as predictable."""
LIMIT = (
    "Whether the missing values themselves made the gaps, no table can show: what would show it "
    "is what is missing. Ask the people who collected the data."
)


@dataclass(frozen=True, eq=False)
class Evidence:
    """How well the other columns tell where a column has gaps."""

    column: str
    gaps: int
    rows: int
    auc: float
    """Area under the ROC curve, cross-validated: 0.5 is guessing, 1 is certainty."""
    chance: float
    """What guessing would reach at the most (three standard errors above one half)."""
    drivers: pd.DataFrame
    """The columns that differ most between rows with a gap and rows without: column, difference
    (numbers: of means, in standard deviations; categories: of shares, 0 to 1, the largest),
    with_gap and without_gap in words."""

    @property
    def predictable(self) -> bool:
        """Whether the gaps hang together with other columns: not completely at random then."""
        return self.auc > self.chance

    @property
    def verdict(self) -> str:
        """Plain words."""
        if self.predictable:
            return (
                f"The gaps of {self.column} are not completely at random: the other columns tell "
                f"them (AUC {self.auc:.2f}; guessing stays below {self.chance:.2f}), above all "
                f"{self.drivers['column'].iloc[0]}. {LIMIT}"
            )
        return (
            f"The other columns do not tell the gaps of {self.column} (AUC {self.auc:.2f}; "
            f"guessing reaches {self.chance:.2f}). That fits gaps completely at random. {LIMIT}"
        )

    def __repr__(self) -> str:
        return f"{self.verdict}\n{text_table(HEADER, self._rows())}"

    def _repr_html_(self) -> str:
        title = f"{self.column}: {self.gaps:,} gaps in {self.rows:,} rows"
        return f"<p>{escape(self.verdict)}</p>" + html_table(title, HEADER, self._rows())

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (row.column, f"{row.difference:.2f}", row.with_gap, row.without_gap)
            for row in self.drivers.itertuples()
        ]


def evidence(
    frame: pd.DataFrame, column: str, *, without: tuple[str, ...] = (), seed: int = 0
) -> Evidence:
    """Try to predict the gaps of a column from the other columns.

    A classifier of boosted trees is tried on rows it has not seen (five folds). Its area under the
    ROC curve is compared with the normal approximation for guessing, of standard error
    sqrt((m + n + 1) / (12 m n)) for m gaps and n known values (Mann and Whitney 1947).

    Args:
        frame: A table.
        column: The column with gaps.
        without: Columns to leave out, such as ids and what is only known later.
        seed: Of the folds.

    Raises:
        LabKitError: If the column is not there, or has fewer than 20 gaps or 20 known values.
    """
    require_usable(frame, [column])
    gone = frame[column].isna().to_numpy()
    gaps, known = int(gone.sum()), int((~gone).sum())
    if min(gaps, known) < FEWEST:
        raise LabKitError(
            f'Column "{column}" has {gaps} gaps and {known:,} known values',
            next_step=f"collect {FEWEST} or more of each before asking where the gaps come from",
        )
    others = plain(frame.drop(columns=[column, *without]))
    others = others.loc[:, others.nunique() > 1]
    matrix, categories = encoder(others, for_trees=True)
    model = HistGradientBoostingClassifier(
        max_iter=40, categorical_features=categories, random_state=seed
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    with one_thread():
        odds = cross_val_predict(
            model, matrix.fit_transform(others), gone, cv=folds, method="predict_proba"
        )[:, 1]
    error = np.sqrt((gaps + known + 1) / (12 * gaps * known))
    return Evidence(
        column,
        gaps,
        len(frame),
        float(roc_auc_score(gone, odds)),
        float(0.5 + SURE * error),
        _drivers(others, gone),
    )


def _drivers(others: pd.DataFrame, gone: np.ndarray) -> pd.DataFrame:
    found = [_difference(others[name], gone) for name in others]
    table = pd.DataFrame(found, columns=["column", "difference", "with_gap", "without_gap"])
    return table.sort_values("difference", ascending=False, kind="stable").head(5)


def _difference(values: pd.Series, gone: np.ndarray) -> tuple[str, float, str, str]:
    name = str(values.name)
    if values.dtype == "float64":
        ours, theirs, spread = values[gone].mean(), values[~gone].mean(), values.std()
        apart = abs(ours - theirs) / spread if spread > 0 else 0.0
        return name, float(apart), f"mean {ours:.3g}", f"mean {theirs:.3g}"
    ours, theirs = (values[rows].value_counts(normalize=True) for rows in (gone, ~gone))
    apart = ours.sub(theirs, fill_value=0)
    if apart.empty:
        return name, 0.0, "", ""
    most = apart.abs().idxmax()
    with_gap, without_gap = (f"{side.get(most, 0.0):.0%} {most}" for side in (ours, theirs))
    return name, float(abs(apart[most])), with_gap, without_gap
