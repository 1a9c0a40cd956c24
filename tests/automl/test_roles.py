"""What each column is, and why."""

import pandas as pd
import pyarrow as pa
import pytest

from lab_kit.automl.roles import find_roles, role_of
from lab_kit.automl.tables import as_table
from lab_kit.errors import LabKitError
from tests.automl.tables import people

MANY = range(100)


@pytest.mark.parametrize(
    ("name", "values", "role", "reason"),
    [
        ("nothing", [None] * 100, "constant", "no row has a value"),
        ("same", ["KR"] * 100, "constant", "every row has the value 'KR'"),
        ("gaps", [1.5, None] * 50, "numeric", "1 different"),
        ("flag", [True, False, None, True] * 25, "categorical", "true and false"),
        ("day", pd.date_range("2026-01-01", periods=100), "datetime", "dates or times"),
        ("day", [f"2026-01-{n % 28 + 1:02}" for n in MANY], "datetime", "reads as a date"),
        ("amount", [f"{n / 3:.2f}" for n in MANY], "numeric", "reads as a number"),
        ("amount", ["12", " ", "7.5", "-1e3"] * 25, "numeric", "reads as a number"),
        ("region", ["01", "15", "49", "07"] * 25, "code", "leading zeros, such as '01'"),
        ("key", [f"C{n}" for n in MANY], "id", "names the row"),
        ("note", [f"a few words {n}" for n in MANY], "text", "4 words a value"),
        ("colour", ["red", "green", "blue", None] * 25, "categorical", "3 different words"),
        ("sku", [*(f"S{n}" for n in range(60)), *["S0"] * 40], "id", "no other row has"),
        ("zip_code", [4524, 1004, 48058, 4524] * 25, "code", "by its name a code"),
        ("areaCode", [415, 510, 408, 415] * 25, "code", "by its name a code"),
        ("customer_id", [n * 7 for n in MANY], "id", "by its name it names the row"),
        ("instant", list(range(1, 101)), "id", "without gaps"),
        ("population", [n * n for n in MANY], "numeric", "whole numbers, 100 different"),
        ("paid", [0.5 * n for n in MANY], "numeric", "numbers, 100 different"),
        ("width", [n % 9 for n in MANY], "numeric", "whole numbers, 9 different"),
    ],
)
def test_each_rule_decides_its_kind_of_column(name, values, role, reason):
    table = as_table(pd.DataFrame({name: values}))
    found = role_of(table[name], name)
    assert (found.role, reason in found.reason) == (role, True), found.reason


def test_missing_and_different_values_are_counted_blanks_as_missing():
    found = role_of(pa.chunked_array([["a", " ", None], ["b", "a", ""]]), "letter")
    assert (found.missing, found.distinct) == (3, 2)


def test_a_table_of_people_is_read_as_one_would_read_it():
    table = as_table(people()[0])
    roles = {column.name: column.role for column in find_roles(table, table.column_names)}
    assert roles == {
        "customer_id": "id",
        "age": "numeric",
        "contract": "categorical",
        "zip_code": "code",
        "spend": "numeric",
        "joined": "datetime",
        "country": "constant",
        "left": "categorical",
    }


def test_a_table_of_names_only_is_refused():
    table = as_table(pd.DataFrame({"key": [f"C{n}" for n in MANY], "same": 1}))
    with pytest.raises(LabKitError, match="No column is left to learn from"):
        find_roles(table, ["key", "same"])


def test_a_list_cannot_be_learnt_from():
    table = pa.table({"tags": [["a"], ["b", "c"]]})
    with pytest.raises(LabKitError, match=r"list.*column tags"):
        find_roles(table, ["tags"])
