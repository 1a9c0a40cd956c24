"""What SQL may ask of a model besides its function.

    SELECT EXPLAIN_MODEL('churn')                                 which columns matter, overall
    SELECT MODEL_SQL('churn')                                     a small model as plain SQL
    SELECT * FROM LEADERBOARD('churn')                            every candidate, as they come
    SELECT * FROM SHAP_VALUES('churn', (SELECT id, a, b FROM t))  why, row by row
    SELECT FORECAST(sales)                                        the steps to come

EXPLAIN_MODEL and FORECAST are Redshift's; the others are the kit's own.
"""

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from lab_kit.redshift.errors import NotSupportedError, OperationalError, ProgrammingError
from lab_kit.redshift.models.calls import fed
from lab_kit.redshift.models.model import FAILED, READY, Model
from lab_kit.redshift.models.plain_sql import as_sql
from lab_kit.redshift.sql.build import text

if TYPE_CHECKING:
    from lab_kit.redshift.engine.session import Session

_WAITING = {"explanations": "waiting for training job to complete"}
_FAILED = {"explanations": "Processing job failed"}
_PLAIN = {"where": None, "next_step": "call it with the name of a model in quotes"}


def explanation(session: "Session", node: exp.Anonymous) -> exp.Expr:
    """EXPLAIN_MODEL('model'): a report in JSON (r_explain_model_function)."""
    model = named(session, node)
    said: Any = {READY: model.trained.get("explanation"), FAILED: _FAILED}.get(
        model.state, _WAITING
    )
    if said is None:
        raise NotSupportedError(
            f"Model {model.qualified} has no explanation",
            next_step="ask a model that AutoML or XGBoost has trained",
        )
    return exp.cast(text(json.dumps(said)), "JSON", dialect="duckdb")


def plain_sql(session: "Session", node: exp.Anonymous) -> exp.Expr:
    """MODEL_SQL('model'): an expression over the columns of the training data, or NULL."""
    model = ready(session, node)
    said = as_sql(session.engine.trained.load(model)) if model.form != "kmeans" else None
    return exp.Null() if said is None else text(said)


def leaderboard(session: "Session", node: exp.Anonymous) -> pa.Table:
    """LEADERBOARD('model'): one row a candidate, the best first; it fills while it trains."""
    model = named(session, node)
    job = session.engine.catalogue.job(model)
    places = [session.engine.trained.folder(model)]
    if job is not None:
        places.append(session.engine.place.ground.folder / "jobs" / job.id / "output")
    for place in places:
        try:
            rows = json.loads((place / "leaderboard.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):  # not there yet, or being replaced just now
            continue
        if rows:
            return pa.Table.from_pylist(rows)
    return pa.table({"rank": pa.array([], pa.int64()), "candidate": pa.array([], pa.string())})


def shap_values(session: "Session", node: exp.Anonymous) -> pa.Table:
    """SHAP_VALUES('model', (query)): what each column contributed to each prediction.

    One row for each row of the query and column that the model uses: the other columns, then
    `feature`, `value` (as text), `shap_value`, `base_value` and `scale`. Of several classes, the
    contributions are those to the class that was predicted.
    """
    model = ready(session, node)
    if len(node.expressions) != 2 or not isinstance(node.expressions[1], exp.Subquery):
        raise ProgrammingError(
            "SHAP_VALUES takes a model and a query",
            next_step=f"write SHAP_VALUES('{model.name}', (SELECT ... FROM ...))",
        )
    with session.prepared(node.expressions[1].this.copy()) as made:
        sql = made[-1].sql("duckdb")
        features = [each.name for each in model.parameters]
        given = [name for name, _ in session.described(sql)]
        missing = [each for each in features if each not in given]
        if missing:
            raise ProgrammingError(
                f'column "{missing[0]}" does not exist in the query of SHAP_VALUES',
                next_step=f"select all columns of the model: {', '.join(features)}",
            )
        rows = session.run(_query_of(model, sql)).to_arrow_table()
    explained = session.engine.trained.explain(model, rows)
    keys = [each for each in rows.column_names if each not in explained.columns]
    return _long(rows, keys, explained)


def forecast(session: "Session", node: exp.Anonymous) -> pa.Table:
    """FORECAST(model): a row for each item and step."""
    model = ready(session, node)
    if model.form != "forecast":
        raise ProgrammingError(
            f"Model {model.qualified} is no forecast", next_step="call its function instead"
        )
    return pq.read_table(session.engine.trained.folder(model) / "forecast.parquet")


def named(session: "Session", node: exp.Anonymous) -> Model:
    """The model that a call names first, as a string or as a name."""
    first = node.expressions[0] if node.expressions else None
    if isinstance(first, exp.Column):
        name = tuple(part.name for part in first.parts)
    elif first is not None and first.is_string:
        name = tuple(first.name.lower().split("."))
    else:
        raise ProgrammingError(f"{node.name.upper()} takes the name of a model", **_PLAIN)
    return session.engine.catalogue.require(name, session.schemas)


def ready(session: "Session", node: exp.Anonymous) -> Model:
    """The same, of a model that is trained.

    Raises:
        OperationalError: It is not.
    """
    model = named(session, node)
    if model.state != READY:
        raise OperationalError(
            f"Model {model.qualified} is not ready: its state is {model.state}",
            next_step=f"SHOW MODEL {model.qualified} tells more",
        )
    return model


def _query_of(model: Model, query: str) -> str:
    """A query with the model's columns in the types in which it is given them."""
    casts = ", ".join(
        f'CAST("{each.name}" AS {fed(each.type)}) AS "{each.name}"' for each in model.parameters
    )
    return f"SELECT * REPLACE ({casts}) FROM ({query})"


def _long(rows: pa.Table, keys: list[str], explained: Any) -> pa.Table:
    values, base = explained.values, np.asarray(explained.base, dtype=float)
    columns = [each for each in explained.columns if each in rows.column_names]
    places = [list(explained.columns).index(each) for each in columns]
    count = rows.num_rows
    order = np.repeat(np.arange(count), len(columns))
    texts = [rows.column(each).to_pylist() for each in columns]
    told = [None if texts[c][r] is None else str(texts[c][r]) for r in range(count)
            for c in range(len(columns))]  # fmt: skip
    made = {key: rows.column(key).take(pa.array(order)) for key in keys}
    made |= {
        "feature": pa.array(columns * count, pa.string()),
        "value": pa.array(told, pa.string()),
        "shap_value": pa.array(values[:, places].reshape(-1), pa.float64()),
        "base_value": pa.array(np.broadcast_to(base, (count,))[order], pa.float64()),
        "scale": pa.array([explained.scale] * (count * len(columns)), pa.string()),
    }
    return pa.table(made)


TABLES = {"leaderboard": leaderboard, "shap_values": shap_values}
VALUES = {"explain_model": explanation, "model_sql": plain_sql}
