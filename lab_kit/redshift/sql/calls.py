"""Functions that need more than another definition: a literal read, a type known, a window kept."""

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from lab_kit.redshift.errors import NotSupportedError, ProgrammingError
from lab_kit.redshift.sql import date_formats, number_formats
from lab_kit.redshift.sql.build import call, cast, joined, macro, now, number, text
from lab_kit.redshift.sql.dialect import defined

_Arguments = Sequence[exp.Expr]


def to_char(arguments: _Arguments) -> exp.Expr:
    """TO_CHAR, by what its format is for."""
    of, format = _exactly(2, "to_char", arguments)
    if not format.is_string:
        raise NotSupportedError(
            "TO_CHAR needs its format as a string here",
            next_step="write the format itself, such as 'YYYY-MM-DD'",
        )
    form = number_formats if number_formats.is_number_format(format.name) else date_formats
    return form.to_char(of, format.name)


def concat(arguments: _Arguments) -> exp.Expr:
    """CONCAT is NULL where a part is (r_CONCAT); DuckDB's leaves that part out."""
    return joined([each.copy() for each in _exactly(2, "concat", arguments)])


def regexp_replace(arguments: _Arguments) -> exp.Expr:
    """REGEXP_REPLACE takes every occurrence (REGEXP_REPLACE); DuckDB's the first."""
    of, pattern, *more = arguments
    by = more[0] if more else text("")
    if by.is_string:
        by = text(re.sub(r"\$(\d)", r"\\\1", by.name))
    return call("regexp_replace", of, pattern, by, text("g"))


def average(arguments: _Arguments) -> exp.Expr:
    """AVG of whole numbers is a whole number (r_AVG): what integer division gives."""
    (of,) = _exactly(1, "avg", arguments)
    return _quotient(exp.Sum(this=of.copy()), exp.Count(this=of.copy()))


def to_number(arguments: _Arguments) -> exp.Expr:
    """TO_NUMBER reads digits, sign and point; the format says where groups and currency stand."""
    of, format = _exactly(2, "to_number", arguments)
    decimals = (
        len(re.split("[.D]", format.name.upper())[1:2][0]) if re.search("[.Dd]", format.name) else 0
    )
    digits = call("regexp_replace", of, text(r"[^0-9.\-]"), text(""), text("g"))
    minus = call("regexp_replace", digits, text(r"^(.*)-$"), text(r"-\1"))
    return cast(minus, f"DECIMAL(38, {min(decimals, 37)})")


def coalesce(arguments: _Arguments) -> exp.Expr:
    """ISNULL is NVL."""
    return exp.Coalesce(this=arguments[0], expressions=list(arguments[1:]))


def listed(arguments: _Arguments) -> exp.Expr:
    """LISTAGG, without a separator unless one is named."""
    of, *more = arguments
    if isinstance(of, exp.Distinct):
        value, *more = of.expressions
        distinct = exp.Distinct(expressions=[cast(value, "VARCHAR")])
        return call("string_agg", distinct, more[0] if more else text(""))
    by = more[0] if more else text("")
    return call("string_agg", cast(of, "VARCHAR"), by)


REWRITTEN: dict[str, Callable[[_Arguments], exp.Expr]] = {
    "to_char": to_char,
    "concat": concat,
    "regexp_replace": regexp_replace,
    "avg": average,
    "to_number": to_number,
    "isnull": coalesce,
    "getdate": lambda _: now(),
    "listagg": listed,
}


def rewritten(node: exp.Anonymous) -> exp.Expr:
    """A call of a function that sqlglot does not know, as DuckDB knows it."""
    name = node.name.lower()
    if name in REWRITTEN:
        return REWRITTEN[name](node.expressions)
    if name in defined():
        return macro(name, *node.expressions)
    if name == "object":
        return call("json_object", *node.expressions)
    return node


def window(node: exp.Window) -> exp.Expr:
    """A window over a function that became more than one call, or that DuckDB lacks."""
    of = node.this
    if isinstance(of, exp.Anonymous) and of.name.lower() == "ratio_to_report":
        (value,) = _exactly(1, "ratio_to_report", of.expressions)
        total = node.copy()
        total.set("this", exp.Sum(this=value.copy()))
        return exp.Div(this=cast(value.copy(), "DOUBLE"), expression=total)
    if isinstance(of, exp.Paren) and isinstance(of.this, exp.Div):  # `average`, made before
        total, count = node.copy(), node.copy()
        total.set("this", of.this.this)
        count.set("this", of.this.expression.this)
        return _quotient(total, count)
    return node


def similar(node: exp.SimilarTo) -> exp.Expr:
    """SIMILAR TO, whose % and _ are those of LIKE; DuckDB takes the pattern for a regular one."""
    pattern = node.expression
    if not pattern.is_string:
        return node
    regular = re.sub(r"(?<!\\)%", ".*", pattern.name)
    return call("regexp_full_match", node.this, text(re.sub(r"(?<!\\)_", ".", regular)))


def like(node: exp.Like | exp.ILike) -> exp.Expr:
    """LIKE takes dates and numbers, and a backslash escapes unless something else does."""
    of = node.this
    if not of.is_string:
        node.set("this", cast(of, "VARCHAR"))
    pattern = node.expression
    if pattern.is_string and "\\" in pattern.name and not isinstance(node.parent, exp.Escape):
        return exp.Escape(this=node.copy(), expression=text("\\"))
    return node


def casts(node: exp.Cast) -> exp.Expr:
    """CAST: DECIMAL alone is DECIMAL(18,0), and VARCHAR(3) cuts after three characters."""
    to = node.to
    if to.is_type("decimal") and not to.expressions:
        to.set(
            "expressions", [exp.DataTypeParam(this=number(18)), exp.DataTypeParam(this=number(0))]
        )
    if to.is_type("varchar", "char", "nchar", "nvarchar", "text") and to.expressions:
        size = to.expressions[0].this
        if size.is_number:
            return call("left", cast(node.this, "VARCHAR"), size.copy())
    return node


def _quotient(total: exp.Expr, count: exp.Expr) -> exp.Paren:
    # Of no rows the count is 0, and the sum NULL: that is no division by zero.
    return exp.Paren(
        this=exp.Div(this=total, expression=exp.Nullif(this=count, expression=number(0)))
    )


def _exactly(count: int, name: str, arguments: _Arguments) -> _Arguments:
    if len(arguments) != count:
        given = "1 argument" if len(arguments) == 1 else f"{len(arguments)} arguments"
        raise ProgrammingError(
            f"function {name} takes {count}, and was given {given}",
            next_step="look at how the function is called",
        )
    return arguments
