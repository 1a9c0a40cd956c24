"""Which events train a model, and how much each counts: what a solution's configuration says.

Source: https://docs.aws.amazon.com/personalize/latest/dg/event-values-types.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class EventRule:
    """What is asked of events of one type."""

    type: str | None
    """The event type, in any capitals; None: every type."""
    least: float | None = None
    """The least event value; None: any, or none at all."""
    weight: float = 1.0
    """How much each counts, above 0."""

    def __str__(self) -> str:
        least = "" if self.least is None else f" (event value >= {self.least:g})"
        return f"{self.type or 'any'}{least}"


@dataclass(frozen=True)
class Selection:
    """Rules, of which an event has to meet one; the first it meets says its weight."""

    rules: tuple[EventRule, ...] = (EventRule(None),)

    @classmethod
    def of(cls, record: Mapping[str, Any], needed: str | None = None) -> Selection:
        """As a solution, or a recommender, asks for it.

        Args:
            record: Its record, as its create request had it.
            needed: The type of events a use case is about.
        """
        config = record.get("solutionConfig", {})
        listed = config.get("eventsConfig", {}).get("eventParametersList", [])
        if listed:
            return cls(
                tuple(
                    EventRule(
                        each.get("eventType"),
                        each.get("eventValueThreshold"),
                        float(each.get("weight", 1.0)),
                    )
                    for each in listed
                    if each.get("weight", 1.0) > 0
                )
            )
        threshold = config.get("eventValueThreshold")
        least = float(threshold) if threshold else None
        return cls((EventRule(record.get("eventType") or needed, least),))

    @property
    def is_all(self) -> bool:
        """Whether every event is meant."""
        return any(rule.type is None and rule.least is None for rule in self.rules)

    @property
    def types(self) -> tuple[str, ...]:
        """The event types that are named."""
        return tuple(rule.type for rule in self.rules if rule.type is not None)

    def __str__(self) -> str:
        """As a failure names it."""
        return ", ".join(map(str, self.rules))

    def apply(self, events: pd.DataFrame) -> pd.DataFrame:
        """The events that count, with their weights in a column `weight` where they differ.

        Args:
            events: One row an event, `event_type` and `event_value` where they are known.
        """
        weight = np.zeros(len(events))
        for rule in self.rules:
            met = (weight == 0) & self._meets(events, rule)
            weight[met] = rule.weight
        chosen = events[weight > 0]
        if len({rule.weight for rule in self.rules}) == 1:
            return chosen
        return chosen.assign(weight=weight[weight > 0])

    def _meets(self, events: pd.DataFrame, rule: EventRule) -> np.ndarray:
        met = np.ones(len(events), bool)
        if rule.type is not None:
            if "event_type" not in events:
                return np.zeros(len(events), bool)
            types = events["event_type"].astype("str").str.casefold()
            met &= (types == rule.type.casefold()).to_numpy(bool, na_value=False)
        if rule.least is not None:
            if "event_value" not in events:
                return np.zeros(len(events), bool)
            met &= events["event_value"].to_numpy(float, na_value=np.nan) >= rule.least
        return met
