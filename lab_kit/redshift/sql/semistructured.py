"""SUPER values and PartiQL's ways into them. SUPER is DuckDB's JSON here.

Source: https://docs.aws.amazon.com/redshift/latest/dg/query-super.html.
"""

from sqlglot import exp

from lab_kit.redshift.sql.build import call, cast, macro, number

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def unnested(select: exp.Select) -> set[str]:
    """Replace `FROM t, t.values AS value AT index` by what DuckDB understands.

    Returns:
        The names that stand for elements.
    """
    elements: set[str] = set()
    from_ = select.args.get("from_")
    if from_ is None:
        return elements
    known = {_alias_of(from_.this)}
    for join in select.args.get("joins") or []:
        of = join.this
        path, value, place = _navigation(of)
        if path and path[0] in known and not join.args.get("on"):
            join.replace(_unnest(path, value, place))
            elements.add(value)
            known.add(value)
        else:
            known.add(_alias_of(of))
    return elements


def compared(node: exp.Expr, elements: set[str]) -> None:
    """Let a value within SUPER be compared as what it holds, not as the JSON that writes it."""
    if isinstance(node, _COMPARISONS):
        for side, other in (("this", node.expression), ("expression", node.this)):
            of = node.args[side]
            if not _is_super(of, elements):
                continue
            if other.is_string:
                node.set(side, macro("json_text", of.copy()))
            elif other.is_number or isinstance(other, exp.Neg):
                node.set(side, cast(of.copy(), "DOUBLE"))
    elif (
        isinstance(node, exp.Cast)
        and node.to.is_type("varchar", "char", "text")
        and _is_super(node.this, elements)
    ):
        node.set("this", macro("json_text", node.this.copy()))


def bracket(node: exp.Bracket) -> exp.Expr:
    """`j.a[0]` counts from 0: JSON's index, not that of DuckDB's lists."""
    node.set("offset", 1)
    return node


def _is_super(node: exp.Expr, elements: set[str]) -> bool:
    if isinstance(node, exp.Dot):
        return not isinstance(node.expression, exp.Func)
    if isinstance(node, exp.Column):
        return node.name in elements or node.table in elements or bool(node.args.get("db"))
    return isinstance(node, exp.Bracket)


def _navigation(of: exp.Expr) -> tuple[list[str], str, str | None]:
    """Path, name of the element and name of its place; an empty path where it is a table."""
    place = None
    if isinstance(of, exp.AtIndex):
        place = of.expression.name
        of = of.this
    value = of.alias_or_name
    if isinstance(of, exp.Alias):
        of = of.this
    if isinstance(of, (exp.Table, exp.Column)):
        return [part.name for part in of.parts] if len(of.parts) > 1 else [], value, place
    return [], value, place


def _unnest(path: list[str], value: str, place: str | None) -> exp.Join:
    whole = exp.Dot.build([exp.to_identifier(part) for part in path])
    items = cast(whole, "JSON[]")
    expressions = [exp.alias_(call("unnest", items), value)]
    if place is not None:
        counted = call("generate_subscripts", items.copy(), number(1))
        expressions.append(exp.alias_(exp.Sub(this=counted, expression=number(1)), place))
    inner = exp.Subquery(this=exp.select(*expressions))
    # A name of its own: the element's name has to mean the column, not the row.
    return exp.Join(
        this=exp.Lateral(this=inner, alias=exp.TableAlias(this=exp.to_identifier(f"of_{value}"))),
        kind="CROSS",
    )


def _alias_of(of: exp.Expr) -> str:
    return str(of.alias_or_name)
