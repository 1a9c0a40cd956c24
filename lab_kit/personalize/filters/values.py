"""What a request gives for the parameters of a filter."""

import math
import re
from collections.abc import Mapping

from lab_kit.personalize.filters.syntax import (
    Clause,
    Condition,
    Expression,
    FilterError,
    Parameter,
)

_VALUE = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([-+.\deE]+))\s*""")

Values = Mapping[str, tuple[str, ...]]
"""For each parameter that is given, its values; numbers as they are written."""


def read_values(given: Mapping[str, str], expression: Expression) -> Values:
    r"""Read `filterValues`: {"GENRE": "\"drama\",\"comedy\"", "YEAR": "1980"}.

    Raises:
        FilterError: One cannot be read, is for no parameter of the expression, or an INCLUDE has a
            parameter that is not given. An EXCLUDE that has one does not apply.
    """
    known = expression.parameters
    for name in given:
        if name not in known:
            there = ", ".join(f"${each}" for each in known) or "none"
            raise FilterError(
                f"The filter has no parameter ${name} (it has: {there})", expression.text, 0
            )
    values = {name: _read(name, text) for name, text in given.items()}
    for condition in expression.conditions:
        _check_single(condition, values, expression)
    for clause in expression.clauses:
        for lost in missing(clause, values):
            if clause.includes:
                raise FilterError(
                    f"filterValues has to give a value for ${lost.name}",
                    expression.text,
                    lost.place,
                )
    return values


def missing(clause: Clause, values: Values) -> list[Parameter]:
    """The parameters of a clause that are not given."""
    return [
        each for each in clause.operands if isinstance(each, Parameter) and each.name not in values
    ]


def _check_single(condition: Condition, values: Values, expression: Expression) -> None:
    """Only IN takes several values, and less and greater take numbers."""
    if condition.operator.endswith("IN"):
        return
    for operand in condition.operands:
        if not isinstance(operand, Parameter) or operand.name not in values:
            continue
        given = values[operand.name]
        if len(given) > 1:
            what = f"{condition.operator} takes one value, and ${operand.name} has {len(given)}"
            raise FilterError(what, expression.text, operand.place)
        if condition.operator not in ("=", "!=") and number_of(given[0]) is None:
            what = f"{condition.operator} takes a number, and ${operand.name} is {given[0]}"
            raise FilterError(what, expression.text, operand.place)


def number_of(text: str) -> float | None:
    """The number a text is; None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _read(name: str, text: str) -> tuple[str, ...]:
    found: list[str] = []
    place = 0
    while True:
        match = _VALUE.match(text, place)
        if match is None or (match[3] is not None and number_of(match[3]) is None):
            raise FilterError(
                f'filterValues of {name}: a number, or text in quotes such as \\"drama\\", was '
                "expected",
                text,
                place,
            )
        found.append(next(each for each in match.groups() if each is not None))
        place = match.end()
        if place == len(text):
            return tuple(found)
        if text[place] != ",":
            raise FilterError(f"filterValues of {name}: a comma was expected", text, place)
        place += 1
