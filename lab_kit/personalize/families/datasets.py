"""Schemas and datasets, by the rules of `prepare.schema`."""

import json
from collections.abc import Mapping
from typing import Any, cast

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.storage.places import new_name
from lab_kit.prepare.schema.avro import breaches, contract_breaches, kind_of
from lab_kit.prepare.schema.contracts import CONTRACTS, Contract, contract
from lab_kit.prepare.schema.rules import Domain


def complete_schema(_: Ground, draft: Draft) -> None:
    """A schema has to be one for some dataset; for which, its name may tell."""
    named(draft)
    try:
        avro = json.loads(draft.request["schema"])
    except ValueError as error:
        raise refusals.invalid(f"Schema is not valid JSON: {error}") from None
    _refuse(list(breaches(avro)))
    kind = kind_of(avro)
    if kind is not None:
        _refuse(list(contract_breaches(avro, _contract(kind, draft.request.get("domain")))))


def complete_dataset(_: Ground, draft: Draft) -> None:
    """One dataset of a type a group; type and domain have to be those of the schema."""
    type, group = draft.request["datasetType"].upper(), draft.group
    domain = group.record.get("domain")
    rule = _contract(type.lower(), domain)
    draft.record |= {"datasetType": type, "store": new_name(), "parts": []}
    draft.place(f"dataset/{group.name}/{type}")
    _refuse_schema(draft.parents["schemaArn"], rule, domain)


def refuse_new_schema(new: Resource, old: Resource, type: str, domain: str | None) -> None:
    """Refuse a schema that cannot follow another on the same dataset.

    Source: https://docs.aws.amazon.com/personalize/latest/dg/updating-dataset-schema.html: fields
    stay as they are, and new ones have to be nullable.

    Raises:
        ServiceError: It cannot.
    """
    _refuse_schema(new, _contract(type.lower(), domain), domain)
    before, after = _fields(old), _fields(new)
    gone = [name for name, field in before.items() if after.get(name) != field]
    if gone:
        raise refusals.invalid(f"The new schema has to keep the fields [{', '.join(gone)}]")
    strict = [
        name
        for name, field in after.items()
        if name not in before and "null" not in _union(field["type"])
    ]
    if strict:
        raise refusals.invalid(f"New fields have to be nullable: [{', '.join(strict)}]")


def _refuse_schema(schema: Resource, rule: Contract, domain: str | None) -> None:
    if schema.record.get("domain") != domain:
        raise refusals.invalid(
            f"The domain of the schema ({schema.record.get('domain')}) is not that of the dataset "
            f"group ({domain}): {schema.arn}"
        )
    avro = json.loads(schema.record["schema"])
    kind = kind_of(avro)
    if kind is not None and kind != rule.kind:
        raise refusals.invalid(f"The schema is one of {kind}, not of {rule.kind}: {schema.arn}")
    _refuse(list(contract_breaches(avro, rule)))


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise refusals.invalid(f"Invalid schema: {'; '.join(wrong)}")


def _contract(kind: str, domain: str | None) -> Contract:
    of = cast(Domain, domain or "custom")
    if not any((each.kind, each.domain) == (kind, of) for each in CONTRACTS):
        types = [each.kind.upper() for each in CONTRACTS if each.domain == of]
        raise refusals.invalid(
            f"{kind.upper()} is no dataset type here. Types of "
            f"{'a custom dataset group' if domain is None else domain}: {', '.join(types)}"
        )
    return contract(kind, of)


def _fields(schema: Resource) -> dict[str, Mapping[str, Any]]:
    return {field["name"]: field for field in json.loads(schema.record["schema"])["fields"]}


def _union(declared: Any) -> list[str]:
    return declared if isinstance(declared, list) else [declared]
