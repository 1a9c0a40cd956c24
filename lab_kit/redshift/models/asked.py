"""What CREATE MODEL asks for, checked against Redshift's rules.

Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_MODEL.html,
r_create_model_use_cases.html and r_create_model_usage_notes.html there.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lab_kit.redshift.errors import NotSupportedError, ProgrammingError
from lab_kit.redshift.models.hyperparameters import checked
from lab_kit.redshift.models.model import Parameter
from lab_kit.redshift.sql.statements import CreateModel
from lab_kit.redshift.sql.type_names import FEATURES, NO_TARGETS, PLAIN_FEATURES, redshift_name

MOST_FEATURES = 256
FEWEST_ROWS = 500
MAX_CELLS = 1_000_000
MAX_RUNTIME = 5400
_PROBLEMS = {
    "REGRESSION": "regression",
    "BINARY_CLASSIFICATION": "binary",
    "MULTICLASS_CLASSIFICATION": "multiclass",
}
_ALGORITHMS = {"XGBOOST": ("xgboost",), "MLP": ("mlp",), "LINEAR_LEARNER": ("linear",)}
_OBJECTIVES = {
    "mse": "MSE",
    "accuracy": "Accuracy",
    "f1": "F1",
    "f1macro": "F1Macro",
    "f1_macro": "F1Macro",
    "auc": "AUC",
}
_OBJECTIVES_OF = {
    "regression": ("MSE",),
    "binary": ("Accuracy", "F1", "AUC"),
    "multiclass": ("Accuracy", "F1Macro"),
}
XGBOOST_OBJECTIVES = (
    "reg:squarederror",
    "reg:squaredlogerror",
    "reg:logistic",
    "reg:pseudohubererror",
    "reg:tweedie",
    "binary:logistic",
    "binary:hinge",
    "multi:softmax",
    "rank:pairwise",
    "rank:ndcg",
)
_FORECAST_OBJECTIVES = ("RMSE", "WAPE", "MAPE", "MASE", "AverageWeightedQuantileLoss")
_FREQUENCIES = ("Y", "M", "W", "D", "H", "30min", "15min", "10min", "5min", "1min")


@dataclass(frozen=True)
class Asked:
    """A training, as it was asked for and may begin."""

    form: str
    """auto, xgboost, linear_learner, mlp, kmeans or forecast."""
    algorithms: tuple[str, ...] | None
    """Of AUTO ON: those to choose among, by automl's names; None for all."""
    problem: str | None
    objective: str | None
    preprocessors: Any
    hyperparameters: dict[str, str]
    max_cells: int
    max_runtime: int | None
    """Seconds; None where none were named."""
    trials: int | None = None
    """Candidates to try; None for as many as the seconds allow."""
    horizon: int = 0
    frequency: str = ""
    percentiles: tuple[str, ...] = ()


def asked(create: CreateModel) -> Asked:
    """What to train.

    Raises:
        ProgrammingError: The clauses do not fit together.
    """
    form = _form(create)
    _require_clauses(create, form)
    cells = _whole("MAX_CELLS", create.settings.get("MAX_CELLS", str(MAX_CELLS)))
    runtime = create.settings.get("MAX_RUNTIME")
    problem = _PROBLEMS[create.problem_type] if create.problem_type else None
    objective = _objective(create, form, problem)
    preprocessors = _preprocessors(create, form)
    given = dict(create.hyperparameters or {})
    hyperparameters = checked(form, given, objective) if not create.auto else {}
    forecast = _forecast(create) if form == "forecast" else {}
    return Asked(
        form,
        _ALGORITHMS.get(create.model_type or "") if form == "auto" else None,
        problem,
        objective,
        preprocessors,
        hyperparameters,
        cells,
        _whole("MAX_RUNTIME", runtime) if runtime else None,
        **forecast,
    )


def _form(create: CreateModel) -> str:
    if create.auto and create.model_type in (None, "XGBOOST", "MLP", "LINEAR_LEARNER"):
        return "auto"
    if create.model_type is None:
        raise ProgrammingError(
            "AUTO OFF needs a MODEL_TYPE",
            next_step="add MODEL_TYPE XGBOOST or MODEL_TYPE KMEANS, or leave AUTO OFF out",
        )
    return create.model_type.lower()


