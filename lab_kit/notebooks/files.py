"""Notebook files on disk: read with clear errors, written whole or not at all."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from lab_kit.errors import LabKitError


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook as it stands in the file, without repairs such as made-up cell ids.

    Raises:
        LabKitError: Where the file is missing, is not JSON, or holds no list of cells.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabKitError(
            f"The notebook cannot be read: {error.strerror}",
            where=str(path),
            next_step="check the path, or make it with lab-kit build",
        ) from error
    except ValueError as error:
        raise LabKitError(
            f"The notebook is not valid JSON: {error}",
            where=str(path),
            next_step="restore the file, or make it again with lab-kit build",
        ) from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise LabKitError(
            "The file is not a notebook of format 4: it has no list of cells",
            where=str(path),
            next_step="save it from JupyterLab once, or make it again with lab-kit build",
        )
    return notebook


def notebook_text(notebook: dict[str, Any]) -> str:
    """The one way this kit writes a notebook: validated, keys sorted, indent 1, a last newline."""
    import nbformat

    node = nbformat.from_dict(notebook)
    nbformat.validate(node)
    return nbformat.writes(node, version=4).rstrip("\n") + "\n"


def write_whole(path: Path, text: str) -> None:
    """Write UTF-8 with LF to a neighbour and move it into place, so that no half file is left.

    Raises:
        LabKitError: Where the folder cannot be written or the disk is full; an earlier file of
            that name is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            temporary.chmod(0o644)  # mkstemp lets nobody else read
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LabKitError(
            f"The file cannot be written: {error.strerror or error}",
            where=str(path),
            next_step="free some space, close what holds the file, or choose another folder",
        ) from error
