"""The operations of `personalize-events`: single records are checked, kept, and count at once.

Source: https://docs.aws.amazon.com/personalize/latest/dg/recording-events.html. The quotas on calls
a second are not kept to here.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Call
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.attributions.windows import note_events
from lab_kit.personalize.events.properties import read_properties
from lab_kit.personalize.families.filters import fields_in
from lab_kit.personalize.runtime.impressions import Impressions
from lab_kit.personalize.runtime.remembered import Remembered
from lab_kit.personalize.states import ACTIVE
from lab_kit.personalize.storage.places import dataset_of, records
from lab_kit.personalize.storage.records import Put

LARGEST_EVENT = 10_240
"""Bytes."""
LATEST = 4_102_444_800
"""2100-01-01 in seconds since 1970: later times are milliseconds taken for seconds."""
ACTION_EVENTS = {"TAKEN": "Taken", "NOT_TAKEN": "Not Taken", "VIEWED": "Viewed"}
MOST_ACTIONS = 1_000
Fields = Mapping[str, Mapping[str, Any]]


class Events:
    """Records put one by one.

    Args:
        ground: What the local cloud stands on.
        impressions: What was shown with which answer.
    """

    def __init__(self, ground: Ground, impressions: Impressions) -> None:
        self._ground = ground
        self._impressions = impressions
        self._records = records(ground)
        self._remembered = Remembered(ground.database)

    def put_events(self, request: dict[str, Any], call: Call) -> None:
        """What a user did with items."""
        tracker = self._tracker(request["trackingId"], call.region)
        group = tracker.record["datasetGroupArn"]
        dataset, fields = self._dataset_of(group, "INTERACTIONS")
        puts = [
            self._event(request, event, fields, f"eventList[{place}]")
            for place, event in enumerate(request["eventList"])
        ]
        self._records.add(dataset.record["store"], puts)
        note_events(self._ground, group)

    def put_action_interactions(self, request: dict[str, Any], call: Call) -> None:
        """What a user did with actions."""
        tracker = self._tracker(request["trackingId"], call.region)
        dataset, fields = self._dataset_of(tracker.record["datasetGroupArn"], "ACTION_INTERACTIONS")
        puts = [
            self._action_event(event, fields, f"actionInteractions[{place}]")
            for place, event in enumerate(request["actionInteractions"])
        ]
        self._records.add(dataset.record["store"], puts)

    def put_items(self, request: dict[str, Any], call: Call) -> None:
        """Items, each replacing what was known of it."""
        self._put(request["datasetArn"], "ITEMS", request["items"], call)

    def put_users(self, request: dict[str, Any], call: Call) -> None:
        """Users, each replacing what was known of them."""
        self._put(request["datasetArn"], "USERS", request["users"], call)

    def put_actions(self, request: dict[str, Any], call: Call) -> None:
        """Actions, each replacing what was known of it."""
        self._put(request["datasetArn"], "ACTIONS", request["actions"], call)

    # ---- events

    def _event(
        self, request: Mapping[str, Any], event: Mapping[str, Any], fields: Fields, where: str
    ) -> Put:
        """One event as a record. What stands in its properties counts where it stands nowhere else.

        Events that are the same in everything, or have the same eventId, are kept once.
        """
        _check_size(event, where)
        more = read_properties(event.get("properties"), {**_EVERY_EVENT, **fields}, where)
        record = {
            **more,
            "EVENT_TYPE": event["eventType"],
            "TIMESTAMP": seconds_of(event["sentAt"]),
        }
        if "eventValue" in event:
            record["EVENT_VALUE"] = float(event["eventValue"])
        if "itemId" in event:
            record["ITEM_ID"] = event["itemId"]
        if request.get("userId"):
            record["USER_ID"] = request["userId"]
        source = event.get("metricAttribution", {}).get("eventAttributionSource")
        if source is not None:
            record["EVENT_ATTRIBUTION_SOURCE"] = source
        return self._kept(record, event, request["sessionId"])

    def _action_event(self, event: Mapping[str, Any], fields: Fields, where: str) -> Put:
        _check_size(event, where)
        kind = event["eventType"].upper().replace(" ", "_")
        if kind not in ACTION_EVENTS:
            raise refusals.invalid(
                f"The eventType of {where} has to be Taken, Not Taken or Viewed, not "
                f"{event['eventType']}."
            )
        record = {
            **read_properties(event.get("properties"), fields, where),
            "ACTION_ID": event["actionId"],
            "EVENT_TYPE": ACTION_EVENTS[kind],
            "TIMESTAMP": seconds_of(event["timestamp"]),
        }
        if event.get("userId"):
            record["USER_ID"] = event["userId"]
        return self._kept(record, event, event["sessionId"])

    def _kept(self, record: dict[str, Any], event: Mapping[str, Any], session: str) -> Put:
        shown = event.get("impression")
        if "recommendationId" in event:
            record["RECOMMENDATION_ID"] = event["recommendationId"]
            shown = shown or self._impressions.of(event["recommendationId"])
        if shown:
            record["IMPRESSION"] = "|".join(shown)
        key = f"id {event['eventId']}" if "eventId" in event else _digest(record, session)
        return Put(record, key, session, self._ground.clock.time())

    # ---- items, users, actions

    def _put(self, arn: str, type: str, given: list[dict[str, Any]], call: Call) -> None:
        dataset = self._ground.registry.get(arn)
        if dataset is None or dataset.kind != "Dataset" or dataset.region != call.region:
            raise refusals.not_found("dataset", arn)
        if dataset.record["datasetType"] != type:
            raise refusals.invalid(
                f"The given dataset is of type {dataset.record['datasetType']}, and has to be of "
                f"type {type}: {arn}"
            )
        if dataset.status != ACTIVE:
            raise refusals.in_state("dataset", arn, dataset.status, ACTIVE)
        fields = self._fields(dataset)
        singular = type.removesuffix("S")
        puts = [
            self._thing(each, singular, fields, f"{type.lower()}[{place}]")
            for place, each in enumerate(given)
        ]
        if type == "ACTIONS":
            self._keep_to_quota(dataset, puts)
        self._records.add(dataset.record["store"], puts)

    def _thing(self, given: Mapping[str, Any], singular: str, fields: Fields, where: str) -> Put:
        record = {
            **read_properties(given.get("properties"), fields, where),
            f"{singular}_ID": given[f"{singular.lower()}Id"],
        }
        lost = [name for name, field in fields.items() if name not in record and _needed(field)]
        if lost:
            raise refusals.invalid(
                f"The properties of {where} lack fields that are not nullable: {', '.join(lost)}"
            )
        return Put(record, at=self._ground.clock.time())

    def _keep_to_quota(self, dataset: Resource, puts: list[Put]) -> None:
        put = self._records.since(dataset.record["store"])
        ids = {each.record["ACTION_ID"] for each in [*(put for _, put in put), *puts]}
        if len(ids) > MOST_ACTIONS:
            raise refusals.invalid(f"There may be at most {MOST_ACTIONS:,} actions.")

    # ---- where to

    def _tracker(self, tracking: str, region: str) -> Resource:
        def find() -> Resource:
            for each in self._ground.registry.all("EventTracker", region):
                if each.record["trackingId"] == tracking and each.status == ACTIVE:
                    return each
            raise refusals.invalid(f"Invalid trackingId: {tracking}")

        return self._remembered(("tracker", tracking, region), find)

    def _dataset_of(self, group: str, type: str) -> tuple[Resource, Fields]:
        def find() -> tuple[Resource, Fields]:
            dataset = dataset_of(self._ground, group, type)
            if dataset is None:
                raise refusals.invalid(f"The dataset group has no dataset of type {type}: {group}")
            return dataset, self._fields(dataset)

        return self._remembered(("dataset", group, type), find)

    def _fields(self, dataset: Resource) -> Fields:
        return fields_in(self._ground.registry.require(dataset.record["schemaArn"]))


_EVERY_EVENT: Fields = {
    "ITEM_ID": {"type": "string"},
    "EVENT_VALUE": {"type": ["null", "float"]},
}
"""Fields that events may have in their properties whatever the schema."""


def _check_size(event: Mapping[str, Any], where: str) -> None:
    size = len(json.dumps(event, ensure_ascii=False).encode("utf-8"))
    if size > LARGEST_EVENT:
        raise refusals.invalid(f"{where} has {size:,} bytes, and may have {LARGEST_EVENT:,}.")


def seconds_of(given: float | str) -> int:
    """A moment of a request in whole seconds since 1970.

    Raises:
        ServiceError: It is no time, or cannot be one in seconds.
    """
    try:
        if isinstance(given, str):
            given = datetime.fromisoformat(given).timestamp()
        seconds = int(given)
    except (ValueError, OverflowError):
        raise ServiceError("SerializationException", f"{given} is no time") from None
    if not 0 <= seconds < LATEST:
        raise refusals.invalid(
            f"The time {seconds} is not one in seconds since 1970 (is it in milliseconds?)."
        )
    return seconds


def _needed(field: Mapping[str, Any]) -> bool:
    declared = field["type"]
    return "null" not in (declared if isinstance(declared, list) else [declared])


def _digest(record: Mapping[str, Any], session: str) -> str:
    text = json.dumps([session, sorted(record.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
