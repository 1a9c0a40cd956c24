"""Named parameters: `:name` in SQL, a value beside it. A value can never become SQL."""

import datetime
import decimal
from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from lab_kit.redshift.errors import InterfaceError
from lab_kit.redshift.sql.build import cast, number, text


def bound(tree: exp.Expr, values: Mapping[str, Any]) -> exp.Expr:
    """The tree with values for its parameters.

    Raises:
        InterfaceError: One has no value, or a value cannot stand in SQL.
    """

    def value_of(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder):
            return node
        if node.name not in values:
            raise InterfaceError(
                f"the parameter :{node.name} has no value",
                next_step="give every parameter of the SQL a value, by its name",
            )
        return literal(values[node.name])

    return tree.transform(value_of, copy=False)


def literal(value: Any) -> exp.Expr:
    """A value as it stands in SQL.

    Raises:
        InterfaceError: It cannot.
    """
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, (int, decimal.Decimal)):
        return exp.Neg(this=number(str(-value))) if value < 0 else number(str(value))
    if isinstance(value, float):
        return cast(text(repr(value)), "DOUBLE")
    if isinstance(value, str):
        return text(value)
    if isinstance(value, datetime.datetime):
        return cast(text(value.isoformat(sep=" ")), "TIMESTAMPTZ" if value.tzinfo else "TIMESTAMP")
    if isinstance(value, datetime.date):
        return cast(text(value.isoformat()), "DATE")
    raise InterfaceError(
        f"a value of type {type(value).__name__} cannot be a parameter",
        next_step="give a text, a number, a truth value, a date or None",
    )
