"""The hyperparameters that may be set, with their defaults and ranges.

Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_auto_off_create_model.html, for k-means
https://docs.aws.amazon.com/sagemaker/latest/dg/k-means-api-config.html.
"""

from collections.abc import Mapping

from lab_kit.redshift.errors import ProgrammingError

_Range = tuple[float, float]
_XGBOOST: dict[str, tuple[str, _Range | None]] = {
    "num_class": ("", (2, 1_000_000)),
    "num_round": ("100", (1, 1_000_000)),
    "tree_method": ("auto", None),
    "max_depth": ("6", (0, 10)),
    "min_child_weight": ("1", (0, 120)),
    "subsample": ("1", (0.5, 1)),
    "gamma": ("0", (0, 5)),
    "alpha": ("0", (0, 1000)),
    "eta": ("0.3", (0.1, 0.5)),
    "colsample_bylevel": ("1", (0.1, 1)),
    "colsample_bynode": ("1", (0.1, 1)),
    "colsample_bytree": ("1", (0.5, 1)),
    "lambda": ("1", (0, 1000)),
    "max_delta_step": ("0", (0, 10)),
}
_KMEANS: dict[str, tuple[str, _Range | None]] = {
    "k": ("", (2, 10_000)),
    "feature_dim": ("", (1, 10_000)),
    "epochs": ("1", (1, 1000)),
    "init_method": ("random", None),
    "extra_center_factor": ("auto", None),
    "half_life_time_size": ("0", (0, 1e12)),
    "local_lloyd_init_method": ("kmeans++", None),
    "local_lloyd_max_iter": ("300", (1, 100_000)),
    "local_lloyd_num_trials": ("auto", None),
    "local_lloyd_tol": ("0.0001", (0, 1)),
    "mini_batch_size": ("5000", (1, 1e9)),
    "eval_metrics": ("msd", None),
}
_OTHERS: dict[str, tuple[str, _Range | None]] = {}
_MISSPELT = {"colsample_byleve": "colsample_bylevel"}
"""As the documentation has it."""


def known(form: str) -> dict[str, tuple[str, _Range | None]]:
    """By name, the default and the range; none for a form that has none to set."""
    return {"xgboost": _XGBOOST, "kmeans": _KMEANS}.get(form, _OTHERS)


def checked(form: str, given: Mapping[str, str], objective: str | None) -> dict[str, str]:
    """The hyperparameters that were set.

    Args:
        form: xgboost, kmeans, linear_learner, mlp or forecast.
        given: By name, as text.
        objective: Of XGBoost.

    Raises:
        ProgrammingError: One is not known or out of its range, or one that is needed is missing.
    """
    table = known(form)
    found = {}
    for said, value in given.items():
        name = _MISSPELT.get(said, said)
        if table is _OTHERS:
            found[name] = value
            continue
        if name not in table:
            raise ProgrammingError(
                f"hyperparameter {said.upper()} is not known",
                where=f"MODEL_TYPE {form.upper()}",
                next_step=f"choose among {', '.join(table)}",
            )
        if bounds := table[name][1]:
            _require_within(name, value, bounds)
        found[name] = value
    needed = {"kmeans": ["k"], "xgboost": ["num_class"] if objective == "multi:softmax" else []}
    for name in needed.get(form, []):
        if name not in found:
            raise ProgrammingError(
                f"hyperparameter {name.upper()} is missing",
                next_step=f"write HYPERPARAMETERS DEFAULT EXCEPT ({name.upper()} '3')",
            )
    return found


def _require_within(name: str, value: str, bounds: _Range) -> None:
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
