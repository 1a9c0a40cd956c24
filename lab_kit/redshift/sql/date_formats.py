"""TO_CHAR of dates and times.

Source: https://docs.aws.amazon.com/redshift/latest/dg/r_FORMAT_strings.html; where that is silent,
PostgreSQL's own rules, which Redshift has: https://www.postgresql.org/docs/8.0/functions-formatting.html.
"""

from collections.abc import Callable

from sqlglot import exp

from lab_kit.redshift.sql.build import call, cast, joined, number, text

_Part = Callable[[exp.Expr], exp.Expr]


def _time(code: str) -> _Part:
    return lambda of: call("strftime", cast(of.copy(), "TIMESTAMP"), text(code))


def _of(function: str, *, add: int = 0, by: int = 1, width: int = 1) -> _Part:
    """A part of a date as digits: (part + add) / by + what rounding down takes away."""

    def part(of: exp.Expr) -> exp.Expr:
        value: exp.Expr = call(function, cast(of.copy(), "TIMESTAMP"))
        if by != 1:
            value = exp.Add(
                this=exp.IntDiv(
                    this=exp.Paren(this=exp.Sub(this=value, expression=number(1))),
                    expression=number(by),
                ),
                expression=number(1),
            )
        elif add:
            value = exp.Paren(this=exp.Add(this=value, expression=number(add)))
        return call("lpad", cast(value, "VARCHAR"), number(width), text("0"))

    return part


def _right(digits: int) -> _Part:
    return lambda of: call("right", _time("%Y")(of), number(digits))


_DIGITS: dict[str, _Part] = {
    "YYYY": _time("%Y"),
    "YYY": _right(3),
    "YY": _right(2),
    "Y": _right(1),
    "IYYY": _time("%G"),
    "CC": _of("century", width=2),
    "Q": _of("quarter"),
    "MM": _time("%m"),
    "WW": _of("dayofyear", by=7, width=2),
    "W": _of("day", by=7),
    "IW": _time("%V"),
    "DDD": _time("%j"),
    "DD": _time("%d"),
    "D": _of("dayofweek", add=1),
    "ID": _of("isodow"),
    "J": _of("julian"),
    "HH24": _time("%H"),
    "HH12": _time("%I"),
    "HH": _time("%I"),
    "MI": _time("%M"),
    "SS": _time("%S"),
    "MS": _time("%g"),
    "US": _time("%f"),
}
_NAMES: dict[str, tuple[str, int]] = {
    "MONTH": ("%B", 9),
    "MON": ("%b", 0),
    "DAY": ("%A", 9),
    "DY": ("%a", 0),
    "AM": ("%p", 0),
    "PM": ("%p", 0),
}
"""Code, and the width that names are filled up to with blanks."""
_LONGEST_FIRST = sorted([*_DIGITS, *_NAMES], key=lambda each: (-len(each), each))


def to_char(of: exp.Expr, format: str) -> exp.Expr:
    """The text of a date or time.

    Args:
        of: The date or time.
        format: As Redshift writes it: 'YYYY-MM-DD HH24:MI:SS', 'Day', 'FMMonth DDth'.
    """
    parts: list[exp.Expr] = []
    filled = True
    place = 0
    while place < len(format):
        rest = format[place:]
        word = next((each for each in _LONGEST_FIRST if rest.upper().startswith(each)), None)
        if rest.upper().startswith("FM"):
            filled = not filled
            place += 2
        elif rest[0] == '"':
            end = format.find('"', place + 1)
            end = len(format) if end < 0 else end
            parts.append(text(format[place + 1 : end]))
            place = end + 1
        elif word is None:
            parts.append(text(rest[0]))
            place += 1
        else:
            part = _part(of, word, rest[: len(word)], filled=filled)
            place += len(word)
            suffix = format[place : place + 2]
            if word in _DIGITS and suffix.upper() == "TH":
                part = joined([part, _ordinal(part, upper=suffix.isupper())])
                place += 2
            parts.append(part)
    return joined(parts or [text("")])


def _part(of: exp.Expr, word: str, written: str, *, filled: bool) -> exp.Expr:
    if word in _DIGITS:
        value = _DIGITS[word](of)
        return value if filled else _without_zeros(value)
    code, width = _NAMES[word]
    name = _time(code)(of)
    if written.isupper():
        name = call("upper", name)
    elif written.islower():
        name = call("lower", name)
    return call("rpad", name, number(width), text(" ")) if width and filled else name


def _without_zeros(digits: exp.Expr) -> exp.Expr:
    bare = exp.Nullif(this=call("ltrim", digits, text("0")), expression=text(""))
    return exp.Case().when(exp.Is(this=bare, expression=exp.Null()), text("0")).else_(bare.copy())


def _ordinal(digits: exp.Expr, *, upper: bool) -> exp.Expr:
    """st, nd, rd or th."""
    value = cast(digits.copy(), "BIGINT")
    last, last_two = (exp.Mod(this=value.copy(), expression=number(base)) for base in (10, 100))
    case = exp.Case().when(exp.Between(this=last_two, low=number(11), high=number(13)), text("th"))
    for digit, ending in ((1, "st"), (2, "nd"), (3, "rd")):
        case = case.when(exp.EQ(this=last.copy(), expression=number(digit)), text(ending))
    case = case.else_(text("th"))
    return call("upper", case) if upper else case
