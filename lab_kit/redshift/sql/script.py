"""A text cut into statements. A semicolon in a string, a name or a comment ends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.sql.dialect import Dialect


@dataclass(frozen=True)
class Source:
    """One statement as it was written."""

    text: str
    tokens: Sequence[Token]


def statements(script: str) -> list[Source]:
    """The statements of a script; empty ones are left out.

    Raises:
        ProgrammingError: A string, a name or a comment has no end.
    """
    try:
        tokens = Dialect().tokenize(script)
    except TokenError as error:
        raise ProgrammingError(
            "unterminated quoted string or comment",
            where=_end_of(script),
            next_step="close the quotes; a quote within a string is written twice",
        ) from error
    found: list[Source] = []
    current: list[Token] = []
    for token in [*tokens, Token(TokenType.SEMICOLON, ";")]:
        if token.token_type != TokenType.SEMICOLON:
            current.append(token)
        elif current:
            found.append(Source(script[current[0].start : current[-1].end + 1], current))
            current = []
    return found


def _end_of(script: str) -> str:
    return f"near {' '.join(script[-40:].split())!r}"
