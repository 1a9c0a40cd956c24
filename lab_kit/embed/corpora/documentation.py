"""English that is at hand wherever boto3 is: botocore's own documentation of AWS's services.

botocore (Apache-2.0, Copyright Amazon.com, Inc.) holds a model of each service, and in it a text on
each operation and parameter: about 310,000 different sentences, 3.8 million words. They are read
where botocore is installed, cleaned once and kept in the kit's folder for the user.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import botocore
from tqdm.auto import tqdm

from lab_kit.embed.corpora.corpus import Corpus
from lab_kit.embed.corpora.tokens import english
from lab_kit.errors import LabKitError
from lab_kit.paths import home_folder

PART = Path(__file__).with_name("documentation.toml")
"""The services the lab reads."""
TEXT = re.compile(r'"documentation"\s*:\s*("(?:[^"\\]|\\.)*")')
"""A documentation string in JSON, quotes included. Read so, a model of 30 MB takes its own size, as
a tree of objects several times that."""
MARKUP = re.compile(r"<[^>]*>")
END = re.compile(r"(?<=[.!?])\s+|</(?:p|li|dt|dd|note|h\d)>|\n+")
"""Where a sentence ends: its full stop, or the end of a paragraph or list item."""
LEAST = 3
"""Words of a sentence; what is shorter is a heading or a bare name."""


def documentation(
    services: Sequence[str] | Literal["all"] | None = None, *, folder: Path | None = None
) -> Corpus:
    """The documentation as sentences of lower-case words, each sentence once.

    Extracted at the first call, with a bar, and then read from a file of the kit's.

    Args:
        services: Names as boto3 knows them, "s3"; "all": about 7 seconds of work; None: those the
            lab reads, 1.4 million words.
        folder: Where the extracted sentences are kept; None: the kit's folder for the user.

    Raises:
        LabKitError: If botocore has no such service, or the sentences cannot be written.
    """
    models = _models(services)
    path = _kept_in(folder or home_folder() / "corpora", models)
    if not path.is_file():
        _extract(models, path)

    def read() -> Iterator[list[str]]:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield line.split()

    with gzip.open(path, "rt", encoding="utf-8") as lines:
        number = sum(1 for _ in lines)
    name = f"botocore {botocore.__version__}, {len(models)} services"
    return Corpus(name, read, sentences=number)


def _models(services: Sequence[str] | None) -> dict[str, Path]:
    """The newest model of each service, by name."""
    root = Path(botocore.__file__).parent / "data"
    found = {path.parent.parent.name: path for path in sorted(root.glob("*/*/service-2.json.gz"))}
    if services == "all":
        return found
    if services is None:
        services = tomllib.loads(PART.read_text(encoding="utf-8"))["services"]
    lost = [name for name in services if name not in found]
    if lost or not services:
        raise LabKitError(
            f"botocore has no service {', '.join(map(repr, lost))}" if lost else "No service named",
            where=f"botocore {botocore.__version__}, {len(found)} services",
            next_step="write names as in boto3.client(...), such as 's3', or 'all'",
        )
    return {name: found[name] for name in sorted(set(services))}


def _kept_in(folder: Path, models: dict[str, Path]) -> Path:
    names = hashlib.sha256(" ".join(models).encode()).hexdigest()[:8]
    return folder / f"botocore-{botocore.__version__}-{names}.txt.gz"


def _extract(models: dict[str, Path], path: Path) -> None:
    """Write one sentence a line."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Level 1 is written four times as fast as the default and is a tenth larger.
        with gzip.open(unfinished, "wt", compresslevel=1, encoding="utf-8", newline="\n") as file:
            file.writelines(f"{sentence}\n" for sentence in _all_sentences(models))
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise LabKitError(
            f"The extracted documentation cannot be kept: {error.strerror}",
            where=str(path.parent),
            next_step="make room there, or give another folder= or LAB_KIT_HOME",
        ) from None


def _all_sentences(models: dict[str, Path]) -> Iterator[str]:
    """Each sentence once; remembered by a hash, since the sentences themselves take 100 MB."""
    seen: set[bytes] = set()
    for model in tqdm(models.values(), desc="reading AWS's documentation", leave=False):
        with gzip.open(model, "rt", encoding="utf-8") as file:
            text = file.read()
        for found in TEXT.finditer(text):
            for sentence in _sentences(json.loads(found[1])):
                known = hashlib.blake2b(sentence.encode(), digest_size=8).digest()
                if known not in seen:
                    seen.add(known)
                    yield sentence


def _sentences(text: str, tokenise: Callable[[str], list[str]] = english) -> Iterator[str]:
    for part in END.split(text):
        words = tokenise(html.unescape(MARKUP.sub(" ", part)))
        if len(words) >= LEAST:
            yield " ".join(words)
