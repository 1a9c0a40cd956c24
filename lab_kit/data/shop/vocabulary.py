"""Reads vocabulary.toml: categories with their words, kinds of customer, what follows what."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Category:
    """A level-3 category; the fields are explained at the head of vocabulary.toml."""

    l1: str
    l2: str
    l3: str
    price: float
    spread: float
    share: float
    refill: float
    vegetarian: float
    season: str
    seasonal: float
    size: str
    wearer: str
    nouns: tuple[tuple[str, str], ...]
    """Korean and English."""
    adjectives: tuple[tuple[str, str], ...]
    uses: tuple[tuple[str, str], ...]
    brands: tuple[tuple[str, str, float], ...]
    """Korean, English, price level."""


@dataclass(frozen=True)
class Archetype:
    """A kind of customer; the formula for its probability is in vocabulary.toml."""

    name: str
    weight: float
    age_mean: float
    age_sd: float
    women: float
    likes: tuple[str, ...]
    dislikes: tuple[str, ...]


@dataclass(frozen=True)
class FollowUp:
    """After `after` was put into the cart, items of `then` gain `effect` log-odds."""

    after: str
    then: str
    effect: float


@dataclass(frozen=True)
class Vocabulary:
    """Everything in vocabulary.toml, in its order."""

    categories: tuple[Category, ...]
    archetypes: tuple[Archetype, ...]
    follow_ups: tuple[FollowUp, ...]

    def position(self) -> dict[str, int]:
        """Level-3 category -> its place in `categories`."""
        return {category.l3: place for place, category in enumerate(self.categories)}

    def group_of(self) -> list[int]:
        """For each category, the number of its level-2 group."""
        groups = {name: i for i, name in enumerate(dict.fromkeys(c.l2 for c in self.categories))}
        return [groups[category.l2] for category in self.categories]


@cache
def vocabulary() -> Vocabulary:
    """The shop's vocabulary, read once."""
    text = (Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    return Vocabulary(
        categories=tuple(
            _category(group, entry) for group in document["group"] for entry in group["category"]
        ),
        archetypes=tuple(
            Archetype(
                **{**entry, "likes": tuple(entry["likes"]), "dislikes": tuple(entry["dislikes"])}
            )
            for entry in document["archetype"]
        ),
        follow_ups=tuple(FollowUp(**entry) for entry in document["follow_up"]),
    )


def _category(group: dict, entry: dict) -> Category:
    numbers = {
        name: float(entry[name])
        for name in ("price", "spread", "share", "refill", "vegetarian", "seasonal")
    }
    return Category(
        **numbers,
        l1=group["l1"],
        l2=group["l2"],
        l3=entry["l3"],
        season=entry["season"],
        size=entry["size"],
        wearer=entry.get("wearer", ""),
        nouns=tuple(_pair(text) for text in entry["nouns"]),
        adjectives=tuple(_pair(text) for text in group["adjectives"]),
        uses=tuple(_pair(text) for text in group["uses"]),
        brands=tuple(_brand(text) for text in group["brands"]),
    )


def _pair(text: str) -> tuple[str, str]:
    korean, english = text.split("|")
    return korean, english


def _brand(text: str) -> tuple[str, str, float]:
    korean, english, level = text.split("|")
    return korean, english, float(level)
