"""Training, in a child process: what runs there.

The training data is read from S3 and the artefact put there, as AWS does it. What the database
itself keeps of the model is written into the job's folder.
"""

import json
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lab_kit import automl
from lab_kit.aws.files import write_json
from lab_kit.aws.jobs.work import JobError, Work
from lab_kit.errors import LabKitError
from lab_kit.redshift.objects import Objects, objects_of

MODEL = "model"
"""The folder, within a model's own, that automl saved it to."""
LEADERBOARD = "leaderboard.json"
SEED = 0


def train(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Train what was asked for.

    Args:
        arguments: `objects`, `data` and `artefact` (addresses), `asked` (as `Asked` has it),
            `target`, and `keep`: whether what lies in S3 is to stay there.
        work: Where to write, and whom to tell.

    Raises:
        JobError: It cannot be trained; the reason is what a learner reads.
    """
    objects = objects_of(arguments["objects"])
    work.progress(0.0, "reading the training data from S3")
    table = pa.concat_tables(pq.read_table(each.path) for each in objects.under(arguments["data"]))
    asked = arguments["asked"]
    work.folder.mkdir(exist_ok=True)
    try:
        told = _FORMS[asked["form"]](table, arguments["target"], asked, work)
    except LabKitError as error:
        raise JobError(str(error)) from error
    write_json(work.folder / "form.json", {"form": asked["form"]})
    work.progress(0.99, "putting the artefact into S3")
    if arguments["keep"]:
        _put(work.folder, objects, arguments["artefact"])
    else:
        objects.remove(arguments["data"])
    return told


def _auto(table: pa.Table, target: str, asked: dict[str, Any], work: Work) -> dict[str, Any]:
    def watch(leaderboard: Any) -> None:
        _write_leaderboard(work.folder, leaderboard.frame)

    fitted = automl.fit(
        table,
        target,
        problem=asked["problem"],
        objective=asked["objective"],
        algorithms=asked["algorithms"],
        trials=asked["trials"],
        max_seconds=asked["max_runtime"],
        max_cells=asked["max_cells"],
        seed=SEED,
        progress=work.progress,
        watch=watch,
    )
    _write_leaderboard(work.folder, fitted.leaderboard.frame)
    return _told(fitted, work)


def _told(fitted: Any, work: Work) -> dict[str, Any]:
    fitted.save(work.folder / MODEL)
    return {
        "problem": fitted.problem,
        "objective": _name(fitted.objective),
        "classes": _plain(fitted.classes),
        "metric": {name: float(value) for name, value in fitted.metric.items()},
        "model": fitted.model_name,
        "trials": fitted.trials,
        "stopped": fitted.stopped,
        "aborted": bool(fitted.aborted),
        "seconds": float(fitted.seconds),
        "explanation": _explained(fitted),
        "printed": _printed(fitted),
    }


def _explained(fitted: Any) -> dict[str, Any]:
    """The report of EXPLAIN_MODEL (r_explain_model_function)."""
    explained = fitted.explained
    values = explained.values if explained.values.ndim == 3 else explained.values[:, :, None]
    sizes = np.abs(values).mean(axis=0).astype(object)  # numbers of Python, which JSON knows
    bases = np.atleast_1d(np.asarray(explained.base, dtype=float))
    labels = {
        f"label{place}": {
            "global_shap_values": dict(zip(explained.columns, sizes[:, place], strict=True)),
            "expected_value": float(bases[place]),
        }
        for place in range(values.shape[2])
    }
    return {"version": "1.0", "explanations": {"kernel_shap": labels}}


_METRICS = {"MSE": "mse", "Accuracy": "accuracy", "F1": "F1", "F1Macro": "F1_macro", "AUC": "auc"}
"""As SHOW MODEL prints them behind "validation:"."""


def _printed(fitted: Any) -> list[tuple[str, float]]:
    name = _name(fitted.objective)
    return [(f"validation:{_METRICS.get(name, name)}", float(fitted.metric[name]))]


def _name(objective: Any) -> str:
    return str(getattr(objective, "name", objective))


def _plain(values: Any) -> Any:
    """Values as JSON has them."""
    if values is None:
        return None
    return [each.item() if isinstance(each, np.generic) else each for each in values]


def _write_leaderboard(folder: Path, frame: Any) -> None:
    rows = json.loads(frame.to_json(orient="records", double_precision=15))
    write_json(folder / LEADERBOARD, rows)


def _put(folder: Path, objects: Objects, address: str) -> None:
    """The artefact as one archive, as SageMaker leaves it."""
    archive = folder / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder / MODEL, arcname=MODEL)
        tar.add(folder / "form.json", arcname="form.json")
    objects.put(archive, address)
    archive.unlink()


def _alone(algorithm: str) -> Callable[[pa.Table, str, dict[str, Any], Work], dict[str, Any]]:
    """The training of one algorithm with the settings of the user's."""

    def fit(table: pa.Table, target: str, asked: dict[str, Any], work: Work) -> dict[str, Any]:
        fitted = automl.single(
            table,
            target,
            algorithm,
            asked["hyperparameters"],
            objective=asked["objective"],
            max_cells=asked["max_cells"],
            seed=SEED,
            progress=work.progress,
        )
        _write_leaderboard(work.folder, fitted.leaderboard.frame)
        told = _told(fitted, work)
        errors = [each for each in fitted.metric.items() if each[0].startswith("train:")]
        return told | {"printed": errors or told["printed"], "hyperparameters": _shown(asked)}

    return fit


def _shown(asked: dict[str, Any]) -> dict[str, str]:
    """The hyperparameters that SHOW MODEL prints: those that were set, and these two."""
    shown = {"num_round": "100", "objective": asked["objective"]} if asked["objective"] else {}
    return {**shown, **asked["hyperparameters"]}


def _kmeans(table: pa.Table, _: str, asked: dict[str, Any], work: Work) -> dict[str, Any]:
    begun = time.monotonic()
    rows = _drawn(table, asked["max_cells"])
    k = int(asked["hyperparameters"]["k"])
    model = automl.KMeans(k, preprocessors=asked["preprocessors"] or [], seed=SEED)
    model.fit(rows, progress=work.progress).save(work.folder / MODEL)
    seconds = time.monotonic() - begun
    printed = [
        ("train:msd", model.msd),
        ("train:progress", 100.0),
        ("train:throughput", rows.num_rows / seconds),
    ]
    shown = {"feature_dim": str(rows.num_columns), **asked["hyperparameters"]}
    return {"printed": printed, "hyperparameters": shown, "seconds": seconds}


def _forecast(table: pa.Table, target: str, asked: dict[str, Any], work: Work) -> dict[str, Any]:
    moment, item = _series_columns(table, target)
    model = automl.Forecast(
        asked["horizon"],
        asked["frequency"],
        percentiles=tuple(asked["percentiles"]),
        **({"objective": asked["objective"]} if asked["objective"] else {}),
    ).fit(table, target, moment, item)
    model.save(work.folder / MODEL)
    pq.write_table(
        pa.Table.from_pandas(model.predict(), preserve_index=False),
        work.folder / "forecast.parquet",
    )
    _write_leaderboard(work.folder, model.leaderboard)
    best = model.leaderboard.iloc[0]
    return {"printed": [(f"validation:{model.objective}", float(best[model.objective]))]}


def _series_columns(table: pa.Table, target: str) -> tuple[str, str | None]:
    """The columns that say when and of what."""
    times = [each.name for each in table.schema if pa.types.is_temporal(each.type)]
    items = [each for each in table.column_names if each not in (*times, target)]
    if len(times) != 1 or len(items) > 1:
        raise JobError(
            "FORECAST needs a target, one column of dates or times and at most one that names the "
            f"series; given were {', '.join(table.column_names)}."
        )
    return times[0], items[0] if items else None


def _drawn(table: pa.Table, max_cells: int) -> pa.Table:
    """The table, or rows drawn from it where it has more cells."""
    most = max(max_cells // table.num_columns, 1)
    if table.num_rows <= most:
        return table
    drawn = np.random.default_rng(SEED).choice(table.num_rows, most, replace=False)
    return table.take(pa.array(np.sort(drawn)))


_FORMS: dict[str, Callable[[pa.Table, str, dict[str, Any], Work], dict[str, Any]]] = {
    "auto": _auto,
    "xgboost": _alone("xgboost"),
    "linear_learner": _alone("linear"),
    "mlp": _alone("mlp"),
    "kmeans": _kmeans,
    "forecast": _forecast,
}
