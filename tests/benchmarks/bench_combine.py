"""A join with its key audit against plain `pandas.merge`, in time and memory. Run with `pytest -s`.

Each runs in a process of its own, in turn, three times; the medians are compared.
"""

import json
import subprocess
import sys

import pytest

LEFT, RIGHT = 5_000_000, 1_000_000
MOST = 1.5

CODE = f"""
import json, resource, sys, time
import numpy as np, pandas as pd
from lab_kit.prepare import combine
kind, way = sys.argv[1:]
rng = np.random.default_rng(0)
keys = np.arange({RIGHT})
ids = pd.array(np.char.add("U", keys.astype("U8")), dtype="str") if kind == "text" else keys
drawn = rng.integers(0, {RIGHT}, {LEFT})
left = pd.DataFrame({{"key": ids.take(drawn), "won": rng.random({LEFT})}})
ages, scores = rng.integers(15, 90, {RIGHT}), rng.random({RIGHT})
right = pd.DataFrame({{"key": ids, "age": ages, "score": scores}})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
if way == "merge":
    frame = pd.merge(left, right, on="key", how="left")
else:
    frame, said = combine.join(left, right, "key")
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seconds, (peak - before) / 1024, peak / 1024, len(frame)]))
"""


def once(kind, way):
    done = subprocess.run(
        [sys.executable, "-c", CODE, kind, way], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", ["whole", "text"])
def test_a_join_costs_little_more_than_a_merge(kind):
    runs = [(once(kind, "merge"), once(kind, "join")) for _ in range(3)]
    merges, joins = ([run[side] for run in runs] for side in (0, 1))
    for place, name in ((0, "seconds"), (1, "MiB above the tables"), (2, "MiB in all")):
        ours, theirs = (sorted(run[place] for run in each)[1] for each in (joins, merges))
        print(f"{kind:6} {name:21} join {ours:8.2f} merge {theirs:8.2f} ratio {ours / theirs:.2f}")
        if place != 1:
            assert ours / theirs <= MOST
    assert joins[0][3] == merges[0][3] == LEFT
