"""Measures against scikit-learn's, on random predictions with ties and weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as known

from lab_kit.automl import metrics

SEEDS = st.integers(0, 10_000)


def drawn(seed, classes):
    random = np.random.default_rng(seed)
    target = random.integers(0, classes, 60).astype(float)
    target[:classes] = np.arange(classes)
    shares = np.round(random.dirichlet(np.ones(classes), 60), 1) + 0.05
    return target, shares / shares.sum(axis=1, keepdims=True), random.uniform(0.1, 3, 60)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_auc_counts_ties_half_and_weights_pairs(seed):
    target, shares, weights = drawn(seed, 2)
    scores = shares[:, 1]
    assert metrics.auc(target, scores) == pytest.approx(known.roc_auc_score(target, scores))
    weighted = known.roc_auc_score(target, scores, sample_weight=weights)
    assert metrics.auc(target, scores, weights) == pytest.approx(weighted)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(2, 4))
def test_measures_of_classes(seed, classes):
    target, shares, weights = drawn(seed, classes)
    codes = shares.argmax(axis=1)
    log_loss = known.log_loss(target, shares, sample_weight=weights, labels=range(classes))
    assert metrics.log_loss(target, shares, weights) == pytest.approx(log_loss)
    accuracy = known.accuracy_score(target, codes, sample_weight=weights)
    assert metrics.accuracy(target, codes, weights) == pytest.approx(accuracy)
    f1 = known.f1_score(target, codes, average="macro", sample_weight=weights)
    assert metrics.f1_macro(target, codes, weights) == pytest.approx(f1)
    one = known.f1_score(target == 1, codes == 1, sample_weight=weights)
    assert metrics.f1(target, codes, weights) == pytest.approx(one)


def test_r2_of_the_mean_is_0_and_of_the_truth_1():
    target = np.array([1.0, 2, 4, 9])
    assert metrics.r2(target, np.full(4, 4.0)) == pytest.approx(0)
    assert metrics.r2(target, target) == 1


def test_the_threshold_is_that_of_the_best_f1_among_all():
    target, shares, _ = drawn(7, 2)
    mark = metrics.find_threshold("F1", target, shares)
    every = [metrics.f1(target, shares[:, 1] >= one) for one in np.unique(shares[:, 1])]
    assert metrics.measure("F1", target, shares, threshold=mark) == pytest.approx(max(every))
    assert metrics.find_threshold("Accuracy", target, shares) == 0.5
