"""Events of one user at one moment: what a file's order may not tell."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.moments import at_one_moment, in_random_order
from tests.recommend.shops import frame, interactions


def order(view, user="a"):
    return "".join(view.items.values[view.history(user).events.item])


def test_only_events_of_one_user_at_one_moment_share_it():
    view = interactions(("a", "x", 1), ("a", "y", 1), ("a", "z", 2), ("b", "z", 2), ("b", "x", 3))
    found = dict(
        zip(zip(view.user, view.events.time, strict=True), at_one_moment(view), strict=True)
    )
    assert [found[key] for key in sorted(found)].count(True) == 1  # a at 1, twice
    assert at_one_moment(view).sum() == 2
    assert not at_one_moment(Interactions.from_frame(frame(("a", "x", 1)).head(0))).any()


def test_every_order_of_a_basket_is_drawn_equally_often():
    view = interactions(*[("a", item, 5) for item in "xyz"])
    drawn = [order(in_random_order(view, seed)) for seed in range(1_200)]
    shares = [drawn.count(name) / len(drawn) for name in ("xyz", "xzy", "yxz", "yzx", "zxy", "zyx")]
    np.testing.assert_allclose(shares, 1 / 6, atol=0.045)


def test_drawing_twice_with_one_seed_does_not_bring_the_order_of_the_file_back():
    view = interactions(*[(f"u{n}", item, 5) for n in range(300) for item in "xy"])
    twice = in_random_order(in_random_order(view, 3), 3)
    kept = np.mean([order(twice, user) == "xy" for user in view.users.values])
    assert 0.4 < kept < 0.6


events = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("wxyz"), st.integers(0, 3)), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(events, st.integers(0, 99))
def test_nothing_but_the_order_within_moments_changes(rows, seed):
    old = interactions(*rows)
    new = in_random_order(old, seed)
    np.testing.assert_array_equal(new.start, old.start)
    np.testing.assert_array_equal(new.events.time, old.events.time)
    for user in old.users.values:
        one, other = (
            sorted(zip(h.events.time, h.events.item, strict=True))
            for h in (old.history(user), new.history(user))
        )
        assert one == other
