"""Who may create, call and drop models.

Source: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html. Who owns the database is a
superuser and may do everything; so may the owner of a model with it.
"""

from typing import Any

from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.models.catalogue import Catalogue
from lab_kit.redshift.models.model import Model
from lab_kit.redshift.names import SUPERUSER


def require_execute(catalogue: Catalogue, model: Model, user: str) -> None:
    """Make sure that a user may call a model's function.

    Raises:
        ProgrammingError: The user may not.
    """
    if user in (SUPERUSER, model.owner):
        return
    if not any(_reaches(grant, user) for grant in model.grants):
        raise ProgrammingError(
            f"permission denied for model {model.qualified}",
            next_step=f"ask its owner to GRANT EXECUTE ON MODEL {model.qualified} TO {user}",
        )


def require_owner(model: Model, user: str) -> None:
    """Make sure that a user may drop a model.

    Raises:
        ProgrammingError: The user may not.
    """
    if user not in (SUPERUSER, model.owner):
        raise ProgrammingError(
            f"must be owner of model {model.qualified}",
            next_step=f"ask {model.owner} to do it",
        )


def sees_all(model: Model, user: str) -> bool:
    """Whether SHOW MODEL tells a user of costs, roles and buckets."""
    return user in (SUPERUSER, model.owner)


def _reaches(grant: Any, user: str) -> bool:
    return (grant["kind"], grant["to"]) in (("user", user), ("public", "public"))
