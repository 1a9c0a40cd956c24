"""Bank Marketing: phone calls of a Portuguese bank, and who took the deposit it offered.

Source: Moro, S., Rita, P. and Cortez, P. (2014). Bank Marketing. UCI Machine Learning Repository.
<https://doi.org/10.24432/C5K306>. Terms: Creative Commons Attribution 4.0.

The kit reads bank-full.csv (45,211 calls, 17 columns; `y` is called `deposit` here), or a copy of
it named bank.csv whose last column is already called deposit. UCI's own bank.csv is a tenth of it:
downloads never use it.

Three things to know before a model is trained:

- `duration` is the length of the call in seconds. It is known only after the call, when the answer
  is known too: a model that uses it cannot be used to decide whom to call.
- `pdays` is -1 for people who were never called before, not a number of days.
- "unknown" is a word the bank wrote down (job, education, contact, poutcome), and stays one.
"""

from lab_kit.data.at_hand import need_folder, path_in
from lab_kit.data.dataset import Dataset
from lab_kit.data.files import read_table
from lab_kit.data.licences import CC_BY_4
from lab_kit.data.source import FileSpec, Source
from lab_kit.data.yes_no import yes_no

YES_NO = ("default", "housing", "loan", "deposit")

SOURCE = Source(
    name="bank-marketing",
    title="Bank Marketing: 45,211 calls of a Portuguese bank",
    page="https://archive.ics.uci.edu/dataset/222/bank+marketing",
    url="https://archive.ics.uci.edu/static/public/222/bank+marketing.zip",
    download_name="bank+marketing.zip",
    megabytes=1.0,
    licence="CC BY 4.0; Moro, S., Rita, P. and Cortez, P. (2014), UCI Machine Learning Repository",
    terms=CC_BY_4.format(
        title="Bank Marketing",
        by="S. Moro, P. Rita and P. Cortez (2014)",
        doi="https://doi.org/10.24432/C5K306",
    ),
    files=(
        FileSpec(
            name="bank-full.csv",
            other_names=("bank.csv",),
            columns={
                "age": "integer",
                "job": "text",
                "marital": "text",
                "education": "text",
                "default": "text",
                "balance": "integer",
                "housing": "text",
                "loan": "text",
                "contact": "text",
                "day": "integer",
                "month": "text",
                "duration": "integer",
                "campaign": "integer",
                "pdays": "integer",
                "previous": "integer",
                "poutcome": "text",
                "deposit": "text",
            },
            rows=45_211,
            ranges={
                "age": (18, 95),
                "balance": (-8_019, 102_127),
                "day": (1, 31),
                "duration": (0, 4_918),
                "campaign": (1, 63),
                "pdays": (-1, 871),
                "previous": (0, 275),
            },
            other_headers={"y": "deposit"},
        ),
    ),
    members={"bank-full.csv": "bank.zip!bank-full.csv"},
)


def load() -> Dataset:
    """The calls, one row each.

    Returns:
        A data set with the one table "customers": age in years; job, marital, education, contact,
        month and poutcome as text; default, housing, loan and deposit as booleans; balance in
        euros; day of the month; duration in seconds; campaign and previous, numbers of calls in
        this campaign and before it; pdays, days since the last call of an earlier campaign.

    Raises:
        LabKitError: The data set is not at hand, or its file cannot be read.
    """
    spec = SOURCE.files[0]
    path = path_in(need_folder(SOURCE), spec)
    raw = read_table(path, spec)
    customers = raw.assign(**{name: yes_no(raw[name], path) for name in YES_NO})
    return Dataset(
        name=SOURCE.name,
        title=SOURCE.title,
        users=None,
        items=None,
        interactions=None,
        tables={"customers": customers},
        licence=SOURCE.licence,
    )
