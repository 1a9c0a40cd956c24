"""A text of one's own, read a piece at a time, so that a file of any size takes the same memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from lab_kit.embed.corpora.corpus import Corpus
from lab_kit.embed.corpora.tokens import english
from lab_kit.errors import LabKitError
from lab_kit.prepare.clean.encodings import detect_encoding

PIECE = 1 << 16
"""Characters read at a time."""
LONGEST = 1 << 16
"""Characters after which a sentence ends even without a full stop."""
END = re.compile(r"(?<=[.!?。])\s+|\n+")


def text_file(
    path: str | Path,
    *,
    encoding: str = "utf-8",
    tokenise: Callable[[str], list[str]] = english,
) -> Corpus:
    """A file of plain text as sentences; read anew for each epoch, never held in memory.

    Sentences end at a full stop, question or exclamation mark before a blank, and at the end of a
    line.

    Args:
        path: The file.
        encoding: How its bytes are to be read.
        tokenise: What makes tokens of a sentence: `english` (words in lower case), `korean`
            (morphemes, needs kiwipiepy) or a function of your own.

    Raises:
        LabKitError: If there is no such file, or, while reading, where its bytes are not text in
            the encoding.
    """
    path = Path(path)
    if not path.is_file():
        raise LabKitError(
            "This is a folder, not a file" if path.is_dir() else "There is no such file",
            where=str(path),
            next_step="give the path of a file with plain text",
        )

    def read() -> Iterator[list[str]]:
        for sentence in _sentences(path, encoding):
            if tokens := tokenise(sentence):
                yield tokens

    return Corpus(path.name, read)


def _sentences(path: Path, encoding: str) -> Iterator[str]:
    rest = ""
    for piece in _pieces(path, encoding):
        *whole, rest = END.split(rest + piece)
        yield from whole
        while len(rest) > LONGEST:
            # Cut at a blank, so that no word is torn; a run without one is no text anyway.
            cut = rest.rfind(" ", 0, LONGEST) + 1 or LONGEST
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _pieces(path: Path, encoding: str) -> Iterator[str]:
    try:
        with path.open(encoding=encoding) as file:
            while piece := file.read(PIECE):
                yield piece
    except LookupError:
        raise LabKitError(
            f"There is no encoding {encoding!r}",
            where=str(path),
            next_step="use utf-8, or cp949 for Korean from Windows",
        ) from None
    except UnicodeDecodeError:
        raise _undecodable(path, encoding) from None


def _undecodable(path: Path, encoding: str) -> LabKitError:
    """Which line is not text in the encoding, and which encoding may be right."""
    number, raw = _first_bad_line(path, encoding)
    works = detect_encoding(raw)
    return LabKitError(
        f"The file is not {encoding} text",
        where=f"{path}, line {number:,}",
        next_step=f'read it with encoding="{works}"'
        if works
        else "save it as UTF-8 where it was made; if it is no text at all, export it as plain text",
    )


def _first_bad_line(path: Path, encoding: str) -> tuple[int, bytes]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number, line
    return 1, b"\xff"  # no single line is wrong: an encoding of more than one byte a sign
