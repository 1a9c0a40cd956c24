"""Small trees that several rewrites need."""

from sqlglot import exp


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A call of one of DuckDB's own functions."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def macro(name: str, *arguments: exp.Expr) -> exp.Dot:
    """A call of a function of `functions.sql`."""
    return exp.Dot(this=exp.to_identifier("lab_kit"), expression=call(name, *arguments))


def text(value: str) -> exp.Literal:
    """A string."""
    return exp.Literal.string(value)


def number(value: int | str) -> exp.Literal:
    """A number, which is not negative."""
    return exp.Literal(this=str(value), is_string=False)


def cast(of: exp.Expr, to: str) -> exp.Cast:
    """A value as another type, by DuckDB's name of it."""
    return exp.Cast(this=of, to=exp.DataType.build(to, dialect="duckdb"))


def joined(parts: list[exp.Expr]) -> exp.Expr:
    """Texts one after the other."""
    result = parts[0]
    for part in parts[1:]:
        result = exp.DPipe(this=result, expression=part, safe=False)
    return exp.Paren(this=result) if len(parts) > 1 else result


def now() -> exp.Expr:
    """The time of the statement, by the local cloud's clock; UTC, without a zone."""
    return cast(call("getvariable", text(NOW)), "TIMESTAMP")


NOW = "lab_kit_now"
"""The variable of a session that holds it."""
