"""The Avro-style schema of a dataset, as Personalize takes it; read and written without pandas."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lab_kit.errors import LabKitError
from lab_kit.prepare.schema.contracts import Contract, Field
from lab_kit.prepare.schema.rules import (
    AVRO_NAMESPACE,
    AVRO_TYPES,
    AVRO_VERSION,
    MAX_TEXTUAL_COLUMNS,
    RECORD_NAMES,
    Kind,
)

FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FITS = {"long": {"long", "int"}, "float": {"float", "double", "long", "int"}}
"""The types that a field of a given type may be declared as, besides its own."""


@dataclass(frozen=True)
class Schema:
    """The fields of one dataset, in the order of its columns."""

    kind: Kind
    fields: tuple[Field, ...]

    def to_avro(self) -> dict[str, Any]:
        """The schema as Personalize's CreateSchema takes it."""
        return {
            "type": "record",
            "name": RECORD_NAMES[self.kind],
            "namespace": AVRO_NAMESPACE,
            "fields": [_avro_field(field) for field in self.fields],
            "version": AVRO_VERSION,
        }

    def to_json(self) -> str:
        """The same as text."""
        return json.dumps(self.to_avro(), indent=2) + "\n"


def from_avro(avro: Mapping[str, Any], contract: Contract) -> Schema:
    """Read a schema back, as `to_avro` writes it or as AWS's samples do.

    Raises:
        LabKitError: If it is no record of flat fields of types that Personalize knows.
    """
    try:
        fields = tuple(_read_field(field, contract) for field in avro["fields"])
    except (KeyError, TypeError, ValueError) as error:
        raise LabKitError(
            f"This is no schema of {contract.kind}: {error}",
            next_step="compare it with one that schema.write has written",
        ) from None
    return Schema(contract.kind, fields)


def kind_of(avro: Mapping[str, Any]) -> Kind | None:
    """Which dataset a schema is for, by its name in any capitals; None where it does not tell."""
    called = str(avro.get("name", "")).lower()
    return next((kind for kind, name in RECORD_NAMES.items() if name.lower() == called), None)


def breaches(avro: Any) -> Iterator[str]:
    """What makes a schema none that Personalize takes, whatever dataset it is for.

    Args:
        avro: The schema, read from JSON.
    """
    fields = avro.get("fields") if isinstance(avro, dict) else None
    if not isinstance(fields, list) or not fields or avro.get("type") != "record":
        yield 'a schema is {"type": "record", "name": ..., "fields": [...]}'
        return
    names: dict[str, str] = {}
    for field in fields:
        name = field.get("name") if isinstance(field, dict) else None
        if not isinstance(name, str) or not FIELD_NAME.fullmatch(name):
            yield f"{json.dumps(name)} is no name of a field: letters, digits and _, no digit first"
            continue
        bare = name.replace("_", "").upper()
        if bare in names:
            yield f"{names[bare]} and {name} are one name once signs and capitals are left out"
        names[bare] = name
        if _plain_type(field.get("type")) is None:
            yield (
                f"{name} has type {json.dumps(field.get('type'))}, and may have one of "
                f"{', '.join(AVRO_TYPES)}, alone or with null"
            )


def contract_breaches(avro: Mapping[str, Any], rule: Contract) -> Iterator[str]:
    """Where a schema without `breaches` is not what a dataset needs.

    Args:
        avro: The schema.
        rule: The contract of the dataset.
    """
    fields = {field["name"]: field for field in avro["fields"]}
    for required in rule.required:
        # AWS's own default schema of VIDEO_ON_DEMAND writes GENRES_L1 for GENRES.
        if required.name not in fields and f"{required.name}_L1" not in fields:
            yield f"{required.name} is missing"
    for name, field in fields.items():
        known = rule.field_of(name)
        if known is not None and _plain_type(field["type"]) not in _FITS.get(
            known.type, {known.type}
        ):
            yield f"{name} has to be {known.type}"
        if name == "EVENT_TYPE" and field.get("categorical"):
            yield "EVENT_TYPE must not be categorical"
        is_key = known in rule.ids or name == "TIMESTAMP"
        if is_key and isinstance(field["type"], list):
            yield f"{name} must not be nullable"
    own = [
        name for name in fields if getattr(rule.field_of(name), "role", "metadata") == "metadata"
    ]
    if len(own) > rule.max_metadata:
        yield f"{len(own)} metadata fields; {rule.kind} may have {rule.max_metadata}"
    if rule.needs_metadata and len(fields) <= len(rule.required):
        yield f"{rule.kind} need at least one metadata field"
    textual = [name for name, field in fields.items() if field.get("textual")]
    if textual and (rule.kind != "items" or len(textual) > MAX_TEXTUAL_COLUMNS):
        yield f"{', '.join(textual)}: only items may have a textual field, and only one"


def _plain_type(declared: Any) -> str | None:
    """The type of a field without "null"; None where it is none of a flat field."""
    union = declared if isinstance(declared, list) else [declared]
    types = [each for each in union if each != "null"]
    if len(types) != 1 or len(union) > 2 or types[0] not in AVRO_TYPES:
        return None
    return str(types[0])


def _avro_field(field: Field) -> dict[str, Any]:
    avro: dict[str, Any] = {
        "name": field.name,
        "type": [field.type, "null"] if field.nullable else field.type,
    }
    if field.categorical:
        avro["categorical"] = True
    if field.textual:
        avro["textual"] = True
    return avro


def _read_field(avro: Mapping[str, Any], contract: Contract) -> Field:
    union = [avro["type"]] if isinstance(avro["type"], str) else list(avro["type"])
    types = [known for known in AVRO_TYPES if known in union]
    if len(types) != 1 or set(union) - {types[0], "null"}:
        raise ValueError(f"field {avro['name']} has type {avro['type']}")
    field = Field(
        avro["name"],
        types[0],
        nullable="null" in union,
        categorical=bool(avro.get("categorical", False)),
        textual=bool(avro.get("textual", False)),
    )
    known = contract.field_of(field.name)
    return field if known is None else replace(field, moment=known.moment, role=known.role)
