"""The two services through which data flows: recommendations out, events in.

Both are reached, and refuse: there is no model yet to answer with, and no place for events.
"""

from typing import Any, NoReturn

from lab_kit.aws.protocol.service import Call
from lab_kit.personalize import refusals


class Runtime:
    """The operations of `personalize-runtime`."""

    def get_recommendations(self, _: dict[str, Any], __: Call) -> NoReturn:
        """Refuse.

        Raises:
            ServiceError: Always.
        """
        raise refusals.invalid(
            "This version of the local cloud trains no models, so there is nothing to answer with."
        )

    get_personalized_ranking = get_action_recommendations = get_recommendations


class Events:
    """The operations of `personalize-events`."""

    def put_events(self, _: dict[str, Any], __: Call) -> NoReturn:
        """Refuse.

        Raises:
            ServiceError: Always.
        """
        raise refusals.invalid("This version of the local cloud takes no single records.")

    put_items = put_users = put_actions = put_action_interactions = put_events
