"""A pandas frame as a table: the statement that creates it."""

import pandas as pd
from pandas.api import types

from lab_kit.redshift.errors import InterfaceError


def create_table(frame: pd.DataFrame, name: str) -> str:
    """CREATE TABLE for the columns of a frame.

    Args:
        frame: Its columns have names that are words.
        name: Of the table.

    Raises:
        InterfaceError: A column has no name that SQL could use.
    """
    wrong = [each for each in frame.columns if not str(each).isidentifier()]
    if wrong:
        raise InterfaceError(
            f'"{wrong[0]}" cannot be the name of a column',
            next_step="rename it: letters, digits and _",
        )
    columns = [f"    {each} {_type(frame[each])}" for each in frame.columns]
    return f"CREATE TABLE {name} (\n" + ",\n".join(columns) + "\n)"


def _type(column: pd.Series) -> str:
    if types.is_bool_dtype(column):
        return "BOOLEAN"
    if types.is_integer_dtype(column):
        return "BIGINT" if column.abs().max() > 2**31 - 1 else "INTEGER"
    if types.is_float_dtype(column):
        return "DOUBLE PRECISION"
    if types.is_datetime64_any_dtype(column):
        return "TIMESTAMP"
    return "VARCHAR(256)"
