"""The words for states. Data deletion jobs have their own."""

from collections.abc import Mapping
from typing import Any

ACTIVE = "ACTIVE"
INACTIVE = "INACTIVE"
CREATE_FAILED = "CREATE FAILED"
CREATE_STOPPING = "CREATE STOPPING"
CREATE_STOPPED = "CREATE STOPPED"
UPDATES = (
    "latestDatasetUpdate",
    "latestSolutionUpdate",
    "latestCampaignUpdate",
    "latestRecommenderUpdate",
)
"""Members of records that hold an update with a state of its own."""


def pending(doing: str) -> str:
    """Asked for: "CREATE PENDING"."""
    return f"{doing} PENDING"


def in_progress(doing: str) -> str:
    """Being done: "CREATE IN_PROGRESS"."""
    return f"{doing} IN_PROGRESS"


def is_moving(status: str) -> bool:
    """Whether a state will give way to another by itself."""
    return status.endswith(("PENDING", "IN_PROGRESS", "STOPPING"))


def has_settled(status: str, record: Mapping[str, Any]) -> bool:
    """Whether neither a resource nor its latest update is on its way to another state."""
    updates = [record[name]["status"] for name in UPDATES if name in record]
    return not any(map(is_moving, [status, *updates]))
