"""What answers stand on: what is kept in memory, likeness, time, marks in ids."""

import threading
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from lab_kit.aws.database import Database
from lab_kit.personalize.runtime.impressions import Impressions, gave, recommendation_id
from lab_kit.personalize.runtime.kept import Kept
from lab_kit.personalize.runtime.likeness import likeness
from lab_kit.personalize.runtime.promotions import mixed
from lab_kit.personalize.runtime.remembered import Remembered
from lab_kit.personalize.runtime.timeline import Timeline


@dataclass
class Thing:
    bytes: int


def test_those_asked_longest_ago_go_when_there_is_no_room():
    kept, made = Kept(100), []

    def get(name, size=40):
        def make():
            made.append(name)
            return Thing(size)

        return kept.get(name, make)

    get("a"), get("b"), get("a"), get("c")  # "b" goes
    assert made == ["a", "b", "c"]
    get("a"), get("c")
    assert made == ["a", "b", "c"]
    get("b")
    assert made == ["a", "b", "c", "b"]
    get("large", 1_000)
    assert len(kept) == 1  # it stays, whatever it takes
    kept.drop(lambda key: key == "large")
    assert len(kept) == 0


def test_what_many_ask_for_at_once_is_made_once():
    kept, made, ready = Kept(), [], threading.Barrier(8)

    def ask():
        ready.wait()
        kept.get("a", lambda: made.append(1) or Thing(1))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_what_cannot_be_made_is_tried_again():
    kept = Kept()

    def fail():
        raise OSError("no such file")

    for _ in range(2):
        with pytest.raises(OSError, match="no such file"):
            kept.get("a", fail)
    assert kept.get("a", lambda: Thing(1)).bytes == 1


def test_a_commit_makes_answers_void(tmp_path):
    database = Database(tmp_path / "memory.sqlite")
    remembered, found = Remembered(database), iter(range(9))
    assert [remembered("a", lambda: next(found)) for _ in range(3)] == [0, 0, 0]
    database.remember("x", "y")
    assert [remembered("a", lambda: next(found)) for _ in range(2)] == [1, 1]

    def meanwhile():
        database.remember("x", "z")  # it may have read what was there before
        return next(found)

    assert remembered("b", meanwhile) == 2
    assert remembered("b", lambda: next(found)) == 3
    database.close()


def test_likeness_by_hand():
    frame = pd.DataFrame(
        {
            "kind": ["a|b", "a", None, "c"],
            "price": [1.0, 3.0, np.nan, 1.0],
            "day": pd.to_datetime([0, 2, None, 0], unit="s", utc=True),
        }
    ).astype({"kind": "str"})
    spread = np.std([1.0, 3.0, 1.0])
    found = likeness(frame, {"kind": "a|b", "price": 1.0, "day": None})
    assert found == pytest.approx([1, (0.5 + np.exp(-2 / spread)) / 2, 0, 0.5])
    assert likeness(frame, {"day": 2.0})[[1, 2]] == pytest.approx([1, 0])
    assert likeness(frame, {}).tolist() == [0] * 4


def test_the_time_of_the_data_goes_on_from_its_last_event():
    time = Timeline(latest=1_000_000, trained=5_000.0)
    assert time.moment(5_000) == 1_000_000
    assert time.moment(5_002.5) == 1_002_500
    assert time.moment(4_000) == 1_000_000  # a clock that was set right since
    assert time.of_event(5_001) == 1_001_000
    assert time.of_event(900) == 900_000


def test_ids_of_answers_tell_who_gave_them():
    one, other = (f"arn:aws:personalize:us-east-1:1:campaign/{name}" for name in "ab")
    name = recommendation_id(one)
    assert len(name) == 40
    assert name.startswith("RID-")
    assert gave(name, one)
    assert not gave(name, other)
    shown = Impressions()
    shown.note(name, ["a", "b"])
    assert shown.of(name) == ["a", "b"]
    assert shown.of("another") is None


def test_promoted_items_keep_their_order_and_take_no_others_place():
    scores = np.arange(10, dtype=np.float32)[::-1].copy()
    everything = np.ones(10, bool)
    promoted = np.isin(np.arange(10), [5, 9, 7])
    codes, is_promoted = mixed(scores, everything, promoted, 6, 50, (1, 2))
    assert codes[is_promoted].tolist() == [5, 7, 9]
    assert codes[~is_promoted].tolist() == [0, 1, 2]
    again, _ = mixed(scores, everything, promoted, 6, 50, (1, 2))
    assert codes.tolist() == again.tolist()
    places = {tuple(mixed(scores, everything, promoted, 6, 50, (n, 0))[1]) for n in range(40)}
    assert len(places) > 5
    codes, is_promoted = mixed(scores, everything & ~promoted, promoted, 100, 10, (1, 2))
    assert sorted(codes.tolist()) == list(range(10))
    assert is_promoted.sum() == 3
