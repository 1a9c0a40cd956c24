"""What a model gets right and wrong: confusion and curves, or residuals."""

import numpy as np
from matplotlib.axes import Axes

from lab_kit.automl import ModelReport
from lab_kit.automl.metrics import auc, r2
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, FAINT, INK, MUTED, VERMILLION, themed

MOST_DOTS = 2_000
DASHES = (0, (4, 3))


@themed
def model_quality(report: ModelReport, of: int = 1) -> Picture:
    """Draw out-of-fold quality.

    Of classes: the confusion matrix, ROC, precision and recall, calibration, and gain. Of numbers:
    truth against prediction, and the residuals.

    Args:
        report: A model's report.
        of: Place of the class that the curves are about; of two, the second.
    """
    return _classes(report, of) if report.classes else _numbers(report)


def _classes(report: ModelReport, of: int) -> Picture:
    name = report.classes[of]
    area = auc(report.truth == of, report.predicted[:, of], report.weights)
    table = report.confusion
    right = float(np.trace(table.to_numpy()) / table.to_numpy().sum())
    figure = new_sheet(
        f"{right:.0%} of the rows are put into the right class; AUC of {name} {area:.3f}",
        f"{report.target} of {len(report.truth):,} rows, each predicted by models that had not "
        f"seen it; curves are about {name}",
        height=5.0,
    )
    grid = figure.add_gridspec(2, 3)
    _confusion(figure.add_subplot(grid[:, 0]), report)
    roc, pr = report.roc(of), report.pr(of)
    axes = figure.add_subplot(grid[0, 1])
    axes.plot(roc["false_positive"], roc["true_positive"], color=BLUE)
    _diagonal(axes, "share of others taken for it", "share of it found", "ROC")
    axes = figure.add_subplot(grid[0, 2])
    axes.plot(pr["recall"], pr["precision"], color=BLUE)
    share = float(np.average(report.truth == of, weights=report.weights))
    axes.axhline(share, color=MUTED, linewidth=0.9, linestyle=DASHES)
    _square(axes, "share of it found", "share right", "precision and recall")
    bins = report.calibration(of)
    axes = figure.add_subplot(grid[1, 1])
    axes.plot(bins["said"], bins["came"], "o-", color=BLUE, markersize=4)
    _diagonal(axes, "probability said", "share that came", "calibration")
    gain = report.gain(of)
    axes = figure.add_subplot(grid[1, 2])
    axes.plot(gain["asked"], gain["found"], color=BLUE)
    _diagonal(axes, "share asked, likeliest first", "share of it found", "gain")
    tenth = float(np.interp(0.1, gain["asked"], gain["found"]))
    off = float(np.average(np.abs(bins["said"] - bins["came"]), weights=bins["rows"]))
    return Picture(
        figure,
        f"Quality of predictions of {report.target}: {right:.1%} right, AUC of {name} {area:.3f}. "
        f"Asking the likeliest tenth finds {tenth:.0%} of {name}. Probabilities are off by "
        f"{off:.3f} on average. Confusion: "
        + "; ".join(
            f"true {row} predicted {column} {table.loc[row, column]:,.0f}"
            for row in table.index[:4]
            for column in table.columns[:4]
        )
        + ".",
    )


def _confusion(axes: Axes, report: ModelReport) -> None:
    table = report.confusion
    shares = table.to_numpy() / np.maximum(table.to_numpy().sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.2)
    for row in range(len(table)):
        for column in range(len(table)):
            axes.text(
                column,
                row,
                f"{table.iloc[row, column]:,.0f}",
                ha="center",
                va="center",
                fontsize=9 if len(table) < 8 else 6.5,
                color="white" if shares[row, column] > 0.6 else INK,
            )
    axes.set_xticks(range(len(table)), table.columns, rotation=0 if len(table) < 4 else 90)
    axes.set_yticks(range(len(table)), table.index)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    axes.set_title("confusion")


def _numbers(report: ModelReport) -> Picture:
    share = r2(report.truth, report.predicted, report.weights)
    table = report.residuals
    figure = new_sheet(
        f"{share:.0%} of the variance of {report.target} is explained",
        f"{len(table):,} rows, each predicted by models that had not seen it",
        height=3.2,
    )
    drawn = table.sample(min(MOST_DOTS, len(table)), random_state=0)
    left, right = figure.subplots(1, 2)
    left.plot(drawn["predicted"], drawn["truth"], "o", color=BLUE, markersize=2.5, alpha=0.4)
    both = [table[["predicted", "truth"]].min().min(), table[["predicted", "truth"]].max().max()]
    left.plot(both, both, color=INK, linewidth=0.9, linestyle=DASHES)
    left.set_xlabel("predicted")
    left.set_ylabel("true")
    low, high = table["residual"].quantile([0.005, 0.995])
    right.hist(table["residual"].clip(low, high), bins=40, color=BLUE)
    right.axvline(0, color=VERMILLION, linewidth=1)
    right.set_xlabel("residual: true - predicted")
    right.set_ylabel("rows")
    middle = table["residual"].abs().median()
    return Picture(
        figure,
        f"Predictions of {report.target} against the truth: R2 {share:.3f}; half of the "
        f"predictions are off by less than {middle:,.3g}; 99% of the residuals lie between "
        f"{low:,.3g} and {high:,.3g}.",
    )


def _diagonal(axes: Axes, across: str, up: str, title: str) -> None:
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=DASHES)
    _square(axes, across, up, title)


def _square(axes: Axes, across: str, up: str, title: str) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xticks([0, 0.5, 1])
    axes.set_yticks([0, 0.5, 1])
    axes.grid(color=FAINT)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_title(title)
