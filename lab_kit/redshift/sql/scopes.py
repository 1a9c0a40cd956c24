"""Questions about one SELECT of a statement: what its rows have, and of which type."""

from collections.abc import Sequence

from sqlglot import exp

_DROPPED = [
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "distinct",
    "qualify",
    "windows",
    "into",
    "with_",
    "locks",
    "sort",
    "cluster",
    "kind",
]


def probe(
    select: exp.Select, expressions: Sequence[exp.Expr], where: exp.Expr | None = None
) -> exp.Select:
    """The rows a SELECT is made of, with other columns.

    Args:
        select: The SELECT; with the common table expressions around it, as far as they come first.
        expressions: The columns.
        where: The condition instead of its own; None for no condition.
    """
    made = select.copy()
    for part in _DROPPED:
        if part in made.args:
            made.set(part, None)
    made.set("expressions", [each.copy() for each in expressions])
    made.set("where", exp.Where(this=where.copy()) if where is not None else None)
    if tables := common_tables(select):
        made.set("with_", exp.With(expressions=[each.copy() for each in tables]))
    return made


def common_tables(node: exp.Expr) -> list[exp.CTE]:
    """The common table expressions that a SELECT may name, the outermost first."""
    found: list[exp.CTE] = []
    at: exp.Expr | None = node
    inside: exp.Expr | None = None
    while at is not None:
        with_ = at.args.get("with_")
        if isinstance(with_, exp.With):
            tables = with_.expressions
            if inside is with_:  # the SELECT is in one of them, and sees those before it
                tables = _before(tables, node)
            found = [*tables, *found]
        inside, at = at, at.parent
    return found


def _before(tables: list[exp.CTE], node: exp.Expr) -> list[exp.CTE]:
    at: exp.Expr | None = node
    while at is not None and at not in tables:
        at = at.parent
    for place, table in enumerate(tables):
        if table is at:
            return tables[:place]
    return tables
