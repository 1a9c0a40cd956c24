"""Signals of item tables against the models the tables are of."""

import numpy as np
import pytest

from lab_kit.recommend.histories import History
from lab_kit.recommend.model import silent
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.sequence import LinearSequence
from lab_kit.recommend.recency import VISIT_GAP
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.tables import FLOOR, LEAST, LONG, SEQUENCE, SHORT, VISITS, Tables
from lab_kit.recommend.signals.tail import tail
from tests.recommend.shops import full_shop
from tests.recommend.signals.questions import asked, each, question

SHOP = full_shop(3)
ALL = Bounds(min_count=1, neighbours=1_000, followers=1_000)


@pytest.fixture(scope="module")
def tables():
    return Tables.fit(SHOP, ALL, silent)


def ease_of(**options):
    return EASE(regularisation=300.0, visits=1.0, **options).fit(SHOP)


def sequence_of(**options):
    return LinearSequence(past=5.0, future=3.0, **options).fit(SHOP)


def direction(model, some, tau):
    """(n, items): a model's scores for a history whose weights are brought to length 1."""
    weights = some.histories.weights(len(SHOP.items), tau).toarray()
    return model._scores(some.histories) / np.linalg.norm(weights, axis=1, keepdims=True)


def test_with_all_entries_kept_the_signals_are_the_models_answers(tables):
    some = asked(SHOP)
    found = dict(zip(tables.names, each(tables, some), strict=True))
    for name, tau in (("ease, short memory", SHORT), ("ease, long memory", LONG)):
        expected = direction(ease_of(tau=tau), some, tau)
        np.testing.assert_allclose(found[name], expected, atol=1e-5)
    for name, tau in zip(("short", "long"), SEQUENCE, strict=True):
        expected = direction(sequence_of(tau=tau), some, tau)
        np.testing.assert_allclose(found[f"sequence, {name} memory"], expected, atol=1e-5)


def test_unusual_and_log_are_the_formulas_of_the_long_memory(tables):
    """All users are fewer than the sample, so the usual score is that of everybody."""
    some = asked(SHOP)
    _, long, _, unusual, logarithm, *_ = each(tables, some)
    spread = long.std(axis=0) + LEAST
    np.testing.assert_allclose(unusual, (long - long.mean(axis=0)) / spread, atol=2e-3)
    model = ease_of(tau=LONG)
    weights = some.histories.weights(len(SHOP.items), LONG).toarray()
    share = model._scores(some.histories) / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(logarithm, np.log(np.maximum(share, 0) + FLOOR), atol=1e-3)


def test_this_visit_counts_items_by_the_visits_since_not_by_the_events(tables):
    model, heaviest = ease_of(), float(SHOP.events.weight.max())
    first, second, third = model.kept[[4, 9, 2]].tolist()
    history = History().add(first, 0, weight=heaviest)
    history = history.add(second, VISIT_GAP + 1, weight=heaviest)
    history = history.add(third, VISIT_GAP + 2, weight=heaviest)
    weights = np.array([np.exp(-1 / VISITS), 1, 1])
    expected = (weights / np.linalg.norm(weights)) @ model.learned["table"][[4, 9, 2]]
    found = each(tables, question(SHOP, [history]))[2, 0]
    np.testing.assert_allclose(found[model.kept], expected, atol=1e-6)


def test_rare_items_come_by_the_tail_and_rows_keep_their_strongest():
    """Large table, tail and cut are put together again from their parts."""
    users = (SHOP.matrix().toarray() > 0).sum(axis=0)
    least = int(np.median(users[users > 0])) + 1
    bounds = Bounds(min_count=least, neighbours=4, followers=3, most_items=9, most_followed=7)
    found = Tables.fit(SHOP, bounds, silent)
    model = ease_of(min_count=bounds.min_count, most_items=9)
    assert len(model.kept) < (users > 0).sum()
    table = np.zeros((len(SHOP.items),) * 2)
    table[np.ix_(model.kept, model.kept)] = keep(model.learned["table"], 4)
    table += tail(SHOP, model.kept, 300.0, bounds).toarray()
    rows = np.array([found.ease(item) for item in range(len(SHOP.items))])
    np.testing.assert_allclose(rows, keep(table, 4), atol=1e-6)
    sequence = sequence_of(min_count=bounds.min_count, most_items=7)
    table = np.zeros((len(SHOP.items),) * 2)
    table[np.ix_(sequence.kept, sequence.kept)] = keep(sequence.learned["table"], 3)
    rows = np.array([found.sequence(item) for item in range(len(SHOP.items))])
    np.testing.assert_allclose(rows, table, atol=1e-6)


def keep(table, count):
    least = -np.sort(-np.abs(table), axis=1)[:, [min(count, table.shape[1]) - 1]]
    return np.where(np.abs(table) >= least, table, 0)
