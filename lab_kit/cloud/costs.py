"""What the resources of the local cloud would cost on AWS while they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lab_kit.aws.prices import Price, price_of

_BILLED = ("ACTIVE", "CREATE IN_PROGRESS", "DELETE PENDING", "DELETE IN_PROGRESS")


@dataclass(frozen=True)
class Cost:
    """What one resource would cost an hour."""

    arn: str
    usd: float | None
    """None where the price is not known."""
    price: Price


def hourly(resources: Iterable[Mapping[str, Any]], known: list[Price]) -> list[Cost]:
    """The costs of what is billed by the hour: campaigns and recommenders that stand."""
    costs = []
    for resource in resources:
        if resource["status"] not in _BILLED:
            continue
        if resource["kind"] == "Campaign":
            price = price_of(known, "personalize", "campaign, provisioned TPS and hour")
            amount = resource["tps"]
        elif resource["kind"] == "Recommender":
            price = price_of(known, "personalize", "recommender, hour")
            amount = 1
        else:
            continue
        usd = None if price.usd is None else price.usd * amount
        costs.append(Cost(resource["arn"], usd, price))
    return costs


def total(costs: Iterable[Cost]) -> str:
    """All of them in words: "0.40 USD an hour, and 1 of unknown price"."""
    listed = list(costs)
    known = sum(cost.usd for cost in listed if cost.usd is not None)
    unknown = sum(cost.usd is None for cost in listed)
    said = f"{known:.2f} USD an hour"
    return f"{said}, and {unknown} of unknown price" if unknown else said
