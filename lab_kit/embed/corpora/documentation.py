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
from typing import Any, Literal

import botocore
from tqdm.auto import tqdm

from lab_kit.embed.corpora.corpus import Corpus
from lab_kit.embed.corpora.tokens import english
from lab_kit.errors import LabKitError
from lab_kit.paths import home_folder

PART = Path(__file__).with_name("documentation.toml")
"""The services the lab reads."""
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
            next(lines)
            for line in lines:
                yield line.split()

    with gzip.open(path, "rt", encoding="utf-8") as lines:
        number = int(next(lines))
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
    """Write the number of sentences, and then one a line."""
    seen: dict[str, None] = {}
    for model in tqdm(models.values(), desc="reading AWS's documentation", leave=False):
        with gzip.open(model) as file:
            for text in _texts(json.load(file)):
                seen.update(dict.fromkeys(_sentences(text)))
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Level 1 is written four times as fast as the default and is a tenth larger.
        with gzip.open(unfinished, "wt", compresslevel=1, encoding="utf-8", newline="\n") as file:
            file.write(f"{len(seen)}\n")
            file.writelines(f"{sentence}\n" for sentence in seen)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise LabKitError(
            f"The extracted documentation cannot be kept: {error.strerror}",
            where=str(path.parent),
            next_step="make room there, or give another folder= or LAB_KIT_HOME",
        ) from None


def _texts(model: Any) -> Iterator[str]:
    """Every documentation string of a service model, wherever it stands."""
    if isinstance(model, dict):
        for name, value in model.items():
            if name == "documentation" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(model, list):
        for value in model:
            yield from _texts(value)


def _sentences(text: str, tokenise: Callable[[str], list[str]] = english) -> Iterator[str]:
    for part in END.split(text):
        words = tokenise(html.unescape(MARKUP.sub(" ", part)))
        if len(words) >= LEAST:
            yield " ".join(words)
