"""What each column of a frame is, under a contract."""

import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.schema.avro import Schema
from lab_kit.prepare.schema.contracts import Contract, Field
from lab_kit.prepare.schema.rules import MAX_CATEGORICAL_LENGTH, SEPARATOR, AvroType

MAX_GUESSED_CATEGORIES = 1_000
"""A text column of your own with more distinct values is not taken for categories."""


def describe(frame: pd.DataFrame, contract: Contract) -> Schema:
    """Say what each column is.

    A column the contract names is what the contract says. Of your own columns, numbers are long or
    float, true and false is boolean, times are long (epoch seconds); text is categorical where
    pandas calls it a category or its values repeat (at most 1,000 distinct ones, each found twice
    on average), and plain otherwise: stored and filterable, not trained on.
    `contract.declaring(...)` overrules that.

    Raises:
        LabKitError: If a column is of a type that no schema has; `check` says so for all columns.
    """
    return Schema(
        contract.kind, tuple(describe_column(frame[name], contract) for name in frame.columns)
    )


def avro_type(values: pd.Series) -> AvroType | None:
    """The type a schema gives such values, None where there is none (lists, mixtures, spans)."""
    types = pd.api.types
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return avro_type(pd.Series(dtype.categories))
    if types.is_bool_dtype(dtype):
        return "boolean"
    if types.is_integer_dtype(dtype) or types.is_datetime64_any_dtype(dtype):
        return "long"
    if types.is_float_dtype(dtype):
        return "float"
    if isinstance(dtype, pd.StringDtype):
        return "string"
    if types.is_object_dtype(dtype) and types.infer_dtype(values, skipna=True) == "string":
        return "string"
    return None


def describe_column(values: pd.Series, contract: Contract) -> Field:
    """What one column is under a contract; as `describe`."""
    name = str(values.name).upper()
    known = contract.field_of(name)
    if known is not None:
        return known
    kind = avro_type(values)
    if kind is None:
        raise LabKitError(
            f'Column "{values.name}" holds {values.dtype}, which no schema can describe',
            where=contract.kind,
            next_step="turn it into text, numbers, times or true and false",
        )
    return Field(
        name,
        kind,
        nullable=True,
        categorical=kind == "string" and _looks_categorical(values),
        moment=pd.api.types.is_datetime64_any_dtype(values.dtype),
    )


def _looks_categorical(values: pd.Series) -> bool:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return True
    texts = values.dropna().unique().tolist()
    if not texts or max(map(len, texts)) > MAX_CATEGORICAL_LENGTH:
        return False
    categories = {part for text in texts for part in text.split(SEPARATOR)}
    return len(categories) <= MAX_GUESSED_CATEGORIES and 2 * len(texts) <= values.count()
