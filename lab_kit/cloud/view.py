"""How the local cloud shows itself in a notebook and in a terminal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lab_kit.aws.prices import CHECK, UNKNOWN, Price
from lab_kit.cloud.costs import Cost, hourly, total


@dataclass(frozen=True)
class Row:
    """One resource, in words."""

    kind: str
    name: str
    region: str
    status: str
    job: str
    cost: str
    arn: str


def rows(status: Mapping[str, Any], known: list[Price]) -> list[Row]:
    """The resources of a server's status, as a person reads them."""
    costs = {cost.arn: cost for cost in hourly(status["resources"], known)}
    return [
        Row(
            each["kind"],
            each["name"] or each["arn"].rpartition("/")[2],
            each["region"],
            each["status"],
            _job(each["job"]),
            _cost(costs.get(each["arn"])),
            each["arn"],
        )
        for each in status["resources"]
    ]


def as_html(url: str, status: Mapping[str, Any], known: list[Price]) -> str:
    """A table for a notebook."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("lab_kit.cloud"), autoescape=True)
    costs = hourly(status["resources"], known)
    return environment.get_template("cloud.html").render(
        url=url,
        home=status["home"],
        log=status["log"],
        ahead=_ahead(status),
        resources=rows(status, known),
        buckets=status["buckets"],
        total=total(costs),
        as_of=", ".join(sorted({cost.price.as_of for cost in costs})),
        check=CHECK,
    )


def as_text(url: str, status: Mapping[str, Any], known: list[Price]) -> str:
    """The same for a terminal."""
    ahead = _ahead(status)
    lines = [
        f"Local cloud at {url}{f', its clock {ahead} ahead' if ahead else ''}",
        f"home {status['home']}, log {status['log']}",
        f"buckets: {', '.join(status['buckets']) or 'none'}",
    ]
    lines += [
        f"{row.kind} {row.name} ({row.region}): {row.status}" + (f", {row.job}" if row.job else "")
        for row in rows(status, known)
    ]
    lines.append(f"on AWS: {total(hourly(status['resources'], known))}. {CHECK}")
    return "\n".join(lines)


def _ahead(status: Mapping[str, Any]) -> str:
    return str(timedelta(seconds=round(status["ahead"]))) if status["ahead"] else ""


def _job(job: Mapping[str, Any] | None) -> str:
    """What is being done, or why it failed; nothing of a job that is done."""
    if job is None or job["state"] in ("DONE", "CANCELLED"):
        return ""
    if job["state"] == "FAILED":
        return str(job["reason"])
    done = "" if job["progress"] is None else f" {job['progress']:.0%}"
    return f"{job['state']}{done} {job['doing']}".strip()


def _cost(cost: Cost | None) -> str:
    if cost is None:
        return ""
    return UNKNOWN if cost.usd is None else f"{cost.usd:.2f} USD"
