import pandas as pd
import pytest

from lab_kit.data import load
from lab_kit.errors import LabKitError
from tests.data.miniatures import TELCO, bank_as_copied, bank_as_published, write_all


@pytest.fixture
def telco(real_folder):
    write_all(real_folder / "telco-churn", {"Telco-Customer-Churn.csv": TELCO})
    return load("telco-churn").tables["customers"]


def test_telco_columns_are_in_lower_snake_case_and_typed(telco):
    assert all(name == name.lower() for name in telco)
    assert {name: str(telco[name].dtype) for name in ("tenure", "monthly_charges", "churn")} == {
        "tenure": "int64",
        "monthly_charges": "float64",
        "churn": "bool",
    }
    assert telco.loc[1, ["customer_id", "tenure", "senior_citizen", "churn"]].tolist() == [
        "4472-LVYGI",
        0,
        True,
        True,
    ]


def test_blank_total_charges_are_missing(telco):
    assert telco["total_charges"].isna().tolist() == [False, True]
    assert telco["total_charges"][0] == 29.85


def test_three_answers_stay_text(telco):
    assert telco["multiple_lines"].tolist() == ["No phone service", "No"]


def test_single_tables_have_no_interactions(real_folder):
    write_all(real_folder / "telco-churn", {"telco-customer-churn.csv": TELCO})
    dataset = load("telco-churn")
    assert (dataset.users, dataset.items, dataset.interactions) == (None, None, None)


def test_unreadable_charges_are_not_taken_for_blanks(real_folder):
    files = {"Telco-Customer-Churn.csv": TELCO.replace("52.55, ,Yes", "52.55,n/a,Yes")}
    write_all(real_folder / "telco-churn", files)
    with pytest.raises(LabKitError, match=r"'n/a' is not a number \(.*line 3, column TotalCharges"):
        load("telco-churn")


def test_an_answer_that_is_neither_yes_nor_no_is_refused(real_folder):
    files = {"Telco-Customer-Churn.csv": TELCO.replace(", ,Yes", ", ,Perhaps")}
    write_all(real_folder / "telco-churn", files)
    with pytest.raises(LabKitError, match=r"'Perhaps' is neither .*line 3, column Churn"):
        load("telco-churn")


def test_both_forms_of_the_bank_file_give_the_same_table(real_folder):
    folder = write_all(real_folder / "bank-marketing", {"bank-full.csv": bank_as_published()})
    published = load("bank-marketing").tables["customers"]
    (folder / "bank-full.csv").unlink()
    write_all(folder, {"bank.csv": bank_as_copied()})
    pd.testing.assert_frame_equal(load("bank-marketing").tables["customers"], published)
    assert published["deposit"].tolist() == [False, True]
    assert published["balance"].tolist() == [2143, -2]
    assert published["education"].tolist() == ["tertiary", "unknown"]