def _require_clauses(create: CreateModel, form: str) -> None:
    if create.settings.get("S3_BUCKET") is None:
        raise ProgrammingError(
            "S3_BUCKET is missing in SETTINGS",
            next_step="add SETTINGS (S3_BUCKET 'your-bucket'): the training data goes there",
        )
    if create.returns is not None:
        raise ProgrammingError(
            "RETURNS is for a model that is brought along; here the target says the type",
            next_step="leave RETURNS out",
        )
    if form == "kmeans" and create.target is not None:
        raise ProgrammingError("KMEANS has no TARGET", next_step="leave TARGET out")
    if form != "kmeans" and create.target is None:
        raise ProgrammingError("TARGET is missing", next_step="name the column to be predicted")
    if form != "forecast" and create.function is None:
        raise ProgrammingError("FUNCTION is missing", next_step="name the function to be made")
    if form == "forecast" and create.function is not None:
        raise ProgrammingError(
            "FORECAST makes no function",
            next_step="leave FUNCTION out, and ask with SELECT FORECAST(model)",
        )
    off = not create.auto
    if off and create.problem_type:
        raise ProgrammingError(
            "PROBLEM_TYPE goes with AUTO ON only",
            next_step="say it with OBJECTIVE, such as 'binary:logistic'",
        )
    if off and create.hyperparameters is None:
        raise ProgrammingError(
            "AUTO OFF needs HYPERPARAMETERS", next_step="add HYPERPARAMETERS DEFAULT"
        )
    if not off and create.hyperparameters is not None:
        raise ProgrammingError(
            "HYPERPARAMETERS go with AUTO OFF only",
            next_step="leave them out: AUTO ON finds them, or add AUTO OFF",
        )
    if off and form != "forecast" and create.preprocessors is None:
        raise ProgrammingError("AUTO OFF needs PREPROCESSORS", next_step="add PREPROCESSORS 'none'")


def _objective(create: CreateModel, form: str, problem: str | None) -> str | None:
    said = create.objective
    if form == "kmeans":
        if said is not None:
            raise ProgrammingError("KMEANS has no OBJECTIVE", next_step="leave it out")
        return None
    if said is None:
        if form == "xgboost":
            raise ProgrammingError(
                "XGBOOST with AUTO OFF needs an OBJECTIVE",
                next_step=f"choose one of {', '.join(XGBOOST_OBJECTIVES[:-2])}",
            )
        return None
    if form == "xgboost":
        return _one_of("OBJECTIVE", said, XGBOOST_OBJECTIVES)
    if form == "forecast":
        return _one_of("OBJECTIVE", said, _FORECAST_OBJECTIVES)
    found = _OBJECTIVES.get(said.lower())
    allowed = _OBJECTIVES_OF[problem] if problem else tuple(dict.fromkeys(_OBJECTIVES.values()))
    if found not in allowed:
        raise ProgrammingError(
            f"OBJECTIVE '{said}' is not one of {', '.join(allowed)}",
            where=f"PROBLEM_TYPE {create.problem_type}" if problem else None,
            next_step="choose one of these, or leave OBJECTIVE out",
        )
    return found


def _preprocessors(create: CreateModel, form: str) -> Any:
    said = create.preprocessors
    if said is None or said.lower() == "none":
        return None
    if form not in ("kmeans", "auto"):
        raise ProgrammingError(
            f"PREPROCESSORS with AUTO OFF and {create.model_type} must be 'none'",
            next_step="write PREPROCESSORS 'none'",
        )
    try:
        steps = json.loads(said)
    except ValueError as error:
        raise ProgrammingError(f"PREPROCESSORS is no JSON: {error}") from error
    if not isinstance(steps, list) or not all(
        isinstance(each, dict) and {"ColumnSet", "Transformers"} <= set(each) for each in steps
    ):
        raise ProgrammingError(
            "PREPROCESSORS is no list of sets of columns with transformers",
            next_step='write \'[{"ColumnSet": ["a"], "Transformers": ["StandardScaler"]}]\'',
        )
    return steps


