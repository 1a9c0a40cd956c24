"""What reads alike, and how popularity and freshness influence its order, through boto3."""

import numpy as np
import pytest

from lab_kit.personalize.storage.places import model_folder
from lab_kit.personalize.training.trained import Trained
from tests.personalize import group
from tests.personalize.runtime.shop import DAY, settle


@pytest.fixture
def reading(changing):
    """A campaign of the recipe; every item is a day younger than the one before."""
    opened, _ = changing
    made = opened.create("dataset_group", name="texts")
    items = group.items().assign(
        CREATION_TIMESTAMP=[group.START + n * DAY for n in range(group.ITEMS)]
    )
    for type, frame in (("Interactions", group.interactions()), ("Items", items)):
        opened.load(made, type, group.FIELDS[type.upper()], frame.values.tolist(), name=f"t-{type}")
    solution = opened.create(
        "solution",
        name="texts",
        datasetGroupArn=made,
        recipeArn="arn:aws:personalize:::recipe/aws-semantic-similarity",
    )
    version = opened.create("solution_version", solutionArn=solution)
    campaign = opened.create("campaign", name="texts", solutionVersionArn=version)
    folder = model_folder(opened.ground, opened.ground.registry.require(version))
    return opened, campaign, Trained.load(folder)


@pytest.mark.parametrize(
    "influence",
    [{}, {"POPULARITY": 1.0}, {"FRESHNESS": 1.0}, {"POPULARITY": 0.3, "FRESHNESS": 0.6}],
)
def test_popularity_and_freshness_count_beside_likeness(reading, influence):
    opened, campaign, trained = reading
    opened.personalize.update_campaign(
        campaignArn=campaign, campaignConfig={"rankingInfluence": influence}
    )
    settle(opened.cloud)
    answer = opened.runtime.get_recommendations(
        campaignArn=campaign, itemId="i5", numResults=20, metadataColumns={"ITEMS": ["TITLE"]}
    )["itemList"]
    events = group.interactions()["ITEM_ID"].value_counts()
    likeness = trained.model.likeness("i5")
    worth = {
        str(item): like
        * (
            1
            + influence.get("POPULARITY", 0) * events[item] / events.max()
            + influence.get("FRESHNESS", 0) * int(item[1:]) / (group.ITEMS - 1)
        )
        for item, like in zip(trained.model.items.values, likeness, strict=True)
        if item != "i5" and like > 0
    }
    found = [worth[each["itemId"]] for each in answer]
    assert found == pytest.approx(sorted(worth.values(), reverse=True)[:20], rel=1e-5)
    # Metadata need not be enabled for this recipe.
    assert all(each["metadata"] == {"title": f"Title {each['itemId'][1:]}"} for each in answer)
    plain = np.sort(likeness[trained.model.items.codes(list(worth))])[::-1][:20]
    assert np.allclose(found, plain, rtol=1e-5) == (not influence)
