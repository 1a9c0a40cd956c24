"""Arrays and sparse tables in one npz file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp


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
