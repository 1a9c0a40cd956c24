"""Tables that tell about models: system views, and what table functions give."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from lab_kit.redshift.models import answers
from lab_kit.redshift.models.model import FAILED, READY, Model
from lab_kit.redshift.names import DATABASE

if TYPE_CHECKING:
    from lab_kit.redshift.engine.session import Session

_STATES = {READY: "Model is Ready", FAILED: "Model Training Failed"}


def _model_info(session: "Session") -> pa.Table:
    """STV_ML_MODEL_INFO (r_STV_ML_MODEL_INFO)."""
    rows = [
        {
            "schema_name": each.schema,
            "user_name": each.owner,
            "model_name": each.name,
            "life_cycle": each.state.title(),
            "is_refreshable": 0,
            "model_state": _STATES.get(each.state, "Train Model On SageMaker In Progress"),
        }
        for each in session.engine.catalogue.all()
    ]
    texts = ("schema_name", "user_name", "model_name", "life_cycle")
    fields = [(name, pa.string()) for name in texts]
    return _table(rows, [*fields, ("is_refreshable", pa.int32()), ("model_state", pa.string())])


def _database_model_info(session: "Session") -> pa.Table:
    """SVV_ML_MODEL_INFO: the same, and the database in front."""
    table = _model_info(session)
    return table.add_column(0, "database_name", pa.array([DATABASE] * len(table), pa.string()))


def _privileges(session: "Session") -> pa.Table:
    """SVV_ML_MODEL_PRIVILEGES (r_SVV_ML_MODEL_PRIVILEGES)."""
    rows = [
        {
            "namespace_name": model.schema,
            "model_name": model.name,
            "model_version": 1,
            "privilege_type": "EXECUTE",
            "identity_id": place,
            "identity_name": grant["to"],
            "identity_type": grant["kind"],
            "admin_option": grant["option"],
        }
        for model in session.engine.catalogue.all()
        for place, grant in enumerate(model.grants, 100)
    ]
    text, whole = pa.string(), pa.int32()
    types = (text, text, whole, text, whole, text, text, pa.bool_())
    names = (
        "namespace_name model_name model_version privilege_type identity_id identity_name "
        "identity_type admin_option"
    )
    return _table(rows, list(zip(names.split(), types, strict=True)))


def _functions(session: "Session") -> pa.Table:
    """PG_PROC, as far as models have functions."""

    def row(place: int, name: str, model: Model) -> dict[str, Any]:
        return {
            "proname": name,
            "pronamespace": model.function_schema,
            "proowner": model.owner,
            "prolang": "mlfunc",
            "pronargs": len(model.parameters),
            "prooid": 100_000 + place,
        }

    found = [
        (name, model)
        for name, models in session.engine.catalogue.functions().items()
        for model, _ in models
    ]
    rows = [row(place, name, model) for place, (name, model) in enumerate(found)]
    fields = [(name, pa.string()) for name in ("proname", "pronamespace", "proowner", "prolang")]
    return _table(rows, [*fields, ("pronargs", pa.int16()), ("prooid", pa.int64())])


_TABLES: dict[str, Callable[["Session"], pa.Table]] = {
    "stv_ml_model_info": _model_info,
    "svv_ml_model_info": _database_model_info,
    "svv_ml_model_privileges": _privileges,
    "pg_proc": _functions,
}


def answered(session: "Session", tree: exp.Expr) -> tuple[exp.Expr, list[str]]:
    """Let DuckDB read what only the engine knows: system views, and what models answer.

    Returns:
        The tree, and the names under which tables were registered, to be unregistered after it.
    """
    registered: list[str] = []

    def keep(name: str, table: pa.Table) -> exp.Table:
        known = f"__{name}_{id(session):x}_{len(registered)}"
        session.register(known, table)
        registered.append(known)
        return exp.to_table(known)

    for table in list(tree.find_all(exp.Table)):
        called = isinstance(table.this, exp.Anonymous)
        name = (table.this.name if called else table.name).lower()
        if called and name in answers.TABLES:
            made = keep(name, answers.TABLES[name](session, table.this))
        elif name in _TABLES and table.db in ("", "pg_catalog"):
            made = keep(name, _TABLES[name](session))
        else:
            continue
        alias = exp.TableAlias(this=exp.to_identifier(name))
        made.set("alias", table.args.get("alias") or alias)
        table.replace(made)
    for node in list(tree.find_all(exp.Anonymous)):
        if node.name.lower() in answers.VALUES:
            value = answers.VALUES[node.name.lower()](session, node)
            named = _is_column(node)
            node.replace(exp.alias_(value, node.name.lower()) if named else value)
        elif node.name.lower() == "forecast" and isinstance(node.parent, exp.Select):
            forecast = keep("forecast", answers.forecast(session, node))
            rows = exp.select("*").from_(forecast)
            if node.parent is tree:
                tree = rows
            else:
                node.parent.replace(rows)
    return tree, registered


def _is_column(node: exp.Expr) -> bool:
    return isinstance(node.parent, exp.Select) and node.arg_key == "expressions"


def _table(rows: list[dict[str, Any]], fields: list[tuple[str, pa.DataType]]) -> pa.Table:
    return pa.Table.from_pylist(rows, pa.schema(fields))
