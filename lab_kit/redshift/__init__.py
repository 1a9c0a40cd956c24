"""Redshift ML in SQL: one engine, three faces.

`sql` reads Redshift's SQL and says it in DuckDB's, `engine` executes it, and `models` trains, shows
and calls what CREATE MODEL asks for. `dbapi`, `magic` and `data_api` are thin faces over the same
`execute`. No algorithm is here: those are `automl`'s.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.redshift.connection import connect
    from lab_kit.redshift.dbapi import Connection, Cursor, apilevel, paramstyle, threadsafety
    from lab_kit.redshift.errors import (
        DatabaseError,
        DataError,
        Error,
        InterfaceError,
        NotSupportedError,
        OperationalError,
        ProgrammingError,
    )

_HOMES = {
    **dict.fromkeys(("Connection", "Cursor", "apilevel", "paramstyle", "threadsafety"), "dbapi"),
    "connect": "connection",
    **dict.fromkeys(
        (
            *("DataError", "DatabaseError", "Error", "InterfaceError", "NotSupportedError"),
            *("OperationalError", "ProgrammingError"),
        ),
        "errors",
    ),
}

__all__ = [
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Error",
    "InterfaceError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]

# The server takes the errors and the Data API from here, and is to load no DuckDB.
__getattr__ = lazily(__name__, _HOMES)
