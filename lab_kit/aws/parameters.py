"""The Parameter Store of Systems Manager: the few calls that workshops make.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html.
"""

from typing import Any

from lab_kit.aws.account import arn
from lab_kit.aws.errors import ServiceError
from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Call
from lab_kit.aws.registry import Resource

KIND = "Parameter"
MOST_PER_PAGE = 10
"""GetParametersByPath gives no more at a time."""
_MOST_CHARACTERS = 4096
"""Of a value, in the standard tier."""


class Parameters:
    """The operations of `ssm` that are served.

    Args:
        ground: What the local cloud stands on.
    """

    def __init__(self, ground: Ground) -> None:
        self._registry = ground.registry

    def put_parameter(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Create a parameter, or give it another value."""
        name, value = request["Name"], request["Value"]
        if not value or len(value) > _MOST_CHARACTERS:
            raise ServiceError(
                "ValidationException",
                f"A parameter's value has 1 to {_MOST_CHARACTERS} characters, not {len(value)}.",
            )
        if name.lower().startswith(("aws", "ssm", "/aws", "/ssm")):
            raise ServiceError(
                "ValidationException",
                'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
            )
        with self._registry.transaction():
            there = self._find(name, call)
            if there is None:
                if "Type" not in request:
                    raise ServiceError(
                        "ValidationException",
                        "A parameter type is required when you create a parameter.",
                    )
                record = {"Type": request["Type"], "Value": value, "Version": 1}
                record |= {"DataType": request.get("DataType", "text")}
                self._registry.create(
                    _arn(name, call),
                    KIND,
                    region=call.region,
                    name=name,
                    status="",
                    record=record | {"Description": request.get("Description", "")},
                )
                return {"Version": 1, "Tier": "Standard"}
            if not request.get("Overwrite"):
                raise ServiceError(
                    "ParameterAlreadyExists",
                    "The parameter already exists. To overwrite this value, set the overwrite "
                    "option in the request to true.",
                )
            version = there.record["Version"] + 1
            kept = {name: request[name] for name in ("Type", "Description") if name in request}
            self._registry.update(there.arn, Value=value, Version=version, **kept)
            return {"Version": version, "Tier": "Standard"}

    def get_parameter(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """One parameter."""
        found = self._find(request["Name"], call)
        if found is None:
            raise _not_found(request["Name"])
        return {"Parameter": _shown(found)}

    def get_parameters(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Several parameters, and the names there are none of."""
        found = {name: self._find(name, call) for name in request["Names"]}
        return {
            "Parameters": [_shown(each) for each in found.values() if each is not None],
            "InvalidParameters": [name for name, each in found.items() if each is None],
        }

    def get_parameters_by_path(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of the parameters below a path, directly or at any depth."""
        path = request["Path"].rstrip("/") + "/"
        begin = request["NextToken"]
        found = [
            each
            for each in self._registry.all(KIND, call.region)
            if each.name is not None
            and each.name.startswith(path)
            and (request.get("Recursive") or "/" not in each.name.removeprefix(path))
            and each.position > begin
        ]
        page = found[: min(request["MaxResults"], MOST_PER_PAGE)]
        more = len(found) > len(page)
        return {
            "Parameters": [_shown(each) for each in page],
            "NextToken": page[-1].position if more else None,
        }

    def delete_parameter(self, request: dict[str, Any], call: Call) -> None:
        """Delete a parameter."""
        with self._registry.transaction():
            found = self._find(request["Name"], call)
            if found is None:
                raise _not_found(request["Name"])
            self._registry.delete(found.arn)

    def delete_parameters(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Delete several parameters, and tell of which there are none."""
        with self._registry.transaction():
            found = {name: self._find(name, call) for name in request["Names"]}
            for each in found.values():
                if each is not None:
                    self._registry.delete(each.arn)
        return {
            "DeletedParameters": [name for name, each in found.items() if each is not None],
            "InvalidParameters": [name for name, each in found.items() if each is None],
        }

    def _find(self, name: str, call: Call) -> Resource | None:
        return self._registry.get(name if name.startswith("arn:") else _arn(name, call))


def _arn(name: str, call: Call) -> str:
    return arn("ssm", call.region, f"parameter/{name.removeprefix('/')}")


def _shown(parameter: Resource) -> dict[str, Any]:
    return {
        **parameter.record,
        "Name": parameter.name,
        "ARN": parameter.arn,
        "LastModifiedDate": parameter.updated,
    }


def _not_found(name: str) -> ServiceError:
    return ServiceError("ParameterNotFound", f"Parameter {name} not found.")
