"""Data sets in the kit's shapes: the shop that comes with it, and public ones.

`load` returns a `Dataset`; `names` and `describe` say what there is; `get` downloads a public one;
`verify` checks the files that come with the kit and `regenerate` makes them anew.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from lab_kit.data.catalogue import Description, describe, load, names
from lab_kit.data.dataset import Dataset, Export, LazyFrames
from lab_kit.data.download import get

if TYPE_CHECKING:
    from lab_kit.data.manifest import Problem

__all__ = [
    "Dataset",
    "Description",
    "Export",
    "LazyFrames",
    "describe",
    "get",
    "load",
    "names",
    "regenerate",
    "verify",
]


def verify(folder: Path | None = None) -> "list[Problem]":
    """Compare the bundled files with their manifest; see `lab_kit.data.manifest.verify`."""
    from lab_kit.data.manifest import verify as verify_

    return verify_(folder)


def regenerate() -> None:
    """Make the shop's files anew and write the manifest of what came out."""
    from lab_kit.data import manifest, shop

    shop.regenerate()
    manifest.write()
