"""Personalize as the local cloud takes it in: three services, and the jobs behind them."""

from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Service
from lab_kit.personalize.control import Control
from lab_kit.personalize.events.service import Events
from lab_kit.personalize.runtime.impressions import Impressions
from lab_kit.personalize.runtime.service import Runtime

_INVALID = "InvalidInputException"


def services(
    ground: Ground, *, patience: float = 0, waiters: int = 16, warm: bool = False
) -> list[Service]:
    """The three services.

    Args:
        ground: What the local cloud stands on.
        patience: See `Control`.
        waiters: See `Control`.
        warm: Whether the model of a campaign is loaded in the background as soon as it is created.
    """
    impressions = Impressions()
    runtime = Runtime(ground, impressions)
    more: dict[str, Any] = {"deployed": runtime.warm} if warm else {}
    control = Control(ground, patience=patience, waiters=waiters, **more)
    return [
        Service("personalize", control, invalid=_INVALID),
        Service("personalize-runtime", runtime, invalid=_INVALID),
        Service("personalize-events", Events(ground, impressions), invalid=_INVALID),
    ]
