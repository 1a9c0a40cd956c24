"""Every figure of the kit, each with a text for those who cannot see it.

A name is imported when it is first used, so that a lab that draws nothing pays nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lab_kit.plots.picture import Picture as Picture
    from lab_kit.plots.theme import use_theme as use_theme
    from lab_kit.plots.waterfall import ledger_waterfall as ledger_waterfall

_HOMES = {
    "Picture": "picture",
    "use_theme": "theme",
    "ledger_waterfall": "waterfall",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
