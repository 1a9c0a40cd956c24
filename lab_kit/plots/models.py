"""Recommenders side by side: how good, how long to fit, how much memory."""

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, CARD, FAINT, INK, MUTED, themed
from lab_kit.recommend import Comparison

LEAST = {"fit_seconds": 0.01, "peak_mib": 1.0}
"""Where the logarithmic scales begin; what is less is drawn there."""
YARDSTICK = "popularity"
"""The model that others are compared with in words, and by a line."""


@themed
def models_compared(comparison: Comparison) -> Picture:
    """Draw each model's quality with its interval, and beside it its time and memory.

    Filled dots are the best model and those that cannot be told apart from it over these users.

    Args:
        comparison: What `recommend.compare` said.

    Raises:
        LabKitError: If no model has figures.
    """
    names, level = list(comparison.evaluations), _level(comparison)
    if not names:
        raise LabKitError(
            "No model has figures to draw",
            where="; ".join(comparison.failures.values())[:200],
            next_step="compare models that can be fitted",
        )
    rows = [*names, *comparison.failures]
    users = len(comparison[names[0]])
    figure = new_sheet(
        _finding(comparison, level),
        f"{comparison.metric} of {users:,} users with its 95% interval; filled: "
        + ("the best" if len(level) == 1 else "not told apart from the best")
        + ("; line: popularity" if YARDSTICK in names else ""),
        height=0.33 * len(rows) + 0.75,
    )
    quality, seconds, memory = figure.subplots(1, 3, sharey=True, width_ratios=[2.4, 1, 1])
    _quality(quality, comparison, level)
    _cost(seconds, comparison, "fit_seconds", "seconds to fit\n(logarithmic)")
    _cost(memory, comparison, "peak_mib", "MiB more while fitting\n(logarithmic)")
    quality.set_yticks(range(len(rows)), rows)
    quality.set_ylim(len(rows) - 0.4, -0.6)
    return Picture(figure, _alt(comparison, level, users))


def _level(comparison: Comparison) -> list[str]:
    """The best model, and those whose difference to it may be chance."""
    best, *others = comparison.evaluations or [""]
    return [best, *(name for name in others if not comparison.pairs(best, name).told_apart)]


def _quality(axes: Axes, comparison: Comparison, level: list[str]) -> None:
    table = comparison.frame.iloc[: len(comparison.evaluations)]
    for place, (name, value, low, high) in enumerate(
        zip(table["model"], table[comparison.metric], table["low"], table["high"], strict=True)
    ):
        axes.errorbar(
            value,
            place,
            xerr=[[value - low], [high - value]],
            fmt="o",
            color=BLUE,
            markerfacecolor=BLUE if name in level else CARD,
            markeredgewidth=1.5,
            markersize=8 if name in level else 6.5,
            capsize=3,
        )
    for place in range(len(table), len(comparison.frame)):
        axes.text(0, place, "no figures", va="center", color=MUTED)
    if YARDSTICK in comparison.evaluations:
        line = comparison[YARDSTICK][comparison.metric]
        axes.axvline(line, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(f"{comparison.metric} (higher is better)")
    axes.grid(axis="x")


def _cost(axes: Axes, comparison: Comparison, column: str, label: str) -> None:
    """Dots on a logarithmic scale, since the cheapest and the dearest are thousands apart."""
    values = comparison.frame[column].iloc[: len(comparison.evaluations)]
    least = LEAST[column]
    shown = values.clip(lower=least)
    axes.set_xscale("log")
    most = max(shown.max(), 10 * least)
    axes.set_xlim(0.7 * least, most * (most / least) ** 0.7)
    axes.hlines(range(len(shown)), 0.7 * least, shown, color=FAINT, linewidth=2.5)
    axes.plot(shown, range(len(shown)), "o", color=INK, markersize=5)
    for place, value in enumerate(values):
        axes.annotate(
            written(value, least),
            (max(value, least), place),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    axes.set_xlabel(label)
    axes.set_xticks([])
    axes.minorticks_off()
    axes.tick_params(axis="y", length=0)


def written(value: float, least: float) -> str:
    """A quantity with two digits that say something."""
    if value < least:
        return f"< {least:g}"
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _finding(comparison: Comparison, level: list[str]) -> str:
    best, metric = level[0], comparison.metric
    seconds = {name: comparison.costs[name].fit_seconds for name in level}
    if len(level) == 1:
        found = comparison[best][metric]
        line = comparison.evaluations.get(YARDSTICK)
        times = f", {found / line[metric]:.1f} times popularity" if line and line[metric] else ""
        return f"{best} is the best: {metric} {found:.3f}{times}"
    quickest = min(level, key=lambda name: seconds[name])
    return (
        f"{len(level)} of {len(comparison.frame)} models may be the best; "
        f"{quickest} is the quickest of them, {written(seconds[quickest], 0.01)} s to fit"
    )


def _alt(comparison: Comparison, level: list[str], users: int) -> str:
    said = [
        f"{row['model']} {row[comparison.metric]:.3f} ({row['low']:.3f} to {row['high']:.3f}), "
        f"{written(row['fit_seconds'], 0.01)} s, {written(row['peak_mib'], 1)} MiB"
        for _, row in comparison.frame.iloc[: len(comparison.evaluations)].iterrows()
    ]
    failed = [f"{name}: {why}" for name, why in comparison.failures.items()]
    others = f" Not told apart from it: {', '.join(level[1:])}." if level[1:] else ""
    return (
        f"Models by {comparison.metric} with its 95% interval over {users:,} users, seconds to fit "
        f"and memory: {'; '.join(said)}. The best is {level[0]}.{others}"
        + (f" Without figures: {' '.join(failed)}" if failed else "")
    )
