"""When an item is taken up again: visits counted one by one, and curves one can foresee."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.signals import hazard
from lab_kit.recommend.signals.hazard import CENTRES, DOUBT, EDGES, at, hazards, shrunk
from tests.recommend.shops import frame

GAP = 2  # hours


def view_of(rows, **options):
    """Events (user, item, hour, type)."""
    types = [row[3] for row in rows]
    return Interactions.from_frame(frame(*[row[:3] for row in rows], event_type=types), **options)


def bought(view):
    return view.events.kind == view.event_types.index("Purchase")


def slowly(view):
    """Curves of items without attributes, visit by visit."""
    items, parts = len(view.items), len(CENTRES)
    visits = []  # (user, begin, items met, items taken)
    for user in range(len(view.users)):
        last = None
        own = view.histories(np.array([user])).events
        for item, time, kind in zip(own.item, own.time, own.kind, strict=True):
            if last is None or time - last > GAP * DAY / 24:
                visits.append((user, time, set(), set()))
            visits[-1][2].add(item)
            if view.event_types[kind] == "Purchase":
                visits[-1][3].add(item)
            last = time
    rate = np.array([np.mean([item in met for _, _, met, _ in visits]) for item in range(items)])
    number, returns = np.zeros((items, parts)), np.zeros((items, parts))
    for place, (user, begin, _, taken) in enumerate(visits):
        for item in taken:
            for other, time, met, again in visits[place + 1 :]:
                if other != user:
                    break
                part = sum((time - begin) / DAY > edge for edge in EDGES)
                number[item, part] += 1
                returns[item, part] += item in met
                if item in again:
                    break
    usual = number * rate[:, None]
    level = (returns.sum(axis=0) + 1) / (usual.sum(axis=0) + 1)
    found = np.zeros((items, parts))
    for part in range(parts):
        weight = usual[:, part] * level[part]
        own = np.log((returns[:, part] + 0.5) / (weight + 0.5))
        mean = np.average(own, weights=weight if weight.any() else None)
        found[:, part] = np.log(level[part]) + (weight * own + DOUBT * mean) / (weight + DOUBT)
    return found


events = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from(["rice", "soap", "coat"]),
    st.integers(0, 60).map(lambda step: step * 9),
    st.sampled_from(["View", "Purchase"]),
)


@settings(deadline=None)
@given(st.lists(events, max_size=60))
def test_curves_are_what_one_counts_visit_by_visit(rows):
    view = view_of([("a", "rice", 0, "Purchase"), ("a", "soap", 1, "View"), *rows])
    np.testing.assert_allclose(hazards(view, bought(view)), slowly(view), atol=1e-5)


def test_rice_is_wanted_after_ten_days_and_a_coat_never_again():
    rng = np.random.default_rng(0)
    rows = []
    for user in range(60):
        for day in range(0, 100, 5):
            hour = 24 * day
            if day % 10 == 0:
                rows.append((f"u{user}", "rice", hour, "Purchase"))
            for _ in range(2):
                rows.append((f"u{user}", f"other {rng.integers(20)}", hour, "View"))
        rows.append((f"u{user}", "coat", 0, "Purchase"))
    view = view_of(rows)
    rice, coat = view.items.codes(["rice", "coat"])
    found = at(hazards(view, bought(view)), np.array([rice, rice, coat]), np.array([5.0, 10, 10]))
    early, due, never = found
    assert due > early + 2
    assert due > never + 0.5  # a coat is met so rarely that little can be known


def test_an_item_without_returns_of_its_own_takes_the_curve_of_its_kind():
    rows = []
    for user in range(40):
        for day in range(0, 90, 10):
            rows += [(f"u{user}", item, 24 * day, "Purchase") for item in ("rice", "bread")]
            if day in (0, 50):
                rows.append((f"u{user}", "coat", 24 * day, "Purchase"))
    rows += [("u0", "noodles", 1, "Purchase"), ("u0", "jacket", 1, "Purchase")]
    kinds = {"rice": "food", "bread": "food", "noodles": "food", "coat": "wear", "jacket": "wear"}
    items = pd.DataFrame({"item_id": list(kinds), "kind": list(kinds.values())}).astype("str")
    view = view_of(rows, items=items)
    noodles, jacket = view.items.codes(["noodles", "jacket"])
    curves = hazards(view, bought(view))
    ten = at(curves, np.array([noodles, jacket]), np.array([10.0, 10.0]))
    assert ten[0] > ten[1] + 0.5


def test_between_the_parts_a_curve_is_straight_over_the_logarithm_of_days():
    curves = np.arange(2 * len(CENTRES), dtype=np.float32).reshape(2, -1) ** 2
    found = at(curves, np.ones(len(CENTRES), int), CENTRES)
    np.testing.assert_allclose(found, curves[1], rtol=1e-5)
    between = np.sqrt(CENTRES[2] * CENTRES[3])
    value = at(curves, np.array([0]), np.array([between]))[0]
    assert value == pytest.approx((curves[0, 2] + curves[0, 3]) / 2, rel=1e-5)
    ends = at(curves, np.zeros(3, int), np.array([0.0, 9_999.0, np.inf]))
    np.testing.assert_allclose(ends, [curves[0, 0], curves[0, -1], 0])


def test_where_there_are_too_many_visits_some_takings_stand_for_all(monkeypatch):
    rows = [
        (f"u{user}", item, 24 * day, "Purchase")
        for user in range(40)
        for day in range(0, 60, 3)
        for item in ("rice", "soap")[: 1 + (day % 2)]
    ]
    view = view_of(rows)
    whole = hazards(view, bought(view))
    monkeypatch.setattr(hazard, "MOST", 400)
    part = hazards(view, bought(view))
    assert not np.array_equal(part, whole)
    rice = view.items.code("rice")
    np.testing.assert_allclose(part[rice, 1], whole[rice, 1], atol=0.2)


def test_few_observations_are_drawn_to_what_attributes_suggest():
    own = np.array([1.0, 1.0, 3.0, 3.0, 0.0])
    number = np.array([50.0, 50.0, 50.0, 50.0, 0.0])
    table = sp.csr_array(np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]], np.float32))
    found = shrunk(own, number, table, doubt=5)
    # Ridge of two groups around the mean 2: each 100 observations 1 away, less the doubt.
    suggested = 2 + np.array([-1, 1]) * 100 / 105
    assert found[4] == pytest.approx(suggested[1])
    assert found[0] == pytest.approx((50 * 1 + 5 * suggested[0]) / 55)
