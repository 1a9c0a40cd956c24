"""How well each way of filling gaps does."""

from matplotlib.axes import Axes

from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, GREEN, INK, ORANGE, themed
from lab_kit.prepare.missing import Scores


@themed
def strategies_scored(scores: Scores) -> Picture:
    """Draw the model's score after each strategy and, where known, the error of the values.

    Args:
        scores: What `missing.score` said.
    """
    table = scores.table
    known = bool(table["value_error"].notna().any())
    figure = new_sheet(
        f'For the model, "{scores.recommended}" is as good as any',
        f"left: {scores.metric} of the model, with its standard error"
        + ("; right: error of the filled values, 1 is the spread of the truth" if known else ""),
        height=0.34 * len(table) + 1,
    )
    panels = figure.subplots(1, 2 if known else 1, sharey=True, squeeze=False)[0]
    _scores(panels[0], scores)
    if known:
        _errors(panels[1], scores)
    panels[0].set_yticks(range(len(table)), table["strategy"])
    panels[0].set_ylim(len(table) - 0.5, -0.5)
    said = "; ".join(
        f"{row.strategy} {row.score:.3f}"
        + (f", values off by {row.value_error:.2f}" if row.value_error == row.value_error else "")
        for row in table.itertuples()
    )
    return Picture(figure, f"{scores.metric} by strategy: {said}. {scores.recommendation}")


def _scores(axes: Axes, scores: Scores) -> None:
    table = scores.table
    for place, row in enumerate(table.itertuples()):
        chosen = row.strategy == scores.recommended
        axes.errorbar(
            row.score,
            place,
            xerr=row.standard_error,
            fmt="o",
            color=GREEN if chosen else BLUE,
            markersize=9 if chosen else 6,
            capsize=3,
        )
    axes.axvline(table["score"].max(), color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_xlabel(f"{scores.metric} (higher is better)")
    axes.grid(axis="x")


def _errors(axes: Axes, scores: Scores) -> None:
    errors = scores.table["value_error"]
    axes.barh(range(len(errors)), errors.fillna(0), color=ORANGE, height=0.55)
    for place, error in enumerate(errors):
        known = error == error
        text = f" {error:.2f}" if known else " fills nothing"
        axes.text(error if known else 0, place, text, va="center")
    axes.set_xlim(0, 1.2 * errors.max())
    axes.set_xlabel("error of the values (lower is better)")
