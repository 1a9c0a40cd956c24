"""The functions of models in SQL: found, checked, and given to DuckDB to call row by row.

Row by row is what always works, in views and in correlated queries too. `batches` calls them once
for a whole query wherever it can.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL
from sqlglot import exp

from lab_kit.redshift.errors import NotSupportedError, OperationalError, ProgrammingError
from lab_kit.redshift.models.catalogue import Catalogue
from lab_kit.redshift.models.model import FAILED, READY, Model
from lab_kit.redshift.models.privileges import Rights
from lab_kit.redshift.models.trained import Trained
from lab_kit.redshift.sql.build import call
from lab_kit.redshift.sql.scopes import probe
from lab_kit.redshift.sql.type_names import redshift_name

_INTEGERS = ("int2", "int4", "int8")
_TAKES = {
    "numeric": (*_INTEGERS, "numeric"),
    "float4": (*_INTEGERS, "numeric", "float4"),
    "float8": (*_INTEGERS, "numeric", "float4", "float8"),
    "timestamp": ("date", "timestamp"),
    "timestamptz": ("date", "timestamp", "timestamptz"),
    **dict.fromkeys(_INTEGERS, _INTEGERS),
}
"""Which types a parameter takes besides its own."""
TypesOf = Callable[[exp.Select], list[str]]
"""Says the types of the columns of a SELECT; raises duckdb.Error where it cannot."""


@dataclass(frozen=True)
class Function:
    """A function of a model, as DuckDB knows it."""

    model: Model
    probabilities: bool

    @property
    def name(self) -> str:
        """Its name in DuckDB."""
        return self.model.impl + ("_probabilities" if self.probabilities else "")

    @property
    def returns(self) -> str:
        """The type of what it gives, as DuckDB names it."""
        return "JSON" if self.probabilities else self.model.returns


def fed(type: str) -> str:
    """The type in which a model is given a parameter: automl knows no decimals and no times."""
    name = redshift_name(type)
    return {"numeric": "DOUBLE", "time": "VARCHAR", "timetz": "VARCHAR"}.get(name, type)


class Calls:
    """Lets SQL call the functions of models.

    Args:
        catalogue: The models.
        trained: What they have learnt.
        rights: Who may call them.
        root: A connection that stays open and executes nothing else.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        trained: Trained,
        rights: Rights,
        root: duckdb.DuckDBPyConnection,
    ) -> None:
        self._catalogue = catalogue
        self._rights = rights
        self._trained = trained
        self._root = root
        self._known: dict[str, Function] = {}

    def register_all(self) -> None:
        """Let DuckDB know the functions of all models that are ready: views may call them."""
        ready = {}
        for found in self._catalogue.functions().values():
            for model, probabilities in found:
                if model.state == READY:
                    self._register(Function(model, probabilities))
                    ready[model.impl] = model
        self._trained.preload(list(ready.values()))

    def function_of(self, node: exp.Expr) -> Function | None:
        """The function that a node of a resolved tree calls."""
        return self._known.get(node.name) if isinstance(node, exp.Anonymous) else None

    def resolve(self, tree: exp.Expr, schemas: Sequence[str], user: str, types: TypesOf) -> None:
        """Replace calls of models' functions by calls that DuckDB knows.

        Args:
            tree: A translated statement; it is changed.
            schemas: Where functions without a schema are looked for.
            user: Who calls.
            types: Asked for the types of arguments.

        Raises:
            ProgrammingError: No function of that name takes such arguments, or the user may not
                call it.
            OperationalError: Its model is not ready.
        """
        functions = self._catalogue.functions()
        for node, schema in list(_calls(tree, set(functions))):
            name = node.name.lower()
            among = [
                each
                for each in functions[name]
                if (each[0].function_schema == schema if schema else True)
            ]
            if schema is None:
                among.sort(key=lambda each: _rank(each[0].function_schema, schemas))
            if not among:
                continue
            function = self._fitting(name, among, node, types)
            self._rights.require_execute(function.model, user)
            _require_ready(function.model)
            self._register(function)
            made = call(function.name, *node.expressions)
            (node.parent if schema else node).replace(made)  # type: ignore[union-attr]

    def _fitting(
        self,
        name: str,
        among: Sequence[tuple[Model, bool]],
        node: exp.Anonymous,
        types: TypesOf,
    ) -> Function:
        arity = len(node.expressions)
        given = _types_of(node, types)
        for model, probabilities in among:
            if len(model.parameters) != arity:
                continue
            if given is None or all(
                _takes(each.type, type) for each, type in zip(model.parameters, given, strict=True)
            ):
                return Function(model, probabilities)
        said = ", ".join(map(redshift_name, given)) if given else f"{arity} arguments"
        model = among[0][0]
        takes = ", ".join(f"{each.name} {redshift_name(each.type)}" for each in model.parameters)
        raise ProgrammingError(
            f"function {name}({said}) does not exist",
            where=f"{name} takes {len(model.parameters)}: {takes}",
            next_step="give these, in this order; add explicit type casts where types differ",
        )

    def _register(self, function: Function) -> None:
        if function.name in self._known:
            return
        model, trained = function.model, self._trained
        predict = trained.probabilities if function.probabilities else trained.predict

        def row_by_row(*values: Any) -> pa.Array:
            return predict(model, values)

        # DuckDB counts the parameters it sees.
        names = [f"p{place}" for place in range(len(model.parameters))]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        row_by_row.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [inspect.Parameter(name, kind) for name in names]
        )
        self._root.create_function(
            function.name,
            row_by_row,
            [fed(each.type) for each in model.parameters],
            function.returns,
            type=ARROW,
            null_handling=SPECIAL,
        )
        self._known[function.name] = function


def _calls(tree: exp.Expr, names: set[str]) -> Iterator[tuple[exp.Anonymous, str | None]]:
    for node in tree.find_all(exp.Anonymous):
        if node.name.lower() not in names:
            continue
        parent = node.parent
        if isinstance(parent, exp.Dot) and parent.expression is node:
            yield node, parent.this.name.lower()
        else:
            yield node, None


def _rank(schema: str, schemas: Sequence[str]) -> int:
    return list(schemas).index(schema) if schema in schemas else len(schemas)


def _types_of(node: exp.Anonymous, types: TypesOf) -> list[str] | None:
    """The types of a call's arguments; None where they cannot be told before it runs."""
    if not node.expressions:
        return []
    select = node.find_ancestor(exp.Select)
    try:
        return types(probe(select or exp.select("1"), node.expressions))
    except duckdb.Error:
        return None


def _takes(parameter: str, given: str) -> bool:
    if given.strip('"').upper() == "NULL":
        return True
    type, name = redshift_name(parameter), redshift_name(given)
    return name == type or name in _TAKES.get(type, ())


def _require_ready(model: Model) -> None:
    if model.state == FAILED:
        raise OperationalError(
            f"Model {model.qualified} is not ready: its training failed: {model.failure}",
            next_step=f"DROP MODEL {model.qualified}, and create it again",
        )
    if model.state != READY:
        raise OperationalError(
            f"Model {model.qualified} is not ready: it is being trained",
            next_step=f"SHOW MODEL {model.qualified} tells when it is READY",
        )
    if model.form == "forecast":
        raise NotSupportedError("A forecast has no function")
