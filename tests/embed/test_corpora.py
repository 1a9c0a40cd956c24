import gzip
import json
import tracemalloc
from collections import Counter
from pathlib import Path

import botocore
import pytest

from lab_kit.embed import corpora, count, learn, skip_gram
from lab_kit.embed.corpora import Corpus
from lab_kit.embed.corpora.documentation import _sentences as in_sentences
from lab_kit.embed.corpora.korean import with_particle
from lab_kit.embed.corpora.tokens import english
from lab_kit.errors import LabKitError
from tests.embed.spaces import quiet

BAD = {
    "empty": ([], "empty"),
    "empty sentences": ([[], []], "is empty"),
    "one sentence": ([["one", "sentence", "only"]], "single sentence of 3 tokens"),
    "single tokens": ([["one"], ["two"], ["three"]], "single token"),
    "only rare words": ([["a", "b"], ["c", "d"]], "occur 5 times or more"),
}


@pytest.mark.parametrize(("sentences", "said"), BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize(
    "use", [count, skip_gram, lambda c: learn(c, progress=quiet)], ids=["count", "numpy", "gensim"]
)
def test_a_corpus_that_teaches_nothing_is_refused_with_the_next_step(use, sentences, said):
    with pytest.raises(LabKitError, match=said) as caught:
        use(sentences)
    assert caught.value.next_step


# ---- the shop in Korean


def test_the_korean_corpus_is_the_same_every_time_and_can_be_read_again():
    one, other = corpora.korean_shop(300), corpora.korean_shop(300)
    assert list(one) == list(other) == list(one)
    assert list(one) != list(corpora.korean_shop(300, seed=1))
    assert len(one.labels) == one.sentences == 300


def test_every_korean_word_has_a_meaning_in_english():
    reviews = corpora.korean_shop(20_000)
    assert set(reviews.frequency()) == set(corpora.glosses())


def test_the_verb_of_two_meanings_stands_in_scenes_of_both_and_no_others():
    reviews = corpora.korean_shop(5_000)
    scenes = Counter(
        scene for scene, words in zip(reviews.labels, reviews, strict=True) if "쓰다" in words
    )
    assert set(scenes) == {"tasting bitter", "writing"}
    assert min(scenes.values()) > 300


@pytest.mark.parametrize(
    ("word", "forms", "right"),
    [
        ("책", "을/를", "을"),
        ("커피", "을/를", "를"),
        ("펜", "으로/로", "으로"),
        ("연필", "으로/로", "로"),  # ㄹ takes 로
        ("연필", "이/가", "이"),
        ("종이", "과/와", "와"),
    ],
)
def test_a_particle_follows_the_sound_before_it(word, forms, right):
    assert with_particle(word, forms) == right


def test_fewer_than_one_sentence_is_refused():
    with pytest.raises(LabKitError, match="0 sentences"):
        corpora.korean_shop(0)


# ---- AWS's documentation


def test_documentation_is_read_once_and_then_kept(tmp_path):
    first = corpora.documentation(["sqs", "sns"], folder=tmp_path)
    (file,) = tmp_path.iterdir()
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        assert first.sentences == len(list(first)) == len({*lines})
    written = file.stat().st_mtime_ns
    assert list(corpora.documentation(["sns", "sqs"], folder=tmp_path)) == list(first)
    assert file.stat().st_mtime_ns == written
    frequency = first.frequency()
    assert frequency["queue"] > 100
    assert frequency["topic"] > 100
    assert not [word for word in frequency if "<" in word or "&" in word or word != word.lower()]


def test_every_text_of_a_model_is_found_wherever_it_stands(tmp_path):
    model = next((Path(botocore.__file__).parent / "data" / "sqs").glob("*/service-2.json.gz"))
    with gzip.open(model) as file:
        slow = [words for text in texts(json.load(file)) for words in in_sentences(text)]
    found = corpora.documentation(["sqs"], folder=tmp_path)
    assert [" ".join(words) for words in found] == list(dict.fromkeys(slow))


def texts(tree):
    """Documentation strings of a model, in the order in which they are written."""
    for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if name == "documentation" and isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from texts(value)


def test_an_unknown_service_is_told():
    with pytest.raises(LabKitError, match="no service 's33'"):
        corpora.documentation(["s33"])


# ---- a file of one's own


def sentences_of(tmp_path, text, **options):
    path = tmp_path / "text.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(corpora.text_file(path, **options))


def test_sentences_end_at_full_stops_and_lines(tmp_path):
    text = "The cat sleeps. Does it? Yes!\nIt does, at 10.30 or so\n\n...\n"
    assert sentences_of(tmp_path, text) == [
        ["the", "cat", "sleeps"],
        ["does", "it"],
        ["yes"],
        ["it", "does", "at", "or", "so"],
    ]


def test_pieces_of_the_file_leave_no_seam(tmp_path):
    text = " ".join(f"Word{n} stands here." for n in range(20_000))
    found = sentences_of(tmp_path, text)
    assert found == [[f"word{n}", "stands", "here"] for n in range(20_000)]


def test_a_text_without_an_end_is_cut_between_words(tmp_path):
    text = " ".join(f"w{n}" for n in range(60_000))
    found = sentences_of(tmp_path, text)
    assert [word for sentence in found for word in sentence] == text.split()
    assert max(map(len, found)) <= 1_000


def test_what_is_not_utf_8_is_told_with_its_line_and_what_works(tmp_path):
    raw = "하나.\n둘.\n".encode() + "초콜릿이 달다.\n".encode("cp949")
    with pytest.raises(LabKitError, match=r'line 3.*encoding="cp949"'):
        sentences_of(tmp_path, raw)
    whole = "초콜릿이 달다.\n".encode("cp949")
    assert sentences_of(tmp_path, whole, encoding="cp949") == [["초콜릿이", "달다"]]
    with pytest.raises(LabKitError, match="no encoding 'utf-9'"):
        sentences_of(tmp_path, whole, encoding="utf-9")
    with pytest.raises(LabKitError, match=r"line 1.*no text at all"):
        sentences_of(tmp_path, bytes(range(128, 256)) * 3)


def test_a_missing_file_and_a_folder_are_refused_at_once(tmp_path):
    with pytest.raises(LabKitError, match="no such file"):
        corpora.text_file(tmp_path / "nothing.txt")
    with pytest.raises(LabKitError, match="a folder"):
        corpora.text_file(tmp_path)


def test_a_text_eight_times_as_long_takes_the_same_memory(tmp_path):
    line = "The customer wrote that the coffee was bitter and the cake was sweet. " * 20 + "\n"

    def peak(lines):
        path = tmp_path / f"{lines}.txt"
        path.write_text(line * lines, encoding="utf-8")
        tracemalloc.start()
        words = sum(len(sentence) for sentence in corpora.text_file(path))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert words == lines * 20 * 13
        return most

    assert peak(2_000) < 1.05 * peak(250)


def test_long_sentences_come_in_parts_and_no_token_is_lost():
    corpus = Corpus.of([[str(n) for n in range(2_500)], ["a"]])
    parts = list(corpus)
    assert [len(part) for part in parts] == [1_000, 1_000, 500, 1]
    assert [token for part in parts[:3] for token in part] == [str(n) for n in range(2_500)]


def test_english_words_keep_what_joins_them():
    text = "Don't use us-east-1, it's S3's 3rd Region (2024)!"
    assert english(text) == ["don't", "use", "us-east-1", "it's", "s3's", "rd", "region"]


def test_korean_tokens_need_a_package_that_is_named():
    try:
        import kiwipiepy  # noqa: F401
    except ImportError:
        with pytest.raises(LabKitError, match="pip install kiwipiepy"):
            corpora.korean("책을 읽는다")
    else:
        assert corpora.korean("책을 읽는다")[:3] == ["책", "을", "읽다"]
