"""The figures of a metric attribution, from events and the items they were with."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab_kit.aws.jobs.work import Work
from lab_kit.personalize.attributions.windows import FILE
from lab_kit.personalize.storage.records import Put, Records

COLUMNS = (
    "METRIC_NAME",
    "EVENT_TYPE",
    "VALUE",
    "MATH_FUNCTION",
    "EVENT_ATTRIBUTION_SOURCE",
    "TIMESTAMP",
)
UNDEFINED = "SOURCE_NAME_UNDEFINED"
MOST_SOURCES = 100
"""Events of further sources are not counted."""
_SUM = re.compile(r"SUM\((ITEMS|INTERACTIONS)\.(\w+)\)", re.IGNORECASE)
Items = Mapping[str, Mapping[str, Any]]
"""What is known of items, fields in capitals, by id."""


def report(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Count the events of all windows that have ended and were not reported yet.

    Args:
        arguments: `sources` of the group, `metrics`, `after` which record, `until` when, the length
            of a `window` in seconds, and the `marks` of campaigns in recommendation ids.
        work: Where the file is written.

    Returns:
        How many `rows`, the position `upto` which records were counted, whether `more` are there,
        and `until`.
    """
    sources = arguments["sources"]
    source = sources["INTERACTIONS"]
    kept = Records(Path(source["records"]))
    found = kept.since(source["store"], arguments["after"])
    ended = [(place, put) for place, put in found if put.at < arguments["until"]]
    rows = figures(
        [put for _, put in ended],
        arguments["metrics"],
        items_of(sources, arguments["metrics"]),
        arguments["marks"],
        arguments["window"],
    )
    write(rows, work.folder / FILE)
    return {
        "rows": len(rows),
        "upto": ended[-1][0] if ended else arguments["after"],
        "more": len(found) > len(ended),
        "until": arguments["until"],
    }


def figures(
    puts: Iterable[Put],
    metrics: Sequence[Mapping[str, str]],
    items: Items,
    marks: Mapping[str, str],
    window: float,
) -> list[tuple[Any, ...]]:
    """One row for each window, metric and source that had events; see `COLUMNS`.

    Args:
        puts: Events.
        metrics: What is counted: eventType, metricName, expression.
        items: What is known of items.
        marks: Campaigns and recommenders by the end of the recommendation ids they give.
        window: Seconds.
    """
    sums: dict[tuple[int, int, str], float] = defaultdict(float)
    sources: set[str] = set()
    for put in puts:
        source = source_of(put.record, marks)
        if source not in sources and len(sources) >= MOST_SOURCES:
            continue
        sources.add(source)
        begin = int(put.at // window * window)
        for place, metric in enumerate(metrics):
            if metric["eventType"].lower() == str(put.record.get("EVENT_TYPE", "")).lower():
                sums[begin, place, source] += _worth(put.record, metric["expression"], items)
    return [
        (
            metrics[place]["metricName"],
            metrics[place]["eventType"],
            value,
            metrics[place]["expression"].partition("(")[0].lower(),
            source,
            begin,
        )
        for (begin, place, source), value in sorted(sums.items())
    ]


def source_of(record: Mapping[str, Any], marks: Mapping[str, str]) -> str:
    """To what an event is put down: its own word, else who gave the recommendation it follows."""
    own = record.get("EVENT_ATTRIBUTION_SOURCE")
    if own:
        return str(own)
    return marks.get(str(record.get("RECOMMENDATION_ID", ""))[-6:], UNDEFINED)


def write(rows: Iterable[tuple[Any, ...]], path: Path) -> None:
    """Write a report."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def items_of(sources: Mapping[str, Any], metrics: Sequence[Mapping[str, str]]) -> Items:
    """What the sums of some metrics need to know of the items."""
    fields = {
        found[2].upper()
        for metric in metrics
        if (found := _SUM.fullmatch(metric["expression"])) and found[1].upper() == "ITEMS"
    }
    if not fields or "ITEMS" not in sources:
        return {}
    from lab_kit.personalize.storage.frames import read

    known = {field["name"].upper() for field in sources["ITEMS"]["schema"]["fields"]}
    columns = [name.lower() for name in sorted(fields & known)]
    frame = read(sources["ITEMS"], columns=["item_id", *columns])
    values = frame[columns].astype("float64").rename(columns=str.upper)
    return dict(zip(frame["item_id"], values.to_dict("records"), strict=True))


def _worth(record: Mapping[str, Any], expression: str, items: Items) -> float:
    summed = _SUM.fullmatch(expression)
    if summed is None:
        return 1.0
    dataset, field = summed[1].upper(), summed[2].upper()
    of = record if dataset == "INTERACTIONS" else items.get(str(record.get("ITEM_ID")), {})
    value = of.get(field)
    return 0.0 if value is None or value != value else float(value)
