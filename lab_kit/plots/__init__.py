"""Every figure of the kit, each with a text for those who cannot see it.

A name is imported when it is first used, so that a lab that draws nothing pays nothing.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.plots.analogies import analogy as analogy
    from lab_kit.plots.answers import answers_compared as answers_compared
    from lab_kit.plots.atlas import space_map as space_map
    from lab_kit.plots.board import leaderboard_drawn as leaderboard_drawn
    from lab_kit.plots.calls import calls_worth as calls_worth
    from lab_kit.plots.change import before_after as before_after
    from lab_kit.plots.contributions import columns_that_matter as columns_that_matter
    from lab_kit.plots.contributions import row_explained as row_explained
    from lab_kit.plots.epochs import training as training
    from lab_kit.plots.explore import explorer as explorer
    from lab_kit.plots.filled import filled_values as filled_values
    from lab_kit.plots.fillings import strategies_scored as strategies_scored
    from lab_kit.plots.gaps import gap_patterns as gap_patterns
    from lab_kit.plots.journey import lab_map as lab_map
    from lab_kit.plots.matches import matched_rows as matched_rows
    from lab_kit.plots.models import models_compared as models_compared
    from lab_kit.plots.picture import Picture as Picture
    from lab_kit.plots.power import predictive_power as predictive_power
    from lab_kit.plots.quality import model_quality as model_quality
    from lab_kit.plots.rhythm import weekly_rhythm as weekly_rhythm
    from lab_kit.plots.scatter import word_plane as word_plane
    from lab_kit.plots.spelling import spellings as spellings
    from lab_kit.plots.tail import long_tail as long_tail
    from lab_kit.plots.theme import use_theme as use_theme
    from lab_kit.plots.timeline import sessions_timeline as sessions_timeline
    from lab_kit.plots.units import time_units as time_units
    from lab_kit.plots.waterfall import ledger_waterfall as ledger_waterfall
    from lab_kit.plots.ways import ways_compared as ways_compared

_HOMES = {
    "Picture": "picture",
    "analogy": "analogies",
    "answers_compared": "answers",
    "before_after": "change",
    "calls_worth": "calls",
    "columns_that_matter": "contributions",
    "leaderboard_drawn": "board",
    "model_quality": "quality",
    "predictive_power": "power",
    "row_explained": "contributions",
    "explorer": "explore",
    "matched_rows": "matches",
    "models_compared": "models",
    "ways_compared": "ways",
    "gap_patterns": "gaps",
    "filled_values": "filled",
    "strategies_scored": "fillings",
    "lab_map": "journey",
    "ledger_waterfall": "waterfall",
    "long_tail": "tail",
    "sessions_timeline": "timeline",
    "space_map": "atlas",
    "spellings": "spelling",
    "time_units": "units",
    "training": "epochs",
    "use_theme": "theme",
    "weekly_rhythm": "rhythm",
    "word_plane": "scatter",
}
"""Public names and the module each lives in; no module shares its name with one of them."""

__all__ = sorted(_HOMES)
__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return list(__all__)
