"""The hyperparameters that may be set, and their ranges.

Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_auto_off_create_model.html, for k-means
https://docs.aws.amazon.com/sagemaker/latest/dg/k-means-api-config.html.
"""

from collections.abc import Mapping

from lab_kit.redshift.errors import ProgrammingError

_Range = tuple[float, float]
_KMEANS: dict[str, _Range | None] = {
    "k": (2, 10_000),
    "feature_dim": (1, 10_000),
    "epochs": (1, 1000),
    "init_method": None,
    "extra_center_factor": None,
    "half_life_time_size": (0, 1e12),
    "local_lloyd_init_method": None,
    "local_lloyd_max_iter": (1, 100_000),
    "local_lloyd_num_trials": None,
    "local_lloyd_tol": (0, 1),
    "mini_batch_size": (1, 1e9),
    "eval_metrics": None,
}
"""By name, the range; None for a word."""
_MISSPELT = {"colsample_byleve": "colsample_bylevel"}
"""As the documentation has it."""
_NEEDED = {"kmeans": "k", "multi:softmax": "num_class"}
"""By type of model or objective, what has to be set."""


def checked(form: str, given: Mapping[str, str], objective: str | None) -> dict[str, str]:
    """The hyperparameters that were set.

    Args:
        form: xgboost, kmeans, linear_learner, mlp or forecast.
        given: By name, as text.
        objective: Of XGBoost.

    Raises:
        ProgrammingError: One is not known or out of its range, or one that is needed is missing.
    """
    found = {_MISSPELT.get(name, name): value for name, value in given.items()}
    ranges = _ranges(form)
    for name, value in found.items():
        if ranges is not None:
            _require_known(form, name, value, ranges)
    needed = _NEEDED.get(form) or _NEEDED.get(objective or "")
    if needed is not None and needed not in found:
        raise ProgrammingError(
            f"hyperparameter {needed.upper()} is missing",
            next_step=f"write HYPERPARAMETERS DEFAULT EXCEPT ({needed.upper()} '3')",
        )
    return found


def _ranges(form: str) -> Mapping[str, _Range | None] | None:
    """By name, the range, or None where it is a word; None for a form that automl checks."""
    if form == "xgboost":
        from lab_kit.automl.one_algorithm import RANGES

        return {**RANGES, "tree_method": None}
    return _KMEANS if form == "kmeans" else None


def _require_known(form: str, name: str, value: str, ranges: Mapping[str, _Range | None]) -> None:
    if name not in ranges:
        raise ProgrammingError(
            f"hyperparameter {name.upper()} is not known",
            where=f"MODEL_TYPE {form.upper()}",
            next_step=f"choose among {', '.join(ranges)}",
        )
    bounds = ranges[name]
    if bounds is None:
        return
    low, high = bounds
    try:
        fits = low <= float(value) <= high
    except ValueError:
        fits = False
    if not fits:
        raise ProgrammingError(
            f"hyperparameter {name.upper()} is '{value}'",
            next_step=f"give a number from {low:g} to {high:g}",
        )
