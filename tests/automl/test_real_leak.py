"""The length of a call is known when the call is over: the report finds the classic leak."""

import pytest

from lab_kit import automl, data
from lab_kit.paths import real_data_folder

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(real_data_folder() is None, reason="LAB_KIT_REAL_DATA is not set"),
]


def test_the_length_of_the_call_is_the_only_suspect_of_bank_marketing():
    calls = data.load("bank-marketing").tables["customers"]
    report = automl.data_report(calls, "deposit")
    assert list(report.suspects) == ["duration"]
    assert not automl.data_report(calls.drop(columns="duration"), "deposit").suspects


def test_no_column_of_telco_churn_is_suspected():
    customers = data.load("telco-churn").tables["customers"]
    assert not automl.data_report(customers, "churn").suspects
