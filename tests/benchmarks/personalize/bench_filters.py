"""The filter language against its oracle, 5,000 random expressions and catalogues; and its speed.

pytest -s tests/benchmarks/personalize/bench_filters.py
"""

import time

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

from lab_kit.personalize.filters.columns import Table, number_column, text_column
from lab_kit.personalize.filters.evaluate import Scene, evaluate, newest
from lab_kit.personalize.filters.parser import parse
from tests.personalize.filters.oracle import cases
from tests.personalize.filters.test_evaluate import agree

ITEMS = 10_000


@settings(
    max_examples=5_000,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(cases())
def test_5000_random_filters_leave_what_the_oracle_leaves(case):
    agree(case)


def test_speed():
    rng = np.random.default_rng(0)
    kinds = [f"kind {n}" for n in range(40)]
    cells = ["|".join(rng.choice(kinds, 3, replace=False)) for _ in range(ITEMS)]
    table = Table(
        ITEMS,
        {"KIND": text_column(cells, categorical=True), "PRICE": number_column(rng.random(ITEMS))},
    )
    rows = rng.integers(0, ITEMS, 2_000)
    text = (
        'INCLUDE ItemID WHERE Items.KIND IN ("kind 1","kind 2") AND Items.PRICE < 0.5 | '
        'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")'
    )
    parsing, first, again = [], [], []
    for turn in range(200):
        begun = time.perf_counter()
        expression = parse(text.replace("0.5", f"0.{turn + 100}"))
        parsing.append(time.perf_counter() - begun)
        scene = Scene(table, newest(np.zeros(2_000, int), rows, ("Buy",)))
        for took in (first, again):
            begun = time.perf_counter()
            evaluate(expression, {}, scene)
            took.append(time.perf_counter() - begun)
    medians = [1000 * np.median(took) for took in (parsing, first, again)]
    print(
        f"\n{ITEMS:,} items: parsed in {medians[0]:.2f} ms, evaluated in {medians[1]:.2f} ms, "
        f"again in {medians[2]:.2f} ms (medians of 200)"
    )
    assert medians[1] < 5
