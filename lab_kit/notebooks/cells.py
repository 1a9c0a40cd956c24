"""What a notebook's cells say about its structure: headings, sections and stable cell ids."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Cell = Mapping[str, Any]
Notebook = Mapping[str, Any]

ID_LIMIT = 64
"""The longest cell id nbformat 4.5 allows."""
_SLUG_LIMIT = ID_LIMIT - len("-999")
_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")


@dataclass(frozen=True)
class Heading:
    """One heading of a markdown cell."""

    level: int
    """1 to 6."""
    text: str


def text_of(field: str | Sequence[str]) -> str:
    """A multi-line field of a notebook file, which stores it as one string or as lines."""
    return field if isinstance(field, str) else "".join(field)


def source_of(cell: Cell) -> str:
    """The text of a cell, in either form nbformat stores it."""
    return text_of(cell.get("source", ""))


def tags_of(cell: Cell) -> tuple[str, ...]:
    """The tags of a cell, none where it has no such metadata."""
    return tuple(cell.get("metadata", {}).get("tags", ()))


def headings(markdown: str) -> list[Heading]:
    """The headings of a markdown text in order, leaving out those inside fenced code."""
    found = []
    fence: str | None = None
    for line in markdown.splitlines():
        if mark := _FENCE.match(line):
            if fence is None:
                fence = mark[1]
            elif fence == mark[1]:
                fence = None
        elif fence is None and (match := _HEADING.match(line)):
            found.append(Heading(len(match[1]), match[2]))
    return found


def sections(cells: Sequence[Cell]) -> Iterator[str]:
    """For each cell the heading it stands under: the last one in it or above it, else ""."""
    current = ""
    for cell in cells:
        if cell.get("cell_type") == "markdown" and (here := headings(source_of(cell))):
            current = here[-1].text
        yield current


@dataclass(frozen=True)
class Place:
    """Where a cell stands in its notebook."""

    index: int
    """From 0."""
    heading: str
    """The heading it stands under, "" where there is none."""


def places(cells: Sequence[Cell]) -> dict[str, Place]:
    """Where each cell stands, by its id."""
    return {
        cell["id"]: Place(index, heading)
        for index, (cell, heading) in enumerate(zip(cells, sections(cells), strict=True))
    }


def slug(text: str) -> str:
    """A heading as lower-case ASCII words joined by hyphens, as many as leave room for a number."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    words = re.findall(r"[a-z0-9]+", ascii_only.lower())
    while len("-".join(words)) > _SLUG_LIMIT:
        words = words[:-1] or [words[0][:_SLUG_LIMIT]]
    return "-".join(words) or "section"


def stable_ids(cells: Sequence[Cell]) -> list[str]:
    """The id each cell must have: the slug of its section and its number within that slug.

    An id depends on nothing but the headings and the cell's place under them, so that it survives
    every rebuild and edits elsewhere, and links and progress that use it stay true.
    """
    seen: Counter[str] = Counter()
    ids = []
    for section in sections(cells):
        name = slug(section) if section else "start"
        seen[name] += 1
        ids.append(f"{name}-{seen[name]}")
    return ids
