"""Filters: an expression that can be read, about fields that are there."""

import json

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.filters.parser import DATASETS, parse
from lab_kit.personalize.filters.rules import MOST_FIELDS_OF_GROUP, Schemas, check, fields_of
from lab_kit.personalize.filters.syntax import FilterError


def complete_filter(ground: Ground, draft: Draft) -> None:
    """The expression is held against the schemas of the group's datasets."""
    named(draft)
    try:
        expression = parse(draft.request["filterExpression"])
        check(expression, schemas_of(ground, draft.group.arn))
    except FilterError as error:
        raise refusals.invalid(f"Could not create filter. {error}") from None
    fields = fields_of(expression)
    for other in ground.registry.users(draft.group.arn, "Filter"):
        fields |= fields_of(parse(other.record["filterExpression"]))
    if len(fields) > MOST_FIELDS_OF_GROUP:
        raise refusals.invalid(
            f"Could not create filter. The filters of a dataset group may look at no more than "
            f"{MOST_FIELDS_OF_GROUP} different fields."
        )


def schemas_of(ground: Ground, group: str) -> Schemas:
    """Fields of the datasets of a group, by their names in capitals."""
    found = {}
    for dataset in ground.registry.users(group, "Dataset"):
        schema = ground.registry.require(dataset.record["schemaArn"])
        found[DATASETS[dataset.record["datasetType"]]] = fields_in(schema)
    return found


def fields_in(schema: Resource) -> dict[str, dict[str, object]]:
    """Avro fields of a schema, by their names in capitals."""
    return {field["name"].upper(): field for field in json.loads(schema.record["schema"])["fields"]}
