"""What botocore knows of a service: operations, shapes, errors, pages."""

from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

_LOADER = Loader()  # of its own: the user's ~/.aws/models stay out
_LOADER.search_paths[:] = [Loader.BUILTIN_DATA_PATH]


@cache
def service_model(name: str) -> ServiceModel:
    """The model of a service by botocore's name of it: "personalize-runtime".

    Raises:
        botocore.exceptions.UnknownServiceError: There is no such service.
    """
    return ServiceModel(_LOADER.load_service_model(name, "service-2"), name)


@cache
def paginators(name: str) -> dict[str, dict[str, Any]]:
    """How the lists of a service are paged: for each operation, its token and limit members."""
    described: dict[str, dict[str, Any]] = _LOADER.load_service_model(name, "paginators-1")
    return described["pagination"]


def exists(name: str) -> bool:
    """Whether botocore has a service of that name."""
    return name in _LOADER.list_available_services("service-2")


def error_status(service: ServiceModel, code: str) -> int:
    """The HTTP status of an error; 400 where the model gives none."""
    for shape in service.error_shapes:
        if shape.metadata.get("error", {}).get("code", shape.name) == code:
            return int(shape.metadata.get("error", {}).get("httpStatusCode", 400))
    return 400
