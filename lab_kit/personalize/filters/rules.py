"""What a filter expression has to keep to besides its grammar.

Source: https://docs.aws.amazon.com/personalize/latest/dg/filter-expression-guidelines-requirements.html.
"""

from collections.abc import Mapping
from typing import Any

from lab_kit.personalize.filters.parser import CURRENT_USER
from lab_kit.personalize.filters.syntax import (
    ANY,
    Condition,
    CurrentItem,
    Expression,
    FilterError,
    Value,
)
from lab_kit.personalize.filters.values import number_of

MOST_FIELDS = 5
"""Different fields in one filter."""
MOST_FIELDS_OF_GROUP = 10
"""Different fields in all filters of a dataset group."""
EVENT_TYPE = "EVENT_TYPE"
NUMBERS = ("int", "long", "float", "double")
_LOOKS_AT = {
    "ItemID": ("Interactions", "Items"),
    "UserID": ("Interactions", "Users"),
    "ActionID": ("Action_Interactions", "Actions"),
}
_EVENTS = ("Interactions", "Action_Interactions")

Schemas = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""For each dataset there is, as the parser names it, Avro fields by their names in capitals."""


def check(expression: Expression, schemas: Schemas) -> None:
    """Hold an expression against the rules and the schemas of its dataset group.

    Args:
        expression: What was read.
        schemas: Of datasets that are not there yet, fields are not checked.

    Raises:
        FilterError: It breaks a rule; with the character at which it does.
    """
    _check_clauses(expression)
    for condition in expression.conditions:
        _check_condition(expression, condition, schemas)
    if len(fields_of(expression)) > MOST_FIELDS:
        raise FilterError(
            f"A filter may look at no more than {MOST_FIELDS} different fields", expression.text, 0
        )


def fields_of(expression: Expression) -> set[tuple[str, str]]:
    """The different fields an expression looks at, as (dataset, field)."""
    found = set()
    for condition in expression.conditions:
        found.add((_home(condition.dataset), condition.field))
        for operand in condition.operands:
            if isinstance(operand, CurrentItem):
                found.add(("Items", operand.field))
    return found


def type_of(field: Mapping[str, Any]) -> str:
    """The Avro type of a field, null left out: "string"."""
    given = field["type"]
    options = given if isinstance(given, list) else [given]
    return next((str(each) for each in options if each != "null"), "null")


def _check_clauses(expression: Expression) -> None:
    for clause in expression.clauses:
        if clause.target != expression.target:
            what = f"All expressions have to be about the same, {expression.target}"
            raise FilterError(f"{what}, and this one is about {clause.target}", expression.text,
                              clause.place)  # fmt: skip
        first = next(clause.conditions)
        for condition in clause.conditions:
            if condition.dataset not in _LOOKS_AT[clause.target]:
                allowed = " or ".join(_LOOKS_AT[clause.target])
                what = f"{clause.target} is filtered by {allowed}, not by {condition.dataset}"
                raise FilterError(what, expression.text, condition.place)
            if condition.dataset != first.dataset:
                what = (
                    f"One expression looks at one dataset: join one about {first.dataset} and one "
                    f'about {condition.dataset} with "|"'
                )
                raise FilterError(what, expression.text, condition.place)


def _check_condition(expression: Expression, condition: Condition, schemas: Schemas) -> None:
    def wrong(what: str, place: int = condition.place) -> FilterError:
        return FilterError(what, expression.text, place)

    events = condition.dataset in _EVENTS
    if events and condition.field != EVENT_TYPE:
        raise wrong(f"{condition.dataset} can be filtered by EVENT_TYPE only")
    if events and condition.operator not in ("IN", "NOT IN", "=", "!="):
        raise wrong("Event types can be compared with IN, NOT IN, = and != only")
    kind = _kind(condition.dataset, condition.field, schemas, wrong)
    if kind == "string" and condition.operator in ("<", "<=", ">", ">="):
        raise wrong(f"{condition.operator} compares numbers, and {condition.field} holds text")
    for operand in condition.operands:
        if isinstance(operand, Value):
            if operand.text == ANY and not events:
                raise wrong(f'"{ANY}" stands for any event type, and for nothing else',
                            operand.place)  # fmt: skip
            if kind in NUMBERS and number_of(operand.text) is None:
                raise wrong(f"{condition.field} holds numbers, and this is none", operand.place)
        if isinstance(operand, CurrentItem):
            if condition.dataset not in ("Items", "Interactions"):
                raise wrong("CurrentItem can only be compared with fields of Items", operand.place)
            other = _kind("Items", operand.field, schemas, wrong)
            if kind and other and (kind == "string") != (other == "string"):
                what = f"{condition.field} holds {_words(kind)}, {operand.field} {_words(other)}"
                raise wrong(what, operand.place)


def _kind(dataset: str, field: str, schemas: Schemas, wrong: Any) -> str | None:
    """The Avro type of a field that can be filtered by; None where its dataset is not there."""
    home = _home(dataset)
    if home not in schemas:
        return None
    found = schemas[home].get(field)
    if found is None:
        raise wrong(f"Dataset {home} has no field {field}")
    kind = type_of(found)
    if kind == "boolean":
        raise wrong(f'Fields of type boolean, as {field}, cannot be filtered by: use text, "True"')
    if found.get("textual"):
        raise wrong(f"Textual fields, as {field}, cannot be filtered by")
    return kind


def _home(dataset: str) -> str:
    return "Users" if dataset == CURRENT_USER else dataset


def _words(kind: str) -> str:
    return "text" if kind == "string" else "numbers"
