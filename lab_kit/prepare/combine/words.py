"""How numbers and lists are written in reports and messages."""

from collections.abc import Iterable

AT_MOST = 5
"""How many things a message lists."""


def counted(number: int, thing: str) -> str:
    """The number and the noun: "1 row", "3,000 rows"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def listed(things: Iterable[object], *, most: int = AT_MOST) -> str:
    """The first few, and how many more there are: "a, b and 3 more"."""
    texts = [str(thing) for thing in things]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def quoted(value: object) -> str:
    """A value as a person writes it: text in quotation marks, numbers without."""
    return f'"{value}"' if isinstance(value, str) else str(value)
