"""A service: a plain object that answers, and the model that says what may be asked."""

from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.model import OperationModel

from lab_kit.aws.errors import ServiceError, not_served
from lab_kit.aws.protocol.models import error_status, service_model
from lab_kit.aws.protocol.output import projected
from lab_kit.aws.protocol.paging import paging_of
from lab_kit.aws.protocol.validation import checked


@dataclass(frozen=True)
class Call:
    """What a method may want to know besides its request."""

    operation: str
    region: str


class Service:
    """One service of AWS, answered here.

    Args:
        name: botocore's name of it.
        methods: An object with a method for each operation it serves, named as boto3 names it
            (`create_schema`), that takes the checked request and the `Call` and returns the
            answer as a dict, or None for an empty one. For a list that pages, the token in both
            is a position (see `paging`). It refuses by raising `ServiceError`.
        invalid: The code for a request that breaks a rule of the model.
        invalid_token: The code for a page token that is not one of its own.
    """

    def __init__(
        self,
        name: str,
        methods: object,
        *,
        invalid: str = "ValidationException",
        invalid_token: str = "InvalidNextTokenException",
    ) -> None:
        self.name = name
        self.model = service_model(name)
        self._methods = methods
        self._invalid = invalid
        self._invalid_token = invalid_token

    def operation(self, name: str) -> OperationModel:
        """The model of an operation.

        Raises:
            ServiceError: The service has none of that name.
        """
        if name not in self.model.operation_names:
            raise ServiceError(
                "UnknownOperationException", f"There is no operation {name}", status=404
            )
        return self.model.operation_model(name)

    def answer(self, operation: OperationModel, given: Any, region: str) -> dict[str, Any]:
        """Check a request, have it answered, and cut the answer to its shape.

        Args:
            operation: Its model.
            given: The request as it was read from JSON.
            region: Where the caller is.

        Raises:
            ServiceError: The request is wrong, is refused, or is for an operation not served here.
        """
        method = getattr(self._methods, xform_name(operation.name), None)
        if method is None:
            raise not_served(f"{operation.name} of {self.name}")
        request = checked(operation.input_shape, given, invalid=self._invalid)
        paging = paging_of(operation)
        if paging is not None:
            request = paging.opened(operation.name, request, invalid=self._invalid_token)
        try:
            answer = dict(method(request, Call(operation.name, region)) or {})
        except ServiceError as error:
            raise self._as_modelled(operation, error) from error
        if paging is not None:
            paging.sealed(operation.name, request, answer)
        shaped: dict[str, Any] = projected(operation.output_shape, answer)
        return shaped

    def _as_modelled(self, operation: OperationModel, error: ServiceError) -> ServiceError:
        """The error, under the general code where the operation does not know its own."""
        known = {shape.name for shape in operation.error_shapes}
        of_service = {shape.name for shape in self.model.error_shapes}
        if error.code in of_service - known:
            return ServiceError(self._invalid, error.message, error.status)
        return error

    def status_of(self, error: ServiceError) -> int:
        """The HTTP status of an error."""
        return error.status or error_status(self.model, error.code)
