"""What Amazon Personalize accepts: its rules, a check of frames against them, and its files.

`check(frame, "interactions")` reports everything that is wrong at once; `write(dataset, folder)`
writes CSV files with their schemas and `read(folder)` reads them back. The rules themselves are
data: numbers in `rules`, fields in `contracts`, schemas in `avro`, none of which loads pandas.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.prepare.schema.avro import Schema, from_avro
    from lab_kit.prepare.schema.checks import check, check_dataset
    from lab_kit.prepare.schema.contracts import CONTRACTS, Contract, Field, contract
    from lab_kit.prepare.schema.files import read, write
    from lab_kit.prepare.schema.inference import describe
    from lab_kit.prepare.schema.violations import Violation, Violations

__all__ = [
    "CONTRACTS",
    "Contract",
    "Field",
    "Schema",
    "Violation",
    "Violations",
    "check",
    "check_dataset",
    "contract",
    "describe",
    "from_avro",
    "read",
    "write",
]

__getattr__ = lazily(
    __name__,
    {
        "CONTRACTS": "contracts",
        "Contract": "contracts",
        "Field": "contracts",
        "Schema": "avro",
        "Violation": "violations",
        "Violations": "violations",
        "check": "checks",
        "check_dataset": "checks",
        "contract": "contracts",
        "describe": "inference",
        "from_avro": "avro",
        "read": "files",
        "write": "files",
    },
)
