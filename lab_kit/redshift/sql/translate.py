"""One statement of Redshift as DuckDB's."""

from collections.abc import Callable

from sqlglot import exp

from lab_kit.redshift.errors import NotSupportedError, ProgrammingError
from lab_kit.redshift.sql import calls, semistructured
from lab_kit.redshift.sql.build import call, cast, now
from lab_kit.redshift.sql.scopes import probe
from lab_kit.redshift.sql.types import stored

TypeOf = Callable[[exp.Select], str]
"""Says the type, by DuckDB's name, of the first column of a SELECT; empty where it cannot."""
_STATEMENTS = (exp.Query, exp.DDL, exp.DML, exp.Drop, exp.Alter, exp.TruncateTable, exp.Use)

_REDSHIFT_NAMES = {
    "ts_or_ds_add": "date_add",
    "ts_or_ds_diff": "date_diff",
    "str_to_date": "to_date",
    "str_to_time": "to_timestamp",
    "timestamp_trunc": "date_trunc",
    "extract": "date_part",
    "length": "len",
    "current_timestamp": "sysdate",
    "current_date": "date",
}


def translate(tree: exp.Expr, type_of: TypeOf) -> list[exp.Expr]:
    """The statements of DuckDB that do what one of Redshift does; the last one answers.

    Args:
        tree: From `read_query`; it is changed.
        type_of: Asked where what a function does depends on a type.

    Raises:
        ProgrammingError: It is no statement.
        NotSupportedError: DuckDB has nothing like it.
    """
    if not isinstance(tree, _STATEMENTS) or tree.args.get("kind") in ("PROCEDURE", "FUNCTION"):
        if isinstance(tree, _STATEMENTS):
            raise NotSupportedError(f"CREATE {tree.args['kind']} is not part of this database")
        raise ProgrammingError("this is no statement of Redshift that is known here")
    elements = set()
    for select in list(tree.find_all(exp.Select)):
        elements |= semistructured.unnested(select)
    for node in tree.find_all(exp.Expr):
        semistructured.compared(node, elements)
    before: list[exp.Expr] = []
    if isinstance(tree, exp.Create):
        before = _created(tree)
    if isinstance(tree, exp.Select):
        tree = _named(tree)
    tree = _bottom_up(tree, _rewrite)
    _truncated(tree, type_of)
    return [*before, tree]


def _bottom_up(tree: exp.Expr, rewrite: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """The tree with every node rewritten, what is inside of a node before the node itself."""
    for node in reversed(list(tree.walk(bfs=False))):
        made = rewrite(node)
        if made is not node:
            if node is tree:
                tree = made
            else:
                node.replace(made)
    return tree


def _rewrite(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        qualified = isinstance(node.parent, exp.Dot) and node.arg_key == "expression"
        return node if qualified else calls.rewritten(node)
    if isinstance(node, exp.Window):
        return calls.window(node)
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.Anonymous):
        return _ordered(node)
    if isinstance(node, (exp.Like, exp.ILike)):
        return calls.like(node)
    if isinstance(node, exp.SimilarTo):
        return calls.similar(node)
    if isinstance(node, exp.Cast):
        node = calls.casts(node)
    if isinstance(node, exp.DataType):
        return stored(node)
    if isinstance(node, (exp.CurrentTimestamp, exp.CurrentDatetime)):
        return now()
    if isinstance(node, exp.CurrentDate):
        return cast(now(), "DATE")
    if isinstance(node, exp.Bracket):
        return semistructured.bracket(node)
    if isinstance(node, exp.Add) and (node.this.is_string or node.expression.is_string):
        return exp.DPipe(this=node.this, expression=node.expression)
    if isinstance(node, exp.Table) and node.name.startswith("#"):
        node.this.set("quoted", True)
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Anonymous):
        return _without_schema(node)
    return node


def _without_schema(node: exp.Dot) -> exp.Expr:
    """`public.f(x)`: functions are found by their names."""
    if isinstance(node.this, exp.Identifier) and node.this.name in ("public", "pg_catalog"):
        return calls.rewritten(node.expression)
    return node


def _ordered(node: exp.WithinGroup) -> exp.Expr:
    """LISTAGG(...) WITHIN GROUP (ORDER BY ...)."""
    made = calls.rewritten(node.this)
    if made is node.this or not isinstance(made, exp.Anonymous):
        return node
    *arguments, last = made.expressions
    order = node.expression.copy()
    order.set("this", last)
    for each in order.expressions:
        each.set("this", cast(each.this, "VARCHAR") if _is_distinct(made) else each.this)
    return call(str(made.this), *arguments, order)


