"""Small reports as a plain table and as an accessible HTML table."""

import unicodedata
from collections.abc import Sequence
from html import escape

Cell = str | int | float

LEFT, RIGHT = "text-align:left", "text-align:right"


def text_table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Columns under their names; numbers to the right, text to the left.

    Hangul and other wide characters count as two columns, so that a terminal lines them up.
    """
    texts = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(header, *texts, strict=True)]
    right = [bool(rows) and not isinstance(cell, str) for cell in (rows[0] if rows else header)]
    lines = [
        "  ".join(map(_padded, line, widths, right)).rstrip()
        for line in [list(header), ["-" * width for width in widths], *texts]
    ]
    return "\n".join(lines)


def html_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A table a screen reader can walk: captioned, and headed by its first row and column."""
    head = "".join(f'<th scope="col" style="{LEFT}">{escape(name)}</th>' for name in header)
    body = "".join(f"<tr>{''.join(map(_html_cell, range(len(row)), row))}</tr>" for row in rows)
    return (
        '<table class="lab-kit-table">'
        f'<caption style="{LEFT}">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _html_cell(position: int, cell: Cell) -> str:
    style = LEFT if isinstance(cell, str) else RIGHT
    tag = 'th scope="row"' if position == 0 else "td"
    return f'<{tag} style="{style}">{escape(_shown(cell))}</{tag[:2]}>'


def _shown(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:,}"


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
