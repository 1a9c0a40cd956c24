"""Personalize as the local cloud takes it in: three services, and the jobs behind them."""

from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Service
from lab_kit.personalize.control import Control
from lab_kit.personalize.data_plane import Events, Runtime

_INVALID = "InvalidInputException"


def services(ground: Ground, *, patience: float = 0, waiters: int = 16) -> list[Service]:
    """The three services; see `Control` for the arguments."""
    control = Control(ground, patience=patience, waiters=waiters)
    return [
        Service("personalize", control, invalid=_INVALID),
        Service("personalize-runtime", Runtime(), invalid=_INVALID),
        Service("personalize-events", Events(), invalid=_INVALID),
    ]
