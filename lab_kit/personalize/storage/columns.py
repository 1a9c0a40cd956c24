"""The columns of a dataset: how a schema's fields are read from text, kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pyarrow as pa

from lab_kit.prepare.schema.avro import Schema, from_avro
from lab_kit.prepare.schema.contracts import Contract, Field, contract
from lab_kit.prepare.schema.rules import Domain

ARROW = {
    "string": pa.string(),
    "long": pa.int64(),
    "int": pa.int32(),
    "float": pa.float64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
}
"""What each type of a schema is kept as; times stay whole seconds."""


def contract_of(source: Mapping[str, Any]) -> Contract:
    """The rules for a dataset.

    Args:
        source: As `places.source_of` gives it.
    """
    return contract(source["type"].lower(), cast(Domain, source["domain"] or "custom"))


def schema_of(source: Mapping[str, Any]) -> Schema:
    """The fields of a dataset, in the order of its columns."""
    return from_avro(source["schema"], contract_of(source))


def arrow_schema(fields: tuple[Field, ...]) -> pa.Schema:
    """The columns of a file that keeps a dataset."""
    return pa.schema([pa.field(field.name, ARROW[field.type]) for field in fields])


def key_of(fields: tuple[Field, ...], type: str) -> str | None:
    """The field of which each value stands for one row; None for events."""
    return None if type.endswith("INTERACTIONS") else f"{type.removesuffix('S')}_ID"
