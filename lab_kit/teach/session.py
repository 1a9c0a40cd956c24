"""`begin`: a lab opens, with one card that says what it is and how far the learner got."""

from dataclasses import dataclass

from lab_kit.errors import LabKitError
from lab_kit.teach.labs import LabInfo, lab_info
from lab_kit.teach.messages import words
from lab_kit.teach.progress import lab_progress
from lab_kit.teach.say import Card, say
from lab_kit.teach.store import store


@dataclass(frozen=True)
class Lab:
    """The lab a notebook works through, with the data set it works on."""

    info: LabInfo
    dataset: str


_current: Lab | None = None
"""The lab this kernel is in: a notebook begins once, and what it calls later should not have to
be told again. One name, written by `begin` alone."""


def begin(lab_id: str, *, dataset: str | None = None) -> Lab:
    """Open a lab: show its card, give figures the kit's look, remember it for this kernel.

    Args:
        lab_id: Such as "01".
        dataset: One that the lab accepts; the first of them by default.

    Raises:
        LabKitError: Where there is no such lab, or it does not accept the data set; the message
            lists those there are.
    """
    global _current
    info = lab_info(lab_id)
    chosen = info.datasets[0] if dataset is None else dataset
    if chosen not in info.datasets:
        raise LabKitError(
            words("begin.no_dataset", id=info.id, dataset=chosen),
            next_step=words("begin.choose_dataset", names=", ".join(info.datasets)),
        )
    # matplotlib is imported here and not with the package, which stays light for every other use.
    from lab_kit.plots import use_theme

    use_theme()
    _current = Lab(info, chosen)
    say(_card(_current))
    return _current


def current() -> Lab | None:
    """The lab this kernel has begun, None before that."""
    return _current


def _card(lab: Lab) -> Card:
    info = lab.info
    so_far = lab_progress(info, store().read()).summary
    return Card(
        "info",
        words("begin.word", id=info.id, title=info.title),
        words("begin.facts", minutes=info.minutes, dataset=lab.dataset),
        (info.question, words("begin.so_far", summary=so_far)),
    )
