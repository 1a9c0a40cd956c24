"""How long the shop takes to load and to simulate, and how that grows with people.

    pytest -s tests/benchmarks/bench_shop_scale.py
    LAB_KIT_BENCH_USERS=100000 pytest -s tests/benchmarks/bench_shop_scale.py

Each measurement has a process of its own; seconds count from after `import pandas` and the imports
of the kit, MiB are the peak of the process less what those imports take.
"""

import json
import os
import subprocess
import sys

LOAD = """
import json, time
import pandas
start = time.perf_counter()
from lab_kit.data import load
shop = load("shop")
print(json.dumps({"seconds": time.perf_counter() - start, "rows": len(shop.interactions)}))
"""
SIMULATE = """
import json, sys, threading, time
import psutil
from lab_kit.data import shop
import pandas, pyarrow
me = psutil.Process()
before = peak = me.memory_info().rss
running = True
def watch():
    global peak
    while running:
        peak = max(peak, me.memory_info().rss)
        time.sleep(0.01)
watcher = threading.Thread(target=watch)
watcher.start()
start = time.perf_counter()
made = shop.generate(users=int(sys.argv[1]))
seconds = time.perf_counter() - start
running = False
watcher.join()
mib = (peak - before) / 2**20
print(json.dumps({"seconds": seconds, "mib": mib, "rows": len(made.interactions)}))
"""


def measure(script, *arguments):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return json.loads(answer.stdout)


def test_loading_takes_less_than_half_a_second():
    runs = [measure(LOAD) for _ in range(3)]
    seconds = sorted(run["seconds"] for run in runs)
    print(f"\nload: {runs[0]['rows']:,} interactions in {seconds[1]:.2f} s (median of 3 processes)")
    assert seconds[0] < 0.5


def test_simulating_grows_in_proportion_to_people():
    most = int(os.environ.get("LAB_KIT_BENCH_USERS", 12_000))
    sizes = [3_000, *([6_000] if most > 6_000 else []), most]
    print()
    results = []
    for users in sizes:
        run = measure(SIMULATE, users)
        results.append(run)
        print(
            f"simulate {users:>7,} users: {run['rows']:>10,} interactions, "
            f"{run['seconds']:6.1f} s, {run['mib']:6.0f} MiB"
        )
    small, large = results[0], results[-1]
    growth = large["rows"] / small["rows"]
    assert small["seconds"] < 15
    assert large["seconds"] < 1.5 * growth * small["seconds"]
    assert large["mib"] < 1.5 * growth * small["mib"]
