"""How good is a space? Questions with known answers, from its own field and from English at large.

A score on other people's questions says little about one's own use (Faruqui et al., Problems With
Evaluation of Word Embeddings Using Word Similarity Tasks, RepEval 2016); so both are here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from lab_kit.embed.vectors import Vectors, unit
from lab_kit.errors import LabKitError
from lab_kit.prepare.tables import html_table, text_table

RELATIONS = Path(__file__).with_name("relations.toml")
Pairs = Sequence[tuple[str, tuple[str, ...]]]
"""A word and its right answers, the usual one first."""


@dataclass(frozen=True, eq=False)
class Relation:
    """How well a relation, learnt from its other pairs, answers for each of its pairs."""

    name: str
    question: str
    answers: pd.DataFrame
    """One row a pair: word, right, answer (the first five, joined), place (of the best right
    answer, from 1)."""
    unknown: tuple[str, ...]
    """Pairs left out because a word has no vector."""

    def within(self, k: int) -> float:
        """Share of the pairs with a right answer among the first k, 0 to 1."""
        return float((self.answers["place"] <= k).mean())


@dataclass(frozen=True, eq=False)
class Relations:
    """Several relations in one space."""

    found: tuple[Relation, ...]

    def __getitem__(self, name: str) -> Relation:
        return next(relation for relation in self.found if relation.name == name)

    @property
    def frame(self) -> pd.DataFrame:
        """One row a relation: relation, question, pairs, unknown, first, first_five."""
        return pd.DataFrame(
            {
                "relation": [each.name for each in self.found],
                "question": [each.question for each in self.found],
                "pairs": [len(each.answers) for each in self.found],
                "unknown": [len(each.unknown) for each in self.found],
                "first": [each.within(1) for each in self.found],
                "first_five": [each.within(5) for each in self.found],
            }
        )

    def __repr__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table("Right answers, each pair asked of the others", *self._table())

    def _table(self) -> tuple[tuple[str, ...], list[tuple[str, str, int, float, float]]]:
        return ("relation", "question", "pairs", "first", "among five"), [
            (row.relation, row.question, row.pairs, round(row.first, 2), round(row.first_five, 2))
            for row in self.frame.itertuples()
        ]


def relations(vectors: Vectors, pairs: Mapping[str, Sequence[str]] | None = None) -> Relations:
    """Ask a space for relations of its own field.

    For each pair the mean difference of all other pairs is added to its word, and the names nearest
    to the sum are the answers, the word itself left out (3CosAvg: Drozd, Gladkova & Matsuoka, Word
    Embeddings, Analogies, and Machine Learning: Beyond king - man + woman = queen, COLING 2016,
    which also counts any of several right answers).

    Args:
        vectors: The space.
        pairs: For each relation its pairs, "word:answer" or "word:answer|another"; None: plural,
            -ing and service to resource, for AWS's documentation.

    Raises:
        LabKitError: If a pair is not written so, or of a relation fewer than three pairs are known.
    """
    if pairs is None:
        known = tomllib.loads(RELATIONS.read_text(encoding="utf-8"))
        asked = {name: (each["question"], each["pairs"]) for name, each in known.items()}
    else:
        asked = {name: (name, list(each)) for name, each in pairs.items()}
    found = [_relation(vectors, name, *each) for name, each in asked.items()]
    return Relations(tuple(found))


def _relation(vectors: Vectors, name: str, question: str, written: Sequence[str]) -> Relation:
    pairs = [_read(pair) for pair in written]
    known = [(word, right) for word, right in pairs if word in vectors and right[0] in vectors]
    unknown = tuple(word for word, right in pairs if (word, right) not in known)
    if len(known) < 3:
        raise LabKitError(
            f"{len(known)} of the {len(pairs)} pairs of {name!r} are known to this space",
            where=", ".join(unknown[:5]),
            next_step="ask a space of the same field, or for pairs whose words it knows",
        )
    words = vectors.take([word for word, _ in known]).directions
    # Several words may share an answer, so that no space of the answers alone can be made.
    steps = vectors.directions[[vectors.place(right[0]) for _, right in known]] - words
    rows = []
    for row, (word, right) in enumerate(known):
        step = (steps.sum(axis=0) - steps[row]) / (len(known) - 1)
        scores = vectors.directions @ unit(words[row] + step)
        scores[vectors.place(word)] = -np.inf
        best = max(scores[vectors.place(answer)] for answer in right if answer in vectors)
        order = np.argsort(-scores, kind="stable")[:5]
        said = ", ".join(vectors.names[place] for place in order)
        rows.append((word, "|".join(right), said, int((scores > best).sum()) + 1))
    columns = ["word", "right", "answer", "place"]
    return Relation(name, question, pd.DataFrame(rows, columns=columns), unknown)


def _read(pair: str) -> tuple[str, tuple[str, ...]]:
    word, colon, right = pair.partition(":")
    if not (word and colon and right):
        raise LabKitError(
            f"{pair!r} is no pair", where="pairs", next_step='write "word:answer" or "word:a|b"'
        )
    return word, tuple(right.split("|"))


def judged(vectors: Vectors) -> pd.DataFrame:
    """Score a space on the sets of general English that gensim ships.

    Similarity: Spearman's correlation with people's judgement (WordSim-353: Finkelstein et al.,
    2002; SimLex-999: Hill, Reichart & Korhonen, 2015). Analogies: share answered first by 3CosAdd
    (Mikolov et al., 2013), among its 30,000 commonest words.

    Returns:
        One row a set: set, score, asked (questions all of whose words are known), share (of all
        questions). The score is NaN where fewer than two can be asked.
    """
    rows = [
        _similarity(vectors, "WordSim-353", "wordsim353.tsv"),
        _similarity(vectors, "SimLex-999", "simlex999.txt"),
        _analogies(vectors.common(30_000)),
    ]
    return pd.DataFrame(rows, columns=["set", "score", "asked", "share"])


def _similarity(vectors: Vectors, name: str, file: str) -> tuple[str, float, int, float]:
    lines = [line.split("\t") for line in _shipped(file) if not line.startswith("#")]
    pairs = [(a.lower(), b.lower(), float(value)) for a, b, value in lines]
    known = [pair for pair in pairs if pair[0] in vectors and pair[1] in vectors]
    score = np.nan
    if len(known) > 1:
        ours = [vectors.similarity(a, b) for a, b, _ in known]
        score = float(spearmanr(ours, [value for _, _, value in known]).statistic)
    return name, score, len(known), len(known) / len(pairs)


def _analogies(vectors: Vectors) -> tuple[str, float, int, float]:
    lines = [line.lower().split() for line in _shipped("questions-words.txt") if line[0] != ":"]
    known = [line for line in lines if all(word in vectors for word in line)]
    if not known:
        return "Google analogies", np.nan, 0, 0.0
    places = np.array([[vectors.place(word) for word in line] for line in known])
    right = 0
    for part in np.array_split(places, max(1, len(places) // 500)):
        a, b, c, d = part.T
        scores = (
            vectors.directions[[*b]] - vectors.directions[[*a]] + vectors.directions[[*c]]
        ) @ (vectors.directions.T)
        np.put_along_axis(scores, part[:, :3], -np.inf, axis=1)
        right += int((scores.argmax(axis=1) == d).sum())
    return "Google analogies", right / len(known), len(known), len(known) / len(lines)


def _shipped(file: str) -> list[str]:
    from gensim.test.utils import datapath

    text = Path(datapath(file)).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip()]
