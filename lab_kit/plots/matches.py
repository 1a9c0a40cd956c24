"""What became of the rows of two tables that were joined."""

from matplotlib.axes import Axes

from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, FAINT, INK, ORANGE, themed
from lab_kit.prepare.combine import Joined

Part = tuple[int, str, str]
"""Rows, what they are, and their colour."""


@themed
def matched_rows(joined: Joined) -> Picture:
    """Draw the rows of both tables, those that matched and those that did not, and the result.

    Args:
        joined: What `combine.join` said.
    """
    result = [(joined.matches, "matched", BLUE), (joined.rows - joined.matches, "kept", FAINT)]
    bars = [
        (joined.names.left, _parts(joined.left_matched, joined.left_only)),
        (joined.names.right, _parts(joined.right_matched, joined.right_only)),
        (f"{joined.how} join", result),
    ]
    figure = new_sheet(_finding(joined), f"on {joined.names.key}, {joined.cardinality}", height=2.6)
    axes = figure.add_subplot()
    longest = max(joined.left, joined.right, joined.rows, 1)
    for place, (name, parts) in enumerate(bars):
        _bar(axes, -place, parts, longest)
        axes.text(-0.01 * longest, -place, name, ha="right", va="center", fontweight="bold")
    axes.set_xlim(0, 1.12 * longest)
    axes.set_ylim(-2.6, 0.7)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("rows")
    axes.spines["left"].set_visible(False)
    return Picture(
        figure,
        f"{_finding(joined)}. {joined.names.left}: {joined.left_matched:,} rows matched, "
        f"{joined.left_only:,} not. {joined.names.right}: {joined.right_matched:,} matched, "
        f"{joined.right_only:,} not. The {joined.how} join has {joined.rows:,} rows.",
    )


def _parts(matched: int, lonely: int) -> list[Part]:
    return [(matched, "matched", BLUE), (lonely, "no match", ORANGE)]


def _bar(axes: Axes, place: float, parts: list[Part], longest: int) -> None:
    start = 0
    for rows, what, colour in parts:
        if not rows:
            continue
        axes.barh(place, rows, left=start, color=colour, height=0.55)
        if rows > 0.2 * longest:
            axes.text(
                start + rows / 2,
                place,
                f"{rows:,} {what}",
                ha="center",
                va="center",
                color="white" if colour == BLUE else INK,
            )
        start += rows
    axes.text(start + 0.01 * longest, place, f"{start:,}", va="center")


def _finding(joined: Joined) -> str:
    if not joined.matches:
        return "Nothing matched"
    if joined.fan_out > 1:
        return f"Each row of {joined.names.left} that matched became {joined.fan_out:.2f} rows"
    share = joined.left_matched / joined.left
    shown = "All" if share == 1 else f"{share:.1%} of the"
    return f"{shown} rows of {joined.names.left} found their match, and none was doubled"
