import shutil

import pytest

from tests.personalize.runtime.shop import Shop, build


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory):
    """A folder with the shop, trained and deployed, and its ARNs. Do not change it."""
    folder = tmp_path_factory.mktemp("shop") / "cloud"
    return folder, build(folder)


@pytest.fixture(scope="module")
def shop(built_shop, tmp_path_factory):
    """A copy of the shop for the tests of a module that only ask."""
    folder, arns = built_shop
    copy = tmp_path_factory.mktemp("asked") / "cloud"
    shutil.copytree(folder, copy)
    opened = Shop(copy)
    yield opened, arns
    opened.close()


@pytest.fixture
def changing(built_shop, tmp_path):
    """A copy of the shop for one test that changes it."""
    folder, arns = built_shop
    shutil.copytree(folder, tmp_path / "cloud")
    opened = Shop(tmp_path / "cloud")
    yield opened, arns
    opened.close()
