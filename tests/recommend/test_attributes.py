"""Attributes of items: what becomes of columns, and words of names and descriptions."""

import numpy as np
import pandas as pd

from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.ids import Ids


def attributes_of(**columns):
    number = len(next(iter(columns.values())))
    frame = pd.DataFrame({"item_id": [f"i{n}" for n in range(number)], **columns})
    ids = Ids.of(frame["item_id"])
    return Attributes.from_frame(frame, "item_id", ids), ids.codes(frame["item_id"])


COLOURS = ["red", "blue", "green"] * 10
NAMES = [f"{colour} bowl {'abcdefghij'[n // 3] * 3}" for n, colour in enumerate(COLOURS)]


def test_a_column_of_names_becomes_words_and_one_of_few_values_attributes():
    found, _ = attributes_of(name=NAMES, colour=COLOURS)
    assert found.names == ("colour=red", "colour=blue", "colour=green")
    letters = {letter * 3 for letter in "abcdefghij"}
    assert set(found.vocabulary) == {"red", "blue", "green", "bowl"} | letters


def test_a_word_counts_by_how_rare_it_is_and_rows_have_length_one():
    found, row = attributes_of(name=NAMES)
    first = found.words[[row[0]]].toarray()[0]
    # log((1 + texts) / (1 + texts with the word)) + 1: scikit-learn's smoothed idf.
    idf = {"red": np.log(31 / 11) + 1, "bowl": 1.0, "aaa": np.log(31 / 4) + 1}
    length = np.sqrt(sum(value**2 for value in idf.values()))
    for word, value in idf.items():
        assert abs(first[found.vocabulary.index(word)] - value / length) < 1e-6
    assert np.count_nonzero(first) == 3


def test_words_of_a_single_item_numbers_and_single_letters_say_nothing():
    found, _ = attributes_of(name=[f"film {n} ({1960 + n}) x unique{'z' * n}" for n in range(30)])
    assert found.vocabulary == ("film",)


def test_words_of_any_script_and_of_several_columns():
    found, row = attributes_of(
        name=[f"소포장 {'가나다라마바사아자차'[n // 3] * 2} {n}" for n in range(30)],
        description=[f"tasty {n} 소포장" for n in range(30)],
    )
    assert {"소포장", "tasty", "가가"} <= set(found.vocabulary)
    assert found.words[[row[3]]].toarray()[0][found.vocabulary.index("나나")] > 0


def test_names_without_a_common_word_are_no_words():
    found, _ = attributes_of(name=["only" + "q" * n for n in range(30)])
    assert (found.vocabulary, found.words.shape) == ((), (30, 0))


def test_features_are_attributes_of_length_one_beside_words():
    colours = [f"{colour}|dark" if n % 2 else None for n, colour in enumerate(COLOURS)]
    found, row = attributes_of(colour=colours, name=NAMES)
    features = found.features(0.5)
    plain, spoken = features[:, : len(found.names)], features[:, len(found.names) :]
    lengths = np.sqrt((plain.multiply(plain)).sum(axis=1))[row]
    np.testing.assert_allclose(lengths, [0, 1] * 15, atol=1e-6)
    np.testing.assert_allclose(spoken.toarray(), 0.5 * found.words.toarray())


def test_more_ids_have_no_attributes():
    found, row = attributes_of(name=NAMES, colour=COLOURS)
    more = found.grown(33)
    assert (more.names, more.vocabulary) == (found.names, found.vocabulary)
    assert more.table.shape == (33, 3)
    assert len(more.created) == 33
    np.testing.assert_array_equal(more.table[row].toarray(), found.table[row].toarray())
    np.testing.assert_array_equal(more.words[row].toarray(), found.words[row].toarray())
    assert not more.features()[30:].nnz
    assert found.grown(30) is found


def test_every_attribute_knows_the_column_it_is_from():
    given = {
        "genres": ["Comedy|War", "a=b", "3 of 5", "War"],
        "unit price": [1.0, 2.0, 3.0, 4.0],
        "is new": [True, False, True, False],
    }
    found, _ = attributes_of(**given)
    columns = [found.column(place) for place in range(len(found.names))]
    assert columns == ["genres"] * 4 + ["unit price"] * 5 + ["is new"] * 2
