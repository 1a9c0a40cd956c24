"""Is every recipe worth its name? Run with `pytest -s`.

User personalisation has to be the best of all recipes on held-out users, and every recipe but
popularity has to beat popularity at what it is for: related items at what is taken within ten
events of an item, those by meaning at which new items go with it; trending at the rise of the next
interval; segments at who takes an item.
"""

import json

import numpy as np
import pytest
import scipy.sparse as sp

from lab_kit.aws.jobs.work import Work
from lab_kit.personalize.catalogue import recipes
from lab_kit.personalize.storage.importing import load
from lab_kit.personalize.storage.names import BULK
from lab_kit.personalize.training import metrics, ranking, segments
from lab_kit.personalize.training.fitting import train
from lab_kit.personalize.training.recipes import plan_of, values_of
from lab_kit.personalize.training.trained import Trained
from lab_kit.recommend import Popularity
from lab_kit.recommend.interactions import DAY
from lab_kit.recommend.segments import newest_fifth
from tests.benchmarks.personalize.flow import RECIPE, written
from tests.benchmarks.recommend.bench_similar import QUESTIONS, questions
from tests.benchmarks.recommend.side import (
    a_tenth,
    ranking_quality,
    show,
    surely_more,
    view_of,
    without_items,
)
from tests.personalize.group import silent

ENOUGH = 100
"""Events a day, below which the rise of a day is chance."""
NDCG = "normalized_discounted_cumulative_gain_at_25"
FOR_USERS = ("aws-user-personalization-v2", "aws-user-personalization", "aws-popularity-count")
RELATED = ("aws-similar-items", "aws-sims", "aws-semantic-similarity")


def sources_of(name, folder):
    """A data set imported as a child process would, without a server."""
    found = {}
    for kind in written(name, folder / "csv"):
        place = folder / kind
        place.mkdir()
        schema = json.loads((folder / "csv" / f"{kind}.schema.json").read_text(encoding="utf-8"))
        source = {
            "type": kind.upper(),
            "domain": None,
            "schema": schema,
            "files": [str(place / BULK)],
            "records": str(folder / "records.sqlite"),
            "store": kind,
            "upto": 0,
        }
        files = [[str(folder / "csv" / f"{kind}.csv"), kind]]
        load({"files": files, "source": source}, Work(place, silent))
        found[kind.upper()] = source
    return found


def fitted(sources, recipe, folder, **record):
    arguments = {
        "sources": sources,
        "record": {"recipeArn": RECIPE + recipe, **record},
        "recipes": [RECIPE + recipe],
        "started": 0.0,
        "parent": None,
    }
    place = folder / recipe
    place.mkdir()
    said = train(arguments, Work(place, silent))
    found = Trained.load(place)
    figures = ", ".join(f"{key} {value:.4f}" for key, value in found.facts["metrics"].items())
    print(f"{recipe}: {said['seconds']:.1f} s; {figures}", flush=True)
    return found


@pytest.mark.parametrize("name", ["shop", "movielens-small"])
def test_recipes_are_worth_their_names(name, tmp_path):
    print(f"\n{name}")
    sources = sources_of(name, tmp_path)
    found = {recipe: fitted(sources, recipe, tmp_path) for recipe in (*FOR_USERS, *RELATED)}
    figures = {recipe: each.facts["metrics"][NDCG] for recipe, each in found.items()}
    known = found["aws-popularity-count"].interactions
    trend = fitted(
        sources,
        "aws-trending-now",
        tmp_path,
        solutionConfig={"featureTransformationParameters": {"trend_discovery_frequency": "1 day"}},
    )
    rise = of_popularity(known)
    print(f"popularity, asked for trends: {rise:.4f}", flush=True)
    affinity = fitted(sources, "aws-item-affinity", tmp_path)
    active = of_the_most_active(known)
    print(f"the most active users, as segments: {active:.4f}", flush=True)
    best = max(figures[recipe] for recipe in (*RELATED, "aws-popularity-count"))
    assert min(figures[recipe] for recipe in FOR_USERS[:2]) > best
    a_day = (known.events.time > known.latest - ranking.INTERVALS * DAY).sum() / ranking.INTERVALS
    if a_day >= ENOUGH:
        assert trend.facts["metrics"]["trend_prediction_accuracy"] > rise
    else:
        print(f"{a_day:.0f} events a day: no day has a trend, and longer intervals AWS has not")
    assert affinity.facts["metrics"]["recall_at_1_percent"] > active


@pytest.mark.parametrize("name", ["shop", "movielens-small"])
def test_related_items_are_taken_near_each_other(name):
    view = view_of(name)
    rng = np.random.default_rng(0)
    users = rng.permutation(len(view.users))
    fifth = len(users) // 5
    hidden = a_tenth(view, 0)
    known = without_items(view.of_users(users[fifth:]), hidden)
    asked, near = questions(view, users[:fifth], rng)
    rows = rng.permutation(np.flatnonzero(~hidden[asked]))[:QUESTIONS]
    asked, near = asked[rows], near[rows].toarray()
    found = {"popularity": np.tile(known.popularity(), (len(asked), 1))}
    for recipe in RELATED:
        used = recipes()[RECIPE + recipe]
        model = plan_of(used).make(values_of(used, {})).fit(known)
        found[recipe] = np.stack([model._similar(int(item)) for item in asked])
    for scores in found.values():
        scores[np.arange(len(asked)), asked] = -np.inf
    warm = {way: ranking_quality(scores, near) for way, scores in found.items()}
    show(f"{name}: NDCG@10 of what was taken near", warm)
    some = np.flatnonzero((near * hidden).any(axis=1))
    cold = {
        way: ranking_quality(np.where(hidden, scores, -np.inf)[some], (near * hidden)[some])
        for way, scores in found.items()
    }
    show(f"{name}: the same among items nobody had taken", cold)
    assert surely_more(warm["aws-similar-items"], warm["popularity"])
    assert surely_more(warm["aws-sims"], warm["popularity"])
    assert surely_more(cold["aws-semantic-similarity"], cold["popularity"])


def of_popularity(known):
    """How much of the rise of a day the most popular items made; mean of the newest days."""
    found = []
    for number in range(ranking.INTERVALS):
        cut = known.latest + 1 - (number + 1) * DAY
        time = known.events.time
        before, later = known.before(cut), known.where((time >= cut) & (time < cut + DAY))
        days = min(56, max(1, int(cut - before.events.time.min()) // DAY))
        recent = before.events.item[before.events.time >= cut - days * DAY]
        usual = np.bincount(recent, minlength=len(known.items)) / days
        found.append(metrics.measure_trend(Popularity().fit(before), later, usual))
    return float(np.mean(found))


def of_the_most_active(known):
    """Recall of the one percent of users with most events, whatever the item."""
    before, after = newest_fifth(known)
    later = sp.csc_array(after.matrix())
    rng = np.random.default_rng(0)
    items = np.sort(rng.permutation(np.flatnonzero(np.diff(later.indptr)))[: segments.MOST_ITEMS])
    number = int(np.ceil(segments.SHARE * len(known.users)))
    active = np.argsort(-np.diff(before.start), kind="stable")[:number]
    took = [later.indices[later.indptr[item] : later.indptr[item + 1]] for item in items]
    return float(np.mean([len(np.intersect1d(active, each)) / len(each) for each in took]))
