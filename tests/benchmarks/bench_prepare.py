"""How long cleaning and splitting take, how much memory they need, and how that grows with rows.

    pytest -s tests/benchmarks/bench_prepare.py
    LAB_KIT_BENCH_ROWS=1000000 pytest -s tests/benchmarks/bench_prepare.py

The rows are as dirty as a shop's: ids written four ways, prices with commas and won signs, times
by Seoul's clock, misspelt event types, one row in fifty sent twice. Each measurement has a process
of its own; MiB are the peak of that process above what its imports and its raw rows take.
"""

import json
import os
import subprocess
import sys

import pytest

MEASURE = """
import json, sys, threading, time
import numpy as np, pandas as pd, psutil, pyarrow.csv, pyarrow.compute
from lab_kit.prepare import Ledger, clean, split

def raw_events(rows):
    rng = np.random.default_rng(0)
    def texts(distinct, choice):
        return pd.Series(pd.array(distinct, dtype="str").take(choice))
    users, items = rows // 50, 1_200
    ids = [w.format(n=n) for n in range(users) for w in ("U{n:05d}", "{n}", " u{n} ", "U-{n}")]
    codes = [w.format(n=n) for n in range(items) for w in ("I{n:04d}", "I-{n}")]
    words = ["View", "view", "Veiw", "AddToCart", "add_to_cart", "Purchase", "Purchas"]
    prices = [f"{n * 100:,}원" for n in range(1, 900)] + ["", "free"]
    seconds = np.sort(rng.integers(0, 180 * 86_400, rows))
    start = np.datetime64("2026-01-01T00:00:00", "s")
    times = pd.Series(start + seconds).dt.strftime("%Y-%m-%d %H:%M:%S").astype("str")
    return pd.DataFrame({
        "user_id": texts(ids, rng.integers(0, len(ids), rows)),
        "item_id": texts(codes, rng.integers(0, len(codes), rows)),
        "timestamp": times,
        "event_type": texts(words, rng.integers(0, len(words), rows)),
        "event_value": texts(prices, rng.integers(0, len(prices), rows)),
    })

def cleaned(frame):
    ledger = Ledger("events")
    run = ledger.run
    frame = run(clean.drop_exact_duplicates, frame)
    frame = run(clean.parse_times, frame, "timestamp", zone="Asia/Seoul")
    frame = run(clean.normalise_ids, frame, "user_id", prefix="U", width=5)
    frame = run(clean.normalise_ids, frame, "item_id", prefix="I", width=4)
    frame = run(clean.parse_numbers, frame, "event_value")
    frame = run(clean.repair_categories, frame, "event_type",
                allowed=["View", "AddToCart", "Purchase"], aliases={"add_to_cart": "AddToCart"})
    frame = run(clean.repair_range, frame, "event_value", low=0, high=80_000, action="null")
    frame = run(clean.flag_outliers_mad, frame, "event_value", by=["event_type"])
    frame = run(clean.drop_repeated_events, frame, seconds=5)
    return run(clean.drop_rows_without, frame, ["user_id", "item_id", "timestamp"])

frame = raw_events(int(sys.argv[1]))
frame.iloc[1::50] = frame.iloc[::50].to_numpy()  # sent twice
me = psutil.Process()
before = peak = me.memory_info().rss
running = True
def watch():
    global peak
    while running:
        peak = max(peak, me.memory_info().rss)
        time.sleep(0.005)
watcher = threading.Thread(target=watch)
watcher.start()
start = time.perf_counter()
frame = cleaned(frame)
parts = [split.by_time(frame, share=0.9), split.by_user(frame)]
seconds = time.perf_counter() - start
running = False
watcher.join()
print(json.dumps({"rows": int(sys.argv[1]), "left": len(frame), "seconds": round(seconds, 2),
                  "mib": round((peak - before) / 2**20)}))
"""

ROWS = int(os.environ.get("LAB_KIT_BENCH_ROWS", "5000000"))


def measured(rows):
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(rows)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    print(done.stdout.strip())
    return json.loads(done.stdout)


def test_a_shops_half_year_in_three_seconds_and_300_mib():
    result = measured(150_000)
    assert result["seconds"] < 3
    assert result["mib"] < 300


@pytest.fixture(scope="module")
def growing():
    return [measured(ROWS // part) for part in (4, 2, 1)]


def test_memory_grows_in_proportion_to_rows(growing):
    small, middle, large = (result["mib"] / result["rows"] for result in growing)
    assert middle < 1.25 * small
    assert large < 1.25 * small


def test_time_grows_in_proportion_to_rows(growing):
    small, _, large = (result["seconds"] / result["rows"] for result in growing)
    assert large < 1.5 * small
