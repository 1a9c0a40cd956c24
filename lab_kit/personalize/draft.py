"""A resource that is about to be created, as its family's module completes it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lab_kit.aws.account import arn
from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize.types import ResourceType


@dataclass
class Draft:
    """What a create request is about to add."""

    type: ResourceType
    request: Mapping[str, Any]
    region: str
    parents: Mapping[str, Resource]
    """What it cannot do without, by the member of the request that names it."""
    record: dict[str, Any]
    """What will be remembered of it: at first its request, without name and tags."""
    answer: dict[str, Any] = field(default_factory=dict)
    """What the caller is told besides the ARN."""
    arn: str = ""

    @property
    def name(self) -> str | None:
        """Its name, where it has one."""
        return self.request.get(self.type.name_member)

    @property
    def group(self) -> Resource:
        """Its dataset group."""
        return self.parents["datasetGroupArn"]

    def place(self, path: str) -> None:
        """Give it an ARN: "dataset/shop/ITEMS"."""
        self.arn = arn("personalize", self.region, path)


Complete = Callable[[Ground, Draft], None]
"""Checks what is special about a type, and completes the draft.

Raises:
    ServiceError: The request breaks a rule of this type.
"""


def named(draft: Draft) -> None:
    """The ARN of most types: "campaign/shop"."""
    draft.place(f"{draft.type.path}/{draft.name}")


def eight_digits() -> str:
    """Eight hexadecimal digits, drawn by chance."""
    return secrets.token_hex(4)
