"""Templates of this room: the cells `build` adds to a lab, and the report of a run."""

import textwrap
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

_TEXT_WIDTH = 88


def render(template: str, **values: Any) -> str:
    """Fill a file of `templates/`; HTML is escaped, markdown is not.

    Raises:
        jinja2.UndefinedError: Where the template needs a value that is not given.
    """
    environment = Environment(
        loader=PackageLoader("lab_kit.notebooks"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrap"] = _wrap
    environment.filters["seconds"] = _seconds
    environment.filters["code"] = "`{}`".format
    return environment.get_template(template).render(**values).strip()


def _wrap(text: str) -> str:
    """Break a paragraph or list item at the width the linter allows."""
    indent = "  " if text.startswith("- ") else ""
    return textwrap.fill(text, _TEXT_WIDTH, subsequent_indent=indent, break_long_words=False)


def _seconds(number: float) -> str:
    """A duration with the digits that matter."""
    if number >= 90:
        return f"{number / 60:.1f} min"
    return f"{number:.1f} s" if number >= 0.1 else f"{number * 1000:.0f} ms"
