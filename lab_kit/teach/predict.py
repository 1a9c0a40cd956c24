"""Predict before you run: a guess is written down, and later held against what came out.

Predicting first makes a surprise out of a number (PRIMM: Sentance, Waite, Kallia 2019,
https://doi.org/10.1080/08993408.2019.1608781).
"""

import math
from typing import Any

import numpy as np

from lab_kit.teach.clock import now
from lab_kit.teach.kinds import kind_of
from lab_kit.teach.labs import lab_id_of
from lab_kit.teach.messages import words
from lab_kit.teach.record import PredictionRecord, Record
from lab_kit.teach.say import Card, say
from lab_kit.teach.store import store


def predict(prediction_id: str, question: str, *, guess: Any = ...) -> Any:
    """Ask for a guess, or write it down.

    Args:
        prediction_id: Such as "1.p1".
        question: What will come out? A number, or one of the choices it names.
        guess: The learner's, `...` while there is none.

    Returns:
        The guess.

    Raises:
        LabKitError: Where the id is not written like "1.p1".
    """
    lab_id_of(prediction_id)
    if guess is ...:
        say(Card("not started", words("predict.ask"), question, (words("predict.how"),)))
        return guess
    known = store().read().predictions.get(prediction_id)
    if known is None or known.guess != _plain(guess):
        news = PredictionRecord(_plain(guess), now())
        store().add(Record(predictions={prediction_id: news}))
    line = words("predict.kept", guess=in_words(_plain(guess)))
    say(Card("info", words("predict.word"), question, (line,)))
    return guess


def outcome(prediction_id: str, actual: Any) -> None:
    """Hold the guess against what came out: kindly, since a surprise teaches most.

    Args:
        prediction_id: Such as "1.p1".
        actual: What came out, a number or a choice.

    Raises:
        LabKitError: Where the id is not written like "1.p1".
    """
    lab_id_of(prediction_id)
    truth = _plain(actual)
    known = store().read().predictions.get(prediction_id)
    if known is None:
        lines: tuple[str, ...] = (words("outcome.no_guess"),)
    else:
        lines = (words("outcome.guess", guess=in_words(known.guess)), compare(known.guess, truth))
    say(Card("info", words("outcome.word"), words("outcome.actual", actual=in_words(truth)), lines))


def compare(guess: float | int | str | bool, actual: float | int | str | bool) -> str:
    """How a guess and the outcome compare, in a sentence."""
    if kind_of(guess) == kind_of(actual) == "number":
        return _compare_numbers(float(guess), float(actual))
    same = str(guess).strip().casefold() == str(actual).strip().casefold()
    return words("outcome.same" if same else "outcome.other")


def _compare_numbers(guess: float, actual: float) -> str:
    if guess == actual:
        return words("outcome.exact")
    if actual == 0 or guess / actual <= 0:
        return words("outcome.too_high" if guess > actual else "outcome.too_low")
    ratio = guess / actual
    times = max(ratio, 1 / ratio)
    higher = "high" if guess > actual else "low"
    if times <= 1.1:
        return words("outcome.very_close")
    if times < 1.95:
        percent = round(abs(ratio - 1) * 100)
        return words(f"outcome.percent_{higher}", percent=percent)
    return words(f"outcome.times_{higher}", times=_about(times))


def _about(times: float) -> str:
    return "1,000" if times > 1000 else in_words(round(times, 1 if times < 10 else None))


def in_words(value: float | int | str | bool) -> str:
    """A value as a reader wants it: thousands apart, three digits of a fraction.

    12345 is "12,345", 0.123456 is "0.123", 1234.5 is "1,234", 3.0 is "3".
    """
    if isinstance(value, bool | str):
        return str(value)
    if not math.isfinite(value) or float(value).is_integer():
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: Any) -> float | int | str | bool:
    """The value as JSON can keep it: a number, a yes/no, or text."""
    if isinstance(value, np.generic | np.ndarray) and value.ndim == 0:
        value = value.item()
    return value if isinstance(value, bool | int | float | str) else str(value)
