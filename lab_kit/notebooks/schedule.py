"""Execute notebooks in the order their labs need each other, side by side where they don't."""

import time
from collections.abc import Callable, Iterator, Sequence
from graphlib import TopologicalSorter

from lab_kit.notebooks.execute import Child, Outcome
from lab_kit.notebooks.selection import Pair

_POLL_SECONDS = 0.05


def execute_in_order(
    pairs: Sequence[Pair], start: Callable[[Pair], Child], jobs: int
) -> Iterator[tuple[Pair, Outcome]]:
    """Start each pair once those it needs have ended, and give each outcome as it comes.

    A pair also runs when one it needs has failed: the kit makes a missing checkpoint by itself.
    Leaving the iterator early, by Ctrl-C or otherwise, stops every child.

    Args:
        pairs: What to execute.
        start: Starts one of them.
        jobs: How many may run at a time.
    """
    by_key = {(pair.lab.id, pair.dataset): pair for pair in pairs}
    order = TopologicalSorter(
        {key: [(needed, pair.dataset) for needed in pair.lab.needs] for key, pair in by_key.items()}
    )
    order.prepare()
    waiting: list[tuple[str, str]] = []
    running: dict[tuple[str, str], Child] = {}
    try:
        while order.is_active():
            waiting += sorted(order.get_ready())
            for key in [key for key in waiting if key not in by_key]:
                order.done(key)  # needed, but not chosen
                waiting.remove(key)
            while waiting and len(running) < jobs:
                key = waiting.pop(0)
                running[key] = start(by_key[key])
            for key in [key for key, child in running.items() if child.finished()]:
                child = running.pop(key)
                order.done(key)
                yield by_key[key], child.outcome()
            if running:
                time.sleep(_POLL_SECONDS)
    finally:
        for child in running.values():
            child.stop()
