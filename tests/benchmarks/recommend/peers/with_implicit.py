"""implicit, used directly (https://benfred.github.io/implicit/)."""

from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from threadpoolctl import threadpool_limits

from tests.benchmarks.recommend.peers.question import K, main


def asked(model, folds_in):
    """How this model is fitted and asked."""

    def fit(question):
        with threadpool_limits(1, "blas"):  # as implicit asks for
            model.fit(question.matrix(), show_progress=False)
        histories = question.histories()

        def answer():
            options = {"recalculate_user": True} if folds_in and not question.known else {}
            with threadpool_limits(1, "blas"):
                return model.recommend(question.asked, histories, N=K, **options)[0]

        return answer

    return fit


MODELS = {
    "ALS": asked(AlternatingLeastSquares(random_state=0), folds_in=True),
    "ALS-64": asked(AlternatingLeastSquares(64, random_state=0), folds_in=True),
    "BPR": asked(BayesianPersonalizedRanking(random_state=0), folds_in=False),
    "cosine": asked(CosineRecommender(K=100), folds_in=False),
    "BM25": asked(BM25Recommender(K=100), folds_in=False),
}

if __name__ == "__main__":
    main(MODELS)
