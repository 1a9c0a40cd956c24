"""Which operations of S3 are served.

S3 tells many operations apart by a word in the address alone: `DELETE /bucket?metrics` deletes a
setting, `DELETE /bucket` the bucket. moto passes over words it does not know, so here they end.
"""

from functools import cache

from lab_kit.aws.errors import not_served
from lab_kit.aws.protocol.models import service_model

_SETTINGS = {
    *("cors", "encryption", "lifecycle", "ownershipControls", "policy"),
    *("publicAccessBlock", "replication", "tagging", "website"),
}
_SERVED = {
    ("bucket", "GET"): _SETTINGS
    | {"accelerate", "acl", "inventory", "list-type", "location", "logging", "notification"}
    | {"object-lock", "policyStatus", "uploads", "versioning", "versions"},
    ("bucket", "PUT"): _SETTINGS
    | {"accelerate", "acl", "inventory", "logging", "notification", "object-lock", "versioning"},
    ("bucket", "DELETE"): _SETTINGS,
    ("bucket", "POST"): {"delete"},
    ("object", "GET"): {"acl", "attributes", "legal-hold", "tagging"},
    ("object", "PUT"): {"acl", "legal-hold", "retention", "tagging"},
    ("object", "DELETE"): {"tagging"},
    ("object", "POST"): {"restore", "uploads"},
}


def refuse_unserved(method: str, key: str, query: dict[str, str]) -> None:
    """Let only operations through that are served.

    Args:
        method: The HTTP method.
        key: The object's key; empty for a bucket.
        query: What stands in the address.

    Raises:
        ServiceError: Another operation.
    """
    asked = _words() & set(query)
    unserved = asked - _SERVED.get(("object" if key else "bucket", method), set())
    if unserved:
        raise not_served(f"{method} with {', '.join(sorted(unserved))} of s3")


@cache
def _words() -> set[str]:
    """The words by which S3's model tells operations apart."""
    model = service_model("s3")
    addresses = (model.operation_model(name).http["requestUri"] for name in model.operation_names)
    return {
        part.partition("=")[0]
        for address in addresses
        for part in address.partition("?")[2].split("&")
        if part
    }
