"""Values of parameters on their way to another process."""

import datetime
import decimal
from collections.abc import Callable, Mapping
from typing import Any

_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "decimal": (decimal.Decimal, str, decimal.Decimal),
    "datetime": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
}
"""By name: the type, how it is written, and how it is read."""


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them; those it lacks are written as {kind: text}."""
    return {name: _written(value) for name, value in values.items()}


def of_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that `as_json` wrote."""
    return {name: _read(value) for name, value in values.items()}


def _written(value: Any) -> Any:
    if hasattr(value, "item"):  # a number of NumPy's
        value = value.item()
    for name, (type, write, _) in _KINDS.items():
        if isinstance(value, type):
            return {name: write(value)}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        ((name, text),) = value.items()
        return _KINDS[name][2](text)
    return value
