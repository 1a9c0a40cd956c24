"""Reading what DuckDB will execute: sqlglot's tree of a statement."""

from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.errors import ParseError
from sqlglot.tokens import Token, TokenType

from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.sql.cursor import syntax_error
from lab_kit.redshift.sql.dialect import Dialect


def read_query(tokens: Sequence[Token]) -> exp.Expr:
    """The tree of one statement, its names in small letters, as Redshift keeps them.

    Raises:
        ProgrammingError: It is not SQL.
    """
    kept = list(_without_layout(tokens)) if _creates_table(tokens) else list(tokens)
    dialect = Dialect()
    try:
        (tree,) = dialect.parser().parse(kept, "")
    except ParseError as error:
        raise _refusal(tokens, error) from error
    if tree is None or isinstance(tree, exp.Command):
        raise syntax_error(tokens[0], "this is no statement of Redshift that is known here")
    for name in tree.find_all(exp.Identifier):
        name.set("this", name.this.lower())
    return tree


def _creates_table(tokens: Sequence[Token]) -> bool:
    words = [token.text.upper() for token in tokens[:5]]
    return words[:1] == ["CREATE"] and "TABLE" in words


def _without_layout(tokens: Sequence[Token]) -> Iterator[Token]:
    """The words of CREATE TABLE but for those that lay it out over the nodes of a cluster.

    Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html.
    """
    place, depth = 0, 0
    while place < len(tokens):
        token = tokens[place]
        word = "" if token.token_type == TokenType.IDENTIFIER else token.text.upper()
        if word == "AS" and depth == 0:
            yield from tokens[place:]
            return
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word in ("ENCODE", "DISTSTYLE", "BACKUP") and depth <= 1:
            place += 2
        elif word in ("COMPOUND", "INTERLEAVED"):
            place += 1
        elif word in ("DISTKEY", "SORTKEY") and depth <= 1:
            place += 1
            following = tokens[place].text.upper() if place < len(tokens) else ""
            if following == "AUTO":
                place += 1
            elif following == "(":
                while tokens[place].text != ")":
                    place += 1
                place += 1
        else:
            yield token
            place += 1


def _refusal(tokens: Sequence[Token], error: ParseError) -> ProgrammingError:
    said = error.errors[0] if error.errors else {}
    near = str(said.get("highlight") or "")
    for token in tokens:
        if token.line == said.get("line") and token.col == said.get("col"):
            return syntax_error(token, _next_step(said))
    if not near:
        return syntax_error(None, _next_step(said))
    return ProgrammingError(f'syntax error at or near "{near}"', next_step=_next_step(said))


def _next_step(said: dict[str, str]) -> str:
    why = str(said.get("description") or "look at the statement").rstrip(".").replace("\n", " ")
    why = why.partition(" but got <Token")[0].removesuffix(" / Unexpected token")
    return why[:1].lower() + why[1:]
