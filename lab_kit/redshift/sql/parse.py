"""A script read into statements."""

from collections.abc import Callable
from typing import Literal

from sqlglot.tokens import Token

from lab_kit.redshift.sql import grants, transfers
from lab_kit.redshift.sql.create_model import create_external_model, create_model
from lab_kit.redshift.sql.cursor import Cursor
from lab_kit.redshift.sql.query import read_query
from lab_kit.redshift.sql.script import Source, statements
from lab_kit.redshift.sql.statements import (
    Call,
    DropModel,
    ExplainModel,
    Nothing,
    Query,
    Said,
    Setting,
    ShowModel,
    Statement,
    Transaction,
)

_IDLE = ("VACUUM", "ANALYZE", "LOCK", "COMMENT", "RESET", "CLOSE", "DEALLOCATE")
_IDLE_PAIRS = (
    *(
        f"{verb} {what}"
        for verb in ("CREATE", "ALTER", "DROP")
        for what in ("USER", "GROUP", "ROLE", "DATASHARE", "LIBRARY")
    ),
    *("ALTER DEFAULT", "CREATE DATABASE", "REFRESH MATERIALIZED"),
)


def parse(script: str) -> list[Statement]:
    """The statements of a script, in order.

    Raises:
        ProgrammingError: One is not Redshift's SQL.
    """
    return [Statement(source.text, _said(source)) for source in statements(script)]


def _said(source: Source) -> Said:
    words = Cursor(source)
    for begin, read in _BEGINNINGS.items():
        if words.take(*begin.split()):
            said = read(words)
            if not isinstance(said, Nothing):
                words.end()
            return said
    if words.peek() in _IDLE or f"{words.peek()} {words.peek(1)}" in _IDLE_PAIRS:
        pair = f"{words.peek()} {words.peek(1)}"
        return Nothing(pair if pair in _IDLE_PAIRS else words.peek())
    return Query(read_query(source.tokens))


def _explain(words: Cursor) -> ExplainModel:
    return ExplainModel(create_model(words))


def _show_model(words: Cursor) -> ShowModel:
    return ShowModel(None if words.take("ALL") else words.dotted("ALL or a model"))


def _drop_model(words: Cursor) -> DropModel:
    if_exists = words.take("IF", "EXISTS")
    return DropModel(words.dotted("a model"), if_exists)


def _call(words: Cursor) -> Call:
    words.expect("(")
    name = words.string("the name of an endpoint")
    words.expect(",")
    artefact = words.string("the address of an artefact")
    words.expect(")")
    return Call((name, artefact))


def _show(words: Cursor) -> Setting:
    return Setting(" ".join([words.name(), *(words.name() for _ in range(len(words.rest)))]))


def _set(words: Cursor) -> Setting:
    words.take("LOCAL") or (words.at("SESSION", "AUTHORIZATION") or words.take("SESSION"))
    if words.take("SESSION", "AUTHORIZATION"):
        name = "session_authorization"
    else:
        name = ".".join(words.dotted("a setting"))
        words.take("TO") or words.take("=")
    return Setting(name, [token.text for token in _rest(words) if token.text != ","])


def _transaction(word: Literal["BEGIN", "COMMIT", "ROLLBACK"]) -> Callable[[Cursor], Transaction]:
    def read(words: Cursor) -> Transaction:
        _rest(words)  # WORK, TRANSACTION, the level of isolation
        return Transaction(word)

    return read


def _rest(words: Cursor) -> list[Token]:
    return [words.next() for _ in range(len(words.rest))]


_BEGINNINGS: dict[str, Callable[[Cursor], Said]] = {
    "CREATE MODEL": create_model,
    "CREATE EXTERNAL MODEL": create_external_model,
    "EXPLAIN CREATE MODEL": _explain,
    "SHOW MODEL": _show_model,
    "DROP MODEL": _drop_model,
    "CALL REGISTER_ENDPOINT": _call,
    "GRANT": lambda words: grants.grant(words, gives=True),
    "REVOKE": lambda words: grants.grant(words, gives=False),
    "COPY": transfers.copy,
    "UNLOAD": transfers.unload,
    "BEGIN": _transaction("BEGIN"),
    "START TRANSACTION": _transaction("BEGIN"),
    "COMMIT": _transaction("COMMIT"),
    "END": _transaction("COMMIT"),
    "ROLLBACK": _transaction("ROLLBACK"),
    "ABORT": _transaction("ROLLBACK"),
    "SHOW": _show,
    "SET": _set,
}
