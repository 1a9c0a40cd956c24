"""The numbers and names of Amazon Personalize's rules about data, as data.

Source: Amazon Personalize developer guide, "Preparing data" and "Endpoints and quotas", 2023 and
newer. Nothing here checks or writes anything; others import what they need.
"""

from typing import Literal

Kind = Literal["users", "items", "interactions", "actions", "action_interactions"]
Domain = Literal["custom", "ECOMMERCE", "VIDEO_ON_DEMAND"]

KINDS: tuple[Kind, ...] = ("users", "items", "interactions")
"""Those that the kit has frames of. Actions, for next best actions, exist in schemas alone."""

AvroType = Literal["string", "long", "int", "float", "double", "boolean"]

AVRO_TYPES: tuple[AvroType, ...] = ("string", "long", "int", "float", "double", "boolean")
AVRO_NAMESPACE = "com.amazonaws.personalize.schema"
AVRO_VERSION = "1.0"
RECORD_NAMES: dict[Kind, str] = {
    "users": "Users",
    "items": "Items",
    "interactions": "Interactions",
    "actions": "Actions",
    "action_interactions": "Action_Interactions",
}

SEPARATOR = "|"
"""Between the values of a categorical field or the items of an impression."""

MAX_ID_LENGTH = 256
MAX_CATEGORICAL_LENGTH = 1_000
MAX_IMPRESSION_LENGTH = 1_000
MAX_TEXT_LENGTH = 20_000
MAX_TEXT_LENGTH_CHINESE_JAPANESE = 7_000
CHINESE_OR_JAPANESE = "[\u3040-\u30ff\u4e00-\u9fff]"
"""Signs of these languages, as a regular expression."""

MAX_METADATA_COLUMNS: dict[Kind, int] = {
    "users": 25,
    "items": 100,
    "interactions": 5,
    "actions": 10,
    "action_interactions": 0,
}
MAX_TEXTUAL_COLUMNS = 1
MAX_EVENT_TYPES = 10

MIN_INTERACTIONS = 1_000
MIN_USERS_WITH_TWO = 25
"""So many users need at least two interactions each."""
MIN_SHARE_WITH_TWO = 0.01
"""And at least this part of all users."""

# A rule of thumb taught in workshops, a margin above what is enforced. The enforced minimum has
# been 1,000 interactions throughout; none exists for rows of Items or Users.
THUMB_INTERACTIONS = 1_500
THUMB_ITEMS = 50
THUMB_USERS = 50

EVENT_TYPES: dict[Domain, tuple[str, ...]] = {
    "custom": (),
    "ECOMMERCE": ("View", "Purchase"),
    "VIDEO_ON_DEMAND": ("Watch", "Click"),
}
"""Event types that a domain's recommenders are made for."""
