"""How far does it go: memory and time of ALS, of building interactions, and of refusing.

    pytest -s -o python_files='bench_*.py' tests/benchmarks/recommend/bench_scale.py
    LAB_KIT_BENCH_LARGE=1 pytest ...    # 50 million pairs as well: some minutes and 2 GiB

Each measurement has a process of its own (`scale_runs`). "Peak" is the most memory that process
ever had, its imports included; "grown" is what was taken on top of what was there.
"""

import os
from statistics import median

import pytest

from tests.benchmarks import process

RUNS = "tests.benchmarks.recommend.scale_runs"
large = pytest.mark.skipif(
    "LAB_KIT_BENCH_LARGE" not in os.environ, reason="takes minutes: set LAB_KIT_BENCH_LARGE=1"
)


@pytest.mark.parametrize(
    ("pairs", "users", "items", "most_mib"),
    [
        (22_000_000, 160_000, 60_000, 1_024),
        pytest.param(50_000_000, 1_000_000, 100_000, 3_072, marks=large),
    ],
)
def test_als_of_many_pairs_fits_into_little_memory(tmp_path, pairs, users, items, most_mib):
    shape = process.run(RUNS, "make", tmp_path, pairs, users, items)
    found = process.run(RUNS, "als", tmp_path, users, items, 2)
    print(
        f"\nALS-64 of {found['pairs']:,} pairs of {users:,} users (at most "
        f"{shape['most_of_a_user']:,} pairs each) with {items:,} items (at most "
        f"{shape['most_of_an_item']:,}): peak {found['mib']:,.0f} MiB; arrays in "
        f"{found['build_seconds']:.0f} s, {found['iteration_seconds']:.1f} s an iteration, one "
        f"answer in {found['answer_ms']:.1f} ms"
    )
    assert found["pairs"] == pairs
    assert found["mib"] < most_mib


@pytest.mark.parametrize(("name", "instead"), [("EASE", "ALS"), ("linear sequence", "Markov")])
def test_too_large_a_catalogue_is_refused_before_memory_is_taken(name, instead):
    items = 200_000
    found = process.run(RUNS, "refuse", name, items)
    print(f"\n{found['said']} (grown {found['grown_mib']:.0f} MiB)")
    assert f"{name} with {items:,} items needs" in found["said"]
    assert f"use {instead}" in found["said"]
    assert found["grown_mib"] < 32


def test_a_million_events_are_built_in_a_second_and_100_mib():
    runs = [process.run(RUNS, "build", 1_000_000) for _ in range(3)]
    seconds, worked, grown = (
        median(run[name] for run in runs) for name in ("seconds", "worked", "grown_mib")
    )
    print(
        f"\n1,000,000 events from a frame: {seconds:.2f} s, of them {worked:.2f} s of a processor, "
        f"and {grown:.0f} MiB above the frame (medians of 3 processes)"
    )
    assert worked < 1
    assert grown < 100


def test_one_event_more_costs_the_same_whatever_there_is():
    few, many = (process.run(RUNS, "append", rows) for rows in (10_000, 1_000_000))
    print()
    for who in ("known", "stranger"):
        small, big = few[f"{who}_ms"], many[f"{who}_ms"]
        print(f"append, {who} user: {big:.2f} ms at 1 M events, {big / small:.2f} times 10 k")
        assert big < 1.5 * small
