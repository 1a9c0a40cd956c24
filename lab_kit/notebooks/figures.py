"""Figures in a cell and its outputs: has each a text for those who cannot see it, is it small?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from lab_kit.notebooks.cells import source_of, text_of

FIGURE_KB = 150
_KB = 1000
_MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
_CODE_SPAN = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True)
class FigureFault:
    """What is wrong with one figure."""

    rule: str
    message: str
    fix: str


def figure_faults(cell: Mapping[str, Any]) -> Iterator[FigureFault]:
    """What is wrong with the figures of one cell, in its markdown or in its outputs."""
    if cell["cell_type"] == "markdown":
        yield from _in_markdown(_CODE_SPAN.sub("", source_of(cell)))
    for output in cell.get("outputs", []):
        for kind, content in output.get("data", {}).items():
            if kind == "text/html":
                yield from _in_html(text_of(content))
            elif kind.startswith("image/"):
                yield from _bare_image(kind, text_of(content))


def _in_markdown(text: str) -> Iterator[FigureFault]:
    for image in _MARKDOWN_IMAGE.finditer(text):
        if not image[1].strip():
            yield _without_alt("the image in the text", "write it between the brackets of ![]")
    yield from _in_html(text)


def _in_html(html: str) -> Iterator[FigureFault]:
    parser = _Images()
    parser.feed(html)
    for image in parser.found:
        if not (image.get("alt") or "").strip():
            yield _without_alt("an <img>", "give it an alt attribute")
        head, _, encoded = (image.get("src") or "").partition("base64,")
        if head.startswith("data:"):
            yield from _too_large(_decoded_size(encoded))


def _bare_image(kind: str, content: str) -> Iterator[FigureFault]:
    """An image output: no notebook format has a place for its alt text."""
    yield _without_alt(f"the {kind} output", "return it as a lab_kit.plots.Picture")
    is_text = kind == "image/svg+xml"
    yield from _too_large(len(content.encode()) if is_text else _decoded_size(content))


def _without_alt(what: str, fix: str) -> FigureFault:
    return FigureFault("figure-alt", f"{what} has no alt text", fix)


def _too_large(size: int) -> Iterator[FigureFault]:
    if size > FIGURE_KB * _KB:
        message = f"a figure has {size / _KB:.0f} KB, more than {FIGURE_KB}"
        yield FigureFault("figure-size", message, "draw fewer points, or save it smaller")


def _decoded_size(encoded: str) -> int:
    """Bytes in base64 text, four characters to three bytes."""
    return len(encoded.strip().rstrip("=")) * 3 // 4


class _Images(HTMLParser):
    """Collects the attributes of every <img>."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))
