"""Which labs to take, and on which data sets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lab_kit.errors import LabKitError
from lab_kit.teach.labs import LabInfo

SHOP = "shop"
"""The data set that comes with the kit."""


class Pair(NamedTuple):
    """One lab on one data set: what a run executes once."""

    lab: LabInfo
    dataset: str

    @property
    def name(self) -> str:
        """Such as "01_preprocess-shop"; part of file names."""
        return f"{self.lab.stem}-{self.dataset}"


@dataclass(frozen=True)
class Skipped:
    """One lab that was not executed on one data set."""

    id: str
    dataset: str
    title: str
    reason: str


def choose(lab_ids: Sequence[str], known: Sequence[LabInfo]) -> list[LabInfo]:
    """The labs with these ids or file names, in the order of labs.toml; all where none is named.

    Raises:
        LabKitError: Where a lab is not known; the message lists those that are.
    """
    names = {name: info.id for info in known for name in (info.id, info.number, info.stem)}
    unknown = [lab_id for lab_id in lab_ids if lab_id not in names]
    if unknown or not known:
        raise LabKitError(
            f"There is no lab {unknown[0]!r}" if unknown else "There are no labs",
            where="labs.toml",
            next_step="choose from " + (", ".join(info.id for info in known) or "none yet"),
        )
    wanted = {names[lab_id] for lab_id in lab_ids} or {info.id for info in known}
    return [info for info in known if info.id in wanted]


def pair_up(
    chosen: Sequence[LabInfo], datasets: Sequence[str], at_hand: Callable[[str], bool]
) -> tuple[list[Pair], list[Skipped]]:
    """Pair each lab with the data sets to run it on.

    Args:
        chosen: The labs.
        datasets: The data sets asked for; none means each lab's own default, and every other one
            it works with that is at hand.
        at_hand: Whether a data set is on this computer.

    Returns:
        The pairs in the order of the labs, and what is left out, with the reason.

    Raises:
        LabKitError: Where no lab works with a data set asked for, or nothing is left to run.
    """
    for dataset in datasets:
        if not any(dataset in lab.datasets for lab in chosen):
            accepted = dict.fromkeys(name for lab in chosen for name in lab.datasets)
            raise LabKitError(
                f"No chosen lab works with the data set {dataset!r}",
                next_step="choose from " + ", ".join(accepted),
            )
    pairs, skipped = [], []
    for lab in chosen:
        for dataset in datasets or lab.datasets:
            if dataset not in lab.datasets:
                reason = "the lab works with " + ", ".join(lab.datasets)
            elif not at_hand(dataset):
                reason = f"not on this computer; get it with: lab-kit data get {dataset}"
            else:
                pairs.append(Pair(lab, dataset))
                continue
            skipped.append(Skipped(lab.id, dataset, lab.title, reason))
    if not pairs:
        raise LabKitError(
            "Nothing is left to run: "
            + "; ".join(f"{s.id} on {s.dataset}: {s.reason}" for s in skipped),
            next_step="choose another lab or data set",
        )
    return pairs, skipped
