"""Rules about the values in each row."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lab_kit.prepare.clean.values import true_of
from lab_kit.prepare.schema import rules
from lab_kit.prepare.schema.contracts import Contract, Field
from lab_kit.prepare.schema.inference import avro_type, describe_column
from lab_kit.prepare.schema.violations import Violation, first_rows


@dataclass(frozen=True, eq=False)
class _Broken:
    """A rule and the rows that break it (bool, shape (rows,))."""

    rule: str
    where: pd.Series | np.ndarray
    message: str
    next_step: str
    severity: Literal["error", "warning"] = "error"


def check_values(frame: pd.DataFrame, contract: Contract) -> Iterator[Violation]:
    """Violations of every rule about single values; columns no schema describes are passed over."""
    for position, name in enumerate(map(str, frame.columns)):
        values = frame.iloc[:, position]
        if avro_type(values) is None:
            continue
        for broken in _broken_rules(values, describe_column(values, contract)):
            if broken.where.any():
                yield Violation(
                    broken.rule,
                    broken.severity,
                    broken.message,
                    broken.next_step,
                    table=contract.kind,
                    column=name,
                    count=int(broken.where.sum()),
                    rows=first_rows(broken.where),
                )


def _broken_rules(values: pd.Series, field: Field) -> Iterator[_Broken]:
    if not field.nullable:
        yield _Broken(
            "value missing",
            values.isna(),
            f"{field.name} must have a value in every row",
            f'drop these rows with clean.drop_rows_without(frame, ["{field.column}"]) or fill them',
        )
    if avro_type(values) == "string":
        yield from _broken_by_texts(values.astype("str"), field)
    elif pd.api.types.is_datetime64_any_dtype(values.dtype):
        yield from _broken_by_times(values, field)
    elif not pd.api.types.is_bool_dtype(values.dtype):
        yield from _broken_by_numbers(values)


def _broken_by_texts(texts: pd.Series, field: Field) -> Iterator[_Broken]:
    length = texts.str.len().fillna(0)
    if field.name.endswith("_ID") and field.role == "required":
        yield from _broken_by_ids(texts, length)
    elif field.categorical:
        yield _Broken(
            "categories too long",
            length > rules.MAX_CATEGORICAL_LENGTH,
            f"At most {rules.MAX_CATEGORICAL_LENGTH:,} characters, the signs | included",
            "keep the categories that matter",
        )
        yield _Broken(
            "empty category",
            true_of(texts, _has_empty_category),
            "Between two signs | , or at an end, there is nothing",
            "leave out empty parts before joining",
            severity="warning",
        )
    elif field.name == "IMPRESSION":
        yield _Broken(
            "impression too long",
            length > rules.MAX_IMPRESSION_LENGTH,
            f"At most {rules.MAX_IMPRESSION_LENGTH:,} characters",
            "keep the items that were really seen",
        )
    else:
        yield _Broken(
            "text too long",
            _too_long(texts, length),
            f"At most {rules.MAX_TEXT_LENGTH:,} characters, in Chinese or Japanese "
            f"{rules.MAX_TEXT_LENGTH_CHINESE_JAPANESE:,}",
            "shorten the text",
        )


def _has_empty_category(text: str) -> bool:
    parts = text.split(rules.SEPARATOR)
    return len(parts) > 1 and not all(map(str.strip, parts))


def _broken_by_ids(ids: pd.Series, length: pd.Series) -> Iterator[_Broken]:
    bare = ids.str.strip().fillna("-")
    yield _Broken(
        "id blank", bare == "", "An id must have characters", "drop these rows, or find the id"
    )
    yield _Broken(
        "id too long",
        length > rules.MAX_ID_LENGTH,
        f"An id has at most {rules.MAX_ID_LENGTH} characters",
        "give these shorter ids, in all tables",
    )
    yield _Broken(
        "blanks around id",
        ids.notna() & (bare != ids) & (bare != ""),
        "A blank before or after makes it another id",
        "write ids one way with clean.normalise_ids",
        severity="warning",
    )


def _too_long(texts: pd.Series, length: pd.Series) -> pd.Series:
    too_long = length > rules.MAX_TEXT_LENGTH
    long = length > rules.MAX_TEXT_LENGTH_CHINESE_JAPANESE
    if long.any():
        chinese_or_japanese = texts[long].str.count(rules.CHINESE_OR_JAPANESE) > length[long] / 2
        too_long = too_long | chinese_or_japanese.reindex(texts.index, fill_value=False)
    return too_long


def _broken_by_times(times: pd.Series, field: Field) -> Iterator[_Broken]:
    exact = times.dt.as_unit("us").astype("int64").where(times.notna(), 0)
    yield _Broken(
        "part of a second",
        exact % 1_000_000 != 0,
        "Times are written in whole seconds; the rest is cut",
        "nothing, if the order within a second does not matter to you",
        severity="warning",
    )
    if field.role != "metadata":  # a birthday of your own may well be older
        yield _Broken(
            "time before 1970",
            exact < 0,
            f"{field.name} counts seconds since 1970",
            "look for times read in the wrong unit; clean.parse_times finds them",
        )


def _broken_by_numbers(numbers: pd.Series) -> Iterator[_Broken]:
    if pd.api.types.is_float_dtype(numbers.dtype):
        yield _Broken(
            "not a number",
            np.isinf(numbers.to_numpy(float, na_value=np.nan)),
            "Infinity cannot be written",
            "look for a division by zero; make these missing",
        )
    else:
        yield _Broken(
            "number too large",
            numbers > np.iinfo(np.int64).max,
            "A long has 64 bits",
            "write such numbers as text",
        )
