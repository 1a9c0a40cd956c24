"""Why a model says what it says of one row: contributions that add up."""

import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, INK, MUTED, VERMILLION, themed

MOST = 7
"""Columns with a bar of their own; the others share one."""


@themed
def why_so(table: pd.DataFrame, who: str, what: str) -> Picture:
    """Draw the contributions of columns to the prediction of one row.

    Args:
        table: Its rows of `SHAP_VALUES`: feature, value, shap_value, base_value, scale.
        who: Whom the row is about: "customer U00007".
        what: What contributions push towards: "leaving".

    Raises:
        LabKitError: The table is empty.
    """
    if not len(table):
        raise LabKitError(
            "There is nothing to draw", where=who, next_step="choose a row that was explained"
        )
    ordered = table.reindex(table["shap_value"].abs().sort_values(ascending=False).index)
    bars = [
        (f"{row['feature']} = {_short(row['value'])}", row["shap_value"])
        for _, row in ordered.head(MOST).iterrows()
    ]
    if len(ordered) > MOST:
        rest = ordered.iloc[MOST:]["shap_value"]
        bars.append((f"{len(rest)} other columns", rest.sum()))
    base = float(table["base_value"].iloc[0])
    total = base + float(table["shap_value"].sum())
    strongest = bars[0][0]
    finding = f"For {who}, {strongest} says most about {what}"
    scale = str(table["scale"].iloc[0])
    figure = new_sheet(
        finding,
        f"from {base:+.2f}, what is said of anybody, to {total:+.2f}, in {scale}",
        height=1.0 + 0.32 * len(bars),
    )
    axes = figure.add_subplot()
    for place, (_, value) in enumerate(bars):
        axes.barh(-place, value, color=VERMILLION if value > 0 else BLUE, height=0.6)
        axes.annotate(
            f"{value:+.2f}", (value, -place), xytext=(4 if value > 0 else -4, 0),
            textcoords="offset points", va="center", ha="left" if value > 0 else "right",
            color=INK, fontsize=8.5,
        )  # fmt: skip
    axes.set_yticks(range(0, -len(bars), -1))
    axes.set_yticklabels([label for label, _ in bars])
    axes.tick_params(axis="y", labelcolor=INK, length=0)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.margins(x=0.18)
    axes.set_xlabel(f"towards staying <  contribution ({scale})  > towards {what}")
    axes.spines["left"].set_visible(False)
    said = "; ".join(f"{label} {value:+.2f}" for label, value in bars)
    return Picture(figure, f"{finding}. From {base:+.2f} to {total:+.2f} in {scale}: {said}.")


def _short(value: object) -> str:
    text = "nothing" if pd.isna(value) else str(value)
    return text if len(text) <= 18 else text[:17] + "…"
