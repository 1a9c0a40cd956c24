"""A fitted model in a folder: JSON for what can be read, npz for arrays, no pickle.

model.json               target, columns, members, leaderboard, figures
held_out.npz             out-of-fold predictions
member_0/learned.npz     what its preprocessing learnt
member_0/booster.ubj      XGBoost's own format, or
member_0/model.skops     scikit-learn's models, read with a fixed list of trusted types
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from lab_kit.automl.data_reports import DataReport
from lab_kit.automl.estimators import Constant, Estimator, ScikitLearn, XGBoost, threads
from lab_kit.automl.fitted import Fitted, Member
from lab_kit.automl.leaderboard import Leaderboard, Row
from lab_kit.automl.pipeline import Candidate, Pipeline, make_preprocessing
from lab_kit.automl.problem import Target
from lab_kit.automl.reader import Feature, Reader, Source
from lab_kit.automl.roles import Column
from lab_kit.automl.training import Warning
from lab_kit.automl.transformers import Step
from lab_kit.errors import LabKitError

FORMAT = 2
KIND = "model"
BACKGROUND = "background"
TRUSTED = [
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array",
]
"""Types beyond skops' own list that the kit's models are made of."""


def save(model: Fitted, folder: str | Path) -> Path:
    """Write a model to a folder, which is made where it is not there.

    Returns:
        The folder.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number, member in enumerate(model.members):
        _save_pipeline(member.pipeline, folder / f"member_{number}")
    arrays: dict[str, Any] = {**model.held_out, BACKGROUND: model.background}
    np.savez(folder / "rows.npz", **arrays)
    said = {
        "kind": KIND,
        "format": FORMAT,
        "target": asdict(model.known_target),
        "objective": model.objective,
        "sources": [asdict(source) for source in model.reader.sources],
        "members": [_described(member) for member in model.members],
        "threshold": model.threshold,
        "leaderboard": [asdict(row) for row in model.leaderboard.rows],
        "metric": model.metric,
        "trials": model.trials,
        "seed": model.seed,
        "seconds": model.seconds,
        "aborted": model.aborted,
        "stopped": model.stopped,
        "data_report": model.data_report and asdict(model.data_report),
        "explanations": model.explanations,
    }
    # Written last: a folder without it holds no model.
    (folder / "model.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
    return folder


def load(folder: str | Path) -> Any:
    """Read a model that was saved: a `Fitted`, `KMeans` or `Forecast`, whatever it is.

    Raises:
        LabKitError: If the folder holds no model, or one of another version of the kit.
    """
    kind = _description(Path(folder)).get("kind")
    if kind == "k-means":
        from lab_kit.automl.clusters import KMeans

        return KMeans.load(folder)
    if kind == "forecast":
        from lab_kit.automl.forecasting import Forecast

        return Forecast.load(folder)
    return load_fitted(folder)


def _description(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabKitError(
            "There is no model", where=str(folder), next_step="save one there first"
        ) from None


def read_description(folder: Path, kind: str, version: int) -> dict[str, Any]:
    """The JSON of a model of one kind.

    Raises:
        LabKitError: If there is none, or one of another kind or version.
    """
    said = _description(folder)
    if said.get("kind") != kind or said.get("format") != version:
        raise LabKitError(
            f"This is no {kind} of this version of the kit",
            where=str(folder),
            next_step="read it with automl.load, or train it again",
        )
    return said


def load_fitted(folder: str | Path) -> Fitted:
    """Read a model that `Fitted.save` wrote; it predicts the same to the last bit.

    Raises:
        LabKitError: If the folder holds no such model.
    """
    folder = Path(folder)
    said = read_description(folder, KIND, FORMAT)
    target = Target(**{**said["target"], "classes": _tuple(said["target"]["classes"])})
    reader = Reader(tuple(read_source(source) for source in said["sources"]))
    classes = len(target.classes or ())
    with np.load(folder / "rows.npz", allow_pickle=False) as arrays:
        held_out = {name: arrays[name] for name in arrays.files}
    background = held_out.pop(BACKGROUND)
    return Fitted(
        target,
        said["objective"],
        reader,
        tuple(
            Member(
                one["name"],
                _load_pipeline(one, folder / f"member_{number}", reader.features, classes),
                one["weight"],
            )
            for number, one in enumerate(said["members"])
        ),
        said["threshold"],
        Leaderboard(said["objective"], tuple(Row(**row) for row in said["leaderboard"])),
        said["metric"],
        said["trials"],
        said["seed"],
        said["seconds"],
        said["aborted"],
        said["stopped"],
        held_out,
        background,
        said["data_report"] and _report(said["data_report"]),
        said["explanations"],
    )


def _described(member: Member) -> dict[str, Any]:
    pipeline = member.pipeline
    return {
        "name": member.name,
        "weight": member.weight,
        "candidate": asdict(pipeline.candidate),
        "shift": pipeline.shift,
        "scale": pipeline.scale,
        "rounds": pipeline.rounds,
    }


def _save_pipeline(pipeline: Pipeline, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    np.savez(folder / "learned.npz", **pipeline.preprocessing.state())
    estimator = pipeline.estimator
    if isinstance(estimator, Constant):
        np.savez(folder / "constant.npz", value=estimator.value)
    elif isinstance(estimator, XGBoost):
        estimator.booster.save_model(folder / "booster.ubj")
    else:
        import skops.io

        skops.io.dump(estimator.model, folder / "model.skops")


def _load_pipeline(
    said: dict[str, Any], folder: Path, features: tuple[Feature, ...], classes: int
) -> Pipeline:
    steps = tuple(Step(*map(tuple, one.values())) for one in said["candidate"]["steps"])
    candidate = Candidate(**{**said["candidate"], "steps": steps})
    preprocessing = make_preprocessing(candidate, features, classes)
    with np.load(folder / "learned.npz", allow_pickle=False) as arrays:
        preprocessing.restore({name: arrays[name] for name in arrays.files})
    return Pipeline(
        candidate,
        preprocessing,
        _load_estimator(folder, candidate.algorithm, classes),
        classes,
        said["shift"],
        said["scale"],
        said["rounds"],
    )


def _load_estimator(folder: Path, algorithm: str, classes: int) -> Estimator:
    if (folder / "constant.npz").exists():
        with np.load(folder / "constant.npz", allow_pickle=False) as arrays:
            return Constant(arrays["value"])
    if (folder / "booster.ubj").exists():
        import xgboost

        booster = xgboost.Booster({"nthread": 1}, model_file=folder / "booster.ubj")
        return XGBoost(booster, classes)
    import skops.io

    from lab_kit.automl.algorithms import MULTIPLIES

    model = skops.io.load(folder / "model.skops", trusted=TRUSTED)
    threads()  # made now, the first prediction need not wait for it
    return ScikitLearn(model, classes, algorithm in MULTIPLIES)


def read_source(said: dict[str, Any]) -> Source:
    """A column's way to features, from JSON."""
    lists = {name: tuple(said[name]) for name in ("levels", "parts", "words")}
    return Source(Column(**said["column"]), other=said["other"], **lists)


def _report(said: dict[str, Any]) -> DataReport:
    lists = {
        "warnings": tuple(Warning(**note) for note in said["warnings"]),
        "columns": tuple(said["columns"]),
        "alike": tuple((one, other, r) for one, other, r in said["alike"]),
    }
    return DataReport(**{**said, **lists})


def _tuple(values: list[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)
