"""What a service answers when it does not do what it was asked."""

import errno


class ServiceError(Exception):
    """An error as AWS words it; it reaches the caller as botocore's ClientError.

    Args:
        code: Its name in the service's model: "ResourceNotFoundException".
        message: What a person reads.
        status: The HTTP status; where None, the one the model gives, else 400.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def not_served(what: str) -> ServiceError:
    """Something that AWS has and the local cloud lacks.

    Status 501, because botocore does not try that again; 500 to 504 but for this one it does.
    """
    return ServiceError(
        "NotImplemented",
        f"{what} is not part of the local cloud. Nothing was done, and nothing left this machine. "
        "What is there: lab-kit cloud status.",
        status=501,
    )


def no_room() -> ServiceError:
    """The disk is full. Status 507, because trying again would not help."""
    return ServiceError(
        "InsufficientStorage",
        "The disk that holds the local cloud is full. Nothing was changed. "
        "Free some space and call again.",
        status=507,
    )


def is_full(error: BaseException) -> bool:
    """Whether a disk, or a user's part of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
