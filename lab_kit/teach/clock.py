"""Now, as progress writes it down."""

from datetime import UTC, datetime


def now() -> str:
    """The time in UTC as ISO text, which sorts as time does."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
