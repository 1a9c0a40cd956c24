"""`SELECT f(...) FROM t` beside calling predict: CPU seconds on a million rows of ten numbers.

    LAB_KIT_BENCH_ROWS=1000000 pytest -s -o python_files='bench_*.py' tests/benchmarks/redshift

Each is asked three times, in turns, and the median counts. The bar is 1.3.
"""

import os
import statistics
import time

import numpy as np
import pyarrow as pa
import pytest

from lab_kit import automl
from lab_kit.redshift.local import LocalDatabase

ROWS = int(os.environ.get("LAB_KIT_BENCH_ROWS", "1000000"))
TIMES = 3


def table(rows):
    rng = np.random.default_rng(1)
    columns = {f"c{place}": rng.normal(size=rows) for place in range(10)}
    score = columns["c0"] + columns["c1"] * columns["c2"] + rng.normal(size=rows)
    return pa.table({**columns, "y": np.where(score > 0, "yes", "no")})


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    made = LocalDatabase(tmp_path_factory.mktemp("bench"))
    yield made
    made.close()


def cpu(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun


def wall(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@pytest.mark.parametrize("algorithm", ["hist boosting", "xgboost", "linear"])
def test_sql_costs_little_more_than_predict(database, algorithm):
    session = database.engine.session()
    given = table(ROWS)
    session.register("given", given)
    session.command("CREATE OR REPLACE TABLE t AS SELECT * FROM given")
    session.execute("SET wait_for_models TO ON; SET model_trials TO 2")
    session.execute("DROP MODEL IF EXISTS m")
    session.execute(
        "CREATE MODEL m FROM (SELECT * FROM t LIMIT 5000) TARGET y FUNCTION f IAM_ROLE DEFAULT "
        "SETTINGS (S3_BUCKET 'b')"
    )
    model = database.engine.catalogue.require(("m",), ["public"])
    fitted = automl.fit(given.slice(0, 5000), "y", algorithms=[algorithm], trials=2, ensemble=False)
    fitted.save(database.engine.trained.folder(model) / "model")
    database.engine.trained._loaded.clear()  # what was trained above is not what is measured
    call = f"f({', '.join(f'c{place}' for place in range(10))})"
    loading = wall(lambda: database.engine.trained.load(model))  # at opening, or when trained
    first = wall(lambda: session.execute(f"SELECT {call} FROM t LIMIT 1"))
    direct, in_sql = [], []
    expected = fitted.predict(given)
    for _ in range(TIMES):
        direct.append(cpu(lambda: fitted.predict(given)))
        in_sql.append(cpu(lambda: session.execute(f"SELECT {call} FROM t")))
    (result,) = session.execute(f"SELECT {call} FROM t")
    assert result.table.column(0).to_pylist() == expected.tolist()
    ratio = statistics.median(in_sql) / statistics.median(direct)
    print(
        f"\n{algorithm}: {ROWS:,} rows, predict {statistics.median(direct):.2f} CPU s, SQL "
        f"{statistics.median(in_sql):.2f}, ratio {ratio:.2f}; first call {1000 * first:.0f} ms "
        f"after {1000 * loading:.0f} of loading"
    )
    session.close()
