"""A raw file as a source system would have written it, and the record of what is wrong with it."""

import gzip
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class RawFile:
    """A file of an export; every cell is text, an empty one the empty string."""

    export: str
    name: str
    frame: pd.DataFrame
    encoding: str = "utf-8"

    def content(self) -> bytes:
        """The file before it is compressed."""
        buffer = io.StringIO(newline="")
        self.frame.to_csv(buffer, index=False, lineterminator="\n")
        return buffer.getvalue().encode(self.encoding)

    def write(self, folder: Path) -> Path:
        """Compress into `folder`; the same content gives the same bytes on any day."""
        path = folder / self.name
        with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(self.content())
        return path


@dataclass
class Record:
    """What was done to the raw files, written down while it is done."""

    gaps: list[pd.DataFrame] = field(default_factory=list)
    duplicates: list[pd.DataFrame] = field(default_factory=list)
    unrecoverable: list[pd.DataFrame] = field(default_factory=list)
    repairs: list[pd.DataFrame] = field(default_factory=list)
    dirt: list[dict[str, object]] = field(default_factory=list)

    def count(self, file: RawFile | str, mechanism: str, rows: int) -> None:
        """Note how many rows of a file a mechanism touched."""
        name = file if isinstance(file, str) else file.name
        self.dirt.append({"file": name, "mechanism": mechanism, "rows": int(rows)})

    def frames(self) -> dict[str, pd.DataFrame]:
        """The record as frames, by the name they have in `truth`."""
        frames = {
            name: pd.concat(getattr(self, name), ignore_index=True)
            for name in ("gaps", "duplicates", "unrecoverable", "repairs")
        }
        return {**frames, "dirt": pd.DataFrame(self.dirt)}


def hit(rng: np.random.Generator, share: float | np.ndarray, count: int) -> np.ndarray:
    """(count,) bool: each row on its own with probability `share`."""
    return rng.random(count) < share


def texts(values: pd.Series | np.ndarray) -> np.ndarray:
    """An object array of str, so that numpy assigns strings of any length."""
    return np.asarray(values).astype(str).astype(object)


def one_of(rng: np.random.Generator, choices: tuple[str, ...], count: int) -> np.ndarray:
    """(count,) texts, each of the choices equally likely."""
    return np.array(choices, dtype=object)[rng.integers(0, len(choices), count)]
