"""The properties of a record: JSON in a string, keys in camelCase, held against a schema.

Source: https://docs.aws.amazon.com/personalize/latest/dg/importing-items.html: the key of a field
is its name in camelCase, numRatings for NUM_RATINGS.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from lab_kit.personalize import refusals
from lab_kit.personalize.filters.rules import NUMBERS, type_of

LONGEST = {"textual": 20_000, "categorical": 1_000}
"""Characters of text and of categories (https://docs.aws.amazon.com/personalize/latest/dg/limits.html)."""


def read_properties(text: str | None, fields: Mapping[str, Mapping[str, Any]], where: str) -> dict[
    str, Any
]:  # fmt: skip
    """Values by the names of the schema's fields.

    Args:
        text: A JSON object; None: nothing.
        fields: Avro fields by name.
        where: What the properties are of, for an error: "items[0]".

    Raises:
        ServiceError: The text is no JSON object, has a key that is no field, or a value of another
            type than its field.
    """
    try:
        given = json.loads(text) if text else {}
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise refusals.invalid(f"The properties of {where} are no JSON object.")
    named = {_plain(name): name for name in fields}
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = named.get(_plain(key))
        if name is None:
            raise refusals.invalid(
                f"The properties of {where} have a key that is no field of the schema: {key} "
                f"(fields: {', '.join(map(camel, fields))})"
            )
        values[name] = checked(value, fields[name], f"{key} of {where}")
    return values


def checked(value: Any, field: Mapping[str, Any], where: str) -> Any:
    """A value as its field holds it; numbers may come as text, as in AWS's examples.

    Raises:
        ServiceError: It is of another type.
    """
    kind = type_of(field)
    if value is None:
        declared = field["type"]
        if "null" not in (declared if isinstance(declared, list) else [declared]):
            raise refusals.invalid(f"{where} is null, and the field is not nullable.")
        return None
    if kind in NUMBERS:
        return _number(value, kind, where)
    if kind == "boolean":
        if value in (True, "true", False, "false"):
            return value in (True, "true")
        raise refusals.invalid(f"{where} has to be true or false.")
    if not isinstance(value, str):
        raise refusals.invalid(f"{where} has to be text.")
    for mark, most in LONGEST.items():
        if field.get(mark) and len(value) > most:
            raise refusals.invalid(f"{where} has {len(value):,} characters, {most:,} at most.")
    return value


def camel(name: str) -> str:
    """NUM_RATINGS as a key of properties: numRatings."""
    first, *others = name.lower().split("_")
    return first + "".join(each.capitalize() for each in others)


def _number(value: Any, kind: str, where: str) -> float | int:
    wrong = refusals.invalid(f"{where} has to be a number of type {kind}, not {value!r}.")
    if isinstance(value, bool):
        raise wrong
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise wrong from None
    if not math.isfinite(number):
        raise wrong
    if kind in ("float", "double"):
        return number
    if number != int(number):
        raise wrong
    return value if isinstance(value, int) else int(number)


def _plain(name: str) -> str:
    return "".join(each for each in name.lower() if each.isalnum())
