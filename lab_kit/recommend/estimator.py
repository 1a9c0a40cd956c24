"""What everything that is fitted has in common."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar

from lab_kit.errors import LabKitError


class Estimator:
    """Something that is fitted; its subclasses are dataclasses of the hyperparameters."""

    name: ClassVar[str]
    """What the field calls it: "EASE"."""
    paper: ClassVar[str]
    """Where it comes from."""
    unfitted: ClassVar[tuple[str, str]] = ("has not been fitted", "call fit(interactions) first")
    """What is said of it, and what to do next, where it is asked too early."""

    learned: dict[str, Any]
    """Arrays and sparse tables; all that `save` has to write."""

    def __repr__(self) -> str:
        given = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({given})"

    def _fitted(self) -> None:
        if not hasattr(self, "learned"):
            said, next_step = self.unfitted
            raise LabKitError(f"{self.name} {said}", next_step=next_step)
