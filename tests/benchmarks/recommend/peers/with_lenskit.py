"""LensKit (https://lkpy.lenskit.org), each model in its standard top-n pipeline."""

import numpy as np
import pandas as pd
from lenskit.als import ImplicitMFScorer
from lenskit.batch import recommend
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.flexmf import FlexMFImplicitScorer
from lenskit.knn import EASEScorer, ItemKNNScorer, SLIMScorer
from lenskit.pipeline import topn_pipeline

from tests.benchmarks.recommend.peers.question import K, main


def asked(scorer, **options):
    """How a model is fitted and asked."""

    def fit(question):
        times = pd.to_datetime(question.time, unit="ms")
        events = {"user_id": question.user, "item_id": question.item, "timestamp": times}
        frame = pd.DataFrame(events).drop_duplicates(["user_id", "item_id"])
        pipeline = topn_pipeline(scorer(**options), n=K)
        pipeline.train(from_interactions_df(frame))

        def answer():
            # One process: at this size others take longer to start than to answer.
            found = recommend(pipeline, list(queries(question)), n=K, n_jobs=1)
            lists = np.full((len(question.asked), K), -1)
            for key, items in found:
                lists[key.query_id, : len(items)] = items.ids()
            return lists

        return answer

    return fit


def queries(question):
    """One query a user asked; those who are not known bring their history."""
    for row, user in enumerate(question.asked):
        history = ItemList(item_ids=np.unique(question.history(row)))
        yield (
            RecQuery(query_id=row, user_id=user)
            if question.known
            else RecQuery(query_id=row, history_items=history)
        )


MODELS = {
    "ALS": asked(ImplicitMFScorer, embedding_size=64),
    "item-kNN": asked(ItemKNNScorer, feedback="implicit", max_nbrs=20),
    "EASE": asked(EASEScorer, regularization=200),
    "SLIM": asked(SLIMScorer, max_nbrs=100),
    "FlexMF BPR": asked(FlexMFImplicitScorer, preset="bpr"),
    "FlexMF WARP": asked(FlexMFImplicitScorer, preset="warp"),
    "FlexMF logistic": asked(FlexMFImplicitScorer),
}

if __name__ == "__main__":
    main(MODELS)
