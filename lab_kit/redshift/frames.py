"""Pandas frames on their way into the database, and what models answer on its way to a figure."""

import pandas as pd
from pandas.api import types

from lab_kit.automl import Explanation, Leaderboard
from lab_kit.automl.leaderboard import Row
from lab_kit.redshift.errors import InterfaceError

_MEASURES = {"f1": "F1", "f1macro": "F1Macro", "mse": "MSE", "accuracy": "Accuracy", "auc": "AUC"}


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


def leaderboard(frame: pd.DataFrame) -> Leaderboard:
    """The leaderboard that `SELECT * FROM LEADERBOARD('model')` found, as automl has it.

    Args:
        frame: Its rows.

    Raises:
        InterfaceError: It is empty, or no leaderboard of a search.
    """
    name = next((each for each in frame.columns if each.endswith("_mean")), "")
    measure = name.removesuffix("_mean")
    if measure not in _MEASURES or not len(frame):
        raise InterfaceError(
            "There is no candidate yet",
            next_step="ask again in a moment: SELECT * FROM LEADERBOARD",
        )
    named = frame.rename(columns={name: "mean", f"{measure}_std": "std"}).drop(columns="rank")
    rows = [Row(**each) for each in named.astype(object).to_dict("records")]
    return Leaderboard(_MEASURES[measure], tuple(rows))  # type: ignore[arg-type]


def explanation(frame: pd.DataFrame) -> Explanation:
    """The contributions that `SHAP_VALUES` found for one row, each column with its value.

    Args:
        frame: The rows of `SHAP_VALUES` for one row of its query.

    Raises:
        InterfaceError: They are of several rows, or of none.
    """
    if not len(frame) or frame["feature"].duplicated().any():
        raise InterfaceError(
            "One row is explained at a time", next_step="choose one by its key, in the query"
        )
    values = frame["value"].fillna("nothing")
    named = [f"{name} = {value}" for name, value in zip(frame["feature"], values, strict=True)]
    return Explanation(
        columns=tuple(named),
        values=frame[["shap_value"]].to_numpy().T,
        base=float(frame["base_value"].iloc[0]),
        scale=frame["scale"].iloc[0],
        exact=bool(frame["scale"].iloc[0] != "probability"),
    )
