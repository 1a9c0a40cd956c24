"""How much each column says of the target, and which say too much."""

from lab_kit.automl import DataReport
from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, VERMILLION, themed

MOST = 16


@themed
def predictive_power(report: DataReport) -> Picture:
    """Draw the power of each column alone; leak suspects are named and marked.

    Raises:
        LabKitError: If no column was measured.
    """
    table = report.frame.dropna(subset=["power"]).head(MOST)
    if not len(table):
        raise LabKitError(
            "No column has a power to draw", where=report.target, next_step="use more columns"
        )
    suspects = report.suspects
    finding = (
        f"{', '.join(suspects)} may be a leak"
        if suspects
        else f"{table['name'].iloc[0]} says most of {report.target}, no column says too much"
    )
    figure = new_sheet(
        finding,
        f"predictive power of each column alone, 0 to 1, of {report.target}; {report.rows:,} rows",
        height=0.28 * len(table) + 0.7,
    )
    axes = figure.add_subplot()
    marked = table["name"].isin(list(suspects))
    colours = [VERMILLION if leak else BLUE for leak in marked]
    axes.barh(range(len(table)), table["power"], color=colours, height=0.6)
    axes.set_yticks(range(len(table)), table["name"])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.1)
    for place, (value, leak) in enumerate(zip(table["power"], marked, strict=True)):
        said = f" {value:.2f}" + (" leak suspect" if leak else "")
        axes.text(value, place, said, va="center", fontsize=9)
    axes.set_xlabel("power alone")
    said = "; ".join(f"{n} {p:.2f}" for n, p in zip(table["name"], table["power"], strict=True))
    leaks = "; ".join(f"{name}: {why}" for name, why in suspects.items()) or "none"
    return Picture(
        figure, f"Predictive power of columns for {report.target}: {said}. Leak suspects: {leaks}."
    )
