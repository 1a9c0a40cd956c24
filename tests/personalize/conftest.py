import os
import shutil
from pathlib import Path

import pytest

from tests.personalize.world import build, open_cloud

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A folder with one of everything, and its ARNs. Do not change it; see `world`."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)  # child processes find the tests' jobs there
    folder = tmp_path_factory.mktemp("world")
    cloud = open_cloud(folder / "cloud")
    arns = build(cloud, folder)
    cloud.ground.database.close()
    yield folder / "cloud", arns
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture
def world(built, tmp_path):
    """The services over a copy of that folder, and its ARNs."""
    folder, arns = built
    shutil.copytree(folder, tmp_path / "cloud")
    cloud = open_cloud(tmp_path / "cloud")
    yield cloud, arns
    cloud.supervisor.stop()
    cloud.ground.database.close()
