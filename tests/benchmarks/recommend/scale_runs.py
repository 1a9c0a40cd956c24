"""What `bench_scale` runs in processes of their own: `python -m ... NAME ARGUMENTS`."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from lab_kit import data
from lab_kit.errors import LabKitError
from lab_kit.recommend import ALS, EASE, Interactions, LinearSequence, Personalisation
from lab_kit.recommend.evaluate.cost import Peak, Stopwatch
from tests.benchmarks.process import peak_mib

MIB = 2**20
COLUMNS = ("user", "item", "time")


def names(letter, number):
    """Ids in an order that says nothing about them."""
    drawn = np.random.default_rng(0).permutation(number)
    return np.array([f"{letter}{n}" for n in drawn], dtype=object)


def pairs_of(rng, pairs, users, items):
    """Distinct pairs of users and items; both follow power laws, and both come in any order."""
    activity = np.minimum(rng.pareto(1.5, users) + 1, 0.02 * items)
    counts = rng.poisson(activity / activity.sum() * 1.2 * pairs)
    user = np.repeat(np.arange(users), counts)
    item = (items * rng.random(len(user)) ** 2.5).astype(np.int64)
    found = np.sort(user * items + item)  # np.unique of so many takes twenty times as long
    found = rng.permutation(found[np.append(True, np.diff(found) > 0)])[:pairs]
    assert len(found) == pairs
    return np.divmod(found, items)


def make(folder, pairs, users, items):
    """Write the arrays of events to a folder."""
    rng = np.random.default_rng(0)
    user, item = pairs_of(rng, int(pairs), int(users), int(items))
    np.save(Path(folder, "user.npy"), user.astype(np.int32))
    np.save(Path(folder, "item.npy"), item.astype(np.int32))
    np.save(Path(folder, "time.npy"), rng.integers(1_500_000_000_000, 1_700_000_000_000, len(user)))
    return {
        "most_of_a_user": int(np.bincount(user).max()),
        "most_of_an_item": int(np.bincount(item).max()),
    }


def als(folder, users, items, iterations):
    """From arrays on disk to a fitted model and one answer."""
    begin = time.perf_counter()
    arrays = [np.load(Path(folder, f"{name}.npy")) for name in COLUMNS]
    view = Interactions.from_arrays(names("u", int(users)), names("i", int(items)), *arrays)
    del arrays
    built = time.perf_counter()
    moments = []
    model = ALS(iterations=int(iterations))
    model.fit(view, progress=lambda done, what: moments.append(time.perf_counter()))
    fitted = time.perf_counter()
    user = view.users.values[0]
    first = model.recommend(user, 25)
    assert len(first) == 25
    answers = []
    for _ in range(50):
        answered = time.perf_counter()
        model.recommend(user, 25)
        answers.append(time.perf_counter() - answered)
    return {
        "pairs": len(view),
        "build_seconds": built - begin,
        "fit_seconds": fitted - built,
        "iteration_seconds": float(np.median(np.diff(moments[: int(iterations)]))),
        "answer_ms": 1e3 * float(np.median(answers)),
        "mib": peak_mib(),
    }


def refuse(name, items):
    """What a model of a table items x items says about too large a catalogue."""
    rng, items = np.random.default_rng(0), int(items)
    user, item = rng.integers(0, 50_000, 300_000), np.arange(300_000) % items
    time_ = rng.integers(0, 10**12, 300_000)
    view = Interactions.from_arrays(names("u", 50_000), names("i", items), user, item, time_)
    model = {"EASE": EASE, "linear sequence": LinearSequence}[name]()
    said = ""
    with Peak() as grown:
        try:
            model.fit(view)
        except LabKitError as error:
            said = str(error)
    return {"said": said, "grown_mib": grown.bytes / MIB}


def frame_of(rows):
    """Events as a frame, in any order."""
    rng = np.random.default_rng(0)

    def texts(letter, number, choice):
        return pd.array([f"{letter}{n:06d}" for n in range(number)], dtype="str").take(choice)

    users, items = rows // 50, 5_000
    seconds = rng.integers(1_600_000_000, 1_700_000_000, rows)
    return pd.DataFrame(
        {
            "user_id": texts("U", users, rng.integers(0, users, rows)),
            "item_id": texts("I", items, (items * rng.random(rows) ** 2.5).astype(int)),
            "timestamp": pd.to_datetime(seconds, unit="s", utc=True),
            "event_type": pd.array(["View", "Buy"], dtype="str").take(rng.integers(0, 2, rows)),
        }
    )


def build(rows):
    """Interactions from a frame."""
    frame, watch = frame_of(int(rows)), Stopwatch()
    worked = time.process_time()
    with Peak() as grown, watch:
        view = Interactions.from_frame(frame)
    worked = time.process_time() - worked
    assert len(view) == int(rows)
    return {"seconds": watch.seconds, "worked": worked, "grown_mib": grown.bytes / MIB}


def append(rows):
    """One event more, of a user who is known, and of one who is not."""
    frame = frame_of(int(rows))
    view, one = Interactions.from_frame(frame), frame.iloc[[0]]
    found = {}
    for name, event in (("known", one), ("stranger", one.assign(user_id="stranger"))):
        times = []
        for _ in range(100):
            begin = time.perf_counter()
            longer = view.append(event)
            times.append(1e3 * (time.perf_counter() - begin))
        assert len(longer) == len(view) + 1
        found[f"{name}_ms"] = float(np.median(times))
    return found


def personalisation(name):
    """Fit the personalisation model on a data set, with what is known of users and items."""
    known = data.load(name)
    view = Interactions.from_frame(known.interactions, users=known.users, items=known.items)
    before, worked, watch = peak_mib(), time.process_time(), Stopwatch()
    with watch:
        Personalisation().fit(view)
    return {
        "seconds": watch.seconds,
        "worked": time.process_time() - worked,
        "before_mib": before,
        "mib": peak_mib(),
    }


RUNS = {run.__name__: run for run in (make, als, refuse, build, append, personalisation)}

if __name__ == "__main__":
    print(json.dumps(RUNS[sys.argv[1]](*sys.argv[2:])))
