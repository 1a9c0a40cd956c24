"""The shape of the rules for one data set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from lab_kit.data.dataset import Dataset
from lab_kit.prepare.ledger import Ledger

Enrich = Callable[[Dataset, Dataset], Dataset]
"""Takes the raw data set and its clean tables; returns these with what its other tables tell."""
Tidy = Callable[[pd.DataFrame, Ledger], pd.DataFrame]
"""Takes an export with the kit's column names, writes its steps down, returns the clean table."""


@dataclass(frozen=True)
class IdForm:
    """How an id is written: a prefix, and a number of at least so many digits."""

    prefix: str = ""
    width: int = 1


@dataclass(frozen=True)
class Rules:
    """How the raw exports of one data set are to be read."""

    user_id: IdForm
    item_id: IdForm
    event_types: tuple[str, ...]
    """The kinds of events there are."""
    event_words: Mapping[str, str] = field(default_factory=dict)
    """What the source systems call them: {"page_view": "View"}."""
    repeat_seconds: float = 0
    """The same event again within so many seconds is one event, sent twice."""
    day_first: bool | None = None
    """Whether 03/04/2026 is 3 April; None where nobody knows."""
    home_zone: str = "UTC"
    """The time zone in which its people live."""
    enrich: Enrich | None = None
    """What its further tables add to users, items and interactions."""
    tidy: Mapping[str, Tidy] = field(default_factory=dict)
    """By the kind of export, "users" or "items": what makes it a table of one row each."""
