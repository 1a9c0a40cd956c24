"""What the use cases of the domains need to be told, and what they leave out by themselves.

Source: https://docs.aws.amazon.com/personalize/latest/dg/domain-use-cases.html.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class UseCase:
    """One use case; without arguments a recipe for custom use."""

    needs_user: bool = False
    needs_item: bool = False
    leaves_out: str | None = None
    """The event type after which an item does not come again."""


USE_CASES = {
    "aws-ecomm-popular-items-by-views": UseCase(needs_user=True),
    "aws-ecomm-popular-items-by-purchases": UseCase(needs_user=True),
    "aws-ecomm-frequently-bought-together": UseCase(needs_item=True),
    "aws-ecomm-customers-who-viewed-x-also-viewed": UseCase(True, True, "Purchase"),
    "aws-ecomm-recommended-for-you": UseCase(needs_user=True, leaves_out="Purchase"),
    "aws-vod-because-you-watched-x": UseCase(True, True, "Watch"),
    "aws-vod-more-like-x": UseCase(True, True, "Watch"),
    "aws-vod-most-popular": UseCase(needs_user=True),
    "aws-vod-trending-now": UseCase(),
    "aws-vod-top-picks": UseCase(needs_user=True, leaves_out="Watch"),
}
