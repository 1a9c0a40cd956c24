"""Writes a shop to a folder and reads it back as a `Dataset`.

users, items, interactions .parquet     clean
tables/NAME.parquet                     prices, orders, profiles, customers
truth/NAME.parquet                      what only the simulation knows
exports/*.csv.gz                        raw
"""

from functools import partial
from pathlib import Path

import pandas as pd

from lab_kit.data.dataset import Dataset, LazyFrames
from lab_kit.data.shop.exports import RawExports, declare
from lab_kit.data.shop.simulation import Shop
from lab_kit.errors import LabKitError

TITLE = "The shop: a simulated Korean online shop, mart and fashion, January to June 2026"
LICENCE = "CC0-1.0"
"""Generated data: no rights reserved."""
CLEAN = ("users", "items", "interactions")


def write(shop: Shop, exports: RawExports, folder: Path) -> list[Path]:
    """Write everything; files of an earlier run that have no successor are removed.

    Returns:
        The files written.
    """
    frames = {name: getattr(shop, name) for name in CLEAN}
    frames |= {f"tables/{name}": frame for name, frame in shop.tables.items()}
    frames |= {f"truth/{name}": frame for name, frame in {**shop.truth, **exports.truth}.items()}
    for part in ("tables", "truth", "exports"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    written = [_write_frame(frame, folder / f"{name}.parquet") for name, frame in frames.items()]
    written += [file.write(folder / "exports") for file in exports.files]
    for path in folder.rglob("*"):
        if path.is_file() and path not in written and not path.name.startswith("."):
            path.unlink()
    return written


def read(folder: Path) -> Dataset:
    """The shop in `folder`; tables and truth are read when they are asked for.

    Raises:
        LabKitError: A file is not there.
    """
    missing = [name for name in CLEAN if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise LabKitError(
            f"The shop's {', '.join(missing)} are not there",
            where=str(folder),
            next_step="install the kit again, or get data/ back with git",
        )
    users, items, interactions = (_read_frame(folder / f"{name}.parquet") for name in CLEAN)
    return Dataset(
        name="shop",
        title=TITLE,
        users=users,
        items=items,
        interactions=interactions,
        tables=_lazy(folder / "tables"),
        exports=declare(folder / "exports"),
        truth=_lazy(folder / "truth"),
        licence=LICENCE,
    )


def _lazy(folder: Path) -> LazyFrames:
    files = sorted(folder.glob("*.parquet"))
    return LazyFrames({path.stem: partial(_read_frame, path) for path in files})


def _write_frame(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_parquet(path, index=False, compression="zstd", compression_level=15)
    return path


def _read_frame(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)
