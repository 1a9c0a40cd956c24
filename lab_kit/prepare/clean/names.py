"""Column names: the kit's instead of the source system's."""

import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.prepare.columns import require_columns
from lab_kit.prepare.ledger import Step


def rename_columns(frame: pd.DataFrame, names: Mapping[str, str]) -> tuple[pd.DataFrame, Step]:
    """Give columns the names that a mapping says; others keep theirs.

    Args:
        frame: Any frame.
        names: Present name to new name, such as `Export.columns`.

    Raises:
        LabKitError: If a column is missing, or two would have one name.
    """
    require_columns(frame.columns, list(names))
    return _renamed(frame, {old: new for old, new in names.items() if old != new})


def snake_case_columns(frame: pd.DataFrame) -> tuple[pd.DataFrame, Step]:
    """Write every column name in snake case: "User ID", "userId" and "USER-ID" become `user_id`.

    Raises:
        LabKitError: If two columns would have one name.
    """
    names = {str(old): snake_case(str(old)) for old in frame.columns}
    return _renamed(frame, {old: new for old, new in names.items() if old != new})


def snake_case(name: str) -> str:
    """One name in snake case; letters of any script stay letters."""
    text = unicodedata.normalize("NFKC", name).strip()
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    return re.sub(r"[\W_]+", "_", text).strip("_").lower()


def _renamed(frame: pd.DataFrame, names: Mapping[str, str]) -> tuple[pd.DataFrame, Step]:
    after = [names.get(str(old), str(old)) for old in frame.columns]
    twice = sorted({name for name in after if after.count(name) > 1})
    if twice:
        before = [str(old) for old, new in zip(frame.columns, after, strict=True) if new in twice]
        raise LabKitError(
            f'Two columns would be called "{twice[0]}"',
            where=", ".join(f'"{name}"' for name in before),
            next_step="give one of them another name, or drop it first",
        )
    step = Step(
        "rename columns",
        rows_in=len(frame),
        rows_out=len(frame),
        why="; ".join(f"{old} is now {new}" for old, new in names.items())
        or "All columns had the right names",
    )
    return frame.set_axis(after, axis="columns"), step
