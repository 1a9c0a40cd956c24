"""What a matrix becomes, checked by hand."""

import numpy as np
import pytest

from lab_kit.automl.preprocessing import Ranked, Scaled, TargetMeans
from lab_kit.automl.reader import Feature
from lab_kit.automl.transformers import Chosen, read_steps

NAN = np.nan
FEATURES = (Feature("age", "age"), Feature("colour", "colour", ("blue", "red")))
MATRIX = np.array([[20, 0], [40, 1], [NAN, 1], [60, NAN], [30, 0], [90, 1.0]])


def test_scaled_fills_gaps_with_the_median_marks_them_and_gives_each_word_a_column():
    many = np.tile(MATRIX, (5, 1))
    done = Scaled(FEATURES)
    found = done.fit_transform(many, np.zeros(30), 0)[:6]
    ages = np.array([20, 40, 40, 60, 30, 90])
    assert found[:, 0] == pytest.approx((ages - ages.mean()) / ages.std())
    assert found[:, 1].tolist() == [0, 0, 1, 0, 0, 0]  # no age
    assert found[:, 2].tolist() == [1, 0, 0, 0, 1, 0]  # blue
    assert found[:, 3].tolist() == [0, 1, 1, 0, 0, 1]  # red
    assert found[:, 4].tolist() == [0, 0, 0, 1, 0, 0]  # no colour
    assert done.owners().tolist() == [0, 0, 1, 1, 1]


def test_ranked_does_not_mind_the_scale_and_keeps_the_order():
    values = np.random.default_rng(0).lognormal(size=(400, 1))
    found = Ranked(FEATURES[:1]).fit_transform(values, np.zeros(400), 0)[:, 0]
    again = Ranked(FEATURES[:1]).fit_transform(values**3, np.zeros(400), 0)[:, 0]
    assert np.corrcoef(found, again)[0, 1] > 0.999
    assert (np.diff(found[np.argsort(values[:, 0])]) >= 0).all()
    assert abs(np.mean(found)) < 0.02
    assert np.std(found) == pytest.approx(1, abs=0.03)


def test_target_means_are_shrunk_to_the_mean_of_all():
    random = np.random.default_rng(0)
    codes = random.integers(0, 2, 1_000).astype(float)
    target = (random.random(1_000) < np.where(codes == 1, 0.8, 0.3)).astype(float)
    done = TargetMeans((FEATURES[1],), 2)
    inside = done.fit_transform(codes[:, None], target, 0)
    red, blue, missing = done.transform(np.array([[1.0], [0.0], [NAN]]))[:, 0]
    ones = codes == 1
    assert red == pytest.approx((target[ones].sum() + 10 * target.mean()) / (ones.sum() + 10))
    assert missing == pytest.approx(target.mean())
    assert blue < missing < red
    assert len(np.unique(inside[ones])) == 5  # each fold's from the four others


def test_no_row_is_told_its_own_target_by_target_means():
    """With a word for every row a mean would be the target itself; out of fold it is no help."""
    codes = np.arange(150.0)
    target = (np.arange(150) % 2).astype(float)
    words = Feature("id", "id", tuple(map(str, range(150))))
    inside = TargetMeans((words,), 2).fit_transform(codes[:, None], target, 0)[:, 0]
    assert np.corrcoef(inside, target)[0, 1] < 0.1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["NumericPassthrough"], [20, 40, NAN, 60, 30, 90]),
        (["Imputer"], [20, 40, 48, 60, 30, 90]),
        (["MinMax"], [0, 2 / 7, NAN, 4 / 7, 1 / 7, 1]),
        (["Imputer", "MinMax"], [0, 2 / 7, 0.4, 4 / 7, 1 / 7, 1]),
    ],
)
def test_transformers_of_numbers(names, expected):
    steps = read_steps([{"ColumnSet": ["age"], "Transformers": names}])
    done = Chosen(FEATURES, steps)
    found = done.fit_transform(MATRIX, np.zeros(6), 0)
    assert found[:, 0] == pytest.approx(np.array(expected), nan_ok=True)
    assert np.array_equal(done.transform(MATRIX[:2]), found[:2], equal_nan=True)


def test_transformers_of_words_and_of_all_columns():
    steps = read_steps([{"ColumnSet": ["*"], "Transformers": ["OneHotEncoder"]}])
    found = Chosen(FEATURES, steps).fit_transform(MATRIX, np.zeros(6), 0)
    assert found[:, 1:].tolist() == [[1, 0], [0, 1], [0, 1], [0, 0], [1, 0], [0, 1]]
    steps = read_steps([{"ColumnSet": "colour", "Transformers": ["OrdinalEncoder", "Imputer"]}])
    done = Chosen(FEATURES, steps)
    assert done.fit_transform(MATRIX, np.zeros(6), 0)[:, 0].tolist() == [0, 1, 1, 1, 0, 1]
    assert done.owners().tolist() == [1, 0]


def test_components_are_uncorrelated_and_the_first_has_most_of_the_variance():
    random = np.random.default_rng(0)
    matrix = random.normal(size=(200, 1)) * [3, 2] + random.normal(size=(200, 2))
    numbers = (FEATURES[0], Feature("height", "height"))
    steps = read_steps([{"ColumnSet": ["*"], "Transformers": ["PCA"]}])
    found = Chosen(numbers, steps).fit_transform(matrix, np.zeros(200), 0)
    assert np.corrcoef(found.T)[0, 1] == pytest.approx(0, abs=1e-9)
    assert found.var(axis=0).sum() == pytest.approx(matrix.var(axis=0).sum())
    assert found[:, 0].var() > 0.9 * matrix.var(axis=0).sum() - 1
