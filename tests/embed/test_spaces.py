"""Planes, drift, bias, senses and questions over a space."""

import numpy as np
import pandas as pd
import pytest

from lab_kit import embed
from lab_kit.embed import Vectors, corpora
from lab_kit.embed.moving import overlap
from lab_kit.errors import LabKitError
from tests.embed.spaces import ANIMALS, COMPASS, MACHINES, quiet, two_worlds


@pytest.fixture(scope="module")
def reviews():
    return corpora.korean_shop(8_000)


@pytest.fixture(scope="module")
def words(reviews):
    return embed.learn(reviews, dimensions=30, window=4, epochs=8, progress=quiet).vectors


# ---- planes


def test_a_plane_is_that_of_scikit_learn():
    from sklearn.decomposition import PCA

    space = Vectors([f"w{n}" for n in range(20)], np.random.default_rng(0).normal(size=(20, 6)))
    flat = embed.plane(space)
    theirs = PCA(2).fit(space.directions)
    ours = flat.place(space).to_numpy()
    assert np.abs(ours) == pytest.approx(np.abs(theirs.transform(space.directions)), abs=1e-4)
    assert flat.kept == pytest.approx(theirs.explained_variance_ratio_.sum(), abs=1e-5)
    assert flat.axes.T @ flat.axes == pytest.approx(np.eye(2), abs=1e-9)


def test_flat_points_keep_their_distances():
    flat = embed.plane(COMPASS)
    assert flat.kept == pytest.approx(1)
    points = flat.place(COMPASS, ["north", "south"]).to_numpy()
    assert np.linalg.norm(points[0] - points[1]) == pytest.approx(2)


def test_two_points_make_no_plane():
    with pytest.raises(LabKitError, match="2 points"):
        embed.plane(COMPASS, ["north", "south"])


# ---- drift


def test_words_come_closer_to_where_they_end():
    learnt = embed.learn(
        two_worlds(), dimensions=10, epochs=5, learning_rate=0.1, keep_epochs=True, progress=quiet
    )
    way = embed.drift(learnt.epochs, ["cat", "car"]).groupby("epoch")[["cosine", "kept"]].mean()
    assert len(way) == 6
    assert way["cosine"].iloc[-1] == pytest.approx(1)
    assert way["kept"].iloc[-1] == 1
    assert way["cosine"].iloc[0] < way["cosine"].iloc[2] < 1
    with pytest.raises(LabKitError, match="no epochs"):
        embed.drift([])


def test_a_turned_space_is_laid_over_the_other():
    rng = np.random.default_rng(0)
    space = Vectors([f"w{n}" for n in range(30)], rng.normal(size=(30, 5)))
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    turned = Vectors(space.names, space.matrix @ turn)
    assert np.abs(turned.matrix - space.matrix).max() > 1
    assert embed.aligned(turned, space).matrix == pytest.approx(space.matrix, abs=1e-4)
    with pytest.raises(LabKitError, match="cannot be laid over"):
        embed.aligned(turned.take(["w1", "w2"]), space)


def test_overlap_counts_the_names_both_find():
    line = Vectors(list("abcd"), np.array([[1, 0], [1, 0.1], [1, 0.3], [0, 1]]))
    other = Vectors(list("abcd"), np.array([[1, 0], [0, 1], [1, 0.3], [1, 0.1]]))
    assert overlap(line, line, ["a", "d"], 2) == 1
    assert overlap(line, other, ["a"], 2) == 0.5  # b, c and d, c


# ---- bias


def test_the_probe_finds_the_habit_that_was_put_in_and_no_other(words):
    women = ["엄마", "아내", "할머니", "언니", "이모"]
    men = ["아빠", "남편", "할아버지", "오빠", "삼촌"]
    sides = (["닦다", "빨다", "그릇", "이불"], ["신문", "잡지", "라디오", "듣다"])
    found = embed.association(words, (women, men), sides)
    assert found.effect > 1.2
    assert found.p < 0.02
    assert min(found.leaning[w] for w in women) > max(found.leaning[m] for m in men)
    mixed = [*women[:2], *men[:3]], [*women[2:], *men[3:]]
    assert embed.association(words, mixed, sides).p > 0.1
    swapped = embed.association(words, (men, women), sides)
    assert swapped.effect == pytest.approx(-found.effect)


def test_one_word_is_no_group():
    with pytest.raises(LabKitError, match="two words or more"):
        embed.association(COMPASS, (["north"], ["south", "west"]), (["east"], ["west"]))


# ---- senses


