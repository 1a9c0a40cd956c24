"""Two million rows are imported, reported, exported and read within the memory of a child process.

Run with `pytest -s`.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.process import peak_mib, run

ROWS = 2_000_000
MOST_MIB = 700


def test_two_million_rows_fit_into_a_child(tmp_path):
    write(tmp_path / "events.csv")
    for what in ("report", "load", "export", "read"):
        said = run("tests.benchmarks.personalize.bench_import", what, tmp_path)
        print(f"\n{what}: {said['seconds']:.1f} s, at most {said['mib']:.0f} MiB")
        assert said["rows"] == ROWS
        assert said["mib"] < MOST_MIB


def write(path):
    """Events of 100,000 users with 20,000 items, some 80 MB."""
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as file:
        file.write("USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n")
        for first in range(0, ROWS, 100_000):
            user, item = rng.integers(0, 100_000, 100_000), rng.integers(0, 20_000, 100_000)
            lines = zip(user, item, range(first, first + 100_000), strict=True)
            file.writelines(f"user{u},item{i},View,{1_500_000_000 + t}\n" for u, i, t in lines)


def measured(what, folder):
    """One of the steps; each goes on where the one before stopped."""
    from lab_kit.aws.jobs.work import Work
    from lab_kit.personalize.storage.names import BULK
    from tests.personalize.group import LOG_FIELDS, empty_source, silent

    fields = [dict(each, name=each["name"].replace("ACTION", "ITEM")) for each in LOG_FIELDS]
    source = empty_source(folder, "INTERACTIONS", fields)
    files = {"files": [[str(folder / "events.csv"), "s3://b/events.csv"]], "source": source}
    whole = {**source, "files": [str(folder / BULK)]}
    begun = time.monotonic()
    if what == "load":
        from lab_kit.personalize.storage.importing import load

        rows = load(files, Work(folder, silent))["rows"]
    elif what == "report":
        from lab_kit.personalize.attributions.bulk import load as load_and_report

        metric = {"eventType": "View", "metricName": "views", "expression": "SAMPLECOUNT()"}
        report = {"sources": {}, "metrics": [metric], "marks": {}, "window": 900}
        rows = load_and_report({**files, "report": report}, Work(folder, silent))["rows"]
    elif what == "export":
        from lab_kit.personalize.storage.exporting import export

        rows = export({"source": whole, "mode": "ALL"}, Work(folder, silent))["rows"]
    else:
        from lab_kit.personalize.storage.frames import read

        rows = len(read(whole))
    return {"rows": rows, "seconds": time.monotonic() - begun, "mib": peak_mib()}


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
