"""Words and products as vectors: learnt from what stands beside what.

    from lab_kit import embed

    corpus = embed.corpora.documentation()       # English that comes with boto3
    learnt = embed.learn(corpus)                  # word2vec
    learnt.vectors.nearest("seoul")
    learnt.vectors.analogy("mysql", "rds", "kafka")

    model = embed.Item2Vec().fit(interactions)    # a model of lab_kit.recommend
    model.vectors.nearest(item_id)

A name is imported when it is first used: counting needs no gensim.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.embed import corpora as corpora
    from lab_kit.embed.baskets import as_users as as_users
    from lab_kit.embed.baskets import sessions as sessions
    from lab_kit.embed.bias import association as association
    from lab_kit.embed.by_hand import skip_gram as skip_gram
    from lab_kit.embed.context import in_context as in_context
    from lab_kit.embed.context import senses as senses
    from lab_kit.embed.counts import Counts as Counts
    from lab_kit.embed.counts import count as count
    from lab_kit.embed.evaluation import judged as judged
    from lab_kit.embed.evaluation import relations as relations
    from lab_kit.embed.flat import Plane as Plane
    from lab_kit.embed.flat import plane as plane
    from lab_kit.embed.item2vec import Item2Vec as Item2Vec
    from lab_kit.embed.moving import aligned as aligned
    from lab_kit.embed.moving import drift as drift
    from lab_kit.embed.neighbours import Neighbours as Neighbours
    from lab_kit.embed.vectors import Vectors as Vectors
    from lab_kit.embed.words import Learnt as Learnt
    from lab_kit.embed.words import learn as learn

_HOMES = {
    "Counts": "counts",
    "Item2Vec": "item2vec",
    "Learnt": "words",
    "Neighbours": "neighbours",
    "Plane": "flat",
    "Vectors": "vectors",
    "aligned": "moving",
    "as_users": "baskets",
    "association": "bias",
    "count": "counts",
    "drift": "moving",
    "in_context": "context",
    "judged": "evaluation",
    "learn": "words",
    "plane": "flat",
    "relations": "evaluation",
    "senses": "context",
    "sessions": "baskets",
    "skip_gram": "by_hand",
}
"""Public names and the module each lives in; no module shares its name with one of them."""

__all__ = sorted([*_HOMES, "corpora"])
__getattr__ = lazily(__name__, _HOMES, ["corpora"])


def __dir__() -> list[str]:
    return list(__all__)
