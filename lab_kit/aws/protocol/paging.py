"""Page tokens: what a caller hands back to go on with a list.

A service knows positions: numbers that grow along a list and stay when others go. A caller sees
tokens, which hold only for the operation and the filters they were made for.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.protocol.models import paginators

DEFAULT_LIMIT = 100
"""How many a page holds unless the caller asks for fewer."""


@dataclass(frozen=True)
class Paging:
    """The members with which an operation pages."""

    token_in: str
    token_out: str
    limit: str

    def opened(self, operation: str, request: dict[str, Any], *, invalid: str) -> dict[str, Any]:
        """The request with a position for its token (0 at the start) and a limit.

        Args:
            operation: Its name.
            request: The checked request.
            invalid: The service's code for a token that is not one of its own.

        Raises:
            ServiceError: Such a token.
        """
        position = 0
        if (token := request.get(self.token_in)) is not None:
            try:
                mark, position = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
                if mark != self._mark(operation, request) or not isinstance(position, int):
                    raise ValueError("not of this list")
            except (ValueError, TypeError, binascii.Error):
                raise ServiceError(
                    invalid, "The next token is not one this list has given"
                ) from None
        return {
            **request,
            self.token_in: position,
            self.limit: request.get(self.limit, DEFAULT_LIMIT),
        }

    def sealed(self, operation: str, request: Mapping[str, Any], answer: dict[str, Any]) -> None:
        """Turn the position in an answer, if there is one, into a token."""
        position = answer.get(self.token_out)
        if position is not None:
            text = json.dumps([self._mark(operation, request), position])
            answer[self.token_out] = base64.urlsafe_b64encode(text.encode("ascii")).decode("ascii")

    def _mark(self, operation: str, request: Mapping[str, Any]) -> str:
        filters = {
            name: value
            for name, value in request.items()
            if name not in (self.token_in, self.limit)
        }
        text = json.dumps([operation, filters], sort_keys=True)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def paging_of(operation: OperationModel) -> Paging | None:
    """How an operation pages, or None where it does not.

    botocore has no paginator for a few lists that page like all others; their members tell.
    """
    described = paginators(operation.service_model.service_name).get(operation.name)
    if described and isinstance(described["output_token"], str) and "limit_key" in described:
        return Paging(described["input_token"], described["output_token"], described["limit_key"])
    members = operation.input_shape.members if operation.input_shape else {}
    for token, limit in (("nextToken", "maxResults"), ("NextToken", "MaxResults")):
        if token in members and limit in members:
            return Paging(token, token, limit)
    return None
