import json

import numpy as np
import pytest

from lab_kit.errors import LabKitError
from lab_kit.teach.predict import compare, in_words, outcome, predict
from lab_kit.teach.store import store


def kept():
    return store().read().predictions


def test_a_blank_asks_and_keeps_nothing(capsys):
    assert predict("1.p1", "How many rows?", guess=...) is ...
    out = capsys.readouterr().out
    assert out.startswith("[Your prediction] How many rows?")
    assert "guess=..." in out
    assert kept() == {}


@pytest.mark.parametrize("guess", [120_000, 0.5, "app", True, np.int64(7), np.float64(0.25)])
def test_a_guess_is_kept_with_its_time_and_returned(guess, work_folder):
    assert predict("1.p1", "?", guess=guess) is guess
    assert kept()["1.p1"].guess == guess
    assert kept()["1.p1"].at.endswith("+00:00")
    assert json.loads((work_folder / "progress.json").read_text(encoding="utf-8"))


def test_running_again_keeps_the_time_a_new_guess_replaces_it(capsys):
    predict("1.p1", "?", guess=1)
    first = kept()["1.p1"]
    predict("1.p1", "?", guess=1)
    assert kept()["1.p1"] == first
    predict("1.p1", "?", guess=2)
    assert kept()["1.p1"].guess == 2
    assert kept()["1.p1"].at > first.at


def test_an_outcome_without_a_guess_is_kind(capsys):
    outcome("1.p1", 12_345)
    out = capsys.readouterr().out
    assert out.startswith("[Outcome] 12,345")
    assert "You made no guess here." in out


def test_an_outcome_holds_the_guess_against_it(capsys):
    predict("1.p1", "?", guess=120_000)
    capsys.readouterr()
    outcome("1.p1", 151_872)
    assert capsys.readouterr().out == (
        "[Outcome] 151,872\n  You guessed 120,000.\n  Your guess is 21 percent too low.\n"
    )


@pytest.mark.parametrize(
    ("guess", "actual", "said"),
    [
        (10, 10, "Exactly right."),
        (10.0, 10, "Exactly right."),
        (105, 100, "Very close."),
        (91, 100, "Very close."),
        (130, 100, "30 percent too high"),
        (60, 100, "40 percent too low"),
        (200, 100, "about 2 times too high"),
        (10, 33, "about 3.3 times too low"),
        (1, 42.3, "about 42 times too low"),
        (1e9, 1, "about 1,000 times too high"),
        (5, 0, "too high"),
        (-5, 0, "too low"),
        (-5, 5, "too low"),
        (-200, -100, "about 2 times too low"),
        (-100, -200, "about 2 times too high"),
        ("App ", "app", "what you expected"),
        ("web", "app", "came out differently"),
        (True, True, "what you expected"),
        ("many", 12, "came out differently"),
    ],
)
def test_comparing(guess, actual, said):
    assert said in compare(guess, actual)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345, "12,345"),
        (0.123456, "0.123"),
        (1234.5, "1,234"),
        (3.0, "3"),
        (2.50, "2.5"),
        (-0.00123456, "-0.00123"),
        (0.0, "0"),
        (99.96, "100"),
        (True, "True"),
        ("x", "x"),
        (float("inf"), "inf"),
    ],
)
def test_numbers_in_words(value, text):
    assert in_words(value) == text


def test_an_id_that_is_none_is_refused():
    with pytest.raises(LabKitError, match="not the number"):
        predict("p1", "?", guess=...)
    with pytest.raises(LabKitError, match="not the number"):
        outcome("first", 3)
