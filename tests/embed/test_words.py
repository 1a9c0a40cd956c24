import os
import subprocess
import sys

import numpy as np
import pytest
from gensim.models import Word2Vec

from lab_kit.embed import corpora, learn, skip_gram
from lab_kit.embed.by_hand import add, pairs_of, step
from lab_kit.embed.loss import MOST, SENTENCES, Sample, questions
from lab_kit.embed.moving import overlap
from tests.embed.spaces import ANIMALS, MACHINES, quiet, two_worlds

SETTINGS = {"dimensions": 10, "window": 3, "epochs": 4, "sample": 0, "seed": 3, "progress": quiet}


@pytest.mark.parametrize(("method", "sg"), [("skip-gram", 1), ("CBOW", 0)])
def test_the_vectors_are_gensim_s_to_the_last_bit(method, sg):
    text = two_worlds()
    ours = learn(text, method=method, **SETTINGS)
    theirs = Word2Vec(text, sg=sg, vector_size=10, window=3, epochs=4, sample=0, seed=3, workers=1)
    assert ours.vectors.names == tuple(theirs.wv.index_to_key)
    assert (ours.vectors.matrix == theirs.wv.vectors).all()
    assert (ours.contexts.matrix == theirs.syn1neg).all()


def test_two_processes_with_other_hashes_learn_the_same():
    code = (
        "import hashlib; from lab_kit.embed import corpora, learn;"
        "v = learn(corpora.korean_shop(1000), dimensions=8, progress=lambda d, w: None).vectors;"
        "print(hashlib.sha256(v.matrix.tobytes() + str(v.names).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_the_loss_starts_at_a_coin_s_toss_for_each_answer_and_falls():
    learnt = learn(two_worlds(), negative=5, learning_rate=0.1, **SETTINGS)
    assert learnt.losses[0] == pytest.approx(6 * np.log(2))
    assert learnt.losses[-1] < 0.8 * learnt.losses[0]
    assert len(learnt.losses) == 5


def test_epochs_are_kept_when_asked_for():
    learnt = learn(two_worlds(), keep_epochs=True, **SETTINGS)
    assert len(learnt.epochs) == 5
    assert (learnt.epochs[-1].matrix == learnt.vectors.matrix).all()
    assert (learnt.epochs[0].matrix != learnt.epochs[1].matrix).any()
    assert learn(two_worlds(), **SETTINGS).epochs == []


def test_progress_rises_to_the_end_and_tells_the_loss():
    told = []
    learn(two_worlds(3_000), **{**SETTINGS, "progress": lambda *said: told.append(said)})
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert any("epoch 4 of 4, loss" in what for _, what in told)


@pytest.mark.parametrize("method", ["skip-gram", "CBOW"])
def test_what_keeps_the_same_company_is_alike(method):
    space = learn(
        two_worlds(), method=method, learning_rate=0.1, **{**SETTINGS, "epochs": 60}
    ).vectors
    assert space.odd_one_out([*ANIMALS, "car"]) == "car"
    assert set(space.nearest("bus", 2).names) == {"car", "tram"}


def test_a_verb_of_two_meanings_lies_between_two_verbs_for_ten_seeds():
    reviews = list(corpora.korean_shop())
    for seed in range(10):
        space = learn(reviews, dimensions=50, window=4, epochs=6, seed=seed, progress=quiet).vectors
        sweet_bitter, write_read = (
            space.similarity("달다", "쓰다"),
            space.similarity("쓰다", "읽다"),
        )
        assert min(sweet_bitter, write_read) > space.similarity("달다", "읽다") + 0.05, seed


# ---- the sample the loss is measured on


def test_every_sentence_is_as_likely_in_the_sample():
    quarters = np.zeros(4)
    for seed in range(40):
        sample = Sample([[str(n)] for n in range(4 * SENTENCES)], seed)
        assert len(list(sample)) == 4 * SENTENCES
        assert len({s[0] for s in sample.drawn}) == len(sample.drawn) == SENTENCES
        quarters += np.bincount([int(s[0]) // SENTENCES for s in sample.drawn], minlength=4)
    assert quarters / 40 == pytest.approx(SENTENCES / 4, rel=0.1)


def test_no_more_is_asked_than_fits():
    text, place = two_worlds(2_000), {word: n for n, word in enumerate([*ANIMALS, *MACHINES])}
    options = {"skip_gram": True, "window": 2, "negative": 1, "seed": 0}
    found = questions(text, place, np.full(6, 1 / 6), **options)
    assert len(found.right) == MOST == found.given.shape[0] == len(found.wrong)
    both = np.unique(found.right // 3, return_counts=True)[1]
    assert both / MOST == pytest.approx([0.5, 0.5], abs=0.05)  # both worlds, not the first alone


def test_questions_by_eye():
    place = {"a": 0, "b": 1, "c": 2}
    noise = np.array([1.0, 0, 0])
    sentence = [["a", "x", "b", "c"]]
    options = {"window": 1, "negative": 2, "seed": 0}
    pairs = questions(sentence, place, noise, skip_gram=True, **options)
    assert pairs.given.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert pairs.right.tolist() == [0, 1, 1, 2]
    assert (pairs.wrong == 0).all()
    windows = questions(sentence, place, noise, skip_gram=False, **options)
    assert windows.given.toarray().tolist() == [[0, 1, 0], [0.5, 0, 0.5], [0, 1, 0]]
    assert questions([["a"], ["x", "b"]], place, noise, skip_gram=True, **options) is None


# ---- the one in NumPy


def test_a_step_goes_down_the_slope_of_the_loss():
    rng = np.random.default_rng(0)
    vectors, contexts = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    word, right = np.array([0, 1, 0]), np.array([1, 2, 1])
    wrong = np.array([[3, 4], [0, 4], [2, 2]])

    def loss(v, c):
        products = np.einsum("bd,bnd->bn", v[word], c[np.column_stack([right, wrong])])
        return np.logaddexp(0, products * [-1, 1, 1]).sum()

    def slope(which, row, column):
        moved = {"v": vectors.copy(), "c": contexts.copy()}
        moved[which][row, column] += 1e-6
        return (loss(moved["v"], moved["c"]) - loss(vectors, contexts)) / 1e-6

    after = vectors.copy(), contexts.copy()
    step(*after, word, right, wrong, rate=0.1)
    for which, before, now in (("v", vectors, after[0]), ("c", contexts, after[1])):
        for row in range(5):
            expected = [-0.1 * slope(which, row, column) for column in range(3)]
            assert now[row] - before[row] == pytest.approx(expected, abs=1e-5)


def test_a_row_that_comes_twice_gets_both():
    matrix = np.zeros((3, 1))
    add(matrix, np.array([2, 0, 2]), np.array([[1.0], [10], [100]]))
    assert matrix.ravel().tolist() == [10, 0, 101]


def test_pairs_of_a_window_of_one_by_eye():
    text = [np.array([7, 8, 9]), np.array([5]), np.array([1, 2])]
    pairs = pairs_of(text, np.ones(10), 1, np.random.default_rng(0))
    assert pairs.tolist() == [[7, 8], [8, 7], [8, 9], [9, 8], [1, 2], [2, 1]]


def test_numpy_stays_finite_where_few_words_stand_in_every_pair():
    space = skip_gram(two_worlds(), epochs=20, sample=0, learning_rate=0.2)
    assert np.abs(space.matrix).max() < 10
    assert space.odd_one_out([*MACHINES, "fox"]) == "fox"


def test_numpy_agrees_with_gensim_as_gensim_does_with_itself():
    reviews = list(corpora.korean_shop(8_000))
    settings = {"dimensions": 30, "window": 4, "epochs": 10}
    one, other = (learn(reviews, seed=seed, progress=quiet, **settings).vectors for seed in (1, 2))
    ours = skip_gram(reviews, seed=1, **settings)
    names = one.common(150).names
    assert overlap(one, ours, names) > overlap(one, other, names) - 0.05


def test_numpy_is_the_same_every_time_and_another_with_another_seed():
    text = two_worlds()
    settings = {"dimensions": 10, "epochs": 3, "sample": 0}
    one, again, other = (skip_gram(text, seed=seed, **settings) for seed in (0, 0, 1))
    assert (one.matrix == again.matrix).all()
    assert (one.matrix != other.matrix).any()
