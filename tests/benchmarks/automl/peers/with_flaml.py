"""FLAML (https://microsoft.github.io/FLAML/), with its defaults and a budget of time."""

import logging

from flaml import AutoML

from tests.benchmarks.automl.peers.question import main

METRICS = {"binary": "roc_auc", "multiclass": "accuracy", "regression": "r2"}


def as_categories(frame):
    """Words as categories, which is how FLAML likes them."""
    words = frame.select_dtypes(exclude=["number", "bool"]).columns
    return frame.astype(dict.fromkeys(words, "category"))


def fit(train, target, problem, seconds):
    logging.disable(logging.WARNING)
    model = AutoML()
    model.fit(
        as_categories(train),
        target.to_numpy(),
        task="regression" if problem == "regression" else "classification",
        metric=METRICS[problem],
        time_budget=seconds,
        n_jobs=2,
        seed=0,
        verbose=0,
    )

    def predict(rows):
        rows = as_categories(rows)
        return model.predict_proba(rows)[:, 1] if problem == "binary" else model.predict(rows)

    return predict


if __name__ == "__main__":
    main({"flaml": fit})
