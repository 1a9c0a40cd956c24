"""The goods: categories, names and descriptions in two languages, latent factors.

An item's latent factor is the sum of those of its level-2 and level-3 category, of the adjective in
its name, of its brand, and of something that is its own. What the words say is therefore part of
what people like.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.data.shop.calendar import DAY, SEASONS, Window, to_utc
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.streams import stream
from lab_kit.data.shop.vocabulary import Category, vocabulary

GROUP, CATEGORY, ADJECTIVE, BRAND, OWN = 0.6, 0.6, 0.35, 0.25, 0.3
"""Standard deviation, per dimension, of the parts of an item's latent factor."""
PACKS = (
    ("소포장", "single", "single", 0.7),
    ("기본", "standard", "standard", 1.0),
    ("대용량", "family", "family pack", 1.7),
)
"""Word in Korean, value of `size`, word in English, price factor."""
CLOTHES = ("S", "M", "L", "XL")
SHOES = ("230", "240", "250", "260", "270", "280")
SEASON_TEXT = {
    "spring": ("봄에 잘 어울립니다", "right for spring"),
    "summer": ("여름에 많이 찾습니다", "sought after in summer"),
    "autumn": ("가을에 어울립니다", "right for autumn"),
    "winter": ("겨울에 많이 찾습니다", "sought after in winter"),
}


@dataclass(frozen=True)
class Traits:
    """What of an item makes a difference between one person and another; one entry an item."""

    factors: np.ndarray
    """(items, dimensions)."""
    wearer: np.ndarray
    """(items,): "F", "M" or "" for anyone."""
    meat: np.ndarray
    """(items,): bool, food that is not vegetarian."""


@dataclass(frozen=True)
class Catalogue:
    """The items, in the order of their ids, as a frame and as arrays for the simulation."""

    frame: pd.DataFrame
    """Clean columns of `items`, without `price`."""
    traits: Traits
    centres: np.ndarray
    """(categories, dimensions): mean factor of each level-3 category."""
    category: np.ndarray
    """(items,): place of the level-3 category in the vocabulary."""
    quality: np.ndarray
    """(items,): standard normal; felt in carts and ratings."""
    popularity: np.ndarray
    """(items,): long-run log-odds."""
    first_price: np.ndarray
    """(items,): price in won when the window or the item starts."""
    first_day: np.ndarray
    """(items,): first day of the window on which the item can be chosen; 0 for older items."""
    season: np.ndarray
    """(items,): index into SEASONS; -1 for none."""
    refill: np.ndarray
    """(items,): days until it is needed again; 0 for what is not consumed."""


def make_catalogue(parameters: ShopParameters) -> Catalogue:
    """Draw the goods."""
    rng = stream(parameters.seed, "catalogue")
    words = vocabulary()
    count = parameters.items
    category = _spread_over_categories(rng, count)
    cells = _choose_names(rng, category)
    brand, adjective, noun, pack = cells.T

    group = np.array(words.group_of())
    group_part = rng.normal(0, GROUP, (group.max() + 1, parameters.dimensions))
    category_part = rng.normal(0, CATEGORY, (len(words.categories), parameters.dimensions))
    centres = np.round(group_part[group] + category_part, 4)
    adjective_part = rng.normal(0, ADJECTIVE, (group.max() + 1, 6, parameters.dimensions))
    brand_part = rng.normal(0, BRAND, (group.max() + 1, 4, parameters.dimensions))
    own = rng.normal(0, OWN, (count, parameters.dimensions))
    of = group[category]
    factors = np.round(
        centres[category] + adjective_part[of, adjective] + brand_part[of, brand] + own, 4
    )

    popularity_of_category = rng.normal(0, parameters.popularity_of_category, len(words.categories))
    popularity = (
        rng.normal(0, parameters.popularity_of_item, count) + popularity_of_category[category]
    )
    created = _creation_moments(rng, parameters)
    season = _seasons(rng, category)
    vegetarian = _vegetarian(rng, category)
    texts = [
        _texts(words.categories[c], b, a, n, p, s, u, edition)
        for c, b, a, n, p, s, u, edition in zip(
            category, brand, adjective, noun, pack, season, rng.integers(0, 4, count),
            _editions(np.column_stack([category, cells])), strict=True,
        )
    ]  # fmt: skip
    frame = pd.DataFrame(
        {
            "item_id": [f"I{number:04d}" for number in range(1, count + 1)],
            **{name: [text[name] for text in texts] for name in texts[0]},
            "creation_timestamp": to_utc(created),
            "vegetarian": vegetarian,
            "season": np.array([*SEASONS, "all"])[season],
            "size": _sizes(rng, category, pack),
        }
    )
    window = Window(parameters.months)
    return Catalogue(
        frame=frame,
        traits=Traits(
            factors=factors,
            wearer=np.array([c.wearer for c in words.categories])[category],
            meat=vegetarian == "no",
        ),
        centres=centres,
        category=category,
        quality=np.round(rng.normal(0, 1, count), 3),
        popularity=popularity,
        first_price=_first_prices(rng, category, brand, pack),
        first_day=np.maximum(window.day_of(created) + 1, 0),
        season=season,
        refill=np.array([c.refill for c in words.categories])[category],
    )


def _spread_over_categories(rng: np.random.Generator, count: int) -> np.ndarray:
    """Shares by largest remainder, then in random order, so that ids say nothing."""
    shares = np.array([category.share for category in vocabulary().categories])
    exact = shares / shares.sum() * count
    numbers = np.floor(exact).astype(int)
    short = count - numbers.sum()
    numbers[np.argsort(numbers - exact, kind="stable")[:short]] += 1
    return rng.permutation(np.repeat(np.arange(len(shares)), numbers))


