"""How Personalize refuses, in AWS's words where they are known.

Sources: the developer guide's page of error messages, and outputs saved in AWS's sample notebooks.
"""

from lab_kit.aws.errors import ServiceError


def invalid(message: str) -> ServiceError:
    """A request that breaks a rule."""
    return ServiceError("InvalidInputException", message)


def not_found(label: str, arn: str) -> ServiceError:
    """An ARN of nothing, or of something else."""
    return ServiceError("ResourceNotFoundException", f"The given {label} does not exist: {arn}")


def exists(arn: str) -> ServiceError:
    """A name that is taken."""
    return ServiceError(
        "ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists."
    )


def in_state(label: str, arn: str, status: str, needed: str) -> ServiceError:
    """Something that is not ready for what is asked."""
    return ServiceError(
        "ResourceInUseException",
        f"The given {label} has status {status}, which needs to be {needed}: {arn}",
    )


def in_use(label: str, arn: str, users: list[str]) -> ServiceError:
    """Something that others cannot do without."""
    return ServiceError(
        "ResourceInUseException",
        f"The given {label} is in use: {arn}. Used by: {', '.join(users)}",
    )


def too_many(label: str, most: int) -> ServiceError:
    """More resources than a quota allows."""
    return ServiceError(
        "LimitExceededException",
        f"Cannot create a {label}. More than {most} resources in ACTIVE state. "
        "Please delete some and try again.",
    )


def too_many_at_once(most: int) -> ServiceError:
    """More unfinished resources than a quota allows."""
    return ServiceError(
        "LimitExceededException",
        f"More than {most} resources with PENDING or IN_PROGRESS status.",
    )
