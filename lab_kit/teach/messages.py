"""Every sentence this room shows, from one file per language."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "messages"
DEFAULT = "en"


def words(key: str, /, **values: object) -> str:
    """The sentence for a key, in the learner's language, with its placeholders filled.

    The language is LAB_KIT_LANGUAGE ("ko", "ko-KR"), English by default. A sentence that the
    language lacks is given in English. Where a sentence has a form for one and a form for other
    counts, `count` chooses.

    Args:
        key: Section and name, such as "check.done".
        values: The placeholders' values.

    Raises:
        LookupError: Where English has no such key, or a placeholder is not given: a fault of the
            kit, never of the learner.
    """
    template = _sentences(_language()).get(key) or _sentences(DEFAULT).get(key)
    if template is None:
        raise LookupError(f"messages/{DEFAULT}.toml has no sentence {key!r}")
    if isinstance(template, Mapping):
        form = "one" if values.get("count") == 1 and "one" in template else "other"
        template = template[form]
    try:
        return template.format(**values)
    except (KeyError, IndexError) as error:
        raise LookupError(f"The sentence {key!r} needs a value for {error}") from error


def _language() -> str:
    named = os.environ.get("LAB_KIT_LANGUAGE", "").replace("_", "-").split("-")[0].lower()
    return named if named.isalpha() else DEFAULT


@cache
def _sentences(language: str) -> Mapping[str, Any]:
    """Section.name -> sentence, or its forms; empty for a language the kit does not speak."""
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        sections = tomllib.load(file)
    return {
        f"{section}.{name}": sentence
        for section, entries in sections.items()
        for name, sentence in entries.items()
    }