def _is_distinct(made: exp.Anonymous) -> bool:
    return isinstance(made.expressions[0], exp.Distinct)


def _created(tree: exp.Create) -> list[exp.Expr]:
    """What has to be there before something can be created, and what DuckDB knows otherwise."""
    table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    if isinstance(table, exp.Table) and table.name.startswith("#"):
        tree.set("properties", exp.Properties(expressions=[exp.TemporaryProperty()]))
    elif properties := tree.args.get("properties"):
        kept = [
            each
            for each in properties.expressions
            if isinstance(each, (exp.TemporaryProperty, exp.LikeProperty))
        ]
        properties.set("expressions", kept)
    tree.set("no_schema_binding", None)
    if likes := list(tree.find_all(exp.LikeProperty)):
        tree.set("expression", exp.select("*").from_(likes[0].this.copy()).limit(0))
        tree.set("this", table)
    return [_counted(column, place, table.name) for column, place in _identities(tree)]


def _identities(tree: exp.Create) -> list[tuple[exp.ColumnDef, exp.ColumnConstraint]]:
    return [
        (column, constraint)
        for column in tree.find_all(exp.ColumnDef)
        for constraint in column.args.get("constraints") or []
        if isinstance(constraint.kind, exp.GeneratedAsIdentityColumnConstraint)
    ]


def _counted(column: exp.ColumnDef, constraint: exp.ColumnConstraint, table: str) -> exp.Expr:
    """IDENTITY(seed, step) as the default that a sequence gives."""
    start = constraint.kind.args.get("start") or exp.Literal.number(1)
    step = constraint.kind.args.get("increment") or exp.Literal.number(1)
    name = f"lab_kit.{table}_{column.name}_seq"
    constraint.set(
        "kind", exp.DefaultColumnConstraint(this=call("nextval", exp.Literal.string(name)))
    )
    quoted = exp.to_table(name).sql("duckdb")
    minimum = f"MINVALUE {start.sql()} " if start.sql().startswith(("-", "0")) else ""
    return exp.Command(
        this="CREATE",
        expression=f" OR REPLACE SEQUENCE {quoted} {minimum}START {start.sql()} "
        f"INCREMENT {step.sql()}",
    )


def _named(tree: exp.Select) -> exp.Select:
    """Columns without a name get the one that Redshift gives them."""
    for place, each in enumerate(tree.expressions):
        if isinstance(each, (exp.Column, exp.Alias, exp.Star, exp.Aliases)):
            continue
        name = _name_of(each)
        tree.expressions[place].replace(exp.alias_(each.copy(), name, quoted=True))
    return tree


def _name_of(node: exp.Expr) -> str:
    if isinstance(node, (exp.Window, exp.WithinGroup, exp.Paren, exp.Filter)):
        return _name_of(node.this)
    if isinstance(node, exp.Cast):
        inner = _name_of(node.this) if isinstance(node.this, exp.Column) else "?column?"
        return str(node.to.this.value).lower() if inner == "?column?" else inner
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    if isinstance(node, (exp.Case, exp.Coalesce)):
        return "case" if isinstance(node, exp.Case) else "coalesce"
    if isinstance(node, exp.Dot):
        return _name_of(node.expression)
    if isinstance(node, exp.Identifier):
        return node.name
    if isinstance(node, exp.Bracket):
        return _name_of(node.this)
    if isinstance(node, exp.Column):
        return node.name
    if isinstance(node, exp.Func) and not isinstance(node, exp.Connector):
        name = node.sql_name().lower()
        return _REDSHIFT_NAMES.get(name, name)
    return "?column?"


def _truncated(tree: exp.Expr, type_of: TypeOf) -> None:
    """TRUNC of a time is its date, TRUNC of a number its whole part; the innermost come first."""
    found = [each for each in tree.find_all(exp.Anonymous) if each.name.lower() == "trunc"]
    for node in reversed(found):
        of = node.expressions[0]
        select = node.find_ancestor(exp.Select)
        type = type_of(probe(select or exp.select("1"), [of])) if len(node.expressions) == 1 else ""
        is_time = type.startswith("TIMESTAMP") or type == "DATE"
        node.replace(cast(of.copy(), "DATE") if is_time else call("trunc", *node.expressions))
