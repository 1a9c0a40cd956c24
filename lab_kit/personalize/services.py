"""Personalize as the local cloud takes it in: three services, and the jobs behind them."""

from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Service
from lab_kit.personalize.control import Control
from lab_kit.personalize.events.service import Events
from lab_kit.personalize.runtime.impressions import Impressions
from lab_kit.personalize.runtime.service import Runtime

_INVALID = "InvalidInputException"


def services(ground: Ground, *, patience: float = 0, waiters: int = 16) -> list[Service]:
    """The three services; see `Control` for the arguments."""
    control = Control(ground, patience=patience, waiters=waiters)
    impressions = Impressions()
    return [
        Service("personalize", control, invalid=_INVALID),
        Service("personalize-runtime", Runtime(ground, impressions), invalid=_INVALID),
        Service("personalize-events", Events(ground, impressions), invalid=_INVALID),
    ]
