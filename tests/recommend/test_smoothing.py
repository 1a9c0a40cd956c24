"""What is known of some items, carried over to others."""

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.recommend import smoothing as module
from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.ids import Ids
from lab_kit.recommend.smoothing import Smoothing, smoothing, with_constant


def test_it_is_ridge_regression_on_the_features_and_its_transpose():
    rng = np.random.default_rng(0)
    features = with_constant(sp.csr_array(sp.random_array((30, 6), density=0.4, rng=rng)))
    weights = rng.uniform(0, 2, 30)
    weights[3] = 0
    dense = features.toarray().astype(float)
    system = dense.T @ (weights[:, None] * dense) + 2 * np.eye(7)
    table = dense @ np.linalg.solve(system, dense.T * weights)
    model = Smoothing(features, weights, 2.0)
    np.testing.assert_allclose(model(np.eye(30)), table, atol=2e-3)
    np.testing.assert_allclose(model.spread(np.eye(30)), table.T, atol=2e-3)
    assert not table[:, 3].any()  # nothing is taken from an item that weighs nothing


def test_words_count_as_much_as_they_foretell(monkeypatch):
    rng = np.random.default_rng(1)
    number, words = 400, ["".join(letters) for letters in rng.choice(list("abcdef"), (40, 4))]
    chosen = rng.choice(words, (number, 3))
    colour = rng.choice(["red", "blue"], number)
    frame = pd.DataFrame({"item_id": [f"i{n}" for n in range(number)]})
    frame["name"] = [" ".join(["thing", *line]) for line in chosen]
    frame["colour"] = colour
    ids = Ids.of(frame["item_id"])
    known = Attributes.from_frame(frame, "item_id", ids)
    values = np.zeros((number, 5), np.float32)
    values[ids.codes(frame["item_id"])] = (colour == "red")[:, None] + rng.normal(0, 1, (number, 5))
    monkeypatch.setattr(module, "REGULARISATIONS", (3.0,))
    users = np.full(number, 5)
    by_colour = smoothing(known, values, users, seed=0)
    spoken = known.words @ rng.normal(size=(len(known.vocabulary), 5)).astype(np.float32)
    by_words = smoothing(known, 10 * spoken, users, seed=0)

    def length(model):
        part = model.features[:, len(known.names) : -1]
        return float(np.sqrt(part.multiply(part).sum(axis=1)).max())

    assert length(by_colour) < 0.3
    assert length(by_words) > 0.9
