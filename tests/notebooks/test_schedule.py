from dataclasses import dataclass, field, replace

import pytest

from lab_kit.notebooks.execute import Outcome
from lab_kit.notebooks.schedule import execute_in_order
from lab_kit.notebooks.selection import Pair
from lab_kit.teach.labs import labs
from tests.notebooks.labs_for_tests import LABS

FIRST, SECOND, ALONE = labs(LABS)


@dataclass
class Worker:
    """Does no work, and writes down when it was asked for what."""

    name: str
    diary: list[str]
    asked: int = 0
    needs_asking: int = 2

    def finished(self):
        self.asked += 1
        if self.asked == self.needs_asking:
            self.diary.append(f"{self.name} ended")
        return self.asked >= self.needs_asking

    def outcome(self):
        return Outcome(1.0, 1.0, None)

    def stop(self):
        self.diary.append(f"{self.name} stopped")


@dataclass
class Workshop:
    diary: list[str] = field(default_factory=list)

    def start(self, pair):
        name = f"{pair.lab.id} {pair.dataset}"
        self.diary.append(f"{name} started")
        return Worker(name, self.diary)


def run(*pairs, jobs):
    workshop = Workshop()
    done = [pair for pair, _ in execute_in_order(pairs, workshop.start, jobs)]
    assert len(done) == len(pairs)
    assert set(done) == set(pairs)
    return workshop.diary


def test_a_lab_starts_when_the_one_it_needs_has_ended_and_others_run_beside():
    diary = run(Pair(FIRST, "shop"), Pair(SECOND, "shop"), Pair(ALONE, "shop"), jobs=2)
    assert diary[:2] == ["01 shop started", "03 shop started"]
    assert diary.index("02 shop started") > diary.index("01 shop ended")


def test_the_same_labs_on_another_data_set_do_not_wait():
    both = replace(SECOND, datasets=("shop", "movielens-small"))
    diary = run(
        Pair(FIRST, "shop"),
        Pair(both, "shop"),
        Pair(FIRST, "movielens-small"),
        Pair(both, "movielens-small"),
        jobs=4,
    )
    assert diary[:2] == ["01 movielens-small started", "01 shop started"]


def test_a_lab_runs_though_the_one_it_needs_was_not_chosen():
    assert run(Pair(SECOND, "shop"), jobs=2) == ["02 shop started", "02 shop ended"]


def test_never_more_than_jobs_at_a_time():
    pairs = [Pair(replace(ALONE, id=f"{number:02}"), "shop") for number in range(5)]
    running = most = 0
    for line in run(*pairs, jobs=2):
        running += {"started": 1, "ended": -1}[line.split()[-1]]
        most = max(most, running)
    assert most == 2


def test_leaving_early_stops_what_is_running():
    workshop = Workshop()
    order = execute_in_order([Pair(FIRST, "shop"), Pair(ALONE, "shop")], workshop.start, 2)
    next(order)
    with pytest.raises(KeyboardInterrupt):
        order.throw(KeyboardInterrupt)
    assert [line for line in workshop.diary if "stopped" in line] in (
        ["01 shop stopped"],
        ["03 shop stopped"],
    )
