"""An answer cut to the shape of its operation's output.

So that a service may return its whole record everywhere: DescribeX shows more of it than ListXs.
"""

import base64
from datetime import datetime
from typing import Any

from botocore.model import Shape


def projected(shape: Shape | None, value: Any) -> Any:
    """The members of `value` that the shape has, as JSON has them; None is left out.

    Times, as `datetime` or seconds since 1970, become seconds; bytes become base64.
    """
    if shape is None:
        return {}
    kind = shape.type_name
    if kind == "structure":
        return {
            name: projected(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if kind == "map":
        return {key: projected(shape.value, each) for key, each in value.items()}
    if kind == "list":
        return [projected(shape.member, each) for each in value]
    if kind == "timestamp":
        seconds = value.timestamp() if isinstance(value, datetime) else value
        return round(seconds, 3)  # as AWS: milliseconds
    if kind == "blob":
        return base64.b64encode(value).decode("ascii")
    return value
