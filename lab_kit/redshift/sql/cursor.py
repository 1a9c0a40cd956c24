"""Reading a statement word by word."""

from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from sqlglot.tokens import Token, TokenType

from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.sql.script import Source

Read = TypeVar("Read")


class Cursor:
    """A place in a statement's words.

    Args:
        source: The statement.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._tokens = source.tokens
        self._place = 0

    @property
    def rest(self) -> Sequence[Token]:
        """The words that are left."""
        return self._tokens[self._place :]

    def peek(self, ahead: int = 0) -> str:
        """A word to come in capitals, or empty at the end; a string or quoted name is none."""
        place = self._place + ahead
        if place >= len(self._tokens):
            return ""
        token = self._tokens[place]
        quoted = token.token_type in (TokenType.STRING, TokenType.IDENTIFIER)
        return "" if quoted else token.text.upper()

    def at(self, *words: str) -> bool:
        """Whether these words come next."""
        return all(self.peek(ahead) == word for ahead, word in enumerate(words))

    def take(self, *words: str) -> bool:
        """Go past these words if they come next; says whether they did."""
        if not self.at(*words):
            return False
        self._place += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Go past these words.

        Raises:
            ProgrammingError: Something else comes.
        """
        for word in words:
            if not self.take(word):
                self.refuse(f"{word} is expected")

    def one_of(self, *words: str) -> str:
        """Go past one of these words, and say which."""
        for word in words:
            if self.take(word):
                return word
        self.refuse(f"{' or '.join(words)} is expected")

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._place >= len(self._tokens)

    def end(self) -> None:
        """Make sure that nothing is left."""
        if not self.ended:
            self.refuse("the statement should end here")

    def next(self) -> Token:
        """Go past one word, whatever it is."""
        if self.ended:
            self.refuse("the statement goes on")
        self._place += 1
        return self._tokens[self._place - 1]

    def is_string(self) -> bool:
        """Whether a string comes next."""
        return not self.ended and self._tokens[self._place].token_type == TokenType.STRING

    def string(self, what: str) -> str:
        """Go past a string, and say what it holds."""
        if not self.is_string():
            self.refuse(f"{what} is expected, in single quotes")
        return self.next().text

    def number(self, what: str) -> int:
        """Go past a whole number."""
        if self.ended or not self.rest[0].text.isdigit():
            self.refuse(f"{what} is expected, a whole number")
        return int(self.next().text)

    def name(self, what: str = "a name") -> str:
        """Go past a name, and say it in small letters, as Redshift keeps it."""
        if self.ended or self.is_string() or not _is_name(self._tokens[self._place]):
            self.refuse(f"{what} is expected")
        return self.next().text.lower()

    def dotted(self, what: str = "a name") -> tuple[str, ...]:
        """Go past a name with what it is in: `schema.name`."""
        parts = [self.name(what)]
        while self.take("."):
            parts.append(self.name(what))
        return tuple(parts)

    def listed(self, read: Callable[[], Read]) -> list[Read]:
        """Go past one or more of something, with commas between."""
        found = [read()]
        while self.take(","):
            found.append(read())
        return found

    def bracketed(self) -> list[Token]:
        """Go past a pair of round brackets, and say what is between them."""
        self.expect("(")
        depth, inside = 1, []
        while depth:
            token = self.next()
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
            inside.append(token)
        return inside[:-1]

    def text_of(self, tokens: Sequence[Token]) -> str:
        """Words as they were written."""
        if not tokens:
            return ""
        begin = self._tokens[0].start
        return self.source.text[tokens[0].start - begin : tokens[-1].end + 1 - begin]

    def refuse(self, why: str) -> NoReturn:
        """Say that the statement is wrong here.

        Raises:
            ProgrammingError: Always.
        """
        raise syntax_error(self._tokens[self._place] if not self.ended else None, why)


def syntax_error(token: Token | None, why: str) -> ProgrammingError:
    """Redshift's words for a statement that is not SQL."""
    if token is None:
        return ProgrammingError("syntax error at end of input", next_step=why)
    return ProgrammingError(
        f'syntax error at or near "{token.text}"',
        where=f"line {token.line}, column {token.col}",
        next_step=why,
    )


def _is_name(token: Token) -> bool:
    return token.token_type == TokenType.IDENTIFIER or token.text.replace("_", "a").isalnum()
