"""TO_CHAR of numbers.

Source: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_formating.html.
"""

import re

from sqlglot import exp

from lab_kit.redshift.errors import NotSupportedError
from lab_kit.redshift.sql.build import call, cast, joined, number, text

_FORM = re.compile(
    r"(?P<fm>FM)?(?P<before>SG|PL|S|MI)?(?P<currency>\$|L)?(?P<whole>[90,G]*)"
    r"(?P<point>[.D](?P<decimals>[90]*))?(?P<after>SG|PL|S|MI|PR)?",
    re.IGNORECASE,
)


def is_number_format(format: str) -> bool:
    """Whether a format is one of numbers: every one has a 9 or a 0."""
    return bool(re.search("[90]", format)) and _FORM.fullmatch(format) is not None


def to_char(of: exp.Expr, format: str) -> exp.Expr:
    """The text of a number.

    Args:
        of: The number.
        format: As Redshift writes it: '999,999.99', 'FM0000', '$9,999.99', '999D99S'.

    Raises:
        NotSupportedError: It asks for more than digits, groups, a point, a sign and a currency.
    """
    found = _FORM.fullmatch(format)
    if found is None:
        raise NotSupportedError(
            f'the format "{format}" is not known here',
            next_step="use 9, 0, a comma, a point, S, MI, PR, $ and FM",
        )
    whole, decimals = found["whole"].upper(), found["decimals"] or ""
    digits = re.sub("[,G]", "", whole)
    grouped = len(digits) != len(whole)
    shortest = len(digits) - digits.index("0") if "0" in digits else 0
    sign = (found["before"] or found["after"] or "").upper()
    size = exp.Abs(this=call("round", cast(of.copy(), "DECIMAL(38,10)"), number(len(decimals))))
    body = _body(size, grouped, shortest, len(decimals), bool(found["point"]))
    if found["fm"] and decimals:
        body = call("regexp_replace", body, text(r"(\.\d*?)0+$"), text(r"\1"))
    width = len(whole) + (1 + len(decimals) if found["point"] else 0)
    most = number("1" + "0" * len(digits))
    fits = exp.LT(this=size.copy(), expression=most)
    hashes = re.sub("[^,.]", "#", format.upper().replace("G", ",").replace("D", "."))[-width:]
    body = exp.Case().when(fits, body).else_(text(hashes))
    if found["currency"]:
        body = joined([text("$"), body])
        width += 1
    return _signed(of, body, sign, after=bool(found["after"]), width=0 if found["fm"] else width)


def _body(size: exp.Expr, grouped: bool, shortest: int, decimals: int, point: bool) -> exp.Expr:
    """The digits, without a sign."""
    form = f"{{:,.{decimals}f}}" if grouped else f"{{:.{decimals}f}}"
    digits: exp.Expr = call("format", text(form), cast(size.copy(), "DOUBLE"))
    if shortest == 0 and decimals:  # no zero before the point unless it is asked for
        digits = call("regexp_replace", digits, text(r"^0\."), text("."))
    elif shortest > 1:
        digits = _filled(digits, shortest + (1 + decimals if decimals else 0), "0")
    return joined([digits, text(".")]) if point and not decimals else digits


def _filled(value: exp.Expr, to: int, by: str = " ") -> exp.Expr:
    """A text filled up from the left, and never cut."""
    size = call("greatest", number(to), call("length", value.copy()))
    return call("lpad", value, cast(size, "INTEGER"), text(by))


def _signed(of: exp.Expr, body: exp.Expr, sign: str, *, after: bool, width: int) -> exp.Expr:
    negative = exp.LT(this=cast(of.copy(), "DOUBLE"), expression=number(0))

    def either(minus: str, plus: str) -> exp.Expr:
        return exp.Case().when(negative.copy(), text(minus)).else_(text(plus))

    blank = " " if width else ""
    if sign == "PR":
        return joined([either("<", blank), _filled(body, width), either(">", blank)])
    if sign in ("S", "SG", "MI") and after:
        return joined([_filled(body, width), either("-", "+" if sign != "MI" else blank)])
    if sign in ("S", "SG"):
        return _filled(joined([either("-", "+"), body]), width + 1 if width else 0)
    return _filled(joined([either("-", ""), body]), width + 1 if width else 0)
