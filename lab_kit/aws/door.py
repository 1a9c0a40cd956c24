"""How a process that is not the server calls it."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Door:
    """The address of a local cloud, and what calls are signed with."""

    url: str
    access_key: str
    secret_key: str

    def as_json(self) -> dict[str, str]:
        """What `Door(**...)` makes the same door of."""
        return asdict(self)


NOWHERE = Door("", "", "")
"""Of services that nobody can call from outside."""