def _choose_names(rng: np.random.Generator, category: np.ndarray) -> np.ndarray:
    """(items, 4): brand, adjective, noun and pack, no combination twice while there are enough."""
    cells = np.zeros((len(category), 4), dtype=int)
    for place, entry in enumerate(vocabulary().categories):
        rows = np.flatnonzero(category == place)
        packs = len(PACKS) if entry.size == "pack" else 1
        shape = (len(entry.brands), len(entry.adjectives), len(entry.nouns), packs)
        every = int(np.prod(shape))
        rounds = max(-(-len(rows) // every), 1)
        order = np.concatenate([rng.permutation(every) for _ in range(rounds)])
        cells[rows] = np.column_stack(np.unravel_index(order[: len(rows)], shape))
    return cells


def _editions(cells: np.ndarray) -> np.ndarray:
    """1 for the first item of a name, 2 for the second, and so on."""
    keys = pd.Series(list(map(tuple, cells.tolist())))
    return keys.groupby(keys).cumcount().to_numpy() + 1


def _creation_moments(rng: np.random.Generator, parameters: ShopParameters) -> np.ndarray:
    """Within the window for the new ones, in the two years before it for the others."""
    window = Window(parameters.months)
    new = rng.random(parameters.items) < parameters.new_item_share
    days_in = (rng.random(parameters.items) * (window.days - 7)).astype("int64")
    days_before = (rng.random(parameters.items) * 730).astype("int64") + 1
    second = rng.integers(9 * 3600, 18 * 3600, parameters.items)  # in office hours
    return window.start + np.where(new, days_in, -days_before) * DAY + second * 1000


def _seasons(rng: np.random.Generator, category: np.ndarray) -> np.ndarray:
    categories = vocabulary().categories
    code = np.array([SEASONS.index(c.season) if c.season != "all" else -1 for c in categories])
    tied = np.array([c.seasonal for c in categories])
    return np.where(rng.random(len(category)) < tied[category], code[category], -1)


def _vegetarian(rng: np.random.Generator, category: np.ndarray) -> np.ndarray:
    share = np.array([c.vegetarian for c in vocabulary().categories])[category]
    answer = np.where(rng.random(len(category)) < share, "yes", "no")
    return np.where(share < 0, "not food", answer)


def _sizes(rng: np.random.Generator, category: np.ndarray, pack: np.ndarray) -> list[str]:
    """One word for goods of the mart; the sizes on sale, joined by "|", for clothes and shoes."""
    kinds = [vocabulary().categories[place].size for place in category]
    first, last = rng.random(len(kinds)), rng.random(len(kinds))
    return [_size(kind, *row) for kind, *row in zip(kinds, pack, first, last, strict=True)]


def _size(kind: str, pack: int, first: float, last: float) -> str:
    if kind == "pack":
        return PACKS[pack][1]
    if kind == "free":
        return "free"
    every = CLOTHES if kind == "clothes" else SHOES
    half = len(every) // 2
    return "|".join(every[int(first * half) : len(every) - int(last * half)])


def _first_prices(
    rng: np.random.Generator, category: np.ndarray, brand: np.ndarray, pack: np.ndarray
) -> np.ndarray:
    """Won, to the nearest 100: usual price x brand x pack x something of the item's own."""
    categories = vocabulary().categories
    usual = np.array([c.price for c in categories])[category]
    spread = np.array([c.spread for c in categories])[category]
    level = np.array([categories[c].brands[b][2] for c, b in zip(category, brand, strict=True)])
    packs = np.array([p[3] for p in PACKS])[pack]
    packed = np.array([c.size == "pack" for c in categories])[category]
    own = np.exp(rng.normal(0, 1, len(category)) * spread * 0.6)
    price = usual * level * np.where(packed, packs, 1.0) * own
    return np.maximum(np.rint(price / 100) * 100, 500).astype("int64")


def _texts(
    entry: Category, brand: int, adjective: int, noun: int, pack: int, season: int, use: int,
    edition: int,
) -> dict[str, str]:  # fmt: skip
    """Names, descriptions, categories and brand of one item."""
    (brand_ko, brand_en, _), (adjective_ko, adjective_en) = (
        entry.brands[brand],
        entry.adjectives[adjective],
    )
    (noun_ko, noun_en), (use_ko, use_en) = entry.nouns[noun], entry.uses[use]
    packed = entry.size == "pack" and pack != 1
    name_ko = [brand_ko, adjective_ko, noun_ko] + ([PACKS[pack][0]] if packed else [])
    name_en = [brand_en, adjective_en, noun_en] + ([PACKS[pack][2]] if packed else [])
    if edition > 1:
        name_ko.append(f"{edition}호")
        name_en.append(f"no. {edition}")
    about_ko, about_en = (
        [f"{adjective_ko} {noun_ko}", use_ko],
        [f"{adjective_en} {noun_en}", use_en],
    )
    if season >= 0:
        about_ko.append(SEASON_TEXT[SEASONS[season]][0])
        about_en.append(SEASON_TEXT[SEASONS[season]][1])
    return {
        "name_ko": " ".join(name_ko),
        "name_en": " ".join(name_en),
        "description_ko": ". ".join(about_ko) + ".",
        "description_en": ". ".join(text[0].upper() + text[1:] for text in about_en) + ".",
        "category_l1": entry.l1,
        "category_l2": entry.l2,
        "category_l3": entry.l3,
        "brand": brand_en,
    }
