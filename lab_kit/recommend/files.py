"""Models on disk: arrays and sparse tables in one npz file, parameters in JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from lab_kit.errors import LabKitError

FORMAT = 2
"""What is written of a model: raised when a model keeps other arrays than before."""


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays and CSR tables under their names."""
    flat: dict[str, np.ndarray] = {}
    for name, value in arrays.items():
        if sp.issparse(value):
            flat[f"{name}.data"], flat[f"{name}.indices"] = value.data, value.indices
            flat[f"{name}.indptr"], flat[f"{name}.shape"] = value.indptr, np.array(value.shape)
        else:
            flat[name] = np.asarray(value)
    np.savez(path, **flat)  # type: ignore[arg-type]


def read_arrays(path: Path) -> dict[str, Any]:
    """Read what `write_arrays` wrote."""
    found: dict[str, Any] = {}
    with np.load(path, allow_pickle=False) as file:
        for name in file.files:
            stem, dot, part = name.rpartition(".")
            if not dot:
                found[name] = file[name]
            elif part == "data":
                parts = (file[name], file[f"{stem}.indices"], file[f"{stem}.indptr"])
                found[stem] = sp.csr_array(parts, shape=tuple(file[f"{stem}.shape"]))
    return found


def write_model(folder: Path, model: Any, learned: Mapping[str, Any], **beside: Any) -> None:
    """Write a model, a dataclass of its parameters, and what it learnt to a folder.

    Args:
        folder: Made where it is not there.
        model: The model.
        learned: Arrays and CSR tables.
        beside: What else is to be known of the model, as JSON can say it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_arrays(folder / "learned.npz", learned)
    said = {
        "model": type(model).__name__,
        "format": FORMAT,
        "parameters": asdict(model),
        "beside": beside,
    }
    (folder / "model.json").write_text(json.dumps(said, indent=1), encoding="utf-8")


def read_model(folder: Path, kind: type) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Parameters, what was learnt, and what stands beside, of a model written by `write_model`.

    Raises:
        LabKitError: If the folder holds no model, or one of another kind or version of the kit.
    """
    folder = Path(folder)
    try:
        said = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabKitError(
            "There is no model", where=str(folder), next_step="save one there first"
        ) from None
    if said["model"] != kind.__name__:
        raise LabKitError(
            f"This is a {said['model']}, not a {kind.__name__}",
            where=str(folder),
            next_step=f"write {said['model']}.load(folder)",
        )
    if said.get("format") != FORMAT:
        raise LabKitError(
            f"This {kind.__name__} is of another version of the kit",
            where=str(folder),
            next_step="fit it anew, and save it",
        )
    return said["parameters"], read_arrays(folder / "learned.npz"), said["beside"]
