import pytest

from lab_kit.aws.jobs.work import Work
from lab_kit.personalize.training.fitting import train
from lab_kit.personalize.training.trained import Trained
from tests.personalize.group import as_json, silent, sources

PREFIX = "arn:aws:personalize:::recipe/"
NEEDS = {
    "aws-next-best-action": ("ACTIONS", "ACTION_INTERACTIONS"),
}


@pytest.fixture(scope="session")
def group(tmp_path_factory):
    """Sources of all five datasets."""
    folder = tmp_path_factory.mktemp("group")
    types = ("INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS")
    return sources(folder, *types)


@pytest.fixture(scope="session")
def fit(group, tmp_path_factory):
    """Train a recipe, or the best of several, on the group; what was said, and the model."""
    made = {}

    def fitted(recipe, *others, given=None, parent=None, **record):
        key = repr((recipe, others, sorted(given or group), parent, sorted(record.items())))
        if key not in made:
            folder = tmp_path_factory.mktemp("model")
            arguments = as_json(
                {
                    "sources": given or group,
                    "record": {"recipeArn": PREFIX + recipe, **record},
                    "recipes": [PREFIX + each for each in (recipe, *others)],
                    "started": 1_700_000_000.0,
                    "parent": parent,
                }
            )
            said = as_json(train(arguments, Work(folder, silent)))
            made[key] = said, Trained.load(folder)
        return made[key]

    return fitted
