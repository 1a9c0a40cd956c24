"""How many rows a bundled file has, and which columns: what the manifest says of it."""

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

ENCODINGS = ("utf-8-sig", "cp949")
"""The exports are in UTF-8 or in the encoding of Korean Windows; the first that reads is taken."""
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Shape:
    """Rows and columns of a table in a file."""

    rows: int
    columns: tuple[str, ...]


def shape_of(path: Path) -> Shape | None:
    """Rows and columns of a Parquet or CSV file, the latter also gzipped; None for other files.

    Raises:
        ValueError: A CSV file is in none of `ENCODINGS`.
    """
    name = path.name.lower()
    if name.endswith(".parquet"):
        import pyarrow.parquet as pq

        metadata = pq.read_metadata(path)
        return Shape(metadata.num_rows, tuple(metadata.schema.to_arrow_schema().names))
    if name.endswith((".csv", ".csv.gz")):
        packed = path.read_bytes()
        text = _decoded(gzip.decompress(packed) if name.endswith(".gz") else packed)
        separator = max(SEPARATORS, key=text.partition("\n")[0].count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        header = next(rows, [])
        return Shape(sum(1 for row in rows if row), tuple(header))
    return None


def _decoded(packed: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return packed.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"none of {', '.join(ENCODINGS)} reads the text")
