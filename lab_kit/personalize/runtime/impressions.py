"""What was shown with which answer, for events that say they follow one."""

import hashlib
import threading
import uuid

MOST = 10_000
"""Answers that are remembered; events follow soon or not at all."""


class Impressions:
    """The last answers."""

    def __init__(self) -> None:
        self._shown: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def note(self, recommendation: str, items: list[str]) -> None:
        """Remember the items of an answer."""
        with self._lock:
            self._shown[recommendation] = items
            if len(self._shown) > MOST:
                del self._shown[next(iter(self._shown))]

    def of(self, recommendation: str) -> list[str] | None:
        """The items of an answer; None where it is not remembered."""
        return self._shown.get(recommendation)


def recommendation_id(arn: str) -> str:
    """A new id of an answer: 40 characters, as AWS's are, the last six of which tell who gave it.

    Args:
        arn: Of the campaign or recommender.
    """
    drawn = str(uuid.uuid4())[-25:]
    return f"RID-{drawn}-CID-{mark_of(arn)}"


def mark_of(arn: str) -> str:
    """Six hexadecimal digits that stand for a campaign or recommender."""
    return hashlib.sha256(arn.encode("utf-8")).hexdigest()[:6]


def gave(recommendation: str, arn: str) -> bool:
    """Whether an answer is one of a campaign's or recommender's."""
    return recommendation.endswith(f"-CID-{mark_of(arn)}")
