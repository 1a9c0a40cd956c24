"""Cornac (https://cornac.readthedocs.io), asked by `recommend`, which leaves out what was seen.

Its models know the users they were fitted on; only the sequence models answer for others.
"""

import numpy as np
from cornac.data import Dataset, SequentialDataset
from cornac.models import BPR, EASE, HPF, MMMF, VAECF, WBPR, SASRec

from tests.benchmarks.recommend.peers.question import K, best, main


def asked(model):
    """How a model of users is fitted and asked."""

    def fit(question):
        pairs = question.matrix().tocoo()
        columns = (pairs.row.tolist(), pairs.col.tolist(), pairs.data.tolist())
        data = Dataset.from_uir(list(zip(*columns, strict=True)), seed=0)
        model.fit(data)

        def answer():
            users = question.asked.tolist()
            return [model.recommend(user, k=K, remove_seen=True, train_set=data) for user in users]

        return answer

    return fit


def next_asked(model):
    """How a model of sequences is fitted and asked: each user is one session."""

    def fit(question):
        names = ("user", "user", "item", "time")
        columns = (getattr(question, name).tolist() for name in names)
        data = SequentialDataset.from_usit(list(zip(*columns, strict=True)), seed=0)
        model.fit(data)

        def answer():
            code = np.array([data.iid_map.get(item, -1) for item in range(question.items)])
            back = np.array(list(data.iid_map))
            lists = []
            for row, user in enumerate(question.asked.tolist()):
                history = code[question.history(row)]
                history = history[history >= 0].tolist()
                scores = model.score(data.uid_map.get(user, 0), history)
                lists.append(back[best(scores, history)])
            return lists

        return answer

    return fit


MODELS = {
    "EASE": asked(EASE(verbose=False)),
    "BPR": asked(BPR(k=64, seed=0)),
    "WBPR": asked(WBPR(k=64, seed=0)),
    "MMMF": asked(MMMF(k=64, seed=0)),
    "HPF": asked(HPF(k=64, seed=0)),
    "VAECF": asked(VAECF(seed=0)),
    "SASRec": next_asked(SASRec(seed=0)),
}

if __name__ == "__main__":
    main(MODELS)
