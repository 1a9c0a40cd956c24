import ast
import re
import string
import tomllib

import pytest

from lab_kit.teach import messages
from lab_kit.teach.messages import FOLDER, words

ROOM = FOLDER.parent
SENTENCES = {
    f"{section}.{name}": sentence
    for section, entries in tomllib.loads((FOLDER / "en.toml").read_text("utf-8")).items()
    for name, sentence in entries.items()
}
KEY = r"(?!\w+\.(?:html|json))\w+\.\w+[a-z]"
# Keys that code puts together from a value: every one of the section is used.
FAMILIES = {"kind.", "kinds.", "outcome.percent_", "outcome.times_"}


def forms(sentence):
    return list(sentence.values()) if isinstance(sentence, dict) else [sentence]


def placeholders(sentence):
    return {
        name for form in forms(sentence) for _, name, _, _ in string.Formatter().parse(form) if name
    }


def calls():
    """Every `words("key", name=...)` of the room's code: key, names given, where."""
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "words":
                continue
            names = {keyword.arg for keyword in node.keywords}
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and re.fullmatch(KEY, str(part.value)):
                    yield part.value, names, f"{path.name}:{node.lineno}"
    for path in sorted((ROOM / "templates").glob("*.html")):
        for call in re.findall(r"words\(([^()]*)\)", path.read_text(encoding="utf-8")):
            names = set(re.findall(r"(\w+)=", call))
            for key in re.findall(f'"({KEY})"', call):
                yield key, names, path.name


def mentioned():
    """Every string in the room that looks like a key, also those passed on to `words`."""
    for path in (*ROOM.glob("*.py"), *ROOM.glob("templates/*.html")):
        yield from re.findall(f'"({KEY})"', path.read_text(encoding="utf-8"))


def test_every_key_that_is_used_exists_with_these_placeholders():
    found = list(calls())
    assert len(found) > 60
    for key, names, where in found:
        assert key in SENTENCES, f"{where} uses {key}"
        assert placeholders(SENTENCES[key]) <= names, f"{where} fills {key}"


def test_every_key_is_used():
    used = set(mentioned())
    unused = {key for key in SENTENCES if key not in used and not key.startswith(tuple(FAMILIES))}
    assert not unused


def test_no_key_is_mentioned_that_does_not_exist():
    sections = {key.split(".")[0] for key in SENTENCES}
    for key in mentioned():
        if key.split(".")[0] in sections:
            assert key in SENTENCES


def test_sentences_are_ascii_and_have_an_other_form():
    for key, sentence in SENTENCES.items():
        assert all(form.isascii() for form in forms(sentence)), key
        assert not isinstance(sentence, dict) or set(sentence) == {"one", "other"}


def test_counts_choose_the_form():
    assert words("same.rows_many", count=1) == "There is one row too many."
    assert words("same.rows_many", count=1200) == "There are 1,200 rows too many."


def test_values_with_braces_are_left_alone():
    assert words("same.column_missing", name="{x}") == "Column `{x}` is missing."


@pytest.mark.parametrize("language", ["xx", "", "../en", "EN", "en_GB"])
def test_a_language_the_kit_does_not_speak_is_english(monkeypatch, language):
    monkeypatch.setenv("LAB_KIT_LANGUAGE", language)
    assert words("check.done") == "Done"


def test_a_translation_is_used_and_its_gaps_are_english(monkeypatch, tmp_path):
    (tmp_path / "en.toml").write_text('[a]\nx = "one"\ny = "two"\n', encoding="utf-8")
    (tmp_path / "ko.toml").write_text('[a]\nx = "하나"\n', encoding="utf-8")
    monkeypatch.setattr(messages, "FOLDER", tmp_path)
    monkeypatch.setenv("LAB_KIT_LANGUAGE", "ko-KR")
    messages._sentences.cache_clear()
    assert (words("a.x"), words("a.y")) == ("하나", "two")
    messages._sentences.cache_clear()


def test_a_missing_key_or_value_is_a_clear_fault_of_the_kit():
    with pytest.raises(LookupError, match=r"no sentence 'check\.nothing'"):
        words("check.nothing")
    with pytest.raises(LookupError, match=r"'check\.title' needs a value for 'id'"):
        words("check.title")
