"""How the kit speaks to the learner: a card, as HTML for a notebook and text for a terminal."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lab_kit.plots.display import Widget, show
from lab_kit.teach.messages import words

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
Tone = Literal["done", "not yet", "not started", "info", "warning"]

SYMBOLS: dict[Tone, str] = {
    "done": "✓",
    "not yet": "◐",
    "not started": "○",
    "info": "›",
    "warning": "!",
}
# Each at least 3:1 against white and against JupyterLab's dark background, the least WCAG 2.2 asks
# of a symbol; the words beside it keep the page's own colour.
COLOURS: dict[Tone, str] = {
    "done": "#2e8b57",
    "not yet": "#b7791f",
    "not started": "#808080",
    "info": "#3b82c4",
    "warning": "#b7791f",
}
CODE = (
    "font-family: var(--jp-code-font-family, monospace); font-size: 0.93em; padding: 0 0.3em; "
    "border-radius: 3px; background: rgba(128, 128, 128, 0.14);"
)
"""One look for code inside and outside a widget, which has none of a page's own."""


@dataclass(frozen=True)
class Card:
    """One thing said: a word that tells what it is, a title, sentences, and perhaps code.

    Sentences may hold `code` between backticks.
    """

    tone: Tone
    word: str
    """What carries the meaning where colour and symbol are lost: "Done", "Hint 1 of 2"."""
    title: str = ""
    lines: tuple[str, ...] = ()
    code: str = ""
    after: tuple[str, ...] = ()
    """Sentences that stand below the code."""

    @property
    def html(self) -> str:
        """A fragment without scripts or style sheets, readable where styles are stripped."""
        return render("card.html", card=self, symbol=SYMBOLS[self.tone], colour=COLOURS[self.tone])

    @property
    def text(self) -> str:
        """The same in plain text; what the kit adds is ASCII, which any console can print."""
        head = f"[{self.word}] {self.title}".rstrip()
        code = tuple(f"    {line}" for line in self.code.splitlines())
        body = (*(f"  {line}" for line in self.lines), *code, *(f"  {line}" for line in self.after))
        return "\n".join((head, *body))


def say(card: Card, widget: Widget | None = None, data: dict[str, Any] | None = None) -> None:
    """Put a card on the learner's screen."""
    show(card.html, card.text, widget=widget, data=data)


def warn(sentence: str) -> None:
    """One line about something that went wrong beside the lesson; the lesson goes on."""
    say(Card("warning", words("say.note"), lines=(sentence,)))


def render(template: str, **values: Any) -> str:
    """Fill one of the room's HTML templates; everything is escaped."""
    return _environment().get_template(template).render(words=words, **values).strip()


@cache
def _environment() -> "Environment":
    # Imported at the first card, not with the package: jinja2 takes longer than all the rest.
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["code"] = _with_code
    return environment


def _with_code(sentence: str) -> str:
    """Escape a sentence and set what stands between backticks as code."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"`([^`]+)`", rf'<code style="{CODE}">\1</code>', str(escape(sentence))))
