"""The kit's AutoML, and a random forest of 500 trees, both from the kit's environment."""

from lab_kit import automl
from tests.benchmarks.automl.peers.question import TARGET, main

OBJECTIVES = {"binary": "AUC", "multiclass": "Accuracy", "regression": "MSE"}


def fit(train, target, problem, seconds):
    model = automl.fit(
        train.assign(**{TARGET: target}),
        TARGET,
        problem=problem,
        objective=OBJECTIVES[problem],
        max_seconds=seconds,
    )
    print(model, model.stopped, f"{model.seconds:.0f} s", sep="; ")
    print(model.leaderboard)
    return lambda rows: (
        model.predict_proba(rows)[:, 1] if problem == "binary" else model.predict(rows)
    )


def forest(train, target, problem, seconds):
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    kind = RandomForestRegressor if problem == "regression" else RandomForestClassifier
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    words = make_column_selector(dtype_exclude=["number", "bool"])
    encoded = make_column_transformer((codes, words), remainder="passthrough")
    model = make_pipeline(encoded, kind(500, n_jobs=2, random_state=0)).fit(train, target)
    return lambda rows: (
        model.predict_proba(rows)[:, 1] if problem == "binary" else model.predict(rows)
    )


if __name__ == "__main__":
    main({"kit": fit, "forest": forest})
