"""Is item2vec better than counting? Run with `pytest -s`.

Sessions nobody fitted on: half is given, half is to be found (`new_users`, each session a user; in
MovieLens, which has no sessions, each user). Then items that are taken out of every session: of the
ten nearest by attributes alone, how many are among the ten nearest once they are known?
"""

import numpy as np
import pytest

from lab_kit import data
from lab_kit.embed import Item2Vec, as_users
from lab_kit.recommend import CoPurchase, Interactions, Markov, Popularity, compare, evaluate

NAMES = [
    "shop",
    pytest.param("movielens-small", marks=pytest.mark.real_data),
    pytest.param("online-retail", marks=pytest.mark.real_data),
]
SETTINGS = {"gap_hours": None, "epochs": 8}
HIDDEN = 60


def events_of(name):
    if not data.describe(name).at_hand:
        pytest.skip(f"{name} is not on this computer")
    found = data.load(name)
    events = found.interactions
    return (as_users(events) if "session_id" in events else events), found.items


@pytest.mark.parametrize("name", NAMES)
def test_baskets_are_completed(name):
    events, items = events_of(name)
    task = evaluate.new_users(Interactions.from_frame(events, items=items), share=0.5)
    models = {
        "item2vec": Item2Vec(**SETTINGS),
        "item2vec, alike": Item2Vec(**SETTINGS, by="alike"),
        "bought together": CoPurchase(event_types=None, gap_hours=1e6, min_count=2),
        "Markov": Markov(),
        "popularity": Popularity(),
    }
    table = compare(task, models, metric="hit rate@10")
    times = table["item2vec"]["hit rate@10"] / table["popularity"]["hit rate@10"]
    print(f"\n{name}\n{table}\nitem2vec is {times:.2f} times popularity")
    if name == "online-retail":
        assert times >= 1.3


@pytest.mark.parametrize("name", NAMES)
def test_new_items_find_their_place(name):
    events, items = events_of(name)
    whole = Interactions.from_frame(events, items=items)
    often = whole.items.values[np.argsort(-whole.popularity())]
    hidden = np.random.default_rng(0).permutation(often[: len(often) // 3])[:HIDDEN]
    rest = events[~events["item_id"].isin(hidden)]
    known = Item2Vec(**SETTINGS).fit(whole).vectors
    placed = Item2Vec(**SETTINGS).fit(Interactions.from_frame(rest, items=items)).vectors
    kept = [n for n in known.names if n in placed and n not in set(hidden)]
    chance, right = 10 / len(kept), []
    for item in hidden:
        true = known.take([*kept, item]).nearest(item, 10).names
        said = placed.take([*kept, item]).nearest(item, 10).names
        right.append(len(set(true) & set(said)) / 10)
    print(f"\n{name}: {np.mean(right):.3f} of the ten nearest are right; by chance {chance:.4f}")
    assert np.mean(right) > 3 * chance