def test_the_two_meanings_are_told_apart_as_they_were_made(reviews, words):
    found = embed.senses(reviews, words, "쓰다")
    made = pd.Series([reviews.labels[n] for n in found.places["sentence"]])
    table = pd.crosstab(found.places["sense"], made)
    assert table.max(axis=1).sum() / len(made) > 0.98
    assert set(table.idxmax(axis=1)) == {"tasting bitter", "writing"}
    assert found.names == ["쓰다 1", "쓰다 2"]
    writing = table.idxmax(axis=1).eq("writing").idxmax()
    tools = {"펜", "종이", "편지", "공책", "수첩", "엽서", "일기장", "메모", "후기", "일기", "카드"}
    assert len(tools & set(found.vectors.nearest(f"쓰다 {writing}", 10).names)) >= 4
    assert found.places["sense"].value_counts().idxmax() == 1


def test_a_sentence_moves_the_verb_towards_its_meaning(words):
    bitter = embed.in_context(words, ["자몽", "이", "너무", "쓰다"], "쓰다")
    written = embed.in_context(words, ["공책", "에", "편지", "를", "쓰다"], "쓰다")
    sweet, read = words.directions[[words.place("달다"), words.place("읽다")]]
    assert bitter @ sweet > words.similarity("쓰다", "달다") + 0.05 > written @ sweet
    assert written @ read > bitter @ read
    alone = embed.in_context(words, ["쓰다", "unknown"], "쓰다")
    assert alone == pytest.approx(words.directions[words.place("쓰다")], abs=1e-6)
    with pytest.raises(LabKitError, match="not in the sentence"):
        embed.in_context(words, ["책"], "쓰다")


def test_a_word_that_stands_alone_has_no_senses():
    with pytest.raises(LabKitError, match="stands in 0 sentences"):
        embed.senses(corpora.Corpus.of([["north"], ["east", "south"]]), COMPASS, "north")


# ---- questions with known answers


def test_a_relation_that_is_one_step_is_answered_by_the_others():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(6, 20))
    many = one + 3 * np.eye(20)[0]
    names = [*(f"w{n}" for n in range(6)), *(f"w{n}s" for n in range(6))]
    space = Vectors(names, np.vstack([one, many]))
    pairs = [f"w{n}:w{n}s" for n in range(6)]
    found = embed.relations(space, {"plural": pairs})
    assert found["plural"].within(5) == 1
    wrong = embed.relations(space, {"plural": [f"w{n}:w{(n + 1) % 6}s" for n in range(6)]})
    assert wrong["plural"].within(1) < 0.5
    more = embed.relations(space, {"plural": [*pairs[:5], "w5:w0s|w5s"]})
    assert more["plural"].answers["place"].iloc[-1] <= found["plural"].answers["place"].iloc[-1]


def test_pairs_that_cannot_be_asked_are_told():
    with pytest.raises(LabKitError, match="'north' is no pair"):
        embed.relations(COMPASS, {"a": ["north"]})
    with pytest.raises(LabKitError, match="0 of the 1 pairs"):
        embed.relations(COMPASS, {"a": ["cat:cats"]})


def test_sets_of_general_english_are_scored_as_gensim_does():
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

    lines = [line.split("\t") for line in open(datapath("wordsim353.tsv"), encoding="utf-8")]  # noqa: PTH123, SIM115
    names = sorted({word.lower() for line in lines if line[0][0] != "#" for word in line[:2]})
    names += ["athens", "greece", "oslo", "norway", "rome", "italy"]
    names = list(dict.fromkeys(names))
    matrix = np.random.default_rng(0).normal(size=(len(names), 12)).astype(np.float32)
    theirs = KeyedVectors(12)
    theirs.add_vectors(names, matrix)
    ours = embed.judged(Vectors(names, matrix, np.arange(len(names), 0, -1))).set_index("set")
    _, spearman, _ = theirs.evaluate_word_pairs(datapath("wordsim353.tsv"))
    assert ours.at["WordSim-353", "score"] == pytest.approx(spearman[0], abs=1e-4)
    assert ours.at["WordSim-353", "share"] == 1
    score, _ = theirs.evaluate_word_analogies(datapath("questions-words.txt"))
    assert ours.at["Google analogies", "score"] == pytest.approx(score)
    assert ours.at["Google analogies", "asked"] > 10


def test_a_space_that_knows_no_english_is_not_scored():
    found = embed.judged(COMPASS.take(["north", "northeast"]))
    assert found["score"].isna().all()


def test_both_worlds_are_found_by_every_name_of_the_room():
    assert {*ANIMALS, *MACHINES} <= set(embed.count(two_worlds()).words)
    assert all(getattr(embed, name).__doc__ for name in embed.__all__)
    assert set(dir(embed)) == set(embed.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        embed.nothing  # noqa: B018
