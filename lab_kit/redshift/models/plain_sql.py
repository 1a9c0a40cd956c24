"""A small model as an expression of SQL that one can read, and run without the model.

Linear models, and XGBoost with few leaves, of numbers and categories, for a number or one of two
classes: the expression gives the number, or the probability of the second class. A linear model's
agrees with the model to rounding, a booster's to the 32 bits it computes with.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from lab_kit.redshift.sql.build import text

MOST_LEAVES = 400
"""More could not be read."""


def as_sql(fitted: Any) -> str | None:
    """The expression over the columns of the training data; None where there is no short one.

    Args:
        fitted: What automl has trained.
    """
    sources = [source for source in fitted.reader.sources if source.column.used]
    plain = all(each.column.role in ("numeric", "categorical") for each in sources)
    if not plain or len(fitted.classes or (0, 1)) != 2:
        return None
    parts = []
    for member in fitted.members:
        said = _pipeline(member.pipeline, sources)
        if said is None:
            return None
        parts.append(said if len(fitted.members) == 1 else f"{_number(member.weight)} * ({said})")
    return "\n  + ".join(parts)


def _pipeline(pipeline: Any, sources: Sequence[Any]) -> str | None:
    name, prepared = pipeline.candidate.algorithm, pipeline.preprocessing.name
    score: str | None
    if name == "linear" and prepared == "scaled":
        score = _linear(pipeline, sources)
    elif name == "xgboost" and prepared == "categories":
        score = _boosted(pipeline, sources)
    else:
        return None
    if score is None or pipeline.classes:
        return None if score is None else f"1 / (1 + EXP(-(\n    {score}\n  )))"
    return f"{_number(pipeline.shift)} + {_number(pipeline.scale)} * (\n    {score}\n  )"


def _linear(pipeline: Any, sources: Sequence[Any]) -> str:
    """Intercept + coefficient x scaled input + ..."""
    model, learned = pipeline.estimator.model, pipeline.preprocessing.learned
    inputs = _scaled(learned, sources)
    coefficients = np.ravel(model.coef_).tolist()
    terms = [_number(float(np.ravel(model.intercept_)[0]))]
    terms += [
        f"{_number(weight)} * {each}"
        for weight, each in zip(coefficients, inputs, strict=True)
        if weight
    ]
    return "\n    + ".join(terms)


def _scaled(learned: dict[str, np.ndarray], sources: Sequence[Any]) -> list[str]:
    """Each input of a linear model, as automl's preprocessing "scaled" makes it."""
    from lab_kit.automl.preprocessing import FAR

    numeric = [each for each in sources if each.column.role == "numeric"]
    scaled, gaps, words = [], [], []
    for place, source in enumerate(numeric):
        middle, mean, deviation = (
            _number(float(learned[name][place])) for name in ("median", "mean", "deviation")
        )
        value = f"(COALESCE({_column(source)}, {middle}) - {mean}) / {deviation}"
        scaled.append(f"LEAST(GREATEST({value}, {_number(-FAR)}), {_number(FAR)})")
        if learned["gaps"][place]:
            gaps.append(f"CASE WHEN {_column(source)} IS NULL THEN 1 ELSE 0 END")
    for place, source in enumerate(sources):
        if source.column.role == "categorical":
            words += [f"CASE WHEN {_is(source, int(code))} THEN 1 ELSE 0 END"
                      for code in learned[f"kept {place}"]]  # fmt: skip
    return [*scaled, *gaps, *words]


def _is(source: Any, code: int) -> str:
    """The condition that a category has a code: a word, another word, or none."""
    column, levels = _column(source), source.levels
    known = ", ".join(_literal(each) for each in levels)
    if code < len(levels):
        return f"{column} = {_literal(levels[code])}"
    unseen = f"{column} NOT IN ({known})"
    if code == len(levels) and source.other:
        return unseen
    return f"{column} IS NULL" if source.other else f"({column} IS NULL OR {unseen})"


def _literal(level: Any) -> str:
    if isinstance(level, str):
        return "TRUE" if level == "true" else "FALSE" if level == "false" else text(level).sql()
    return _number(float(level))


def _boosted(pipeline: Any, sources: Sequence[Any]) -> str | None:
    """Base + a CASE for each tree; None where there are too many leaves, or categories."""
    if any(each.column.role != "numeric" for each in sources):
        return None
    booster = pipeline.estimator.booster
    trees = [json.loads(each) for each in booster.get_dump(dump_format="json")]
    if sum(map(_leaves, trees)) > MOST_LEAVES:
        return None
    columns = [_column(each) for each in sources]
    # A row of which nothing is known: what is left after its leaves is the base.
    import xgboost

    nothing = np.full((1, len(columns)), np.nan)
    names = {} if booster.feature_names is None else {"feature_names": booster.feature_names}
    said = booster.predict(xgboost.DMatrix(nothing, **names), output_margin=True)
    base = float(said[0]) - sum(map(_of_nothing, trees))
    at = {f"f{place}": place for place in range(len(columns))}
    at |= {name: place for place, name in enumerate(booster.feature_names or ())}
    return "\n    + ".join([_number(base), *(_tree(each, columns, at) for each in trees)])


def _tree(node: dict[str, Any], columns: Sequence[str], at: dict[str, int]) -> str:
    if "leaf" in node:
        return _number(float(node["leaf"]))
    below = {each["nodeid"]: _tree(each, columns, at) for each in node["children"]}
    column = columns[at[node["split"]]]
    # The booster compares in 32 bits.
    condition = f"CAST({column} AS REAL) < CAST({_number(float(node['split_condition']))} AS REAL)"
    if node["missing"] == node["yes"]:
        condition = f"{column} IS NULL OR {condition}"
    return f"CASE WHEN {condition} THEN {below[node['yes']]} ELSE {below[node['no']]} END"


def _leaves(node: dict[str, Any]) -> int:
    return 1 if "leaf" in node else sum(map(_leaves, node["children"]))


def _of_nothing(node: dict[str, Any]) -> float:
    while "leaf" not in node:
        node = next(each for each in node["children"] if each["nodeid"] == node["missing"])
    return float(node["leaf"])


def _column(source: Any) -> str:
    return str(source.column.name)


def _number(value: float) -> str:
    """A number as a float, which SQL would else take for a decimal of few digits."""
    said = repr(float(value))
    return f"{said}::FLOAT8" if "e" not in said else f"'{said}'::FLOAT8"
