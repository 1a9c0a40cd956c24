"""What a run leaves behind: `report.json` for machines and `index.html` for people."""

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from lab_kit import __version__
from lab_kit.notebooks.execute import Failure
from lab_kit.notebooks.files import write_whole
from lab_kit.notebooks.rendering import render
from lab_kit.notebooks.selection import Skipped
from lab_kit.notebooks.summary import SlowCell

MEMORY_LIMIT_MIB = 550
"""What the kernel of one lab may hold, so that it fits on Binder beside everything else."""
NOTEBOOKS = "notebooks"
"""The folder of the executed notebooks, beside index.html."""
_PACKAGES = ("jupyterlab", "papermill", "numpy", "pandas", "scikit-learn", "implicit", "matplotlib")


@dataclass(frozen=True)
class LabRun:
    """How one lab went on one data set."""

    id: str
    dataset: str
    title: str
    status: Literal["passed", "failed"]
    seconds: float
    peak_rss_mib: float
    """The most memory the kernel and its children held, in MiB."""
    cells: int
    checks: Mapping[str, int]
    """`passed` of `total` exercises."""
    figures: int
    slowest_cells: tuple[SlowCell, ...]
    name: str
    """The stem of the executed notebook in the report's folder."""
    error: Failure | None = None
    """Where it failed and why."""

    @property
    def over_memory(self) -> bool:
        """Whether its kernel held more than a lab may."""
        return self.peak_rss_mib > MEMORY_LIMIT_MIB


@dataclass(frozen=True)
class Report:
    """How a run went."""

    seconds: float
    """From the first start to the last end."""
    started: str
    """When, as ISO 8601 with the offset of this computer's zone."""
    labs: tuple[LabRun, ...]
    skipped: tuple[Skipped, ...] = ()
    interrupted: bool = False
    """Whether Ctrl-C ended it before its time."""
    fast: bool = False
    versions: Mapping[str, str] = field(default_factory=lambda: _versions())

    @property
    def failed(self) -> list[LabRun]:
        """The labs that failed."""
        return [lab for lab in self.labs if lab.status == "failed"]

    @property
    def good(self) -> bool:
        """Whether everything that was to run ran and passed."""
        return not self.failed and not self.interrupted

    @property
    def verdict(self) -> str:
        """The report in one line."""
        runs = "1 run" if len(self.labs) == 1 else f"{len(self.labs)} runs"
        if self.failed:
            return f"{len(self.failed)} of {runs} failed"
        if self.interrupted:
            return f"Stopped early after {runs}"
        return f"All {runs} passed" if len(self.labs) != 1 else "The run passed"

    @property
    def started_words(self) -> str:
        """When it began, for people."""
        return f"{datetime.fromisoformat(self.started):%d %B %Y, %H:%M}"

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "seconds": self.seconds,
            "started": self.started,
            "fast": self.fast,
            "interrupted": self.interrupted,
            "versions": dict(self.versions),
            "labs": [asdict(lab) for lab in self.labs],
            "skipped": [asdict(skipped) for skipped in self.skipped],
        }


def json_path(folder: Path) -> Path:
    """Where report.json lies: beside the folder of the pages, `build/report.json`."""
    return folder.with_name("report.json")


def clear(folder: Path, names: Iterable[str]) -> None:
    """Take an earlier report away, so that nothing of it can pass for the coming one's.

    Args:
        folder: The folder of the pages.
        names: The stems of the notebooks that are about to be executed.

    Raises:
        LabKitError: Where the folder cannot be written.
    """
    for path in (folder / "index.html", json_path(folder)):
        write_whole(path, "")  # finds out now, and not after the labs, whether there is a way
        path.unlink()
    for name in names:
        for suffix in (".ipynb", ".html"):
            (folder / NOTEBOOKS / f"{name}{suffix}").unlink(missing_ok=True)


def write(report: Report, folder: Path) -> None:
    """Write `index.html` into the folder and `report.json` beside it.

    Raises:
        LabKitError: Where they cannot be written.
    """
    write_whole(json_path(folder), json.dumps(report.to_json(), indent=2) + "\n")
    page = render(
        "report.html.j2",
        report=report,
        longest=max((lab.seconds for lab in report.labs), default=1.0),
        limit=MEMORY_LIMIT_MIB,
        notebooks=NOTEBOOKS,
        saved={lab.name for lab in report.labs if _page(folder, lab).is_file()},
    )
    write_whole(folder / "index.html", page + "\n")


def _page(folder: Path, lab: LabRun) -> Path:
    return folder / NOTEBOOKS / f"{lab.name}.html"


def _versions() -> dict[str, str]:
    found = {
        "lab-kit": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
