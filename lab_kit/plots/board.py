"""A leaderboard: how good each candidate is over the folds, and how long it takes to fit."""

import numpy as np

from lab_kit.automl import Leaderboard
from lab_kit.automl.leaderboard import Row
from lab_kit.automl.metrics import LOWER_IS_BETTER
from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, CARD, FAINT, INK, themed

MOST = 14
"""Candidates drawn; the baseline is always among them."""
LEAST_SECONDS = 0.001


@themed
def leaderboard_drawn(board: Leaderboard) -> Picture:
    """Draw the candidates that went all the way, the best on top, and the time each took.

    Args:
        board: A finished leaderboard, or one that is still filling.

    Raises:
        LabKitError: If no candidate has been through every fold.
    """
    rows = _shown(board)
    if not rows:
        raise LabKitError(
            "No candidate has been through every fold",
            where=f"{len(board)} candidates",
            next_step="wait, or allow more seconds",
        )
    best = rows[0]
    figure = new_sheet(
        f"{best.candidate} leads: {board.objective} {best.mean:.4g} over {best.folds} folds",
        f"mean {board.objective} with one standard deviation over the folds; "
        + ("lower" if board.objective in LOWER_IS_BETTER else "higher")
        + f" is better; filled: chosen; {len(board)} candidates were tried",
        height=0.3 * len(rows) + 0.8,
    )
    quality, seconds = figure.subplots(1, 2, sharey=True, width_ratios=[2.6, 1])
    for place, row in enumerate(rows):
        quality.errorbar(
            row.mean,
            place,
            xerr=row.std,
            fmt="o",
            color=BLUE,
            markerfacecolor=BLUE if row.state == "chosen" else CARD,
            markeredgewidth=1.5,
            markersize=7,
            capsize=3,
        )
    quality.set_yticks(range(len(rows)), [row.candidate for row in rows])
    quality.set_ylim(len(rows) - 0.4, -0.6)
    quality.set_xlabel(board.objective)
    quality.grid(axis="x")
    times = np.maximum([row.fit_seconds for row in rows], LEAST_SECONDS)
    seconds.set_xscale("log")
    seconds.set_xlim(0.5 * times.min(), 12 * times.max())
    seconds.hlines(range(len(rows)), 0.5 * times.min(), times, color=FAINT, linewidth=2.5)
    seconds.plot(times, range(len(rows)), "o", color=INK, markersize=5)
    for place, time in enumerate(times):
        said = f"{time:.2g}" if time > LEAST_SECONDS else "< 0.001"
        seconds.annotate(
            said, (time, place), xytext=(7, 0), textcoords="offset points", va="center", fontsize=9
        )
    seconds.set_xlabel("seconds to fit a fold\n(logarithmic)")
    seconds.set_xticks([])
    seconds.minorticks_off()
    seconds.tick_params(axis="y", length=0)
    return Picture(
        figure,
        f"{board.objective} of {len(rows)} candidates: "
        + "; ".join(f"{row.candidate} {row.mean:.4g} ± {row.std:.2g}" for row in rows)
        + f". Chosen: {', '.join(row.candidate for row in rows if row.state == 'chosen')}.",
    )


def _shown(board: Leaderboard) -> list[Row]:
    done = [row for row in board.sorted if row.state in ("complete", "chosen")]
    baseline = [row for row in done[MOST:] if row.algorithm == "baseline"]
    return [*done[: MOST - len(baseline)], *baseline]
