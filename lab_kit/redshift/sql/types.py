"""Types by their names in Redshift and in DuckDB."""

import re

from sqlglot import exp
from sqlglot.errors import ParseError

from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.sql.dialect import Dialect

_REDSHIFT = {
    "BOOLEAN": "bool",
    "TINYINT": "int2",
    "SMALLINT": "int2",
    "INTEGER": "int4",
    "BIGINT": "int8",
    "HUGEINT": "int8",
    "UTINYINT": "int2",
    "USMALLINT": "int4",
    "UINTEGER": "int8",
    "UBIGINT": "int8",
    "FLOAT": "float4",
    "DOUBLE": "float8",
    "VARCHAR": "varchar",
    "DATE": "date",
    "TIME": "time",
    "TIME WITH TIME ZONE": "timetz",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "INTERVAL": "interval",
    "BLOB": "varbyte",
    "JSON": "super",
}
NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8")
FEATURES = (*NUMBERS, "bool", "varchar", "date", "time", "timetz", "timestamp", "timestamptz")
"""What AUTO ON takes as input (r_create_model_usage_notes)."""
PLAIN_FEATURES = (*NUMBERS, "bool")
"""What AUTO OFF takes."""
NO_TARGETS = ("numeric", "date", "time", "timetz", "timestamp", "timestamptz", "super", "varbyte")
"""What a target may not be."""


def redshift_name(duckdb: str) -> str:
    """A type of DuckDB as SHOW MODEL and the Data API write it: int4, varchar, float8."""
    name = duckdb.upper()
    if name.startswith("DECIMAL"):
        return "numeric"
    return _REDSHIFT.get(name, "super" if name.endswith("[]") or "STRUCT" in name else "varchar")


def precision(duckdb: str) -> tuple[int, int]:
    """Digits in all and after the point of a DECIMAL, or zeros."""
    found = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", duckdb.upper())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def duckdb_name(written: str) -> str:
    """A type as it is written in SQL: "double precision", "varchar(20)", "decimal(10,2)".

    Raises:
        ProgrammingError: There is no such type.
    """
    try:
        type = exp.DataType.build(written, dialect=Dialect)
    except ParseError as error:
        raise ProgrammingError(f'type "{written}" does not exist') from error
    return stored(type).sql("duckdb")


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
