"""Whether interactions are those a model was fitted with, which knows all of them by codes."""

from __future__ import annotations

import numpy as np

from lab_kit.errors import LabKitError
from lab_kit.recommend.ids import Ids
from lab_kit.recommend.interactions import Interactions


def require_codes(
    interactions: Interactions, items: Ids, users: tuple[int, str], where: str
) -> None:
    """Make sure that every code stands for what it stood for when the model was fitted.

    Args:
        interactions: Where histories are to be looked up. What is new stands after what was known.
        items: Those the model was fitted with.
        users: How many it was fitted on, and the fingerprint of their ids.
        where: Where the model lies.

    Raises:
        LabKitError: If a code stands for another item, or another user.
    """
    given = interactions.items
    shared = min(len(given), len(items))
    same = np.array_equal(given.values[:shared], items.values[:shared])
    _require(same, "items", len(given), len(items), where)
    count, fingerprint = users
    same = interactions.users.fingerprint(count) == fingerprint
    _require(same, "users", len(interactions.users), count, where)


def _require(same: bool, what: str, given: int, known: int, where: str) -> None:
    if not same:
        raise LabKitError(
            f"The {given:,} {what} of the interactions are not those the model was fitted "
            f"with, or stand in another order than its {known:,}",
            where=where,
            next_step="give the interactions it was fitted with and append what is new, or fit",
        )
