"""What is declared about a public data set: where it comes from and what its files hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "integer", "number", "time"]
"""How the values of a column are read; a time has no zone yet."""


@dataclass(frozen=True)
class FileSpec:
    """One file as its publisher writes it.

    Loading needs `columns`; a download must also have exactly `rows` rows, with the values of each
    column in `ranges` between the two bounds, both included.
    """

    name: str
    """The publisher's name for it; a name that ends in .parquet is read as Parquet, else as CSV."""
    columns: Mapping[str, Kind]
    """The columns the kit reads; further ones are passed over."""
    rows: int
    ranges: Mapping[str, tuple[float, float] | tuple[str, str]] = field(default_factory=dict)
    """Smallest and largest value; for a time as text, 2011-12-09 12:50."""
    may_be_missing: frozenset[str] = frozenset()
    """Columns in which an empty cell is known and fine."""
    time_formats: tuple[str, ...] = ()
    """How a time may be written in a CSV file, in the words of `strptime`."""
    other_names: tuple[str, ...] = ()
    """Names under which the same table is also handed round."""
    other_headers: Mapping[str, str] = field(default_factory=dict)
    """A header seen in some copies, and the name in `columns` it stands for."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name to look for, the publisher's first."""
        return (self.name, *self.other_names)


@dataclass(frozen=True)
class Source:
    """A public data set: its publisher, its terms, its download and its files."""

    name: str
    """The name in the kit and of its folder: "movielens-small"."""
    title: str
    page: str
    """The publisher's page about it."""
    url: str
    """The official address of the download."""
    download_name: str
    """The file name of the download; a mirror holds it under <mirror>/<name>/<download_name>."""
    megabytes: float
    """Roughly how much is downloaded."""
    licence: str
    """The terms in a line."""
    terms: str
    """The terms a person agrees to before the download."""
    files: tuple[FileSpec, ...]
    members: Mapping[str, str] = field(default_factory=dict)
    """File name -> its path in the downloaded zip; "inner.zip!file.csv" is a file in a zip in it.

    Empty where the download is the one file itself.
    """
    sha256: str | None = None
    """Of the download; None where no official or independent value is known."""

    def file(self, name: str) -> FileSpec:
        """The file the publisher calls `name`."""
        return next(spec for spec in self.files if spec.name == name)
