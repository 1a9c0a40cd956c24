"""A Korean corpus of the shop, made by rules, so that the meaning of every word is known.

Customers tell what tastes how, what they wrote and read, wore and washed. What a word means is told
by the scenes it stands in; korean.toml holds them. The text is taken apart into morphemes as it is
made, so that no tokeniser is needed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from lab_kit.embed.corpora.corpus import Corpus
from lab_kit.errors import LabKitError

SCENES = Path(__file__).with_name("korean.toml")
SLOT = re.compile(r"\{(\w+)\}")
FIRST_SYLLABLE, LAST_SYLLABLE = 0xAC00, 0xD7A3
FINALS = 28
"""Syllables that differ in their final consonant alone; the first of them has none."""
RIEUL = 8
"""The final ㄹ, after which 으로 becomes 로."""


def korean_shop(sentences: int = 20_000, *, seed: int = 0) -> Corpus:
    """Reviews and product texts; `labels` holds the scene of each sentence.

    Args:
        sentences: How many, 1 or more; one has between 3 and 8 tokens.
        seed: Draws scenes, patterns and words.

    Raises:
        LabKitError: If fewer than one is asked for.
    """
    if sentences < 1:
        raise LabKitError(
            f"{sentences} sentences were asked for", where="sentences", next_step="ask for more"
        )
    words, scenes = _words(), _known()["scene"]
    rng = np.random.default_rng(seed)
    share = np.array([scene["share"] for scene in scenes], float)
    drawn = rng.choice(len(scenes), sentences, p=share / share.sum())
    # One number a sentence for the pattern, and one for each slot it may have.
    numbers = rng.random((sentences, 8))
    texts = [
        _sentence(scenes[scene]["patterns"], words, line)
        for scene, line in zip(drawn, numbers, strict=True)
    ]
    labels = [scenes[scene]["name"] for scene in drawn]
    return Corpus("the shop in Korean", lambda: texts, sentences=sentences, labels=labels)


def glosses() -> dict[str, str]:
    """What each word of the corpus means in English."""
    known = _known()
    pairs = [
        *(pair for list_ in known["words"].values() for pair in list_),
        *known["more"]["words"],
    ]
    return dict(pair.split("|") for pair in pairs)


def with_particle(word: str, forms: str) -> str:
    """The form of a particle that fits a word: of 을/를 it is 을 after 책.

    The first form follows a final consonant, the second a vowel; 로 also follows ㄹ.
    """
    closed, open_ = forms.split("/")
    code = ord(word[-1])
    final = (code - FIRST_SYLLABLE) % FINALS if FIRST_SYLLABLE <= code <= LAST_SYLLABLE else 0
    return open_ if final == 0 or (closed == "으로" and final == RIEUL) else closed


def _sentence(
    patterns: list[str], words: Mapping[str, list[str]], numbers: np.ndarray
) -> list[str]:
    pattern = patterns[int(numbers[0] * len(patterns))].split()
    found: list[str] = []
    for token, number in zip(pattern, numbers[1 : len(pattern) + 1], strict=True):
        slot = SLOT.fullmatch(token)
        if slot:
            choice = words[slot[1]]
            found.append(choice[int(number * len(choice))])
        else:
            found.append(with_particle(found[-1], token) if "/" in token else token)
    return found


def _words() -> dict[str, list[str]]:
    return {
        name: [pair.partition("|")[0] for pair in list_]
        for name, list_ in _known()["words"].items()
    }


@cache
def _known() -> dict:
    return tomllib.loads(SCENES.read_text(encoding="utf-8"))
