"""The question every library is asked, as files, and the way its answer is timed and written.

The interpreters of the peers import this: numpy, scipy and pyarrow, nothing of the kit.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp

from tests.benchmarks.process import peak_mib

K = 25
"""Length of the lists."""


@dataclass
class Question:
    """Events to fit on, and histories to answer for; users and items are codes.

    Every array is sorted by user and time.
    """

    users: int
    items: int
    known: bool
    """Whether the users asked are among those to fit on, with the same events."""
    user: np.ndarray
    item: np.ndarray
    time: np.ndarray
    """Milliseconds since 1970."""
    asked: np.ndarray
    """(n,): code of each user asked."""
    start: np.ndarray
    """(n + 1,): where the history of each begins."""
    given_item: np.ndarray
    given_time: np.ndarray

    def matrix(self):
        """(users, items) float32 CSR: 1 where a user had an event with an item."""
        return _ones(self.user, self.item, (self.users, self.items))

    def histories(self):
        """(n, items): the same of the histories."""
        row = np.repeat(np.arange(len(self.asked)), np.diff(self.start))
        return _ones(row, self.given_item, (len(self.asked), self.items))

    def history(self, row):
        """Items of one history, oldest first."""
        return self.given_item[self.start[row] : self.start[row + 1]]

    def write(self, folder):
        """Put it into a folder."""
        events = {"user": self.user, "item": self.item, "time": self.time}
        row = np.repeat(self.asked, np.diff(self.start))
        given = {"user": row, "item": self.given_item, "time": self.given_time}
        pq.write_table(pa.table(events), folder / "train.parquet")
        pq.write_table(pa.table(given), folder / "histories.parquet")
        said = {name: getattr(self, name) for name in ("users", "items", "known")}
        said["asked"], said["start"] = self.asked.tolist(), self.start.tolist()
        (folder / "question.json").write_text(json.dumps(said), encoding="utf-8")

    @classmethod
    def read(cls, folder):
        """Take it from a folder."""
        said = json.loads((folder / "question.json").read_text(encoding="utf-8"))
        said["asked"], said["start"] = np.array(said["asked"]), np.array(said["start"])
        train, given = (
            pq.read_table(folder / f"{name}.parquet") for name in ("train", "histories")
        )
        return cls(
            **said,
            **{name: train[name].to_numpy() for name in ("user", "item", "time")},
            given_item=given["item"].to_numpy(),
            given_time=given["time"].to_numpy(),
        )


def _ones(row, column, shape):
    table = sp.csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
    table.data[:] = 1  # entries that came twice were summed
    return table


def best(scores, seen):
    """The `K` best items of one user, without those seen."""
    scores = np.array(scores, dtype=float)
    scores[seen] = -np.inf
    first = np.argpartition(-scores, K)[:K]
    return first[np.argsort(-scores[first], kind="stable")]


def main(models):
    """Fit one model, ask it, write its lists; print its times and memory as JSON.

    A time is two numbers: seconds of the clock, and of the processors (all threads together), which
    grow less where others use the machine too.

    Called as `python -m MODULE FOLDER NAME`. Importing the library and reading the files do not
    count; building the library's own data set does.

    Args:
        models: By name, a function that fits on a question and gives a function that answers it:
            (n, K) codes, best first, -1 where a list is shorter.
    """
    folder, name = Path(sys.argv[1]), sys.argv[2]
    question = Question.read(folder)
    begin = _now()
    answer = models[name](question)
    fitted = _now()
    lists = np.asarray(answer())
    answered = _now()
    assert lists.shape == (len(question.asked), K)
    columns = {f"rank {rank}": lists[:, rank - 1] for rank in range(1, K + 1)}
    pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    fit, answer = (fitted - begin).tolist(), (answered - fitted).tolist()
    print(json.dumps({"fit": fit, "answer": answer, "peak_mib": peak_mib()}))


def _now():
    """Seconds of the clock, and of the processors."""
    return np.array([time.perf_counter(), time.process_time()])
