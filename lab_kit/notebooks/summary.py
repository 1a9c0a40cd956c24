"""What an executed notebook tells of itself: checks, figures and slow cells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lab_kit.notebooks.cells import Notebook, places, text_of

CHECK_MIME = "application/vnd.lab-kit.check+json"
FIGURE = '<figure class="lab-kit-figure"'
DONE, NOT_STARTED = "done", "not started"
_SLOWEST = 3


@dataclass(frozen=True)
class SlowCell:
    """One of the cells that took longest."""

    cell: str
    index: int
    heading: str
    seconds: float


@dataclass(frozen=True)
class Summary:
    """Counts of one executed notebook."""

    cells: int
    """Code cells."""
    states: Mapping[str, str]
    """The last state each exercise showed, in the order of the notebook."""
    figures: int
    slowest_cells: tuple[SlowCell, ...]
    """The slowest first."""

    @property
    def passed(self) -> int:
        """How many exercises were done at the end."""
        return sum(state == DONE for state in self.states.values())


def summarise(executed: Notebook, original: Notebook) -> Summary:
    """Read the counts off an executed notebook.

    Args:
        executed: As papermill left it: with timings, and a cell for the injected parameters.
        original: The notebook that was executed; exercises it has and `executed` never checked
            count as not started.
    """
    states = {
        note["exercise"]: NOT_STARTED
        for cell in original["cells"]
        if "exercise" in (note := cell.get("metadata", {}).get("lab_kit", {}))
    }
    figures = 0
    for data in _displayed(executed):
        figures += text_of(data.get("text/html", "")).count(FIGURE)
        if note := data.get(CHECK_MIME):
            states[note["exercise"]] = note["state"]
    return Summary(
        cells=sum(cell["cell_type"] == "code" for cell in original["cells"]),
        states=states,
        figures=figures,
        slowest_cells=_slowest(executed, original),
    )


def _displayed(notebook: Notebook) -> Iterator[Mapping[str, Any]]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            yield output.get("data", {})


def _slowest(executed: Notebook, original: Notebook) -> tuple[SlowCell, ...]:
    known = places(original["cells"])
    timed = [
        SlowCell(cell["id"], place.index, place.heading, round(seconds, 2))
        for cell in executed["cells"]
        if cell["cell_type"] == "code"
        and (place := known.get(cell.get("id")))
        and (seconds := cell["metadata"].get("papermill", {}).get("duration"))
    ]
    return tuple(sorted(timed, key=lambda cell: cell.seconds, reverse=True)[:_SLOWEST])
