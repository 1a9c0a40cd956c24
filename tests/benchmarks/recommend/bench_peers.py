"""The kit's models beside other libraries: same split, same machine, one process each.

The personalisation model has to be better than every peer; and for every peer there has to be a
model of the kit that is better in no more time of the processors, fitting and answering.

    pytest -s -o python_files='bench_*.py' tests/benchmarks/recommend/bench_peers.py
    LAB_KIT_BENCH_PEERS=all pytest ...    # models that take minutes, and new users as well

Every library reads the same files (`peers/question.py`), fits, and writes the 25 best items of each
user; the kit's own measures then score everybody. `implicit` runs in the kit's environment, LensKit
and Cornac in environments that only benchmarks make (`tests/benchmarks/environments.py`). Where one
cannot be made, its models have a row with the reason.

Most peers answer only for users they were fitted on, and so all users are: of each the oldest nine
tenths of the events. The second question, about users nobody was fitted on, goes to those that can
fold a history in. Settings are the library's own, or those of `peers/with_*.py` where the default
is meant for ratings.

Left out: Cornac's kNN (it predicts ratings: of ones it makes ones) and WMF (TensorFlow); RecTools
(wants NumPy 1), RecBole (does not run with NumPy 2), LightFM and Surprise (no wheels).
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lab_kit import data
from lab_kit.prepare.split.rules import least_events, newest
from lab_kit.prepare.tables import text_table
from lab_kit.recommend import Comparison, Interactions, evaluate
from lab_kit.recommend.answers import Lists
from lab_kit.recommend.evaluate.cost import Cost
from lab_kit.recommend.held_out import OLDEST, HeldOut, answerable
from lab_kit.recommend.moments import in_random_order
from tests.benchmarks import process
from tests.benchmarks.environments import EnvironmentMissingError, interpreter
from tests.benchmarks.recommend.peers.question import Question

METRIC = "NDCG@10"
PEERS = Path(__file__).parent / "peers"
MOST_USERS = 600
EVERYTHING = os.environ.get("LAB_KIT_BENCH_PEERS") == "all"
SECONDS = 1_800 if EVERYTHING else 300
OURS = "lab_kit personalisation"
NOTES = (
    "MiB: the most memory of a process of its own, imports included.",
    "users/s: lists computed in batch by the library's own way to do so.",
    "Intervals: 2,000 draws of the users.",
)


@dataclass(frozen=True)
class Library:
    """Some models of a library."""

    name: str
    module: str
    environment: str | None
    """Which list of packages it needs; None: the kit's own."""
    models: tuple[str, ...]
    fold_in: tuple[str, ...] = ()
    """Those that answer for users they were not fitted on."""
    long: tuple[str, ...] = ()
    """Those that take minutes."""


LIBRARIES = (
    Library(
        "lab_kit", "with_kit", None,
        *2 * (("personalisation", "EASE", "EASE, 1,000 items", "EASE, visits too", "item-kNN"),),
    ),
    Library(
        "implicit", "with_implicit", None,
        ("ALS", "ALS-64", "BPR", "cosine", "BM25"), ("ALS", "ALS-64", "cosine", "BM25"),
    ),
    Library(
        "LensKit", "with_lenskit", "torch",
        ("ALS", "item-kNN", "EASE", "SLIM", "FlexMF BPR", "FlexMF logistic"),
        ("ALS", "item-kNN", "EASE", "SLIM"), ("FlexMF WARP",),
    ),
    Library(
        "Cornac", "with_cornac", "cornac", ("BPR", "WBPR", "MMMF"), (), ("EASE", "HPF"),
    ),
    Library("Cornac, torch:", "with_cornac", "torch", (), ("SASRec",), ("VAECF", "SASRec")),
)  # fmt: skip


def known_users(view, seed=0):
    """Fit on everybody's events but the newest tenth of those of the users asked."""
    view = in_random_order(view, seed)
    length = np.diff(view.start)
    able = np.flatnonzero(length >= least_events(OLDEST))
    asked = np.sort(np.random.default_rng(seed).permutation(able)[:MOST_USERS])
    given, future = view.histories(asked).parted(newest(length[asked], OLDEST))
    end = view.start[1:].copy()
    end[asked] -= np.diff(future.start)
    rest = np.arange(len(view)) < np.repeat(end, length)
    how = f"known users: fitted on all events but the newest tenth of those of {len(asked):,} users"
    return answerable(HeldOut(view.where(rest), given, future, how=how))


