"""Text to tokens: English by its letters, Korean by its morphemes."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lab_kit.errors import LabKitError

WORD = re.compile(r"[^\W\d_](?:[\w']*\w)?(?:-\w+)*")
"""A letter of any script, then letters, digits and what joins them: "don't", "us-east-1"."""


def english(text: str) -> list[str]:
    """Words in lower case; numbers and punctuation are left out.

    It does for every language that puts blanks between words and changes them little. In Korean a
    word and its particles stay one token; see `korean`.
    """
    return WORD.findall(text.lower())


def korean(text: str) -> list[str]:
    """Morphemes in Korean: nouns and particles by themselves, verbs in the form of a dictionary.

    Uses kiwipiepy (Apache-2.0), which is no part of the kit: its model takes 90 MB on disk and
    200 MB of memory.

    Raises:
        LabKitError: If kiwipiepy is not installed.
    """
    return [
        token.form + ("다" if token.tag.startswith(("VV", "VA", "VX")) else "")
        for token in _kiwi().tokenize(text)
        if token.tag[0] in "NVJMX" and token.tag != "XSV"
    ]


@cache
def _kiwi() -> Any:
    try:
        from kiwipiepy import Kiwi
    except ImportError:
        raise LabKitError(
            "Korean text cannot be taken apart without the package kiwipiepy",
            where="tokenise=korean",
            next_step="pip install kiwipiepy (90 MB), or give text that is tokenised already; the "
            "kit's own Korean corpus is",
        ) from None
    return Kiwi()
