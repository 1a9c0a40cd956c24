"""Is every recipe worth its name? Run with `pytest -s`.

User personalisation has to be the best of all recipes on held-out users, and every recipe but
popularity has to beat popularity at what it is for: related items at what is taken after the item
one looks at, trending at the rise of the next interval, segments at who takes an item.
"""

import json

import numpy as np
import pytest
import scipy.sparse as sp

from lab_kit.aws.jobs.work import Work
from lab_kit.personalize.storage.importing import load
from lab_kit.personalize.storage.names import BULK
from lab_kit.personalize.training import metrics, segments
from lab_kit.personalize.training.fitting import train
from lab_kit.personalize.training.trained import Trained
from lab_kit.recommend import Popularity
from lab_kit.recommend.segments import newest_fifth
from tests.benchmarks.personalize.flow import RECIPE, written
from tests.personalize.group import silent

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
    held_out = metrics.hold_out(known, 0)
    popular = metrics.measure_related(Popularity().fit(held_out.train), held_out)
    print(f"popularity, asked for related items: {popular.metrics[NDCG]:.4f}", flush=True)
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
    assert min(figures[recipe] for recipe in RELATED) > popular.metrics[NDCG]
    assert trend.facts["metrics"]["trend_prediction_accuracy"] > rise
    assert affinity.facts["metrics"]["recall_at_1_percent"] > active


def of_popularity(known):
    """How much of the rise of the last day the most popular items made."""
    day = 86_400_000
    cut = known.latest + 1 - day
    before, later = known.before(cut), known.where(known.events.time >= cut)
    days = min(56, max(1, int(cut - before.events.time.min()) // day))
    recent = before.events.item[before.events.time >= cut - days * day]
    usual = np.bincount(recent, minlength=len(known.items)) / days
    return metrics.measure_trend(Popularity().fit(before), later, usual)


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
