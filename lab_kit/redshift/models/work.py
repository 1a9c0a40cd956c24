"""Training, in a child process: what runs there.

The training data is read from S3 and the artefact put there, as AWS does it. What the database
itself keeps of the model is written into the job's folder.
"""

import json
import tarfile
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
_Tell = Callable[[float, str], None]


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
        _write_leaderboard(work.folder, leaderboard)

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
    _write_leaderboard(work.folder, fitted.leaderboard)
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
    bases = np.atleast_1d(np.asarray(explained.base, dtype=float))
    labels = {
        f"label{place}": {
            "global_shap_values": dict(
                zip(
                    explained.columns,
                    np.abs(values[:, :, place]).mean(axis=0).tolist(),
                    strict=True,
                )
            ),
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


def _write_leaderboard(folder: Path, leaderboard: Any) -> None:
    rows = json.loads(leaderboard.frame.to_json(orient="records", double_precision=15))
    write_json(folder / LEADERBOARD, rows)


def _put(folder: Path, objects: Objects, address: str) -> None:
    """The artefact as one archive, as SageMaker leaves it."""
    archive = folder / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder / MODEL, arcname=MODEL)
        tar.add(folder / "form.json", arcname="form.json")
    objects.put(archive, address)
    archive.unlink()


_FORMS: dict[str, Callable[[pa.Table, str, dict[str, Any], Work], dict[str, Any]]] = {
    "auto": _auto,
}
