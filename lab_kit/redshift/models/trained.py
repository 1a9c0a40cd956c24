"""Trained models, loaded when they are first called."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lab_kit.errors import LabKitError
from lab_kit.redshift.engine.place import Place
from lab_kit.redshift.engine.results import ARROW
from lab_kit.redshift.errors import Error, OperationalError
from lab_kit.redshift.models.brought import invoke, require_endpoint
from lab_kit.redshift.models.model import Model
from lab_kit.redshift.sql.type_names import redshift_name

MOST_LOADED = 8
"""Models held in memory at a time."""
_BEAT_SECONDS = 0.5
MAX_BATCH_ROWS = 2_147_483_647
"""How many rows an endpoint is sent at a time, where nothing is set."""


class Trained:
    """The trained models of a database.

    Args:
        place: Where the database lies.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._loaded: dict[Path, Any] = {}
        self._loading = threading.Lock()
        self._closed = False

    def folder(self, model: Model) -> Path:
        """Where a model lies; of a remote one, where that of its endpoint does.

        Raises:
            OperationalError: There is no such endpoint.
        """
        if model.form == "remote":
            return require_endpoint(self._place, model.endpoint)
        return self._place.models / model.folder

    def load(self, model: Model) -> Any:
        """The model as automl has it.

        Raises:
            OperationalError: Its files are gone.
        """
        folder = self.folder(model) / "model"
        with self._loading:
            if folder not in self._loaded:
                from lab_kit import automl

                if not folder.exists():
                    raise OperationalError(
                        f"The files of model {model.qualified} are gone",
                        where=str(folder),
                        next_step="drop the model and create it again",
                    )
                while len(self._loaded) >= MOST_LOADED:
                    self._loaded.pop(next(iter(self._loaded)))
                self._loaded[folder] = automl.load(folder)
            return self._loaded[folder]

    def expect(self, model: Model, trained: Callable[[], bool]) -> None:
        """Load a model as soon as it is trained, so that its first call need not wait.

        Args:
            model: A model that trains.
            trained: Says whether that has ended; asked until it has.
        """

        def load() -> None:
            import skops.io  # noqa: F401  meanwhile: what models need, scikit-learn with it

            import lab_kit.automl.files  # noqa: F401

            registry = self._place.ground.registry
            with contextlib.suppress(Error, sqlite3.ProgrammingError):  # dropped, or closed
                while not registry.wait(trained, _BEAT_SECONDS):
                    if self._closed:
                        return
                self.load(model)

        threading.Thread(target=load, daemon=True).start()

    def preload(self, models: Sequence[Model]) -> None:
        """Load models while nobody asks yet, the newest of them, so that no first call need wait.

        Args:
            models: Models that are ready.
        """
        newest = sorted(models, key=lambda model: model.created)[-MOST_LOADED:]

        def load() -> None:
            for model in newest:
                if self._closed:
                    return
                with contextlib.suppress(Error, LabKitError, OSError):  # its first call says it
                    self.load(model)

        if newest:
            threading.Thread(target=load, name="preload", daemon=True).start()

    def close(self) -> None:
        """Expect nothing any more."""
        self._closed = True

    def predict(self, model: Model, values: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Array:
        """What the model's function gives for rows; of classes, each is held once.

        Args:
            model: A model that is ready.
            values: For each parameter of the function, its values.
        """
        table = self._table(model, values)
        if not table.num_rows:
            return pa.array([], arrow_type(model.returns))
        fitted = self.load(model)
        if model.form == "remote":
            most = int(model.settings.get("MAX_BATCH_ROWS", MAX_BATCH_ROWS))
            told = invoke(fitted, [_whole(each) for each in values], most)
            return as_arrow(np.array(told, dtype=object), model.returns)
        return _answers(fitted, table, model.returns)

    def probabilities(self, model: Model, values: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Array:
        """For rows, the probabilities of the classes and their names, the likeliest first.

        As JSON, which SUPER is here: {"probabilities": [0.9, 0.1], "labels": ["False.", "True."]}.
        """
        table = self._table(model, values)
        if not table.num_rows:
            return pa.array([], pa.string())
        fitted = self.load(model)
        found = fitted.predict_proba(table)
        labels = np.array([json.dumps(_as_text(each)) for each in fitted.classes], dtype=object)
        order = np.argsort(-found, axis=1, kind="stable")
        likeliest = np.take_along_axis(found, order, axis=1)
        texts = [
            f'{{"probabilities":[{",".join(map(repr, row))}],'
            f'"labels":[{",".join(labels[places])}]}}'
            for row, places in zip(likeliest.tolist(), order, strict=True)
        ]
        return pa.array(texts, pa.string())

    def explain(self, model: Model, rows: pa.Table) -> Any:
        """What each column contributed to the prediction of each row; see `automl.Explanation`.

        Of several classes, the contributions to the class that is predicted.
        """
        fitted = self.load(model)
        explained = fitted.explain(rows)
        if explained.values.ndim == 2:
            return explained
        chosen = fitted.predict_proba(rows).argmax(axis=1)
        at = np.arange(rows.num_rows)
        base = np.asarray(explained.base)[chosen]
        return replace(explained, values=explained.values[at, :, chosen], base=base)

    def _table(self, model: Model, values: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Table:
        names = [each.name for each in model.parameters]
        return pa.Table.from_arrays(list(values), names=names)


def _answers(fitted: Any, rows: pa.Table, type: str) -> pa.Array:
    classes = getattr(fitted, "classes", None)
    if classes is None:  # a regression, or k-means
        return as_arrow(fitted.predict(rows), type)
    said = as_arrow(fitted.known_target.decoded(np.arange(len(classes))), type)
    return pa.DictionaryArray.from_arrays(fitted.predict_codes(rows), said)


def arrow_type(duckdb: str) -> pa.DataType:
    """What values of a type are in Arrow, by DuckDB's name of the type."""
    return ARROW[redshift_name(duckdb)]


def as_arrow(values: np.ndarray, type: str) -> pa.Array:
    """Predictions as values of the function's type."""
    to = arrow_type(type)
    if pa.types.is_integer(to) and values.dtype.kind == "f":
        return pa.array(np.rint(values)).cast(to)
    if pa.types.is_string(to) and values.dtype.kind in "bf":
        return pa.array([_as_text(each) for each in values], to)  # true, and 0.5 as Python has it
    try:
        return pa.array(values).cast(to)
    except pa.ArrowInvalid as error:
        raise OperationalError(
            f"What the model says is not of type {redshift_name(type)}: {error}",
            next_step="create the model with RETURNS VARCHAR",
        ) from error


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _as_text(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    return str(value)