def question_of(task, known):
    train, given = task.train, task.histories
    return Question(
        len(train.users), len(train.items), known,
        train.user, train.events.item, train.events.time,
        given.user, given.start, given.events.item, given.events.time,
    )  # fmt: skip


def run(library, model, folder, task, name):
    """Quality and cost of one model, from a process of its own."""
    python = (
        interpreter(PEERS / f"{library.environment}.txt") if library.environment else sys.executable
    )
    module = f"tests.benchmarks.recommend.peers.{library.module}"
    said = process.run(module, folder, model, python=python, seconds=SECONDS)
    table = pq.read_table(folder / f"{model}.parquet")
    codes = np.column_stack([column.to_numpy() for column in table.columns]).astype(np.int32)
    lists = Lists(task.train.items, codes, np.zeros(codes.shape, np.float32))
    cost = Cost(said["fit"][0], len(task) / said["answer"][0], said["peak_mib"])
    return evaluate.measure(lists, task, name=name), cost, np.add(said["fit"], said["answer"])


def compared(task, known, root):
    """A table of every model, and by name its seconds of the clock and of the processors."""
    evaluations, costs, failures, seconds = {}, {}, {}, {}
    for library in LIBRARIES:
        folder = root / library.name.split(",")[0]
        folder.mkdir(exist_ok=True)
        question_of(task, known).write(folder)
        models = [*library.models, *(library.long if EVERYTHING else ())]
        for model in models if known else library.fold_in:
            name = f"{library.name} {model}"
            try:
                found = run(library, model, folder, task, name)
            except (EnvironmentMissingError, RuntimeError) as error:
                failures[name] = str(error)
                continue
            evaluations[name], costs[name], seconds[name] = found
    order = sorted(evaluations, key=lambda name: -evaluations[name][METRIC])
    ranked = {name: evaluations[name] for name in order}
    return Comparison(ranked, costs, failures, METRIC, task.how, (), (*task.notes, *NOTES)), seconds


def beside(found, seconds):
    """The personalisation model and each peer: quality paired over the users, and time."""
    rows, ours = [], seconds[OURS]
    for name in found.evaluations:
        if name.startswith("lab_kit"):
            continue
        pair = found.pairs(OURS, name)[METRIC]
        clock, worked = seconds[name] / ours
        said = f"{pair.ratio:.2f} ({pair.ratio_low:.2f} to {pair.ratio_high:.2f})"
        rows.append((name, said, f"{clock:.2f}", f"{worked:.2f}"))
    header = ("peer", f"{METRIC} of ours / its own", "its time / ours", "its processor time / ours")
    return text_table(header, rows)


def faster_and_better(found, seconds, peer):
    """Models of the kit that are ahead of a peer and take no more of the processors."""
    return [
        name
        for name in found.evaluations
        if name.startswith("lab_kit")
        and found[name][METRIC] > found[peer][METRIC]
        and seconds[name][1] <= seconds[peer][1]
    ]


everything = pytest.mark.skipif(not EVERYTHING, reason="takes minutes: set LAB_KIT_BENCH_PEERS=all")


@pytest.mark.parametrize("name", ["movielens-small", "online-retail"])
@pytest.mark.parametrize("known", [True, pytest.param(False, marks=everything)])
def test_the_personalisation_model_is_ahead_of_every_peer(tmp_path, name, known):
    view = Interactions.from_frame(data.load(name).interactions)
    task = known_users(view) if known else evaluate.new_users(view, folds=8)
    found, seconds = compared(task, known, tmp_path)
    print(f"\n{name}: {found}\n{beside(found, seconds)}")
    peers = [peer for peer in found.evaluations if not peer.startswith("lab_kit")]
    ahead = {peer: faster_and_better(found, seconds, peer) for peer in peers}
    for peer, kit in ahead.items():
        print(f"ahead of {peer} in no more time of the processors: {'; '.join(kit) or 'none'}")
    assert peers
    assert all(found[OURS][METRIC] > found[peer][METRIC] for peer in peers)
    assert all(ahead.values())
