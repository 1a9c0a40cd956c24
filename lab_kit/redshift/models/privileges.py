"""Who may create, call and drop models.

Source: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html. Who owns the database is a
superuser and may do everything; so may the owner of a model with it. Users need not be created.
"""

from collections.abc import Mapping
from typing import Any

from lab_kit.aws.account import REGION, arn
from lab_kit.aws.registry import NameTakenError, Registry
from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.models.model import Model
from lab_kit.redshift.names import GRANT, SUPERUSER


class Rights:
    """What was granted on no model: CREATE MODEL, DROP MODEL, ASSUMEROLE, and roles.

    Args:
        registry: Where it is remembered.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def give(self, privilege: str, on: str, kind: str, to: str) -> None:
        """Grant something to a user, a role, a group or the public."""
        record = {"privilege": privilege, "on": on, "kind": kind, "to": to}
        try:
            self._registry.create(
                _arn(privilege, on, kind, to), GRANT, region=REGION, name=None, status="",
                record=record,
            )  # fmt: skip
        except NameTakenError:
            return  # it was granted before

    def take(self, privilege: str, on: str, kind: str, to: str) -> None:
        """Take it back."""
        self._registry.delete(_arn(privilege, on, kind, to))

    def has(self, privilege: str, user: str) -> bool:
        """Whether a user may do something."""
        reached = self.reached(user)
        return user == SUPERUSER or any(
            each["privilege"] == privilege and (each["kind"], each["to"]) in reached
            for each in self._all()
        )

    def reached(self, user: str) -> set[tuple[str, str]]:
        """Whom a grant has to name so that it reaches a user: kinds and names."""
        reached, before = {("user", user), ("public", "public")}, 0
        while len(reached) > before:  # a role may be granted to a role
            before = len(reached)
            reached |= {
                ("role", each["on"])
                for each in self._all()
                if each["privilege"] == "ROLE" and (each["kind"], each["to"]) in reached
            }
        return reached

    def require(self, privilege: str, user: str) -> None:
        """Make sure that a user may do something.

        Raises:
            ProgrammingError: The user may not.
        """
        if not self.has(privilege, user):
            raise ProgrammingError(
                f"permission denied to {privilege.lower()}",
                where=f"user {user}",
                next_step=f"ask a superuser to GRANT {privilege} TO {user}",
            )

    def require_execute(self, model: Model, user: str) -> None:
        """Make sure that a user may call a model's function.

        Raises:
            ProgrammingError: The user may not.
        """
        reached = self.reached(user)
        granted = any((each["kind"], each["to"]) in reached for each in model.grants)
        if not (owns(model, user) or granted):
            raise ProgrammingError(
                f"permission denied for model {model.qualified}",
                next_step=f"ask its owner to GRANT EXECUTE ON MODEL {model.qualified} TO {user}",
            )

    def require_drop(self, model: Model, user: str) -> None:
        """Make sure that a user may drop a model.

        Raises:
            ProgrammingError: The user may not.
        """
        if not (owns(model, user) or self.has("DROP MODEL", user)):
            require_owner(model, user)

    def _all(self) -> list[Mapping[str, Any]]:
        return [each.record for each in self._registry.all(GRANT)]


def owns(model: Model, user: str) -> bool:
    """Whether a model is a user's, who then sees its costs, roles and buckets."""
    return user in (SUPERUSER, model.owner)


def require_owner(model: Model, user: str) -> None:
    """Make sure that a model is a user's.

    Raises:
        ProgrammingError: It is not.
    """
    if not owns(model, user):
        raise ProgrammingError(
            f"must be owner of model {model.qualified}",
            next_step=f"ask {model.owner} to do it",
        )


def _arn(*parts: str) -> str:
    return arn("redshift", REGION, f"grant:{'/'.join(parts)}")
