"""What Amazon Personalize accepts: its rules, a check of frames against them, and its files.

`check(frame, "interactions")` reports everything that is wrong at once; `write(dataset, folder)`
writes CSV files with their schemas and `read(folder)` reads them back. The rules themselves are
data: numbers in `rules`, fields in `contracts`.
"""

from lab_kit.prepare.schema.check import check, check_dataset
from lab_kit.prepare.schema.contracts import CONTRACTS, Contract, Field, contract
from lab_kit.prepare.schema.describe import Schema, describe, from_avro
from lab_kit.prepare.schema.files import read, write
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
