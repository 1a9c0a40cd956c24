"""Types as they are written in SQL, and as DuckDB keeps them."""

from sqlglot import exp
from sqlglot.errors import ParseError

from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.sql.dialect import Dialect

_CANONICAL = {"INT": "INTEGER", "REAL": "FLOAT", "TEXT": "VARCHAR", "VARCHAR": "VARCHAR"}
"""Types as DuckDB itself names them, without a length that it does not keep."""


def duckdb_name(written: str) -> str:
    """A type as it is written in SQL: "double precision", "varchar(20)", "decimal(10,2)".

    Raises:
        ProgrammingError: There is no such type.
    """
    try:
        type = exp.DataType.build(written, dialect=Dialect)
    except ParseError as error:
        raise ProgrammingError(f'type "{written}" does not exist') from error
    name = stored(type).sql("duckdb")
    return _CANONICAL.get(name.partition("(")[0], name)


def stored(type: exp.DataType) -> exp.DataType:
    """How DuckDB keeps a type of Redshift's.

    Raises:
        ProgrammingError: It has none for it.
    """
    if type.this == exp.DType.SUPER:
        return exp.DataType.build("JSON", dialect="duckdb")
    if type.is_type("decimal") and not type.expressions:
        return exp.DataType.build("DECIMAL(18, 0)", dialect="duckdb")
    if type.this == exp.DType.USERDEFINED or type.is_type("geometry", "geography", "hllsketch"):
        raise ProgrammingError(f'type "{type.sql(Dialect).lower()}" does not exist')
    if type.is_type("char", "nchar", "nvarchar", "text"):
        made = exp.DataType.build("VARCHAR", dialect="duckdb")
        made.set("expressions", [each.copy() for each in type.expressions])
        return made
    return type
