"""What DuckDB refuses, in Redshift's words where they are known."""

import re
from collections.abc import Callable

import duckdb

from lab_kit.redshift import errors

_Words = Callable[[re.Match[str]], str]
_KNOWN: tuple[tuple[str, type[errors.DatabaseError], _Words, str], ...] = (
    (
        r"(?:Table|View)(?: Function)? with name \"?(?:[\w#]+\.)*([\w#]+)\"? does not exist",
        errors.ProgrammingError,
        lambda found: f'relation "{found[1]}" does not exist',
        "look at the name, or create it first",
    ),
    (
        r"(?:Table|View|Sequence|Schema) with name \"?([\w#]+)\"? already exists",
        errors.ProgrammingError,
        lambda found: f'Relation "{found[1]}" already exists',
        "choose another name, or drop the one that is there",
    ),
    (
        r"Schema with name \"?(\w+)\"? does not exist",
        errors.ProgrammingError,
        lambda found: f'schema "{found[1]}" does not exist',
        "create it first",
    ),
    (
        r"[Rr]eferenced column \"(\w+)\" (?:not found|was not found)",
        errors.ProgrammingError,
        lambda found: f'column "{found[1]}" does not exist',
        "look at the names of the columns",
    ),
    (
        r"Table \"(\w+)\" does not have a column named \"(\w+)\"",
        errors.ProgrammingError,
        lambda found: f'column "{found[2]}" does not exist in {found[1]}',
        "look at the names of the columns",
    ),
    (
        r"Function with name \"?([\w.]+)\"? does not exist",
        errors.ProgrammingError,
        lambda found: f"function {found[1]}() does not exist",
        "look at its name, or train the model that makes it",
    ),
    (
        r"No function matches the given name and argument types '(.*?)\((.*?)\)'\.",
        errors.ProgrammingError,
        lambda found: f"function {found[1]}({found[2].lower()}) does not exist",
        "add explicit type casts",
    ),
    (
        r"Division by zero",
        errors.DataError,
        lambda _: "division by zero",
        "divide by NULLIF(x, 0)",
    ),
    (
        r"Could not convert string '(.*?)' to (\w+)",
        errors.DataError,
        lambda found: f'invalid input syntax for type {found[2].lower()}: "{found[1]}"',
        "clean the text first, or leave such rows out",
    ),
    (
        r"INTERRUPT",
        errors.OperationalError,
        lambda _: "Query (cancelled) cancelled on user's request",
        "run it again",
    ),
)


def refusal(error: Exception) -> errors.Error:
    """The engine's error for one of DuckDB's."""
    said = str(error)
    if isinstance(error, errors.Error):
        return error
    inner = re.search(r"executing the UDF: (?:\w+\.)*\w+: (.*)", said, re.DOTALL)
    if inner:
        return errors.OperationalError(" ".join(inner[1].split()).rstrip("."))
    for pattern, kind, words, next_step in _KNOWN:
        if found := re.search(pattern, said, re.IGNORECASE):
            return kind(words(found), next_step=next_step)
    what = said.split("\n\nLINE")[0].strip()
    what = re.sub(r"^\w[\w ]*? Error: ", "", what)
    if isinstance(error, duckdb.OutOfMemoryException):
        return errors.OperationalError(what, next_step="ask for fewer rows or columns")
    kind = errors.DataError if isinstance(error, duckdb.DataError) else errors.ProgrammingError
    return kind(what.rstrip("."))
