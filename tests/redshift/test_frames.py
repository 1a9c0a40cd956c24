"""Frames on their way in and out of the database."""

import pandas as pd
import pytest

from lab_kit.redshift import frames
from lab_kit.redshift.errors import InterfaceError


def test_a_table_for_a_frame():
    frame = pd.DataFrame(
        {"id": [1, 2**40], "n": [1, 2], "x": [0.5, None], "t": ["a", None], "b": [True, False],
         "d": pd.to_datetime(["2024-01-01", "2024-01-02"])}
    )  # fmt: skip
    assert frames.create_table(frame, "t") == (
        "CREATE TABLE t (\n    id BIGINT,\n    n INTEGER,\n    x DOUBLE PRECISION,\n"
        "    t VARCHAR(256),\n    b BOOLEAN,\n    d TIMESTAMP\n)"
    )
    with pytest.raises(InterfaceError, match='"a b" cannot be the name of a column'):
        frames.create_table(pd.DataFrame({"a b": [1]}), "t")


def test_an_explanation_of_one_row():
    found = pd.DataFrame(
        {"feature": ["a", "b"], "value": ["1", None], "shap_value": [0.25, -0.5],
         "base_value": [0.1, 0.1], "scale": ["log-odds"] * 2}
    )  # fmt: skip
    made = frames.explanation(found)
    assert made.columns == ("a = 1", "b = nothing")
    assert made.values.tolist() == [[0.25, -0.5]]
    assert (made.base, made.scale, made.exact) == (0.1, "log-odds", True)
    with pytest.raises(InterfaceError, match="One row is explained at a time"):
        frames.explanation(pd.concat([found, found]))


def test_an_empty_leaderboard_says_what_to_do():
    with pytest.raises(InterfaceError, match="There is no candidate yet"):
        frames.leaderboard(pd.DataFrame({"rank": [], "candidate": []}))
