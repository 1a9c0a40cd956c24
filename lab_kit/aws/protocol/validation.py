"""A request against the model of its operation, and the words AWS has for what is wrong.

botocore checks some of this before it sends; AWS checks all of it, and so does this.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from botocore.model import Shape

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.protocol.patterns import compiled

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
    "blob": (str,),
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
}
_JAVA_NAMES = {
    str: "STRING_VALUE",
    bool: "TRUE_VALUE",
    int: "NUMBER_VALUE",
    float: "DECIMAL_VALUE",
    list: "START_ARRAY",
    dict: "START_OBJECT",
}


def checked(shape: Shape | None, given: Any, *, invalid: str) -> dict[str, Any]:
    """The members of a request that the model knows, blobs decoded; null counts as absent.

    Args:
        shape: The input of the operation; None where it takes none.
        given: What came in, read from JSON.
        invalid: The service's code for a value that is not allowed: "InvalidInputException".

    Raises:
        ServiceError: A value of the wrong type (SerializationException), or values that are missing
            or not allowed: all of them, in one message.
    """
    if shape is None:
        return {}
    value: dict[str, Any] = _converted(shape, given, "")
    wrong = list(_violations(shape, value, ""))
    if wrong:
        count = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected: "
        raise ServiceError(invalid, count + "; ".join(wrong))
    return value


def _converted(shape: Shape, value: Any, path: str) -> Any:
    kind = shape.type_name
    fits = isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if not fits:
        found = _JAVA_NAMES.get(type(value), "NULL_VALUE")
        raise ServiceError(
            "SerializationException",
            f"{found} can not be converted to {kind.capitalize()}"
            + (f" (at '{path}')" if path else ""),
        )
    if kind == "structure":
        return {
            name: _converted(member, value[name], _join(path, name))
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if kind == "map":
        return {
            key: _converted(shape.value, each, _join(path, key))
            for key, each in value.items()
            if each is not None
        }
    if kind == "list":
        return [
            _converted(shape.member, each, f"{path}.{place}.member")
            for place, each in enumerate(value, 1)
        ]
    if kind == "blob":
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error:
            raise ServiceError("SerializationException", f"'{path}' is not base64") from None
    return value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    yield from _own_violations(shape, value, path)
    if kind == "structure":
        for name in shape.required_members:
            if name not in value:
                yield _sentence(None, _join(path, name), "Member must not be null")
        for name, each in value.items():
            yield from _violations(shape.members[name], each, _join(path, name))
    elif kind == "map":
        for key, each in value.items():
            yield from _own_violations(shape.key, key, _join(path, key))
            yield from _violations(shape.value, each, _join(path, key))
    elif kind == "list":
        for place, each in enumerate(value, 1):
            yield from _violations(shape.member, each, f"{path}.{place}.member")


def _own_violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    limits, kind = shape.metadata, shape.type_name
    if kind in ("integer", "long", "float", "double"):
        size, what = value, "value"
    elif kind in ("string", "blob", "list", "map"):
        size, what = len(value), "length"
    else:
        return
    if "min" in limits and size < limits["min"]:
        rule = f"Member must have {what} greater than or equal to {limits['min']}"
        yield _sentence(value, path, rule)
    if "max" in limits and size > limits["max"]:
        rule = f"Member must have {what} less than or equal to {limits['max']}"
        yield _sentence(value, path, rule)
    if "enum" in limits and value not in limits["enum"]:
        rule = f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]"
        yield _sentence(value, path, rule)
    if "pattern" in limits and not compiled(limits["pattern"]).fullmatch(value):
        rule = f"Member must satisfy regular expression pattern: {limits['pattern']}"
        yield _sentence(value, path, rule)


def _sentence(value: Any, path: str, rule: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {rule}"
