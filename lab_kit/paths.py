"""Where things lie: one resolver for a cloned repository and an installed wheel."""

import os
from pathlib import Path

import platformdirs

from lab_kit.errors import LabKitError

PACKAGE = Path(__file__).resolve().parent
WORK_MARKER = ".lab-kit.json"
"""The file `lab-kit start` writes into a work folder; it makes the folder findable from within."""


def labs_folder() -> Path:
    """The folder with labs.toml, the notebooks, `source/` and `solutions/`.

    LAB_KIT_LABS where it is set: the kit builds and tests labs away from those it ships.
    """
    named = os.environ.get("LAB_KIT_LABS")
    return Path(named).expanduser().resolve() if named else _shipped("labs", "labs.toml")


def data_folder() -> Path:
    """The folder with MANIFEST.toml and the bundled files."""
    return _shipped("data", "MANIFEST.toml")


def real_data_folder() -> Path | None:
    """The folder named by LAB_KIT_REAL_DATA, or None where the variable is unset or empty."""
    named = os.environ.get("LAB_KIT_REAL_DATA")
    return Path(named).expanduser().resolve() if named else None


def home_folder() -> Path:
    """The kit's own per-user folder (caches, the local cloud): LAB_KIT_HOME, else the system's."""
    named = os.environ.get("LAB_KIT_HOME")
    return Path(named).expanduser().resolve() if named else platformdirs.user_data_path("lab-kit")


def work_folder() -> Path:
    """The learner's folder: notebooks they edit, progress, checkpoints.

    LAB_KIT_WORK where it is set; else the nearest folder upwards that `lab-kit start` made; else
    `work` in the cloned repository, or in the current folder where the kit is installed.
    """
    named = os.environ.get("LAB_KIT_WORK")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / WORK_MARKER).is_file():
            return folder
    root = repository()
    return (root if root is not None else here) / "work"


def repository() -> Path | None:
    """The cloned repository the package runs from, or None where it was installed."""
    root = PACKAGE.parent
    is_clone = (root / "pyproject.toml").is_file() and (root / "labs").is_dir()
    return root if is_clone else None


def _shipped(name: str, landmark: str) -> Path:
    for folder in (PACKAGE / "_shipped" / name, PACKAGE.parent / name):
        if (folder / landmark).is_file():
            return folder
    raise LabKitError(
        f"The kit's {name}/ folder is not there",
        where=f"looked for {landmark} beside {PACKAGE}",
        next_step="install the kit again, or run it from a complete clone",
    )
