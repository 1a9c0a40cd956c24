"""k-means: rows put into k groups, each around its mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from lab_kit.automl.estimators import FEW_ROWS
from lab_kit.automl.files import read_description, read_source
from lab_kit.automl.reader import Reader, make_reader
from lab_kit.automl.roles import find_roles
from lab_kit.automl.tables import as_table
from lab_kit.automl.transformers import Chosen, Step, read_steps
from lab_kit.automl.trials import workers
from lab_kit.errors import LabKitError

FORMAT = 1
KIND = "k-means"
STANDARD = ({"ColumnSet": ["*"], "Transformers": ["Imputer", "StandardScaler"]},)
"""Where nothing is said: gaps filled with the mean, every column on one scale."""


class KMeans:
    """Groups of rows that are alike.

    Lloyd's algorithm from the best of several k-means++ beginnings (Arthur and Vassilvitskii,
    k-means++: the advantages of careful seeding, SODA 2007). Groups are numbered by their size, the
    largest is 0.

    Args:
        k: How many groups, at least 2.
        preprocessors: `[{"ColumnSet": ["a"], "Transformers": ["StandardScaler"]}]`; None: gaps are
            filled with the mean and every column is brought to one scale; empty: columns as they
            are, words as a column each.
        beginnings: How often it is begun; the best is kept.
        seed: Of the beginnings.

    Raises:
        LabKitError: If k is below 2, or a transformer is unknown.
    """

    def __init__(
        self,
        k: int,
        *,
        preprocessors: Sequence[Mapping[str, Any]] | None = None,
        beginnings: int = 10,
        seed: int = 0,
    ) -> None:
        if k < 2:
            raise LabKitError(f"k is at least 2, not {k}", where="k", next_step="write k 3")
        self.k = k
        self.beginnings = beginnings
        self.seed = seed
        self._steps = read_steps(STANDARD if preprocessors is None else preprocessors)

    rows_at_once: ClassVar[int] = FEW_ROWS
    """How many rows it is best asked for at a time, where there are very many."""
    _reader: Reader
    _preprocessing: Chosen
    _centers: np.ndarray
    """(k, columns) on the scale of the transformed columns."""
    sizes: tuple[int, ...]
    """Rows of each group in training."""
    msd: float
    """Mean squared distance of the training rows to their centre, as SageMaker measures it."""
    centers: pd.DataFrame
    """(k, columns): means of numbers and most frequent words of each group in training."""

    def fit(self, frame: Any, *, progress: Callable[[float, str], None] | None = None) -> Self:
        """Find the groups of a table.

        Args:
            frame: A pandas DataFrame or an Arrow table; ids and constants are not used.
            progress: Told the share done and what is done.

        Raises:
            LabKitError: If there are fewer different rows than groups, or nothing to learn from.
        """
        from sklearn.cluster import KMeans as Lloyd

        table = as_table(frame)
        columns = find_roles(table, table.column_names)
        self._reader = make_reader(table, columns)
        matrix = self._reader.read(table)
        self._preprocessing = Chosen(self._reader.features, self._steps)
        ready = self._ready(self._preprocessing.fit_transform(matrix, np.zeros(len(matrix)), 0))
        if len(np.unique(ready, axis=0)) < self.k:
            raise LabKitError(
                f"There are fewer than {self.k} different rows",
                where="k",
                next_step="ask for fewer groups",
            )
        tell = progress or (lambda share, what: None)
        tell(0.1, f"finding {self.k} groups")
        with workers() as pool:
            model = Lloyd(self.k, n_init=self.beginnings, random_state=self.seed)
            pool.submit(model.fit, ready).result()
        order = np.argsort(-np.bincount(model.labels_, minlength=self.k), kind="stable")
        self._centers = model.cluster_centers_[order]
        squared = self._squared(ready)
        groups = squared.argmin(axis=1)
        self.sizes = tuple(np.bincount(groups, minlength=self.k).tolist())
        self.msd = float(squared.min(axis=1).mean())
        self.centers = self._described(table, groups)
        tell(1.0, "done")
        return self

    def predict(self, frame: Any) -> np.ndarray:
        """(rows,) int64: the group of each row, 0 to k - 1.

        Raises:
            LabKitError: If a column it uses is missing or has values of another type.
        """
        return self._squared(self._read(frame)).argmin(axis=1)

    def distances(self, frame: Any) -> np.ndarray:
        """(rows, k) float64: how far each row is from each centre, on the scale of the groups."""
        return np.sqrt(self._squared(self._read(frame)))

    def _read(self, frame: Any) -> np.ndarray:
        return self._ready(self._preprocessing.transform(self._reader.read(frame)))

    def _ready(self, matrix: np.ndarray) -> np.ndarray:
        if np.isnan(matrix).any():
            raise LabKitError(
                "k-means needs a value in every row",
                where="preprocessors",
                next_step='add the transformer "Imputer", or leave the preprocessors out',
            )
        return matrix

    def _squared(self, ready: np.ndarray) -> np.ndarray:
        """(rows, k), the same for a row whatever rows stand beside it."""
        parts = [((ready - center) ** 2).sum(axis=1) for center in self._centers]
        return np.column_stack(parts)

    def _described(self, table: Any, groups: np.ndarray) -> pd.DataFrame:
        frame, rows = table.to_pandas(), []
        used = [source.column for source in self._reader.sources if source.column.used]
        for group in range(self.k):
            members = frame[groups == group]
            row: dict[str, Any] = {"group": group, "rows": len(members)}
            for column in used:
                values = members[column.name].dropna()
                if column.role == "numeric" and column.type != "text":
                    row[column.name] = float(values.astype(float).mean()) if len(values) else None
                else:
                    row[column.name] = str(values.mode().iloc[0]) if len(values) else None
            rows.append(row)
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return f"KMeans with {self.k} groups of {', '.join(f'{n:,}' for n in self.sizes)} rows"

    def save(self, folder: str | Path) -> Path:
        """Write it to a folder, without pickle; `automl.load` reads it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        learned: dict[str, Any] = {**self._preprocessing.state(), "centers": self._centers}
        np.savez(folder / "learned.npz", **learned)
        said = {
            "kind": KIND,
            "format": FORMAT,
            "k": self.k,
            "beginnings": self.beginnings,
            "seed": self.seed,
            "steps": [asdict(step) for step in self._steps],
            "sources": [asdict(source) for source in self._reader.sources],
            "sizes": self.sizes,
            "msd": self.msd,
            "centers": json.loads(self.centers.to_json(orient="records", double_precision=15)),
        }
        (folder / "model.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what `save` wrote.

        Raises:
            LabKitError: If the folder holds no such model.
        """
        said = read_description(Path(folder), KIND, FORMAT)
        model = cls(said["k"], beginnings=said["beginnings"], seed=said["seed"])
        model._steps = tuple(Step(*map(tuple, one.values())) for one in said["steps"])
        model._reader = Reader(tuple(read_source(source) for source in said["sources"]))
        model._preprocessing = Chosen(model._reader.features, model._steps)
        with np.load(Path(folder) / "learned.npz", allow_pickle=False) as arrays:
            learned = {name: arrays[name] for name in arrays.files}
        model._centers = learned.pop("centers")
        model._preprocessing.restore(learned)
        model.sizes, model.msd = tuple(said["sizes"]), said["msd"]
        model.centers = pd.DataFrame(said["centers"])
        return model
