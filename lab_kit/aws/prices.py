"""What things cost on AWS, from a dated file that anybody may edit."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from lab_kit.errors import LabKitError

UNKNOWN = "unknown"
CHECK = "Check with AWS: prices change."


@dataclass(frozen=True)
class Price:
    """One price."""

    service: str
    unit: str
    usd: float | None
    """None where it is not known."""
    region: str
    as_of: str
    """When it was read."""
    source: str


def prices(folder: Path) -> list[Price]:
    """All prices.

    Args:
        folder: The kit's home folder; a `prices.toml` there is read instead of the kit's own.

    Raises:
        LabKitError: The file cannot be read as one of prices.
    """
    own = folder / "prices.toml"
    packaged = files("lab_kit.aws").joinpath("prices.toml")
    try:
        text = (own if own.exists() else packaged).read_text(encoding="utf-8")
        return [_price(entry) for entry in tomllib.loads(text)["price"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabKitError(
            f"The prices cannot be read: {error}",
            where=str(own if own.exists() else packaged),
            next_step="mend the file, or delete it and the kit's own is read",
        ) from error


def price_of(known: list[Price], service: str, unit: str) -> Price:
    """One price; without a number where the file does not have it."""
    found = (each for each in known if (each.service, each.unit) == (service, unit))
    return next(found, Price(service, unit, None, "", UNKNOWN, ""))


def _price(entry: dict[str, Any]) -> Price:
    usd = None if entry["usd"] == UNKNOWN else float(entry["usd"])
    return Price(**entry | {"usd": usd})
