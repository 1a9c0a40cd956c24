"""The words, values and signs of a filter expression."""

import re
from dataclasses import dataclass

from lab_kit.personalize.filters.syntax import FilterError

END = "end"
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?!\w))
    |(?P<parameter>\$[A-Za-z0-9_]+)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign><=|>=|!=|[<>=(),.|])""",
    re.VERBOSE,
)
_CURLY = "“”„‘’«»"


@dataclass(frozen=True)
class Token:
    """One of them."""

    kind: str
    """text, number, parameter, word, sign, or end."""
    text: str
    """As it is written."""
    place: int
    """The character it begins at, from 0."""


def tokens(text: str) -> list[Token]:
    """All tokens of an expression, and one of kind end.

    Raises:
        FilterError: There is something that belongs to none.
    """
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise FilterError(_complaint(text, place), text, place)
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(Token(kind, match[0], place))
        place = match.end()
    return [*found, Token(END, "", len(text))]


def _complaint(text: str, place: int) -> str:
    sign = text[place]
    if sign in _CURLY:
        return f"Invalid input symbol {sign}: use straight quotes, \" or '"
    if sign in "\"'":
        return f"Invalid input symbol {sign}: a quote that is not closed"
    if sign == "$":
        return "Invalid input symbol $: the name of a parameter has to follow, such as $GENRE"
    if sign == "*":
        return 'Invalid input symbol *: write "*", in quotes'
    return f"Invalid input symbol {sign}"
