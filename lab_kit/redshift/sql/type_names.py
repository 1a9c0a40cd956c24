"""Types by their names, as Redshift has them. Imports nothing: the server reads it, too."""

import re

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