def _forecast(create: CreateModel) -> dict[str, Any]:
    settings = create.settings
    missing = [each for each in ("HORIZON", "FREQUENCY") if each not in settings]
    if missing:
        raise ProgrammingError(
            f"{missing[0]} is missing in SETTINGS",
            next_step="FORECAST needs HORIZON, a number of steps, and FREQUENCY, such as D",
        )
    frequency = next((e for e in _FREQUENCIES if e.lower() == settings["FREQUENCY"].lower()), None)
    if frequency is None:
        _one_of("FREQUENCY", settings["FREQUENCY"], _FREQUENCIES)
    percentiles = [each.strip() for each in settings.get("PERCENTILES", "mean").split(",")]
    wrong = [each for each in percentiles if each != "mean" and not _is_percentile(each)]
    if wrong or len(percentiles) > 5:
        raise ProgrammingError(
            f"PERCENTILES '{settings['PERCENTILES']}' is not allowed",
            next_step="name at most 5 of 0.01 to 0.99 in steps of 0.01, and mean",
        )
    return {
        "horizon": _whole("HORIZON", settings["HORIZON"]),
        "frequency": frequency,
        "percentiles": tuple(percentiles),
    }


def _is_percentile(said: str) -> bool:
    try:
        hundredths = float(said) * 100
    except ValueError:
        return False
    return 0.999 < hundredths < 99.001 and abs(hundredths - round(hundredths)) < 1e-9


def check_columns(
    form: str, columns: Sequence[Parameter], target: str | None
) -> tuple[tuple[Parameter, ...], Parameter | None]:
    """The parameters of the function and the target, from the columns of the training data.

    Raises:
        ProgrammingError: The target is missing or of a type that is not allowed, or there are too
            few or too many columns.
        NotSupportedError: A column's type is not taken.
    """
    by_name = {each.name: each for each in columns}
    if target is not None and target not in by_name:
        raise ProgrammingError(
            f'column "{target}" does not exist in the training data',
            where="TARGET",
            next_step=f"choose one of {', '.join(list(by_name)[:12])}",
        )
    if len(columns) < 2:
        raise ProgrammingError(
            "The training data has one column",
            where="FROM",
            next_step="give at least two: the target, and what it is to be predicted from",
        )
    chosen = by_name[target] if target else None
    if chosen and form != "forecast" and redshift_name(chosen.type) in NO_TARGETS:
        raise ProgrammingError(
            f"TARGET may not be of type {redshift_name(chosen.type)}",
            where=f'column "{target}"',
            next_step=f"cast it in the query of FROM, such as CAST({target} AS DOUBLE PRECISION)",
        )
    features = tuple(each for each in columns if each is not chosen)
    if len(features) > MOST_FEATURES:
        raise ProgrammingError(
            f"The training data has {len(features)} feature columns, and {MOST_FEATURES} is the "
            "most",
            where="FROM",
            next_step="name the columns you need instead of *",
        )
    allowed = FEATURES if form in ("auto", "forecast") else PLAIN_FEATURES
    for each in features:
        type = redshift_name(each.type)
        if type not in allowed:
            raise NotSupportedError(
                f"A feature may not be of type {type}"
                + ("" if form in ("auto", "forecast") else " with AUTO OFF"),
                where=f'column "{each.name}"',
                next_step=f"leave it out, or cast it; allowed are {', '.join(allowed)}",
            )
    return features, chosen


def check_rows(rows: int) -> None:
    """Make sure that there is enough to train on.

    Raises:
        ProgrammingError: There is not.
    """
    if rows < FEWEST_ROWS:
        raise ProgrammingError(
            f"The training data has {rows} rows, and {FEWEST_ROWS} is the least",
            where="FROM",
            next_step="widen the query: more time, fewer conditions",
        )


def _whole(name: str, said: str) -> int:
    if not said.isdigit() or int(said) == 0:
        raise ProgrammingError(
            f"{name} is {said}", where="SETTINGS", next_step="give a whole number above 0"
        )
    return int(said)


def _one_of(name: str, said: str, allowed: Sequence[str]) -> str:
    if said not in allowed:
        raise ProgrammingError(
            f"{name} '{said}' is not known", next_step=f"choose one of {', '.join(allowed)}"
        )
    return said
