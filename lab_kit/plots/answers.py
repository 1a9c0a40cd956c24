"""An answer before and after something happened: which items rise, fall, come and go."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from lab_kit.errors import LabKitError
from lab_kit.plots.labels import short
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, FAINT, INK, MUTED, VERMILLION, themed

ROW = 0.42
"""Inches of height for one place of the list."""


@themed
def answers_compared(
    before: Sequence[str],
    after: Sequence[str],
    *,
    what: str,
    names: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Picture:
    """Draw two lists side by side; a line joins the places of an item that is in both.

    Items that are new have a square, and "new" behind their name.

    Args:
        before: Ids of the items, best first.
        after: The same afterwards.
        what: What happened between, for the remark: "after a click on noodles".
        names: What to call items; their ids where it is not said.
        reasons: Why an item is in the second list, in a few words.

    Raises:
        LabKitError: A list is empty.
    """
    if not before or not after:
        raise LabKitError(
            "There is no answer to draw",
            where="before" if not before else "after",
            next_step="ask for recommendations first",
        )
    names, reasons = names or {}, reasons or {}
    new = [item for item in after if item not in before]
    places = max(len(before), len(after))
    figure = new_sheet(_finding(before, after, new), what, height=ROW * places + 0.5)
    axes = figure.add_subplot()
    axes.set_xlim(-1.05, 2.05)
    axes.set_ylim(places - 0.4, -0.9)
    axes.set_axis_off()
    for x, title, align in ((0.0, "before", "right"), (1.0, "after", "left")):
        axes.text(x, -0.75, title, ha=align, color=MUTED, fontweight="bold")
    for place, item in enumerate(before):
        if item in after:
            axes.plot([0.03, 0.97], [place, after.index(item)], color=FAINT, linewidth=2, zorder=0)
        axes.plot(0.03, place, "o", color=BLUE, markersize=5)
        label = f"{short(names.get(item, item))}  {place + 1}"
        axes.text(-0.03, place, label, ha="right", va="center")
    for place, item in enumerate(after):
        _afterwards(axes, place, names.get(item, item), reasons.get(item, ""), item in new)
    return Picture(figure, _alt(before, after, new, names, reasons, what))


def _afterwards(axes: Axes, place: int, name: str, reason: str, is_new: bool) -> None:
    mark, colour = ("s", VERMILLION) if is_new else ("o", BLUE)
    axes.plot(0.97, place, mark, color=colour, markersize=6 if is_new else 5)
    words = f"{place + 1}  {short(name)}{'  (new)' if is_new else ''}"
    axes.text(1.03, place - 0.13 * bool(reason), words, ha="left", va="center", color=INK)
    if reason:
        axes.text(1.1, place + 0.24, reason, ha="left", va="center", color=MUTED, fontsize=8)


def _finding(before: Sequence[str], after: Sequence[str], new: list[str]) -> str:
    if list(before) == list(after):
        return "The answer stays as it was"
    if not new:
        return "The same items, in another order"
    return f"{len(new)} of {len(after)} recommendations are new"


def _alt(
    before: Sequence[str],
    after: Sequence[str],
    new: list[str],
    names: Mapping[str, str],
    reasons: Mapping[str, str],
    what: str,
) -> str:
    first = "; ".join(f"{n}. {names.get(item, item)}" for n, item in enumerate(before, 1))
    second = "; ".join(
        f"{n}. {names.get(item, item)}"
        + (" (new)" if item in new else f" (was {list(before).index(item) + 1})")
        + (f", {reasons[item]}" if reasons.get(item) else "")
        for n, item in enumerate(after, 1)
    )
    return f"Two lists of recommendations, {what}. Before: {first}. After: {second}."
