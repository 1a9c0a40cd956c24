"""Who is let in: programs of this machine that know the access key, and nobody else.

A web page can reach 127.0.0.1, too. It cannot leave out Origin, nor send another Host than the name
it was loaded for, and it does not know the key.
"""

import hmac
from collections.abc import Callable

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.wire import Answer, error_answer


class Guard:
    """Stands before the services.

    Args:
        port: Where the server listens.
        access_key: The key of the local cloud's owner.
        knows: Whether another key was given out by IAM or STS.
    """

    def __init__(self, port: int, access_key: str, knows: Callable[[str], bool]) -> None:
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._access_key = access_key
        self._knows = knows

    def refusal(self, request: Request) -> Answer | None:
        """What a request that is not let in is told; None for one that is."""
        error = self._foreign(request) or self._unsigned(request)
        return None if error is None else error_answer(error, request.protocol)

    def is_owner(self, access_key: str) -> bool:
        """Whether this is the owner's key."""
        return hmac.compare_digest(access_key.encode("utf-8"), self._access_key.encode("utf-8"))

    def foreign(self, request: Request) -> Answer | None:
        """What a request that comes from a web page is told; None for others."""
        error = self._foreign(request)
        return None if error is None else error_answer(error, request.protocol)

    def _foreign(self, request: Request) -> ServiceError | None:
        if request.header("Host") not in self._hosts or "HTTP_ORIGIN" in request.environ:
            return ServiceError(
                "AccessDenied", "The local cloud answers programs of this machine only.", 403
            )
        return None

    def _unsigned(self, request: Request) -> ServiceError | None:
        scope, protocol = request.scope, request.protocol
        if scope is None:
            code = "AccessDenied" if protocol == "s3" else "MissingAuthenticationTokenException"
            return ServiceError(code, "The request is not signed.", 403)
        if self.is_owner(scope.access_key) or self._knows(scope.access_key):
            return None
        if protocol == "s3":
            return ServiceError(
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
                403,
            )
        code = {
            "query": "InvalidClientTokenId",
            "rest-xml": "InvalidClientTokenId",
            "ec2": "AuthFailure",
        }.get(protocol, "UnrecognizedClientException")
        status = 400 if protocol == "json" else 403
        return ServiceError(code, "The security token included in the request is invalid.", status)
