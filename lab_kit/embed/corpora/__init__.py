"""Text to learn from: the shop in Korean, AWS's documentation, a file of one's own."""

from lab_kit.embed.corpora.corpus import Corpus
from lab_kit.embed.corpora.documentation import documentation
from lab_kit.embed.corpora.korean import glosses, korean_shop
from lab_kit.embed.corpora.text import text_file
from lab_kit.embed.corpora.tokens import english, korean

__all__ = [
    "Corpus",
    "documentation",
    "english",
    "glosses",
    "korean",
    "korean_shop",
    "text_file",
]
