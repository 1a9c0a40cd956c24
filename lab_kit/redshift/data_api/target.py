"""Where a caller of the Data API wants to speak, and as whom."""

from collections.abc import Mapping
from typing import Any

from lab_kit.aws.errors import ServiceError
from lab_kit.redshift.names import DATABASE, SUPERUSER

MEMBERS = ("ClusterIdentifier", "WorkgroupName", "Database", "DbUser", "SecretArn")


def invalid(message: str) -> ServiceError:
    """A request that breaks a rule."""
    return ServiceError("ValidationException", message)


def target(request: Mapping[str, Any]) -> dict[str, str]:
    """The members of a request that name cluster or workgroup, database and user.

    Any cluster or workgroup is the one database of the local cloud.

    Raises:
        ServiceError: They contradict each other, or there is no such database.
    """
    found = {name: request[name] for name in MEMBERS if name in request}
    places = [name for name in ("ClusterIdentifier", "WorkgroupName") if name in found]
    if len(places) != 1:
        raise invalid(
            "Exactly one of ClusterIdentifier and WorkgroupName has to be given. "
            "Here any name is taken: there is one database."
        )
    if "Database" not in found:
        raise invalid(f'Database has to be given; here it is "{DATABASE}".')
    if "WorkgroupName" in found and "DbUser" in found:
        raise invalid("DbUser goes with ClusterIdentifier, not with WorkgroupName.")
    if found["Database"] != DATABASE:
        raise invalid(f'FATAL: database "{found["Database"]}" does not exist')
    return found


def user(found: Mapping[str, str]) -> str:
    """The database user a caller speaks as."""
    return found.get("DbUser", SUPERUSER).lower()
