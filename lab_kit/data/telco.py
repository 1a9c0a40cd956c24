"""Telco Customer Churn: customers of a telecom company, and who left within a month.

Source: IBM's sample data set, <https://github.com/IBM/telco-customer-churn-on-icp4d>; the company
is fictional. Terms: the repository is under the Apache Licence 2.0; no other terms are stated for
the data.

Eleven customers have blanks for TotalCharges. All of them have a tenure of 0 months: they have not
been billed yet. The value is missing here (`NaN`), neither zero nor dropped; what to do about it is
a decision for whoever uses the data.
"""

import pandas as pd

from lab_kit.data.at_hand import need_folder, path_in
from lab_kit.data.dataset import Dataset
from lab_kit.data.files import read_table
from lab_kit.data.source import FileSpec, Kind, Source
from lab_kit.data.yes_no import yes_no

NAMES = {
    "customerID": "customer_id",
    "gender": "gender",
    "SeniorCitizen": "senior_citizen",
    "Partner": "partner",
    "Dependents": "dependents",
    "tenure": "tenure",
    "PhoneService": "phone_service",
    "MultipleLines": "multiple_lines",
    "InternetService": "internet_service",
    "OnlineSecurity": "online_security",
    "OnlineBackup": "online_backup",
    "DeviceProtection": "device_protection",
    "TechSupport": "tech_support",
    "StreamingTV": "streaming_tv",
    "StreamingMovies": "streaming_movies",
    "Contract": "contract",
    "PaperlessBilling": "paperless_billing",
    "PaymentMethod": "payment_method",
    "MonthlyCharges": "monthly_charges",
    "TotalCharges": "total_charges",
    "Churn": "churn",
}
NUMBERS: dict[str, Kind] = {
    "SeniorCitizen": "integer",
    "tenure": "integer",
    "MonthlyCharges": "number",
    "TotalCharges": "number",
}
YES_NO = ("Partner", "Dependents", "PhoneService", "PaperlessBilling", "Churn")

SOURCE = Source(
    name="telco-churn",
    title="Telco Customer Churn: 7,043 customers of a telecom company",
    page="https://github.com/IBM/telco-customer-churn-on-icp4d",
    url=(
        "https://raw.githubusercontent.com/IBM/telco-customer-churn-on-icp4d/"
        "master/data/Telco-Customer-Churn.csv"
    ),
    download_name="Telco-Customer-Churn.csv",
    megabytes=1.0,
    licence="Apache Licence 2.0 (IBM's repository)",
    terms="""\
"Telco Customer Churn" is a sample data set of IBM. The repository that publishes it is under the
Apache Licence, Version 2.0; no other terms are stated for the data:
- You may use, copy, change and share it, also commercially.
- If you share it, pass on the licence and its notices, and say what you changed.
- It comes without any warranty.
The full text: https://www.apache.org/licenses/LICENSE-2.0""",
    files=(
        FileSpec(
            name="Telco-Customer-Churn.csv",
            other_names=("telco-customer-churn.csv", "WA_Fn-UseC_-Telco-Customer-Churn.csv"),
            columns={name: NUMBERS.get(name, "text") for name in NAMES},
            rows=7_043,
            ranges={
                "SeniorCitizen": (0, 1),
                "tenure": (0, 72),
                "MonthlyCharges": (18.25, 118.75),
                "TotalCharges": (18.8, 8_684.8),
            },
            may_be_missing=frozenset({"TotalCharges"}),
        ),
    ),
    # Of the file in IBM's repository, as it has stood in its history.
    sha256="16320c9c1ec72448db59aa0a26a0b95401046bef5d02fd3aeb906448e3055e91",
)


def load() -> Dataset:
    """The customers, one row each.

    Returns:
        A data set with the one table "customers": customer_id; gender; senior_citizen, partner,
        dependents, phone_service, paperless_billing and churn as booleans; tenure in months;
        the services, contract and payment method as text; monthly_charges and total_charges in
        dollars, the latter missing for customers who have not been billed yet.

    Raises:
        LabKitError: The data set is not at hand, or its file cannot be read.
    """
    spec = SOURCE.files[0]
    path = path_in(need_folder(SOURCE), spec)
    raw = read_table(path, spec)
    flags: dict[str, pd.Series] = {name: yes_no(raw[name], path) for name in YES_NO}
    flags["SeniorCitizen"] = raw["SeniorCitizen"].astype(bool)
    return Dataset(
        name=SOURCE.name,
        title=SOURCE.title,
        users=None,
        items=None,
        interactions=None,
        tables={"customers": raw.assign(**flags).rename(columns=NAMES)},
        licence=SOURCE.licence,
    )
