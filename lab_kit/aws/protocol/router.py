"""Which service a request is for, and what it says when none is."""

from collections.abc import Callable, Mapping, Sequence

from botocore.model import OperationModel

from lab_kit.aws.errors import ServiceError, not_served
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.service import Service
from lab_kit.aws.protocol.wire import Answer, error_answer, json_answer, read_json

Handler = Callable[[Request], Answer]
MOST_BYTES = 10 * 2**20
"""Of a request, but for S3's."""


class Router:
    """Many services behind one address.

    Services share signing names (all three of Personalize sign as `personalize`), so a request
    goes by its X-Amz-Target, or else by signing name, method and path.

    Args:
        services: Those that speak JSON.
        handlers: Those that read requests themselves, by signing name.
    """

    def __init__(self, services: Sequence[Service], handlers: Mapping[str, Handler]) -> None:
        self._handlers = dict(handlers)
        self._by_target: dict[str, Service] = {}
        self._by_path: dict[tuple[str, str, str], tuple[Service, OperationModel]] = {}
        for service in services:
            if prefix := service.model.metadata.get("targetPrefix"):
                self._by_target[prefix] = service
                continue
            for name in service.model.operation_names:
                operation = service.model.operation_model(name)
                place = (
                    service.model.signing_name,
                    operation.http["method"],
                    operation.http["requestUri"],
                )
                self._by_path[place] = (service, operation)

    def __call__(self, request: Request) -> Answer:
        """The answer to a request; errors are answers, too."""
        try:
            return self._answer(request)
        except ServiceError as error:
            return error_answer(error, request.protocol)

    def _answer(self, request: Request) -> Answer:
        if request.length > MOST_BYTES and not (request.scope and request.scope.service == "s3"):
            raise ServiceError(
                "RequestEntityTooLarge", f"A request has at most {MOST_BYTES} bytes.", status=413
            )
        prefix, _, name = request.header("X-Amz-Target").partition(".")
        service = self._by_target.get(prefix)
        if service is not None:
            return self._in_json(service, lambda: service.operation(name), request)
        signed_for = request.scope.service if request.scope else ""
        found = self._by_path.get((signed_for, request.method, request.path))
        if found is not None:
            return self._in_json(found[0], lambda: found[1], request)
        handler = self._handlers.get(signed_for)
        if handler is None or request.protocol in ("rest-xml", "json"):
            raise not_served(f"{request.header('X-Amz-Target') or signed_for or 'This service'}")
        return handler(request)

    def _in_json(
        self, service: Service, operation: Callable[[], OperationModel], request: Request
    ) -> Answer:
        region = request.scope.region if request.scope else ""
        try:
            given = read_json(request.body)
            return json_answer(service.answer(operation(), given, region))
        except ServiceError as error:
            return error_answer(error, request.protocol, service.status_of(error))
