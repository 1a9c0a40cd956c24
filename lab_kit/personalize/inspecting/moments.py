"""Where a model stands in time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lab_kit.personalize.runtime.deployed import Deployed
from lab_kit.personalize.runtime.group import Group
from lab_kit.personalize.runtime.live import UPDATE_SECONDS, Live
from lab_kit.recommend.interactions import DAY


def in_time(what: Deployed, live: Live, group: Group, now: float) -> pd.Series:
    """Now, the data's now, automatic updates, and how many items are young enough to explore.

    Args:
        what: What is looked into.
        live: Its model.
        group: The data of its group.
        now: The time on the clock, in seconds.
    """
    since = max(0.0, now - live.timeline.trained)
    ticks = int(since // UPDATE_SECONDS)
    new = live.newcomers(now, group)
    moment = live.timeline.moment(now)
    age = (moment - np.concatenate([live.created, new.created])) / DAY
    return pd.Series(
        {
            "now": pd.Timestamp(now, unit="s", tz="UTC").round("s"),
            "trained": pd.Timestamp(live.timeline.trained, unit="s", tz="UTC").round("s"),
            "now in the data": pd.Timestamp(moment, unit="ms", tz="UTC").round("s"),
            "automatic updates since training": ticks,
            "hours to the next one": round(((ticks + 1) * UPDATE_SECONDS - since) / 3600, 2),
            "new items taken in": len(new.created),
            "items young enough for exploration": int(
                ((age >= 0) & (age <= what.exploration[1])).sum()
            ),
        },
        name=what.recipe.name,
    )
