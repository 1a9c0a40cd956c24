"""Turn a column of yes and no into booleans."""

from pathlib import Path

import pandas as pd

from lab_kit.errors import LabKitError


def yes_no(answers: pd.Series, path: Path) -> pd.Series:
    """`True` for yes, `False` for no, in whatever case.

    Args:
        answers: Text without missing values.
        path: The CSV file it was read from, for the message.

    Raises:
        LabKitError: A value is neither; with its line.
    """
    flags = answers.str.strip().str.lower().map({"yes": True, "no": False})
    strange = flags.isna().to_numpy()
    if strange.any():
        row = int(strange.argmax())
        raise LabKitError(
            f"{answers.iloc[row]!r} is neither yes nor no",
            where=f"{path}, line {row + 2}, column {answers.name}",
            next_step="compare with the publisher's file",
        )
    return flags.astype(bool)
