"""The kit's own models, in a process of their own as everybody else."""

import numpy as np

from lab_kit.recommend import (
    EASE,
    Histories,
    Interactions,
    ItemKNN,
    LinearSequence,
    Personalisation,
)
from lab_kit.recommend.arrays import events_of
from tests.benchmarks.recommend.peers.question import K, main


def asked(model):
    """How this model is fitted and asked."""

    def fit(question):
        users, items = (
            [f"{n}" for n in range(number)] for number in (question.users, question.items)
        )
        view = Interactions.from_arrays(users, items, question.user, question.item, question.time)
        model.fit(view)

        def answer():
            row = np.repeat(np.arange(len(question.asked)), np.diff(question.start))
            start, events = events_of(
                row, question.given_item, question.given_time, None, len(question.asked), len(items)
            )
            user = question.asked.astype(np.int32)
            now = np.full(len(user), np.iinfo(np.int64).min)
            nothing = np.empty((len(user), 0), np.int16)
            asked_for = Histories(start, events, user, now, nothing)
            return model.recommend_many(asked_for, K).codes

        return answer

    return fit


MODELS = {
    "personalisation": asked(Personalisation()),
    "EASE": asked(EASE()),
    "EASE, 1,000 items": asked(EASE(most_items=1_000)),
    "EASE, visits too": asked(EASE(visits=1.0, min_count=3)),
    "linear sequence": asked(LinearSequence()),
    "item-kNN": asked(ItemKNN()),
}

if __name__ == "__main__":
    main(MODELS)
