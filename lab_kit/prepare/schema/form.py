"""Rules about the columns of a dataset: names, types, how many."""

from collections.abc import Iterator

import pandas as pd

from lab_kit.prepare.columns import nearest
from lab_kit.prepare.schema.avro import FIELD_NAME
from lab_kit.prepare.schema.contracts import Contract, Field
from lab_kit.prepare.schema.inference import avro_type
from lab_kit.prepare.schema.rules import MAX_TEXTUAL_COLUMNS
from lab_kit.prepare.schema.violations import Violation


def check_columns(frame: pd.DataFrame, contract: Contract) -> Iterator[Violation]:
    """Violations of every rule about names, types and numbers of columns."""
    yield from _names(frame, contract)
    yield from _required(frame, contract)
    yield from _types(frame, contract)
    yield from _metadata(frame, contract)


def _names(frame: pd.DataFrame, contract: Contract) -> Iterator[Violation]:
    first_with: dict[str, str] = {}
    for name in map(str, frame.columns):
        if not FIELD_NAME.fullmatch(name):
            yield _column_error(
                "name not allowed",
                contract,
                name,
                f'"{name}" is no name for a field: letters, digits and _ only, no digit first',
                "rename the column, with clean.snake_case_columns for instance",
            )
        bare = "".join(char for char in name.upper() if char.isalnum())
        other = first_with.setdefault(bare, name)
        if other != name or list(frame.columns).count(name) > 1:
            yield _column_error(
                "names clash",
                contract,
                name,
                f'"{other}" and "{name}" are one name once signs and capitals are left out',
                "rename or drop one of them",
            )


def _required(frame: pd.DataFrame, contract: Contract) -> Iterator[Violation]:
    there = {str(name).upper() for name in frame.columns}
    for field in contract.required:
        if field.name not in there:
            close = nearest(field.column, map(str, frame.columns))
            meant = f'if "{close[0]}" is it, rename it' if close else "add it"
            yield _column_error(
                "required column missing",
                contract,
                field.column,
                f"{field.name} must be there",
                f"{meant}; {contract.kind} need {', '.join(f.column for f in contract.required)}",
            )
    if contract.needs_metadata and len(frame.columns) <= len(contract.required):
        yield _column_error(
            "no metadata",
            contract,
            "",
            f"{contract.kind.capitalize()} need at least one column besides "
            f"{', '.join(f.name for f in contract.required)}",
            "add something known about them, or leave this dataset out: it is optional",
        )


def _types(frame: pd.DataFrame, contract: Contract) -> Iterator[Violation]:
    for position, name in enumerate(map(str, frame.columns)):
        values = frame.iloc[:, position]
        found, field = avro_type(values), contract.field_of(name)
        if found is None:
            yield _column_error(
                "type not allowed",
                contract,
                name,
                f"{values.dtype} with {pd.api.types.infer_dtype(values)} values is no type of a "
                "schema",
                "turn it into text, numbers, times or true and false",
            )
        elif field is not None and not _fits(values, found, field):
            yield _column_error(
                "wrong type",
                contract,
                name,
                f"{field.name} must be {_wanted(field)}, not {values.dtype}",
                _how_to_convert(field),
            )


def _fits(values: pd.Series, found: str, field: Field) -> bool:
    if field.moment:
        return isinstance(values.dtype, pd.DatetimeTZDtype)
    if field.type == "float":
        is_time = pd.api.types.is_datetime64_any_dtype(values.dtype)
        return found in ("float", "long") and not is_time
    return found == field.type


def _wanted(field: Field) -> str:
    if field.moment:
        return "times with a zone (written as epoch seconds)"
    return {"string": "text", "float": "numbers"}.get(field.type, field.type)


def _how_to_convert(field: Field) -> str:
    if field.moment:
        return f'read it with clean.parse_times(frame, "{field.column}", ...)'
    if field.type == "float":
        return f'read it with clean.parse_numbers(frame, "{field.column}")'
    return f'turn it into text: frame["{field.column}"].astype("str")'


def _metadata(frame: pd.DataFrame, contract: Contract) -> Iterator[Violation]:
    fields = [contract.field_of(str(name)) for name in frame.columns]
    own = [
        str(name)
        for name, field in zip(frame.columns, fields, strict=True)
        if field is None or field.role == "metadata"
    ]
    if len(own) > contract.max_metadata:
        yield _column_error(
            "too many metadata columns",
            contract,
            "",
            f"{len(own)} columns of your own ({', '.join(own)}); {contract.kind} may have "
            f"{contract.max_metadata}",
            "drop those that say nothing about taste, such as numbers of records",
            count=len(own),
        )
    textual = [field.column for field in fields if field is not None and field.textual]
    if textual and (contract.kind != "items" or len(textual) > MAX_TEXTUAL_COLUMNS):
        yield _column_error(
            "textual column not allowed",
            contract,
            textual[-1],
            f"{', '.join(textual)}: only items may have running text, and only one column of it",
            "declare it plain instead, or join the texts into one column",
            count=len(textual),
        )


def _column_error(
    rule: str, contract: Contract, column: str, message: str, next_step: str, count: int = 0
) -> Violation:
    return Violation(
        rule, "error", message, next_step, table=contract.kind, column=column, count=count
    )
