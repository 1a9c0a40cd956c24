"""Predictions beside a query instead of within it, where DuckDB would ask for 2,048 rows at a time.

    SELECT id, f(a, b) AS p FROM t JOIN u USING (id) WHERE a > 0 AND f(a, b) = 'yes'

becomes two steps. First the rows, with what is needed of them and the arguments:

    SELECT id, a, b FROM t JOIN u USING (id) WHERE a > 0

their predictions, many rows at a time, and then the query over these rows:

    SELECT c0 AS id, p0 AS p FROM rows WHERE p0 = 'yes'

The answer is the same because a prediction depends on its row alone. Where that cannot be done (in
a correlated query, or over what is only known after grouping), DuckDB calls row by row.
"""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
from sqlglot import exp

from lab_kit.redshift.models.calls import Calls, Function, fed
from lab_kit.redshift.models.trained import Trained
from lab_kit.redshift.sql.build import cast
from lab_kit.redshift.sql.scopes import probe

_FROM = ("from_", "joins", "laterals", "with_")
_PREFIX = "__rows_"


class _RowByRow(Exception):  # noqa: N818
    """The calls of a SELECT cannot be made at once."""


class Batches:
    """Makes the calls of one statement.

    Args:
        calls: What is called.
        trained: What predicts.
        connection: Where the statement will be executed.
    """

    def __init__(
        self, calls: Calls, trained: Trained, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self._calls = calls
        self._trained = trained
        self._connection = connection
        self._names: list[str] = []

    def make(self, tree: exp.Expr) -> None:
        """Make all calls that can be made at once; the tree then has their results instead."""
        if isinstance(tree, exp.Create) and tree.kind != "TABLE":
            return  # a view holds calls, not results
        for select in reversed(list(tree.find_all(exp.Select))):
            own = [node for node in _own_nodes(select) if self._calls.function_of(node)]
            if not own:
                continue
            try:
                _Batch(self, select, own).make()
            except duckdb.InterruptException:
                raise
            except (_RowByRow, duckdb.Error):  # what is wrong with it, DuckDB says when it runs
                continue

    def close(self) -> None:
        """Forget the rows."""
        for name in self._names:
            self._connection.unregister(name)

    def pieces(self, query: exp.Select, size: int) -> Iterator[pa.RecordBatch]:
        """What a query finds, `size` rows at a time; if it finds nothing, one piece of no rows."""
        with self._connection.sql(query.sql("duckdb")).to_arrow_reader(size) as reader:
            found = False
            try:
                for rows in reader:
                    if rows.num_rows:
                        found = True
                        yield rows
            except OSError as error:  # Arrow's word for what DuckDB says halfway
                interrupted = str(error).startswith("INTERRUPT")
                kind = duckdb.InterruptException if interrupted else duckdb.Error
                raise kind(str(error)) from error
            if not found:
                yield pa.RecordBatch.from_pylist([], reader.schema)

    def names(self, query: exp.Select) -> list[str]:
        """The names of a query's columns."""
        return [name.lower() for name in self._connection.sql(query.sql("duckdb")).columns]

    def keep(self, table: pa.Table) -> str:
        """Let DuckDB read a table; returns its name there."""
        name = f"{_PREFIX}{id(self):x}_{len(self._names)}"
        self._connection.register(name, table)
        self._names.append(name)
        return name

    def calls(self, node: exp.Expr) -> bool:
        """Whether a node calls a model's function."""
        return self._calls.function_of(node) is not None

    def function(self, node: exp.Expr) -> Function:
        """What a node calls."""
        function = self._calls.function_of(node)
        assert function is not None
        return function

    def rows_at_once(self, function: Function) -> int:
        """How many rows a function is best asked for at a time."""
        return self._trained.load(function.model).rows_at_once

    def predict(self, function: Function, values: list[pa.Array]) -> pa.Array:
        """The results for some rows."""
        predict = self._trained.probabilities if function.probabilities else self._trained.predict
        return predict(function.model, values)


class _Batch:
    """The calls of one SELECT."""

    def __init__(self, batches: Batches, select: exp.Select, calls: list[exp.Expr]) -> None:
        self._batches = batches
        self._select = select
        self._calls = calls
        self._columns: dict[str, exp.Expr] = {}
        self._aliases = {
            each.alias: each.this for each in select.expressions if isinstance(each, exp.Alias)
        }

    def make(self) -> None:
        select = self._select
        self._require_simple()
        self._inputs = self._names_of(exp.Star())
        self._expand_stars()
        before, after = self._parted_where()
        arguments = self._arguments()
        self._collect(after)
        query = probe(
            select,
            [
                *(exp.alias_(each.copy(), f"c{place}") for place, each in self._numbered()),
                *(exp.alias_(each, f"a{place}") for place, each in enumerate(arguments.values())),
            ],
            before,
        )
        self._push_limit(query, after)
        self._replace(self._predicted(query, arguments), after)

    def _names_of(self, star: exp.Expr) -> list[str]:
        return self._batches.names(probe(self._select, [star]))

    def _expand_stars(self) -> None:
        """Name the columns that * stands for; where two have one name, by their tables."""
        expressions: list[exp.Expr] = []
        for each in self._select.expressions:
            if not _is_star(each):
                expressions.append(each)
                continue
            table = each.table if isinstance(each, exp.Column) else ""
            unique = len(set(self._inputs)) == len(self._inputs)
            for name in [table] if table or unique else self._tables():
                star = exp.Column(this=exp.Star(), table=exp.to_identifier(name)) if name else each
                expressions += [exp.column(one, name or None) for one in self._names_of(star)]
        self._select.set("expressions", expressions)

    def _tables(self) -> list[str]:
        joins = self._select.args.get("joins") or []
        if any(join.args.get("using") for join in joins):
            raise _RowByRow
        return [each.this.alias_or_name for each in (self._select.args["from_"], *joins)]

    def _require_simple(self) -> None:
        select = self._select
        if select.args.get("from_") is None or _is_recursive(select):
            raise _RowByRow
        for node in _own_nodes(select):
            if node is not select and isinstance(node, (exp.Query, exp.Subquery)):
                raise _RowByRow
        for node in self._calls:
            within = [each for argument in node.expressions for each in argument.find_all(exp.Expr)]
            if any(isinstance(each, (exp.AggFunc, exp.Window)) for each in within):
                raise _RowByRow
            if any(self._batches.calls(each) for each in within):
                raise _RowByRow

    def _parted_where(self) -> tuple[exp.Expr | None, exp.Expr | None]:
        """The conditions that need no prediction, and those that do."""
        where = self._select.args.get("where")
        before, after = [], []
        for each in (
            where.this.flatten()
            if where and isinstance(where.this, exp.And)
            else ([where.this] if where else [])
        ):
            has_call = any(self._batches.calls(node) for node in each.walk())
            expanded = None if has_call else self._expanded(each)
            if has_call or expanded is None:
                after.append(each)
            else:
                before.append(expanded)
        together = [exp.and_(*each, copy=True) if each else None for each in (before, after)]
        return together[0], together[1]

    def _expanded(self, node: exp.Expr) -> exp.Expr | None:
        """An expression of the rows alone: names of other columns give way to what they name.

        None where that has a prediction in it.
        """
        made = node.copy()
        root = exp.Paren(this=made)
        for _ in range(20):
            aliases = [
                each
                for each in root.find_all(exp.Column)
                if not each.table and each.name not in self._inputs and each.name in self._aliases
            ]
            if not aliases:
                break
            for each in aliases:
                each.replace(exp.Paren(this=self._aliases[each.name].copy()))
        if any(self._batches.calls(each) for each in root.walk()):
            return None
        if root.find(exp.AggFunc, exp.Window):
            raise _RowByRow
        return root.this

    def _arguments(self) -> dict[str, exp.Expr]:
        """All arguments of all calls, each once, by how they are written."""
        found: dict[str, exp.Expr] = {}
        for node in self._calls:
            model = self._batches.function(node).model
            for parameter, each in zip(model.parameters, node.expressions, strict=True):
                expanded = self._expanded(each)
                if expanded is None:
                    raise _RowByRow
                found.setdefault(_key(each, parameter.type), cast(expanded, fed(parameter.type)))
        return found

    def _collect(self, after: exp.Expr | None) -> None:
        """Note the columns that are needed besides the arguments."""
        for node in self._outer_nodes(after):
            if isinstance(node, exp.Column) and self._is_input(node):
                self._columns.setdefault(node.sql("duckdb"), node)

    def _outer_nodes(self, after: exp.Expr | None) -> Iterator[exp.Expr]:
        """The nodes of the query over the rows, without what is inside of calls."""
        parts = [after] if after is not None else []
        for name, value in self._select.args.items():
            if name not in (*_FROM, "where"):
                parts += value if isinstance(value, list) else [value]
        stack = [part for part in parts if isinstance(part, exp.Expr)]
        while stack:
            node = stack.pop()
            yield node
            if not self._batches.calls(node):
                stack += list(node.iter_expressions())

    def _is_input(self, column: exp.Column) -> bool:
        if column.table:
            return True
        in_order = column.find_ancestor(exp.Order, exp.Window, exp.Select)
        if (
            isinstance(in_order, exp.Order)
            and in_order.parent is self._select
            and column.name in self._aliases
        ):
            return False
        return column.name in self._inputs

    def _numbered(self) -> Iterator[tuple[int, exp.Expr]]:
        return enumerate(self._columns.values())

    def _push_limit(self, query: exp.Select, after: exp.Expr | None) -> None:
        """A LIMIT is kept to before predicting, where the predictions do not decide on it."""
        select = self._select
        limit = select.args.get("limit")
        blocking = ("group", "having", "distinct", "qualify", "windows")
        if limit is None or after is not None or any(select.args.get(each) for each in blocking):
            return
        if any(node.find(exp.AggFunc, exp.Window) for node in select.expressions):
            return
        order = select.args.get("order")
        if order is not None:
            keys = []
            for each in order.expressions:
                expanded = None if each.this.is_number else self._expanded(each.this)
                if expanded is None:
                    return
                keys.append(each.copy())
                keys[-1].set("this", expanded)
            query.set("order", exp.Order(expressions=keys))
        query.set("limit", limit.copy())
        select.set("limit", None)
        if select.args.get("offset"):
            query.set("offset", select.args["offset"].copy())
            select.set("offset", None)

    def _predicted(self, query: exp.Select, arguments: dict[str, exp.Expr]) -> str:
        """The rows with a column for each call; returns their name in DuckDB."""
        kept = len(self._columns)
        places = {key: kept + place for place, key in enumerate(arguments)}
        calls = {node.sql("duckdb"): self._call(node, places) for node in self._calls}
        self._results = {key: f"p{place}" for place, key in enumerate(calls)}
        names = [*(f"c{place}" for place in range(kept)), *self._results.values()]
        size = max(self._batches.rows_at_once(function) for function, _ in calls.values())
        pieces = []
        for rows in self._batches.pieces(query, size):
            results = [
                self._batches.predict(function, [rows.column(place) for place in given])
                for function, given in calls.values()
            ]
            pieces.append(pa.RecordBatch.from_arrays([*rows.columns[:kept], *results], names))
        return self._batches.keep(pa.Table.from_batches(pieces))

    def _call(self, node: exp.Expr, places: dict[str, int]) -> tuple[Function, list[int]]:
        """What a node calls, and where its arguments stand among the columns of the rows."""
        function = self._batches.function(node)
        pairs = zip(function.model.parameters, node.expressions, strict=True)
        return function, [places[_key(each, parameter.type)] for parameter, each in pairs]

    def _replace(self, rows: str, after: exp.Expr | None) -> None:
        """Make the SELECT one over the rows."""
        select = self._select
        select.set("where", exp.Where(this=after) if after is not None else None)
        for node in list(self._outer_nodes(None if after is None else select.args["where"])):
            self._replace_node(node)
        select.set("from_", exp.From(this=exp.to_table(rows)))
        for part in ("joins", "laterals", "with_"):
            select.set(part, None)

    def _replace_node(self, node: exp.Expr) -> None:
        if self._batches.calls(node):
            made = exp.column(self._results[node.sql("duckdb")])
            if self._batches.function(node).probabilities:
                node.replace(cast(made, "JSON"))
            else:
                node.replace(made)
        elif isinstance(node, exp.Column) and node.sql("duckdb") in self._columns:
            if not self._is_input(node):
                return
            place = list(self._columns).index(node.sql("duckdb"))
            made = exp.column(f"c{place}")
            named = node.parent is self._select and node.arg_key == "expressions"
            node.replace(exp.alias_(made, node.name, quoted=True) if named else made)


def _own_nodes(select: exp.Select) -> Iterator[exp.Expr]:
    """The nodes of a SELECT but for its FROM and WITH, and what is in a SELECT within."""
    stack: list[exp.Expr] = []
    for name, value in select.args.items():
        if name not in _FROM:
            stack += [
                each
                for each in (value if isinstance(value, list) else [value])
                if isinstance(each, exp.Expr)
            ]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, exp.Query):
            stack += list(node.iter_expressions())


def _is_recursive(select: exp.Select) -> bool:
    with_ = select.find_ancestor(exp.With)
    return bool(with_ and with_.args.get("recursive"))


def _is_star(node: exp.Expr) -> bool:
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and node.is_star)


def _key(argument: exp.Expr, type: str) -> str:
    return f"{argument.sql('duckdb')} as {type}"
