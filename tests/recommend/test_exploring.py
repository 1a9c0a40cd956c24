import numpy as np

from lab_kit.recommend.exploring import HOUR, moved_up
from lab_kit.recommend.interactions import DAY

SCORES = np.array([4.0, 0.0, 2.0, 0.0, 1.0], np.float32)
CREATED = np.array([0, 90, 95, 101, 69]) * DAY
EVENTS = np.array([0, 0, 99, 0, 0])


def moved(weight=1.0, moment=100 * DAY, seeds=(1,)):
    return moved_up(SCORES, CREATED, EVENTS, moment, weight=weight, days=30, seeds=seeds)


def test_only_young_items_move_and_never_above_the_best():
    found = moved()
    assert (found > 0).tolist() == [False, True, True, False, False]  # 3 is not there yet
    assert ((SCORES + found) <= SCORES.max()).all()
    assert not moved(weight=0).any()


def test_what_many_had_moves_less():
    rows = np.array([moved(seeds=(n,)) for n in range(400)])
    way = SCORES.max() - SCORES
    part = rows.mean(axis=0) / way.clip(1e-9)
    assert abs(part[1] - 0.5) < 0.05  # drawn between 0 and 1
    assert abs(part[2] - 0.05) < 0.005  # divided by the root of 1 + 99


def test_within_an_hour_the_same_seeds_draw_the_same():
    assert (moved() == moved(moment=100 * DAY + HOUR - 1)).all()
    assert (moved() != moved(moment=100 * DAY + HOUR)).any()
    assert (moved() != moved(seeds=(2,))).any()
