"""Training as a film: the loss, and where the words stand, after one epoch."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from lab_kit.embed import Learnt, drift
from lab_kit.errors import LabKitError
from lab_kit.plots.labels import Label, write
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, FAINT, VERMILLION, themed


@themed
def training(
    learnt: Learnt, names: Sequence[str], epoch: int, *, shown: Mapping[str, str] | None = None
) -> Picture:
    """Draw the loss up to an epoch, and names on the plane of the last epoch with their way there.

    Args:
        learnt: Of `learn(..., keep_epochs=True)`.
        names: Whom to follow.
        epoch: 0 is before the first.
        shown: What is written for a name.

    Raises:
        LabKitError: If there is no such epoch, the epochs were not kept, or a name is unknown.
    """
    last = len(learnt.epochs) - 1
    if learnt.epochs and not 0 <= epoch <= last:
        raise LabKitError(
            f"There is no epoch {epoch}", where="epoch", next_step=f"choose one from 0 to {last}"
        )
    ways = drift(learnt.epochs, names)
    now = ways[ways["epoch"] == epoch]
    kept, cosine = now["kept"].mean(), now["cosine"].mean()
    loss = learnt.losses[epoch]
    figure = new_sheet(
        f"After epoch {epoch} of {last}: loss {loss:.2f}, {kept:.0%} of the final neighbours",
        f"{len(names)} words on the plane of the last epoch; lines: their way so far",
        height=3.5,
    )
    left, right = figure.subplots(1, 2, width_ratios=[1, 2])
    _loss(left, learnt.losses, epoch)
    _ways(right, ways, epoch, shown or {})
    places = "; ".join(f"{n} at {x:.2f}, {y:.2f}" for n, x, y in now[["name", "x", "y"]].to_numpy())
    return Picture(
        figure,
        f"After epoch {epoch} of {last} the loss is {loss:.3f} (at the start "
        f"{learnt.losses[0]:.3f}, at the end {learnt.losses[-1]:.3f}). The words point where they "
        f"will end with a mean cosine of {cosine:.2f}, and {kept:.0%} of their ten nearest words "
        f"are those of the end. On the plane: {places}.",
    )


def _loss(axes: Axes, losses: Sequence[float], epoch: int) -> None:
    axes.plot(losses, color=FAINT, linewidth=2)
    axes.plot(losses[: epoch + 1], color=BLUE, marker="o", markersize=3)
    axes.plot(epoch, losses[epoch], "o", color=VERMILLION, markersize=8)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("loss")
    axes.set_ylim(0.9 * min(losses), 1.05 * max(losses))
    axes.grid(axis="y")


def _ways(axes: Axes, ways: pd.DataFrame, epoch: int, shown: Mapping[str, str]) -> None:
    axes.plot(ways["x"], ways["y"], alpha=0)  # all epochs are on one scale
    labels = []
    for name, way in ways[ways["epoch"] <= epoch].groupby("name", sort=False):
        axes.plot(way["x"], way["y"], color=FAINT, linewidth=1.2, zorder=1)
        x, y = way["x"].iloc[-1], way["y"].iloc[-1]
        axes.plot(x, y, "o", color=BLUE, markersize=7)
        labels.append(Label(x, y, shown.get(str(name), str(name))))
    axes.margins(0.15)
    axes.set_xticks([])
    axes.set_yticks([])
    write(axes, labels)
